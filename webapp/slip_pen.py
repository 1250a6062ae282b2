"""Draws composed slips straight onto PDF pages, many in one document: the child's side of a batch.

It repeats what templates/slips/ and slip.css say about places; a test prints every kind both ways and compares each
glyph. Lengths are points from the top left of the type area, as in `slip_pages`; `Pen` turns them into the page's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import segno

from models.slips.paper import SlipContent, content_of
from webapp.slip_heads import MM, PAGE_HEIGHT, PAGE_LEFT, PAGE_TOP, PAGE_WIDTH, ROW, Band, Head
from webapp.slip_pages import (
    IMPRINT,
    IMPRINT_ROW,
    TITLE_LEADING,
    TYPE_AREA_HEIGHT,
    TYPE_AREA_WIDTH,
    Page,
    SlipLayout,
    lay_out,
)
from webapp.slip_rows import Row
from webapp.type_case import STRUT, Setting, Sort, TypeCase, clusters, document_of
from webapp.typeset import BODY, Line, Run, clean

PX = 96 / 72
RED, BLACK = (0xD7 / 255, 0.0, 0x0F / 255), (0.0, 0.0, 0.0)
TIGHT = -0.055  # .box.num
TITLE_SIZE, SMALL, SMALL_LEADING, FOLIO = 22.0, 10.5, 16.0, 14.0
QR = 17 * MM
WIDE = "\u3000"
NAME, MIDDLE, VALUE = 12.0, 120.0, 130.0
VERIFY = ("核验码：", "扫码或在直通车“文书核验”中输入核验码，", "可核对文号、日期和单位。校验值：")


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one face; in a box of so many ems when it has `cells`."""

    text: str
    face: str = ""
    cells: float | None = None

    @property
    def setting(self) -> str:
        """The face, and whether it is set tight, which takes ligatures apart."""
        return "num tight" if self.cells is not None and self.face == "num" else self.face

    @property
    def words(self) -> list[str]:
        """Character by character; Latin letters and digits as they stand together."""
        return [self.text] if self.cells is not None or self.face == "num" else clusters(self.text)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: where it begins, its size and leading. `anchor` 0 begins there, 0.5 is centred, 1 ends there."""

    spans: tuple[Span, ...]
    x: float
    top: float
    size: float = BODY.size_pt
    leading: float = ROW
    spacing: float = 0.0
    anchor: float = 0.0
    indent: float = 0.0
    stretch: float = 1.0
    colour: tuple[float, float, float] = BLACK
    strut: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    left: float
    top: float
    width: float
    height: float
    colour: tuple[float, float, float] = BLACK


Mark = Text | Box


# ---------------------------------------------------------------- what stands on a page


def marks(slip: SlipContent, layout: SlipLayout, page: Page) -> Iterator[Mark]:
    if page.no == 1:
        yield from _head(layout.head)
    for position, row in enumerate(page.rows):
        yield from _row(layout, row, page.top + position * ROW)
    if page.has_foot:
        yield from _foot(slip, layout)
    if page.has_folio:
        x, anchor = (TYPE_AREA_WIDTH - FOLIO, 1.0) if page.is_odd else (FOLIO, 0.0)
        spans = (Span(f"— {page.no} —", "song"),)
        yield Text(spans, x, 232 * MM - 6.9, FOLIO, FOLIO, anchor=anchor, strut="song")


def _spans(line: Line) -> tuple[Span, ...]:
    return tuple(_span(run) for run in line.runs)


def _span(run: Run) -> Span:
    return Span(run.text, run.face) if run.cells is None else Span(run.text, run.face or "num", run.cells)


def _line(line: Line, x: float, top: float, size: float = BODY.size_pt, leading: float = ROW, **more: Any) -> Text:
    return Text(_spans(line), x + line.indent * size, top, size, leading, line.spacing, **more)


def _head(head: Head) -> Iterator[Mark]:
    mark = head.mark
    for no, text in enumerate(mark.lines):
        top = mark.top + no * mark.size * 1.25
        yield Text(
            (Span(text, "xbs"),), TYPE_AREA_WIDTH / 2, top, mark.size, mark.size, mark.spacing, 0.5, mark.spacing,
            mark.scale, RED, "xbs",
        )
    yield from (_band(one) for one in head.rules)
    for no, text in enumerate(head.title):
        top = head.title_top + no * TITLE_LEADING
        yield Text((Span(text, "xbs"),), TYPE_AREA_WIDTH / 2, top, TITLE_SIZE, TITLE_LEADING, anchor=0.5, strut="xbs")
    x, anchor = (TYPE_AREA_WIDTH, 1.0) if head.is_letter else (TYPE_AREA_WIDTH / 2, 0.5)
    yield Text(_spans(head.number), x, head.number_top, spacing=head.number.spacing, anchor=anchor)
    if head.secrecy:
        spans = tuple(Span(one.text, one.face or "hei", one.cells) for one in _spans(head.secrecy))
        yield Text(spans, 0, head.number_top, spacing=head.secrecy.spacing, strut="hei")


def _band(band: Band) -> Box:
    return Box(band.left, band.top, band.width, band.height, RED)


def _row(layout: SlipLayout, row: Row, top: float) -> Iterator[Mark]:
    if row.kind == "fact":
        yield from _fact(row, top)
    elif row.line:
        yield _line(row.line, 0, top)
    elif row.kind == "unit":
        yield Text((Span(row.text),), TYPE_AREA_WIDTH - layout.unit_right, top, anchor=0.5)
    elif row.kind == "date":
        date = layout.date
        yield Text(_spans(date), TYPE_AREA_WIDTH - layout.unit_right, top, spacing=date.spacing, anchor=0.5)
    elif row.kind == "receipt-title":
        yield Text((Span(row.text),), TYPE_AREA_WIDTH / 2, top, TITLE_SIZE, ROW, 1.0, 0.5, 1.0)
    elif row.text:
        yield Text((Span(row.text),), TYPE_AREA_WIDTH - 4 * BODY.size_pt, top, anchor=1.0)


def _fact(row: Row, top: float) -> Iterator[Mark]:
    for line, left in ((row.label, NAME), (row.line, VALUE)):
        if line:
            yield _line(line, left + 0.7, top)
    yield from (Box(x, top, 0.7, ROW) for x in (0.0, TYPE_AREA_WIDTH - 0.7))
    yield Box(MIDDLE + 0.7, top, 0.5, ROW)
    if row.is_ruled_above:
        yield Box(0, top, TYPE_AREA_WIDTH, 0.5)
    if row.is_ruled_below:
        yield Box(0, top + ROW - 0.7, TYPE_AREA_WIDTH, 0.7)


def _foot(slip: SlipContent, layout: SlipLayout) -> Iterator[Mark]:
    foot, x = layout.foot, FOLIO
    bands = [band for band in (foot.approval, foot.copies) if band]
    lines = sum(map(len, bands)) + len(foot.issuer)
    rules = 0.0 if foot.is_letter else (0.35 + 0.25 * (len(bands)) + 0.35) * MM
    top = TYPE_AREA_HEIGHT - lines * IMPRINT_ROW - rules
    yield from _verify(slip, top - 10 - QR)
    for no, band in enumerate(bands):
        if not foot.is_letter:
            thickness = (0.25 if no else 0.35) * MM
            yield Box(0, top, TYPE_AREA_WIDTH, thickness)
            top += thickness
        for line in band:
            yield _line(line, x, top, IMPRINT.size_pt, IMPRINT_ROW)
            top += IMPRINT_ROW
    if foot.is_letter:
        return
    yield Box(0, top, TYPE_AREA_WIDTH, 0.25 * MM)
    top += 0.25 * MM
    for text in foot.issuer:
        yield Text((Span(text),), x, top, IMPRINT.size_pt, IMPRINT_ROW)
        top += IMPRINT_ROW
    tight = layout.date.spacing  # of its boxes alone: the line itself is not spaced
    date = (*(replace(one, cells=one.cells + tight) if one.cells else one for one in _spans(layout.date)), Span("印发"))
    yield Text(date, TYPE_AREA_WIDTH - FOLIO, top - IMPRINT_ROW, IMPRINT.size_pt, IMPRINT_ROW, anchor=1.0)
    yield Box(0, top, TYPE_AREA_WIDTH, 0.35 * MM)


def _verify(slip: SlipContent, top: float) -> Iterator[Mark]:
    said = (slip.verification_code, "", slip.short_hash)
    for no, (text, code) in enumerate(zip(VERIFY, said, strict=True)):
        spans = (Span(text), Span(code, "num")) if code else (Span(text),)
        yield Text(spans, 20 * MM, top + no * SMALL_LEADING, SMALL, SMALL_LEADING)
    matrix = tuple(segno.make(slip.verification_url, error="m", micro=False).matrix)
    module = QR / len(matrix)
    for y, dots in enumerate(matrix):
        x = 0
        for is_dark, run in groupby(dots):
            length = len(list(run))
            if is_dark:
                yield Box(x * module, top + y * module, length * module, module)
            x += length


# ---------------------------------------------------------------- the pen


@dataclass
class SlipPage:
    """A page as WeasyPrint writes it into a document, in its own unit of 1/96 inch."""

    marks: Sequence[Mark]
    case: TypeCase
    bookmarks: list[Any] = field(default_factory=list)
    width: float = PAGE_WIDTH * PX
    height: float = PAGE_HEIGHT * PX
    links: tuple[()] = ()

    def __post_init__(self) -> None:
        self.bleed = dict.fromkeys(("top", "right", "bottom", "left"), 0)
        self.anchors: dict[str, Any] = {}
        self.forms: dict[None, list[Any]] = {None: []}

    def paint(self, stream: Any, scale: float = 1) -> None:
        with stream.stacked():
            stream.transform(a=scale * PX, d=scale * PX, e=-PAGE_LEFT * PX * scale, f=-PAGE_TOP * PX * scale)
            colour = None
            for mark in self.marks:
                if mark.colour != colour:
                    colour = mark.colour
                    stream.set_color_rgb(*colour)
                if isinstance(mark, Box):
                    stream.rectangle(mark.left, mark.top, mark.width, mark.height)
                    stream.fill()
                else:
                    _write(stream, self.case, mark)


def _write(stream: Any, case: TypeCase, text: Text) -> None:
    """The line's own width decides where it begins; then its glyphs, one after the other."""
    sorts = [(span, [case.sort(span.setting, one) for one in span.words]) for span in text.spans]
    width = sum(_width(span, found, text) for span, found in sorts)
    x = text.x + (text.indent * text.size - text.anchor * (width + text.indent * text.size)) * text.stretch
    base = text.top + _baseline(case.sort(text.strut, STRUT), text)
    stream.begin_text()
    for span, found in sorts:
        ink, gap = _ink(span, found, text)
        start = x
        if span.cells is not None:
            start += (span.cells * text.size - ink) / 2
        _show(stream, found, start, base, text, gap)
        x += _width(span, found, text) * text.stretch
    stream.end_text()


def _ink(span: Span, found: Sequence[Sort], text: Text) -> tuple[float, float]:
    """How wide the glyphs of a span are, and the gap after each."""
    gap = text.spacing * text.size if span.cells is None else (TIGHT * text.size if span.face == "num" else 0.0)
    return sum(one.width for one in found) * text.size + gap * sum(one.signs for one in found), gap


def _width(span: Span, found: Sequence[Sort], text: Text) -> float:
    if span.cells is not None:
        return (span.cells + text.spacing) * text.size
    return _ink(span, found, text)[0]


def _baseline(strut: Sort, text: Text) -> float:
    """The line's own font stands in the middle of its height; what is set on it takes no part (slip.css)."""
    return (text.leading - (strut.ascent + strut.descent) * text.size) / 2 + strut.ascent * text.size


def _show(stream: Any, found: Sequence[Sort], x: float, base: float, text: Text, gap: float) -> None:
    size, font, string = text.size, None, ""
    for sort in found:
        for glyph in sort.glyphs:
            if glyph.font != font or glyph.up:
                if string:
                    stream.show_text(string)
                    string = ""
                font, made = glyph.font, stream.add_font(glyph.font)[0]
                stream.set_font_size(made.hash, size)
                stream.set_text_matrix(text.stretch, 0, 0, -1, x + glyph.right * size, base - glyph.up * size)
            made.to_unicode.setdefault(glyph.no, glyph.text)
            width = made.widths.setdefault(glyph.no, round(glyph.width * 1000))
            advance = glyph.width * size + gap * sort.signs / len(sort.glyphs)
            string += f"<{glyph.no:04x}>{round(width - advance / size * 1000, 2)}"
            x += advance * text.stretch
    if string:
        stream.show_text(string)


# ---------------------------------------------------------------- a portion of slips


def draw(stored: Sequence[str], setting: Setting, *, is_continued: bool) -> Any:
    """The document of these slips, each on a front side. `is_continued`: more follow the last."""
    drawn: list[tuple[SlipContent, list[list[Mark]]]] = []
    for text in stored:
        slip = content_of(text)
        layout = lay_out(slip)
        drawn.append((slip, [list(marks(slip, layout, page)) for page in layout.pages]))
    case = TypeCase(_letters(mark for _, pages in drawn for page in pages for mark in page), setting)
    pages: list[SlipPage] = []
    for position, (slip, found) in enumerate(drawn):
        label = clean(f"{slip.number} {slip.title}")
        pages.append(SlipPage(found[0], case, [(1, label, (0, 0), "open")]))
        pages += [SlipPage(one, case) for one in found[1:]]
        if len(found) % 2 and (is_continued or position < len(drawn) - 1):
            pages.append(SlipPage((), case))
    return document_of(case, pages, "文书汇印", drawn[0][0].issuer)


def _letters(found: Iterator[Mark]) -> dict[str, set[str]]:
    letters: dict[str, set[str]] = {face: set() for face in ("", "hei", "kai", "song", "xbs", "num", "num tight")}
    for mark in found:
        if isinstance(mark, Text):
            for span in mark.spans:
                letters[span.setting].update(one for one in span.words if one == WIDE or not one.isspace())
    return letters
