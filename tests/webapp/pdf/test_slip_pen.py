"""A slip of a batch is the slip printed alone: every glyph where it stands there, of the same typeface, and the page
looks the same to the eye.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from models.slips.kinds import SlipKind
from models.slips.paper import SlipContent
from tests.webapp.pdf.conftest import Glyph, long_slip, make_slip, read_pages
from tests.webapp.pdf.papers import make_paper
from tests.webapp.pdf.test_kinds import longest
from tests.webapp.pdf.test_slip_page import ink
from webapp.pdf import PdfRenderer
from webapp.slip_batch import CSS

Print = Callable[[SlipContent], bytes]
CASES: dict[str, Callable[[], SlipContent]] = {
    "reply": make_slip, "long reply": long_slip,
    **{kind.value: lambda kind=kind: make_paper(kind) for kind in SlipKind if kind is not SlipKind.REPLY},
    "rare characters": lambda: longest(SlipKind.DISPATCH_ORDER),
    "long letter": lambda: longest(SlipKind.TRANSFER_LETTER),
    "Latin words": lambda: make_paper(SlipKind.REMINDER, subject="Wi-Fi 6E、office@yuanjiang.gov.cn 和 3.14% 的 fi"),
    "accents": lambda: make_paper(SlipKind.REMINDER, subject="e\u0301 和 葛\U000e0101 两个字"),
    "no typeface": lambda: make_paper(SlipKind.REMINDER, subject="甲\U00012000乙"),
    "two copies": lambda: make_paper(SlipKind.DISPATCH_ORDER, copies=("市税务局", "市自然资源局" * 9)),
    "replaced": lambda: make_paper(SlipKind.SUPERVISION_ORDER, replaces="沅优办督〔2026〕3号"),
}


def places(glyphs: tuple[Glyph, ...]) -> dict[str, list[Glyph]]:
    """Every character with all the places where it stands, in reading order."""
    found: dict[str, list[Glyph]] = {}
    for glyph in sorted(glyphs, key=lambda one: (-round(one.base / 4), one.x0)):
        if glyph.text.strip():
            found.setdefault(glyph.text, []).append(glyph)
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_glyph_stands_where_it_stands_alone(printed: Print, renderer: PdfRenderer, case: str) -> None:
    slip = CASES[case]()
    alone, together = read_pages(printed(slip)), read_pages(renderer.draw([slip.to_json()], CSS))
    assert len(alone) == len(together)
    for one, other in zip(alone, together, strict=True):
        wanted, found = places(one.glyphs), places(other.glyphs)
        assert {text: len(them) for text, them in found.items()} == {text: len(them) for text, them in wanted.items()}
        for text, them in wanted.items():
            for mine, theirs in zip(them, found[text], strict=True):
                assert theirs.font == mine.font, text
                assert (theirs.x0, theirs.base) == pytest.approx((mine.x0, mine.base), abs=0.4), text
                assert theirs.size == pytest.approx(mine.size, abs=0.05), text


def small(picture: Image.Image) -> Image.Image:
    """Two dots to the millimetre, each as grey as what it stands for."""
    return picture.convert("L").resize((420, 594), Image.Resampling.BOX)


def darkness(picture: Image.Image) -> int:
    return sum((255 - grey) * count for grey, count in enumerate(picture.histogram()))


@pytest.mark.parametrize("case", ["reply", "dispatch_order", "transfer_letter"])
def test_the_pages_look_the_same(printed: Print, renderer: PdfRenderer, case: str, tmp_path: Path) -> None:
    """Rules, tables and the QR too: no blot of the one is missing in the other."""
    slip = CASES[case]()
    pdfs = printed(slip), renderer.draw([slip.to_json()], CSS)
    for page in range(1, len(read_pages(pdfs[0])) + 1):
        alone, together = (small(ink(pdf, tmp_path, page)) for pdf in pdfs)
        assert ImageChops.difference(alone, together).getextrema()[1] < 110, f"page {page}"
        assert darkness(together) == pytest.approx(darkness(alone), rel=0.02)
