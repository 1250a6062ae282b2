"""Attachments made on the spot, so that no binary lies in the repository: a photograph of sorts and a small PDF."""

import io
import random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

SIZE: Final = (960, 720)
NAMES: Final = {"photo": "现场照片.jpg", "pdf": "情况说明.pdf"}


def photo(number: int) -> bytes:
    """A street with shop fronts in evening light, different for each number; JPEG without metadata."""
    dice = random.Random(number)  # noqa: S311 - a picture, no secret
    picture = Image.linear_gradient("L").resize(SIZE)
    sky = Image.merge("RGB", [picture.point(lambda v, top=top: top - v // 4) for top in (214, 205, 190)])
    draw = ImageDraw.Draw(sky)
    left = 0
    while left < SIZE[0]:
        width = dice.randrange(120, 240)
        _house(draw, left, width, dice)
        left += width
    draw.rectangle((0, 600, *SIZE), fill=(96, 94, 92))
    grain = Image.effect_noise(SIZE, 24).convert("RGB")
    result = Image.blend(sky.filter(ImageFilter.GaussianBlur(1.2)), grain, 0.12)
    stream = io.BytesIO()
    result.save(stream, "JPEG", quality=78)
    return stream.getvalue()


def _house(draw: ImageDraw.ImageDraw, left: int, width: int, dice: random.Random) -> None:
    roof, shade = dice.randrange(140, 320), dice.randrange(110, 190)
    draw.rectangle((left, roof, left + width - 4, 600), fill=(shade, shade - 8, shade - 22))
    for top in range(roof + 30, 470, 70):
        for side in range(left + 16, left + width - 44, 58):
            draw.rectangle((side, top, side + 34, top + 42), fill=(78, 88, dice.randrange(96, 130)))
    draw.rectangle((left + 10, 480, left + width - 16, 506), fill=(dice.randrange(120, 200), 62, 52))
    draw.rectangle((left + 18, 512, left + width - 24, 600), fill=(66, 60, 58))


def pdf(title: str, text: str) -> bytes:
    """One A4 page of Chinese text in a font that every reader brings along (STSong-Light), 30 characters a line."""
    rows = [text[start : start + 30] for start in range(0, min(len(text), 900), 30)]
    lines = [title[:30], "", *rows, "", "（演示材料）"]
    shown = "\n".join(f"<{line.replace(chr(10), '').encode('utf-16-be').hex()}> Tj T*" for line in lines)
    content = f"BT /F1 14 Tf 24 TL 80 760 Td\n{shown}\nET".encode()
    descendant = (
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor 7 0 R>>"
    )
    descriptor = (
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        "/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
    )
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    font = "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[6 0 R]>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page.encode(),
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        font.encode(),
        descendant.encode(),
        descriptor.encode(),
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """Objects numbered from 1 with their cross-reference table (ISO 32000-1, 7.5)."""
    data = bytearray(b"%PDF-1.5\n%\xe4\xb8\xad\xe6\x96\x87\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(data)
