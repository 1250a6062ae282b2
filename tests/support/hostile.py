"""Hostile files, made on the spot: what they are, what they are called, how they are answered."""

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

MARK = "CANARY-5E1F"
"""Hidden in the metadata of everything that is taken: it must not come out again."""


@dataclass(frozen=True)
class Sent:
    """`code`: why it is refused; "" when it is taken."""

    what: str
    name: str
    data: bytes
    code: str = ""

    def __str__(self) -> str:
        return self.what


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_that_claims(width: int, height: int) -> bytes:
    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 20_000)), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return PNG[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010E], tags[0x013B], tags[0x8298], tags[0x0112] = MARK, MARK, MARK, 6
    tags.get_ifd(0x8825)[2] = (28.0, 50.0, 1.0)
    return tags


def drawn(kind: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    picture = Image.new(mode, (40, 30), 0 if mode in ("P", "1", "L", "I;16") else "navy")
    picture.save(stream, kind, **options)
    return stream.getvalue()


def marked_png() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", MARK)
    text.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{MARK}</x:xmpmeta>")
    return drawn("PNG", pnginfo=text, exif=exif())


def marked_jpg() -> bytes:
    return drawn("JPEG", exif=exif(), comment=MARK, xmp=f"<x:xmpmeta>{MARK}</x:xmpmeta>".encode())


JPG, PNG = drawn("JPEG"), drawn("PNG")
HTML = b"<html><script>document.title='run'</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def pdf(inside: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + inside + b" >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def packed(inside: bytes) -> bytes:
    body = zlib.compress(inside)
    head = b"2 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\n" % len(body)
    return pdf()[:-6] + head + body + b"\nendstream\nendobj\n%%EOF\n"


def refused() -> list[Sent]:
    wrong_magic = {
        "svg": SVG, "html": HTML, "gif": b"GIF89a" + bytes(40), "zip": b"PK\x03\x04" + bytes(40),
        "elf": b"\x7fELF" + bytes(60), "exe": b"MZ" + bytes(60), "webp": b"RIFF\x10\0\0\0WEBPVP8 ", "bmp": b"BM" + JPG,
        "ps": b"%!PS-Adobe-3.0\n", "mvg": b"push graphic-context\n", "text": b"hello", "spaces": b"  " + JPG,
        "mp4": b"\0\0\0\x18ftypmp42", "tiff": b"II*\0" + bytes(40),
    }  # fmt: skip
    kinds = [Sent(f"{what} as a jpg", f"{what}.jpg", data, "file_kind_mismatch") for what, data in wrong_magic.items()]
    swapped = [
        Sent("png as jpg", "a.jpg", PNG, "file_kind_mismatch"), Sent("jpg as png", "a.png", JPG, "file_kind_mismatch"),
        Sent("html before a pdf", "a.pdf", HTML + pdf(), "file_kind_mismatch"),
        Sent("picture as pdf", "a.pdf", PNG, "file_kind_mismatch"),
        Sent("pdf as png", "a.png", pdf(), "file_kind_mismatch"),
    ]  # fmt: skip
    names = [
        "a.exe", "a.svg", "a.html", "a.jpg.exe", "a.pdf.js", "a", "", ".", "..", "a.jpg.", "a.jp g",
        "票据\u202egpj.exe",
        "a.php", "a.jpg\u202e.exe", "../../etc/passwd", "C:\\a\\b.bat", "a.jpg/", "a.pdf\\",
    ]  # fmt: skip
    called = [Sent(f"called {name!r}", name, JPG, "file_kind_unknown") for name in names]
    broken = [
        Sent("jpg cut short", "a.jpg", JPG[:300], "file_broken"),
        Sent("png cut short", "a.png", PNG[:-40], "file_broken"),
        Sent("jpg of noughts", "a.jpg", JPG[:3] + bytes(500), "file_broken"),
        Sent("png without end of header", "a.png", PNG[:20], "file_broken"),
        Sent("png with a broken checksum", "a.png", PNG[:30] + b"\xff" + PNG[31:], "file_broken"),
        Sent("pdf without an end", "a.pdf", pdf()[:-7], "file_broken"),
        Sent("pdf whose end is far away", "a.pdf", pdf() + bytes(4_000), "file_broken"),
        Sent("png of 13000 x 13000", "a.png", png_that_claims(13_000, 13_000), "file_too_many_pixels"),
        Sent("png of 65500 x 65500", "a.png", png_that_claims(65_500, 65_500), "file_too_many_pixels"),
        Sent("nothing", "a.png", b"", "file_empty"),
        Sent("eleven megabytes", "a.pdf", pdf() + bytes(11 * 2**20), "file_too_large"),
        Sent("text that unpacks without end", "a.png", PNG[:33] + chunk(
            b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)) + PNG[33:], "file_broken"),
    ]  # fmt: skip
    return kinds + swapped + called + broken


def taken() -> list[Sent]:
    return [
        Sent("jpg with a page behind it", "a.jpg", marked_jpg() + HTML),
        Sent("jpg with an archive behind it", "a.jpg", marked_jpg() + b"PK\x03\x04" + MARK.encode()),
        Sent("png with a page behind it", "a.png", marked_png() + HTML),
        Sent("jpg with a place in it", "a.jpg", marked_jpg()), Sent("png with an author", "a.png", marked_png()),
        Sent("transparent png", "a.png", drawn("PNG", "RGBA")), Sent("png of 16 bits", "a.png", drawn("PNG", "I;16")),
        Sent("png with a palette", "a.png", drawn("PNG", "P")),
        Sent("png in black and white", "a.png", drawn("PNG", "1")),
        Sent("grey jpg", "a.jpg", drawn("JPEG", "L")), Sent("jpg for print", "a.jpg", drawn("JPEG", "CMYK")),
        Sent("name of 300 bytes", "证" * 100 + ".jpg", JPG), Sent("name of 300 letters", "a" * 296 + ".png", PNG),
        Sent("name turned round", "票据\u202egpj.jpg", JPG), Sent("name with controls", "a\r\nX: y\x00.jpg", JPG),
        Sent("name with a path", "../../../a.jpg", JPG),
        Sent("name with tags", "<img src=x onerror=alert(1)>.png", PNG),
        Sent("name with quotes", "a\"; filename=\"b.exe\".jpg", JPG), Sent("name of a device", "CON.jpg", JPG),
        Sent("name of dots", "....jpg", JPG), Sent("loud ending", "A.JPEG", JPG),
    ]  # fmt: skip


RUNS = {
    "script": pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "action on opening": pdf(b"/OpenAction 2 0 R"),
    "program": pdf(b"/AA << /O << /S /Launch /F (cmd.exe) >> >>"),
    "file inside": pdf(b"/Names << /EmbeddedFiles 3 0 R >>"),
    "one file inside": pdf(b"/Type/EmbeddedFile/Length 0"), "hidden name": pdf(b"/S /J#61vaScript"),
    "hidden short name": pdf(b"/#4a#53 (x)"), "packed": packed(b"1 0 << /S /JavaScript /JS (x) >>"),
    "packed and hidden": packed(b"1 0 << /S /#4aavaScript >>"),
    "script of a field": pdf(b"/AcroForm << /Fields [<< /AA << /K << /S /JavaScript /JS 4 0 R >> >> >>] >>"),
    "film": pdf(b"/Annots [<< /Subtype /RichMedia /RichMediaContent 3 0 R >>]"),
    "form that is a program": pdf(b"/AcroForm << /XFA 3 0 R >>"),
    "action spelled over lines": pdf(b"/OpenAction\n<<\n/S\r\n/Launch\n/Win << /F (calc.exe) >>\n>>"),
    "noughts between names": pdf(b"/S\0/JavaScript\0/JS\0(app.alert\\(1\\))"),
    "every letter hidden": pdf(b"/S /#4A#61#76#61#53#63#72#69#70#74"),
    "file of a note": pdf(b"/Annots [<< /Subtype /FileAttachment /FS << /EF << /F 3 0 R >> >> >>] /EmbeddedFile 3 0 R"),
    "script behind an end": pdf()[:-6] + b"%%EOF\n5 0 obj << /S /JavaScript /JS (x) >> endobj\n%%EOF\n",
    "script in the second packing": packed(b"1 0 << >>")[:-6] + packed(b"2 0 << /S /JavaScript /JS (x) >>")[8:],
}  # fmt: skip
UNREADABLE = {
    "encrypted": pdf(b"/Encrypt 4 0 R"),
    "damaged packing": pdf()[:-6] + b"2 0 obj << /ObjStm >> stream\nxxxx\nendstream %%EOF\n",
    "bomb": packed(bytes(300 * 2**20)),
    "many bombs": pdf()[:-6] + packed(bytes(40 * 2**20))[8:-6] * 4 + b"%%EOF\n",
    "hidden encryption": pdf(b"/#45ncrypt 4 0 R"),
}  # fmt: skip
QUIET = {"plain": pdf(), "words only": pdf(b"/Title (JS and Launch)"), "packed": packed(b"1 0 << /Type /Page >>")}
