"""Attachments made on the spot, so that no binary lies in the repository: a photograph of sorts, and some in a PDF."""

import io
import random
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

SIZE: Final = (800, 600)
SCAN: Final = (760, 860)
NAMES: Final = {"photo": "现场照片.jpg", "pdf": "证据照片汇编.pdf"}


def photo(number: int) -> bytes:
    """JPEG without metadata."""
    stream = io.BytesIO()
    picture(number).save(stream, "JPEG", quality=78)
    return stream.getvalue()


def picture(number: int) -> Image.Image:
    """A street with shop fronts in evening light, different for each number."""
    dice = random.Random(number)  # noqa: S311 - a picture, no secret
    street = _sky().copy()
    draw = ImageDraw.Draw(street)
    left = 0
    while left < SIZE[0]:
        width = dice.randrange(120, 240)
        _house(draw, left, width, dice)
        left += width
    draw.rectangle((0, 500, *SIZE), fill=(96, 94, 92))
    return Image.blend(street.filter(ImageFilter.GaussianBlur(1.2)), _grain(), 0.12)


@lru_cache(maxsize=1)
def _sky() -> Image.Image:
    light = Image.linear_gradient("L").resize(SIZE)
    return Image.merge("RGB", [light.point(lambda v, top=top: top - v // 4) for top in (214, 205, 190)])


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    return Image.effect_noise(SIZE, 24).convert("RGB")


def _house(draw: ImageDraw.ImageDraw, left: int, width: int, dice: random.Random) -> None:
    roof, shade = dice.randrange(90, 240), dice.randrange(110, 190)
    draw.rectangle((left, roof, left + width - 4, 500), fill=(shade, shade - 8, shade - 22))
    for top in range(roof + 30, 370, 70):
        for side in range(left + 16, left + width - 44, 58):
            draw.rectangle((side, top, side + 34, top + 42), fill=(78, 88, dice.randrange(96, 130)))
    draw.rectangle((left + 10, 380, left + width - 16, 406), fill=(dice.randrange(120, 200), 62, 52))
    draw.rectangle((left + 18, 412, left + width - 24, 500), fill=(66, 60, 58))


def receipt() -> bytes:
    """A sheet of paper with lines of writing and somebody's signature, as a scanner sees it."""
    sheet = Image.new("RGB", SCAN, (247, 245, 240))
    draw, dice = ImageDraw.Draw(sheet), random.Random(7)  # noqa: S311 - a picture, no secret
    draw.rectangle((250, 96, 590, 116), fill=(70, 70, 74))
    for row in range(9):
        left = 130
        while left < 640 - 60 * (row % 3):
            width = dice.randrange(14, 26)
            draw.rectangle((left, 180 + row * 52, left + width, 196 + row * 52), fill=(92, 92, 98))
            left += width + 5
    curve = [(470 + step * 6, 720 + dice.randrange(-22, 22)) for step in range(26)]
    draw.line(curve, fill=(36, 48, 120), width=4, joint="curve")
    stream = io.BytesIO()
    sheet.filter(ImageFilter.GaussianBlur(0.8)).save(stream, "JPEG", quality=70)
    return stream.getvalue()


def pdf(number: int) -> bytes:
    """Three photographs bound into one file, as people send them."""
    pages = [picture(number + page) for page in range(3)]
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return stream.getvalue()
