"""Lays a slip out on numbered A4 pages of 22 lines (GB/T 9704-2012), before any HTML is written.

Pure: a frozen slip in, pages of rows out. Lengths are points from the top of the type area, unless a name says cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from models.slips.chinese import day
from models.slips.paper import SlipContent
from webapp.slip_heads import (
    MM,
    ROW,
    ROWS_PER_PAGE,
    TITLE_LEADING,
    TYPE_AREA_HEIGHT,
    TYPE_AREA_WIDTH,
    Head,
    head_of,
    single,
)
from webapp.slip_rows import Row, annex_rows, body_rows, receipt_rows, ruled
from webapp.typeset import BODY, Line, Measure, balanced, compose, tokens

__all__ = [
    "IMPRINT", "IMPRINT_ROW", "ROW", "ROWS_PER_PAGE", "TITLE_LEADING", "TYPE_AREA_HEIGHT", "TYPE_AREA_WIDTH", "Foot",
    "Head", "Page", "Row", "SlipLayout", "lay_out",
]  # fmt: skip

DATE_RIGHT_CELLS = 4
UNIT_CELLS = 15  # centred on the date, a longer line would leave the type area
IMPRINT = Measure(cells=29, size_pt=14.0, width_pt=TYPE_AREA_WIDTH - 28)
IMPRINT_ROW = 24.0
IMPRINT_UNIT_CELLS = 18  # the date of printing takes the rest of the line
QR_BAND = 17 * MM + 10
LONGEST_KEPT_ANNEXES = 5  # rows; a longer list may be divided between pages


@dataclass(frozen=True, slots=True)
class Foot:
    """The 版记 at the foot of the last page, and the height it takes with the QR band above. A letter's has neither
    rules nor an issuing office (10.1).
    """

    approval: tuple[Line, ...]
    copies: tuple[Line, ...]
    issuer: tuple[str, ...]
    is_letter: bool = False

    @property
    def rows(self) -> int:
        """Lines of the page that the foot covers."""
        imprint = (len(self.approval) + len(self.copies) + len(self.issuer)) * IMPRINT_ROW + 4
        return ceil((imprint + QR_BAND) / ROW)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its number, the rows of text and how far down they begin, and whether number and foot are printed."""

    no: int
    top: float
    rows: tuple[Row, ...]
    has_folio: bool = True
    has_foot: bool = False

    @property
    def is_odd(self) -> bool:
        return self.no % 2 == 1


@dataclass(frozen=True, slots=True)
class SlipLayout:
    head: Head
    pages: tuple[Page, ...]
    foot: Foot
    date: Line
    unit_right: float  # from the right edge of the type area to the axis of unit and date


def lay_out(slip: SlipContent) -> SlipLayout:
    """The whole slip on its pages."""
    head = head_of(slip)
    foot = _foot(slip, head)
    annexes = list(annex_rows(slip.annexes))
    with_annexes = len(annexes) + 1 if 0 < len(annexes) <= LONGEST_KEPT_ANNEXES else 2
    text = _kept_end([*body_rows(slip), *annexes], with_annexes)
    pages = (*_pages(text + _sign_off(slip, foot), head),)
    date_text = day(slip.issued_on)
    return SlipLayout(head, (*pages, *_receipt(slip, len(pages))), foot, single(date_text), _date_axis(date_text))


def _pages(rows: list[Row], head: Head) -> Iterator[Page]:
    first = max(1, int((TYPE_AREA_HEIGHT - head.bottom - ROW) / ROW))
    chunks = list(_chunks(rows, first))
    for no, chunk in enumerate(chunks, start=1):
        top = (ROWS_PER_PAGE - first) * ROW if no == 1 else 0.0
        is_numbered = no > 1 or not head.is_letter
        yield Page(no, top, ruled(_without_blank_ends(chunk, no)), is_numbered, has_foot=no == len(chunks))


def _receipt(slip: SlipContent, count: int) -> Iterator[Page]:
    """The return receipt on a sheet of its own, without a page number: the recipient tears it off."""
    rows = receipt_rows(slip)
    if not rows:
        return
    if count % 2:
        yield Page(count + 1, 0.0, (), has_folio=False)
        count += 1
    yield Page(count + 1, 0.0, rows, has_folio=False)


def _sign_off(slip: SlipContent, foot: Foot) -> list[Row]:
    """Two blank lines for the top of the seal, the unit, the date, and the lines the foot covers: one block."""
    unit = [Row("unit", text=line, with_next=True) for line in balanced(slip.issuer, UNIT_CELLS)]
    blank = Row("blank", with_next=True)
    return [blank, blank, *unit, Row("date", with_next=True), *[blank] * foot.rows]


def _kept_end(rows: list[Row], count: int) -> list[Row]:
    """The last lines of text go with the signature: it never stands alone on a page."""
    return rows[:-count] + [replace(row, with_next=True) for row in rows[-count:]]


def _chunks(rows: list[Row], first: int) -> Iterator[list[Row]]:
    """Fills pages; a page ends before a chain of kept rows rather than inside it."""
    room = first
    while len(rows) > room:
        cut = room
        while cut > 0 and rows[cut - 1].with_next:
            cut -= 1
        cut = cut or room
        yield rows[:cut]
        rows, room = rows[cut:], ROWS_PER_PAGE
    yield rows


def _lines(text: str) -> tuple[Line, ...]:
    return tuple(compose(tokens(text), indent=0, hanging=3, measure=IMPRINT))


def _foot(slip: SlipContent, head: Head) -> Foot:
    names = (("签发", slip.signer), ("审核", slip.reviewer), ("承办", slip.handler_unit))
    approval = ("\u3000" * 3).join(f"{label}：{name}" for label, name in names if name)
    copies = f"抄送：{'，'.join(slip.copies)}。" if slip.copies else ""
    issuer = () if head.is_letter else tuple(balanced(slip.issuer, IMPRINT_UNIT_CELLS))
    return Foot(_lines(approval), _lines(copies) if copies else (), issuer, head.is_letter)


def _date_axis(date_text: str) -> float:
    """Distance of the date's middle from the right edge: four cells and half its own width."""
    cells = sum(0.5 if character.isdecimal() else 1.0 for character in date_text)
    return (DATE_RIGHT_CELLS + cells / 2) * BODY.size_pt


def _without_blank_ends(rows: list[Row], no: int) -> tuple[Row, ...]:
    """A page ends with text, and every page after the first begins with it."""
    while rows and rows[-1].kind == "blank":
        rows = rows[:-1]
    while no > 1 and rows and rows[0].kind == "blank":
        rows = rows[1:]
    return tuple(rows)
