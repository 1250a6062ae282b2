"""Decodes a picture once, in the child process, to see that it is one (reliability.md UPL-4). Imports Pillow only."""

import io
import struct
import warnings
import zlib
from typing import Final

from PIL import Image, ImageFile

MOST_PIXELS: Final = 25_000_000
SOUND, TOO_MANY_PIXELS, BROKEN = "sound", "too_many_pixels", "broken"

# MPO: a JPEG with a second view in it, as some telephones write.
_FORMATS: Final = {"jpg": ("JPEG", "MPO"), "png": ("PNG",)}
# The ways Pillow's decoders are known to fail on damaged files.
_DAMAGE: Final = (
    OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, Warning, struct.error, zlib.error,
)  # fmt: skip


def verdict(data: bytes, kind: str) -> str:
    """SOUND, TOO_MANY_PIXELS or BROKEN for the bytes of a "jpg" or "png". A warning of Pillow is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # A common fault of telephones: the second view is damaged, the picture is whole.
        warnings.filterwarnings("ignore", message=".*malformed MPO")
        try:
            return _decoded(data, kind)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            return TOO_MANY_PIXELS
        except _DAMAGE:
            return BROKEN


def _decoded(data: bytes, kind: str) -> str:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # beyond it a warning, which is an error here; beyond twice it an error
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, loaded by the same forkserver, turns it on for everybody
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        if picture.format not in _FORMATS[kind]:
            return BROKEN
        picture.load()
    return SOUND
