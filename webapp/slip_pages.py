"""Lays a reply slip out on numbered A4 pages of 22 lines (GB/T 9704-2012), before any HTML is written.

Pure: a `ReplySlip` in, pages of rows out. Lengths are points from the top of the type area, unless a name says cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from models.slips.types import ReplySlip, SlipDemand
from webapp.typeset import BODY, Line, Measure, balanced, compose, paragraphs, tokens

MM = 72 / 25.4
ROWS_PER_PAGE = 22
ROW = 28.9
TYPE_AREA_HEIGHT = 225 * MM
TYPE_AREA_WIDTH = 156 * MM
HEAD_TOP = 35 * MM  # red head below the top of the type area
HEAD_SIZE = 38.0  # largest at which ten lines of text stay under a one-line title
HEAD_WIDTH = 152 * MM
HEAD_INK = 0.11  # blank part of the em above the ink of 小标宋
HEAD_LEADING = 1.25
SMALLEST_HEAD_SCALE = 0.62  # narrower letters look squeezed: divide the name instead
RULE_GAP = 4 * MM
TITLE_LEADING = 33.0
TITLE_CELLS = 19  # of 22 pt
DATE_RIGHT_CELLS = 4
UNIT_CELLS = 15  # centred on the date, a longer line would leave the type area
IMPRINT = Measure(cells=29, size_pt=14.0, width_pt=TYPE_AREA_WIDTH - 28)
IMPRINT_ROW = 24.0
IMPRINT_UNIT_CELLS = 18  # the date of printing takes the rest of the line
QR_BAND = 17 * MM + 10
LONGEST_HEADING = 52  # characters; a longer demand is quoted in a paragraph of its own
LONGEST_KEPT_ANNEXES = 5  # rows; a longer list may be divided between pages
RESULT = "办理结果"
NUMERALS = "〇一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Row:
    """One of the 22 lines of a page. `with_next` keeps it on the page of the row that follows."""

    kind: str
    line: Line | None = None
    text: str = ""
    with_next: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the text on page 1."""

    mark: tuple[str, ...]
    mark_top: float
    mark_size: float
    mark_scale: float
    mark_spacing: float
    number: Line
    number_top: float
    rule_top: float
    title: tuple[str, ...]
    title_top: float

    @property
    def bottom(self) -> float:
        return self.title_top + len(self.title) * TITLE_LEADING


@dataclass(frozen=True, slots=True)
class Foot:
    """The 版记 at the foot of the last page, and the height it takes with the QR band above."""

    approval: tuple[Line, ...]
    copies: tuple[Line, ...]
    issuer: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Lines of the page that the foot covers."""
        imprint = (len(self.approval) + len(self.copies) + len(self.issuer)) * IMPRINT_ROW + 4
        return ceil((imprint + QR_BAND) / ROW)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its number, the rows of text and how far down they begin."""

    no: int
    top: float
    rows: tuple[Row, ...]

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


def chinese_number(value: int) -> str:
    """1..99 in Chinese numerals; more demands than that are not accepted at filing."""
    tens, ones = divmod(value, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def _single(text: str) -> Line:
    """Text that stands on a line of its own, on the grid."""
    return compose(tokens(text), indent=0)[0]


def _head(slip: ReplySlip) -> Head:
    most = int(HEAD_WIDTH / (HEAD_SIZE * SMALLEST_HEAD_SCALE))
    mark = tuple(balanced(slip.mark, most))
    longest = max(len(line) for line in mark)
    size = HEAD_SIZE if len(mark) == 1 else 30.0
    scale = min(1.0, HEAD_WIDTH / (longest * size))
    spare = HEAD_WIDTH * 0.86 / size - longest
    spacing = min(0.4, max(0.0, spare / max(1, longest - 1)))
    top = HEAD_TOP - HEAD_INK * size
    bottom = top + size + (len(mark) - 1) * size * HEAD_LEADING
    number_top = bottom + 2 * ROW
    rule_top = number_top + (ROW + BODY.size_pt) / 2 + RULE_GAP
    title = tuple(balanced(slip.title, TITLE_CELLS))
    return Head(mark, top, size, scale, spacing, _single(slip.number), number_top, rule_top, title, rule_top + 2 * ROW)


def _set(text: str, kind: str = "body", face: str = "", lead: str = "") -> list[Row]:
    items = (tokens(lead, "kai") if lead else []) + tokens(text, face)
    return [Row(kind, line) for line in compose(items)]


def _heading(text: str) -> list[Row]:
    """A heading stays with all its lines and the first line of what follows."""
    return [replace(row, with_next=True) for row in _set(text, "heading", "hei")]


def _field(text: str, lead: str = "") -> list[Row]:
    """The paragraphs of one field, the first led by a 楷体 heading in the line."""
    rows: list[Row] = []
    for position, paragraph in enumerate(paragraphs(text)):
        rows += _set(paragraph, lead=lead if position == 0 else "")
    return rows


def _ended(text: str) -> str:
    return text if text[-1:] in "。！？…；" else text + "。"


def _sections(demand: SlipDemand) -> list[tuple[str, str]]:
    every = (
        ("核实情况", demand.facts), ("办理依据", demand.basis), ("处理情况", demand.actions),
        (RESULT, _ended(demand.outcome.strip() or "已答复")),
    )
    return [(name, text) for name, text in every if text.strip()]


def _demand_heading(demand: SlipDemand) -> tuple[str, str]:
    """Heading and, for a long demand, the paragraph that quotes it in full."""
    text = " ".join(paragraphs(demand.text)).strip("。；;，, ")
    numeral = chinese_number(demand.no)
    if len(text) > LONGEST_HEADING:
        return f"{numeral}、关于您的第{numeral}项诉求", f"您的诉求是：{_ended(text)}"
    return f"{numeral}、关于“{text}”", ""


def _one_of_many(demand: SlipDemand) -> Iterator[Row]:
    heading, quoted = _demand_heading(demand)
    yield from _heading(heading)
    if quoted:
        yield from _field(quoted)
    for position, (name, text) in enumerate(_sections(demand), start=1):
        yield from _field(text, f"（{chinese_number(position)}）{name}{'：' if name == RESULT else '。'}")


def _only(demand: SlipDemand) -> Iterator[Row]:
    """A single demand needs no level of its own: its sections are the first level."""
    for position, (name, text) in enumerate(_sections(demand), start=1):
        yield from _heading(f"{chinese_number(position)}、{name}")
        yield from _field(text)


def _opening(slip: ReplySlip) -> str:
    filed = f"{slip.filed_on.year}年{slip.filed_on.month}月{slip.filed_on.day}日"
    handled = "由我办直接办理" if slip.lead_unit == slip.issuer else f"{slip.self_name}已交{slip.lead_unit}办理"
    handled = handled.replace("我办", slip.self_name)
    wish = ""
    if len(slip.demands) == 1:
        wish = f"您的诉求是：{_ended(' '.join(paragraphs(slip.demands[0].text)))}"
    return (
        f"您于{filed}通过{slip.channel}反映的“{slip.subject}”事项（受理编号{slip.appeal_number}），{handled}。"
        f"{wish}现将核实和办理情况答复如下："
    )


def _body(slip: ReplySlip) -> list[Row]:
    rows = [Row("recipient", line) for line in compose(tokens(slip.recipient.rstrip("：:") + "："), indent=0)]
    rows += _set(_opening(slip))
    for demand in slip.demands:
        rows += _only(demand) if len(slip.demands) == 1 else _one_of_many(demand)
    rows += _field(slip.come_back) + _field(slip.contact)
    return rows + _set("特此答复。")


def _annexes(names: tuple[str, ...]) -> Iterator[Row]:
    """附件 after one blank line, two cells in; turned lines align with the first letter of the name."""
    if not names:
        return
    yield Row("blank", with_next=True)
    for position, name in enumerate(names, start=1):
        label = ("附件：" if position == 1 else "") + (f"{position}." if len(names) > 1 else "")
        first = 2.0 if position == 1 else 5.0
        hanging = 5.0 + (1.0 if len(names) > 1 else 0)
        for line in compose(tokens(label + name), indent=first, hanging=hanging):
            yield Row("annex", line)


def _sign_off(slip: ReplySlip, foot: Foot) -> list[Row]:
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


def _foot(slip: ReplySlip) -> Foot:
    names = (("签发", slip.signer), ("审核", slip.reviewer), ("承办", slip.handler_unit))
    approval = ("\u3000" * 3).join(f"{label}：{name}" for label, name in names if name)
    copies = f"抄送：{'，'.join(slip.copies)}。" if slip.copies else ""
    return Foot(_lines(approval), _lines(copies) if copies else (), tuple(balanced(slip.issuer, IMPRINT_UNIT_CELLS)))


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


def lay_out(slip: ReplySlip) -> SlipLayout:
    """The whole slip on its pages."""
    head, foot = _head(slip), _foot(slip)
    annexes = list(_annexes(slip.annexes))
    with_annexes = len(annexes) + 1 if 0 < len(annexes) <= LONGEST_KEPT_ANNEXES else 2
    text = _kept_end([*_body(slip), *annexes], with_annexes)
    rows = text + _sign_off(slip, foot)
    first = max(1, int((TYPE_AREA_HEIGHT - head.bottom - ROW) / ROW))
    tops = {1: (ROWS_PER_PAGE - first) * ROW}
    pages = tuple(
        Page(no, tops.get(no, 0.0), _without_blank_ends(chunk, no))
        for no, chunk in enumerate(_chunks(rows, first), start=1)
    )
    issued = slip.issued_on
    date_text = f"{issued.year}年{issued.month}月{issued.day}日"
    return SlipLayout(head, pages, foot, _single(date_text), _date_axis(date_text))
