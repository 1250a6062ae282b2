"""A slip's pages as drawings for the screen: the rows, breaks and pages of `slip_pages`, nothing rendered or kept.

Plain values for desk/_preview.html, which draws them as SVG: positions are attributes, so the policy that forbids
inline styles stands. Lengths are points from the top left of the type area. Each run is stretched to the width that
the composition gave it: a line ends where the printed one ends, whatever typefaces the reader's computer has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.slips.paper import SlipContent
from webapp.slip_heads import HEAD_LEADING, Band
from webapp.slip_pages import (
    IMPRINT,
    IMPRINT_ROW,
    ROW,
    TITLE_LEADING,
    TYPE_AREA_HEIGHT,
    TYPE_AREA_WIDTH,
    Foot,
    Head,
    Page,
    Row,
    SlipLayout,
    lay_out,
)
from webapp.typeset import BODY, Line, Run

BASELINE = 0.88
"""Of the type size: where Chinese type stands in its square."""
TITLE_SIZE, IMPRINT_SIZE, FOLIO_SIZE = 22.0, 14.0, 14.0
FOLIO_TOP = 232 / 25.4 * 72
NAME_LEFT, VALUE_LEFT, TABLE_SIDES = 12.0, 130.0, (0.0, 120.0, round(TYPE_AREA_WIDTH, 2))
"""Of a table of facts, as slip.css has it."""
RIGHT_INDENT = 64.0
MOST_PAGES = 6
"""Drawn; a longer slip says how many pages it has."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A piece of text: `x`, `y` of its baseline, size, face; `width` None for its own width, `anchor` as SVG has it."""

    text: str
    x: float
    y: float
    size: float
    face: str = ""
    width: float | None = None
    anchor: str = "start"
    is_squeezed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line from one point to another."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_red: bool = False


def _across(y: float) -> Rule:
    return Rule(0, round(y, 2), round(TYPE_AREA_WIDTH, 2), round(y, 2))


@dataclass(frozen=True, slots=True)
class Drawing:
    no: int
    inks: tuple[Ink, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`page_count` of the whole slip; `pages` the first of them."""

    page_count: int
    pages: tuple[Drawing, ...]


def draw(slip: SlipContent) -> Preview:
    """The slip as it would be printed, as far as it is drawn."""
    layout = lay_out(slip)
    pages = layout.pages[:MOST_PAGES]
    return Preview(len(layout.pages), tuple(_drawing(layout, page) for page in pages))


def _drawing(layout: SlipLayout, page: Page) -> Drawing:
    inks, rules = list(_rows(layout, page)), list(_table_rules(page))
    if page.no == 1:
        inks += _head(layout.head)
        rules += [_red(one) for one in layout.head.rules]
    if page.has_foot:
        drawn, lines = _foot(layout)
        inks += drawn
        rules += lines
    if page.has_folio:
        anchor, x = ("end", TYPE_AREA_WIDTH - FOLIO_SIZE) if page.is_odd else ("start", FOLIO_SIZE)
        inks.append(Ink(f"— {page.no} —", x, FOLIO_TOP + FOLIO_SIZE / 2, FOLIO_SIZE, "song", anchor=anchor))
    return Drawing(page.no, tuple(inks), tuple(rules))


def _middle(top: float, height: float, size: float) -> float:
    """The baseline of type of this size in the middle of a line."""
    return round(top + (height - size) / 2 + size * BASELINE, 2)


def _rows(layout: SlipLayout, page: Page) -> Iterator[Ink]:
    for position, row in enumerate(page.rows):
        y = _middle(page.top + position * ROW, ROW, BODY.size_pt)
        if row.kind == "fact":
            yield from _fact(row, y)
        elif row.line is not None:
            yield from _line(row.line, y, BODY.size_pt)
        else:
            yield from _signed(layout, row, y)


def _fact(row: Row, y: float) -> Iterator[Ink]:
    for line, left in ((row.label, NAME_LEFT), (row.line, VALUE_LEFT)):
        if line is not None:
            yield from _line(line, y, BODY.size_pt, left)


def _table_rules(page: Page) -> Iterator[Rule]:
    for position, row in enumerate(page.rows):
        if row.kind == "fact":
            top = page.top + position * ROW
            yield from (_across(y) for y, is_ruled in _edges(row, top) if is_ruled)
            yield from (Rule(x, round(top, 2), x, round(top + ROW, 2)) for x in TABLE_SIDES)


def _edges(row: Row, top: float) -> tuple[tuple[float, bool], ...]:
    return (top, row.is_ruled_above), (top + ROW, row.is_ruled_below)


def _red(band: Band) -> Rule:
    y = round(band.top + band.height / 2, 2)
    return Rule(round(band.left, 2), y, round(band.left + band.width, 2), y, is_red=True)


def _signed(layout: SlipLayout, row: Row, y: float) -> Iterator[Ink]:
    text = {"unit": row.text, "date": layout.date.text}.get(row.kind, "")
    if text:
        yield Ink(text, TYPE_AREA_WIDTH - layout.unit_right, y, BODY.size_pt, anchor="middle")
    elif row.kind == "receipt-title":
        yield Ink(row.text, TYPE_AREA_WIDTH / 2, y, TITLE_SIZE, "title", anchor="middle")
    elif row.text:
        yield Ink(row.text, TYPE_AREA_WIDTH - RIGHT_INDENT, y, BODY.size_pt, anchor="end")


def _line(line: Line, y: float, size: float, left: float = 0.0) -> Iterator[Ink]:
    """The runs side by side, each as wide as the composition has it."""
    x, gap = left + line.indent * size, line.spacing * size
    for run in line.runs:
        width = _cells(run) * size
        if run.cells is None:
            width += gap * len(run.text)
            yield Ink(run.text, round(x, 2), y, size, run.face, width=round(width - gap, 2))
        elif run.text.strip():
            is_one = len(run.text) == 1
            at, anchor = (x + width / 2, "middle") if is_one else (x, "start")
            box = None if is_one else round(width, 2)
            yield Ink(run.text, round(at, 2), y, size, run.face or "num", box, anchor, is_squeezed=not is_one)
            width += gap
        x += width


def _cells(run: Run) -> float:
    return run.cells if run.cells is not None else float(len(run.text))


def _head(head: Head) -> Iterator[Ink]:
    middle, mark = TYPE_AREA_WIDTH / 2, head.mark
    for position, text in enumerate(mark.lines):
        y = mark.top + position * mark.size * HEAD_LEADING + mark.size * BASELINE
        width = (len(text) + mark.spacing * (len(text) - 1)) * mark.size * mark.scale
        yield Ink(text, middle, round(y, 2), mark.size, "head", round(width, 2), "middle", mark.scale < 1)
    y = _middle(head.number_top, ROW, BODY.size_pt)
    x, anchor = (TYPE_AREA_WIDTH, "end") if head.is_letter else (middle, "middle")
    yield Ink(head.number.text, x, y, BODY.size_pt, anchor=anchor)
    if head.secrecy:
        yield Ink(head.secrecy.text, 0, y, BODY.size_pt, "hei")
    for position, text in enumerate(head.title):
        y = _middle(head.title_top + position * TITLE_LEADING, TITLE_LEADING, TITLE_SIZE)
        yield Ink(text, middle, y, TITLE_SIZE, "title", anchor="middle")


def _foot(layout: SlipLayout) -> tuple[list[Ink], list[Rule]]:
    """The imprint above the lower edge; its rules."""
    foot = layout.foot
    bands = [list(foot.approval), list(foot.copies)]
    top = TYPE_AREA_HEIGHT - _height(foot)
    inks: list[Ink] = []
    rules: list[Rule] = []
    for band in (band for band in bands if band):
        rules.append(_across(top))
        for line in band:
            inks += _line(line, _middle(top, IMPRINT_ROW, IMPRINT_SIZE), IMPRINT_SIZE, IMPRINT.size_pt)
            top += IMPRINT_ROW
    if foot.is_letter:
        return inks, []
    rules.append(_across(top))
    for text in foot.issuer:
        inks.append(Ink(text, IMPRINT.size_pt, _middle(top, IMPRINT_ROW, IMPRINT_SIZE), IMPRINT_SIZE))
        top += IMPRINT_ROW
    y = _middle(top - IMPRINT_ROW, IMPRINT_ROW, IMPRINT_SIZE)
    inks.append(Ink(f"{layout.date.text}印发", TYPE_AREA_WIDTH - IMPRINT.size_pt, y, IMPRINT_SIZE, anchor="end"))
    return inks, [*rules, _across(TYPE_AREA_HEIGHT)]


def _height(foot: Foot) -> float:
    return (len(foot.approval) + len(foot.copies) + len(foot.issuer)) * IMPRINT_ROW
