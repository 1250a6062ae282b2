"""Decodes a picture once, in the child process, to see that it is one (UPL-4), and draws the copy for units (IDN-6).

Imports Pillow only.
"""

import io
import struct
import warnings
import zlib
from typing import Final

from PIL import Image, ImageFile

MOST_PIXELS: Final = 25_000_000
JPEG_QUALITY: Final = 88
SOUND, TOO_MANY_PIXELS, BROKEN = "sound", "too_many_pixels", "broken"

# MPO: a JPEG with a second view in it, as some telephones write.
_FORMATS: Final = {"jpg": ("JPEG", "MPO"), "png": ("PNG",)}
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
# The ways Pillow's decoders are known to fail on damaged files.
_DAMAGE: Final = (
    OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, Warning, struct.error, zlib.error,
)  # fmt: skip


def examined(data: bytes, kind: str) -> tuple[str, bytes]:
    """SOUND, TOO_MANY_PIXELS or BROKEN for the bytes of a "jpg" or "png", and of a sound one the picture drawn anew.

    A warning of Pillow is an error.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # A common fault of telephones: the second view is damaged, the picture is whole.
        warnings.filterwarnings("ignore", message=".*malformed MPO")
        try:
            return _decoded(data, kind)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            return TOO_MANY_PIXELS, b""
        except _DAMAGE:
            return BROKEN, b""


def _decoded(data: bytes, kind: str) -> tuple[str, bytes]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # beyond it a warning, which is an error here; beyond twice it an error
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, loaded by the same forkserver, turns it on for everybody
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        if picture.format not in _FORMATS[kind]:
            return BROKEN, b""
        picture.load()
        return SOUND, _drawn_anew(picture)


def _drawn_anew(picture: Image.Image) -> bytes:
    """The pixels alone, upright, as JPEG: no EXIF, XMP, thumbnail, colour profile, comment or second view (IDN-6)."""
    pixels = _on_white(_upright(picture))
    pixels.info.clear()
    stream = io.BytesIO()
    pixels.save(stream, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return stream.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """As a viewer shows it. Damaged EXIF turns nothing: it is no reason to refuse the picture."""
    try:
        turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return picture
    return picture if turn is None else picture.transpose(turn)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel: a plain conversion would cut everything to white
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
