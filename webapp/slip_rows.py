"""Sets the blocks of a slip in lines of the page's grid: what is said, before it is known on which page it stands.

Pure: blocks in, rows out. Replies stored as `ReplySlip` are taken apart into the same blocks first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from models.slips.chinese import day, ended
from models.slips.paper import Block, DemandAnswers, FactTable, Heading, Paper, Paragraph, SlipContent
from models.slips.types import ReplySlip, SlipDemand
from webapp.typeset import Line, Measure, compose, paragraphs, tokens

LONGEST_HEADING = 52  # characters; a longer demand is quoted in a paragraph of its own
LONGEST_KEPT_FACT = 5  # lines; a longer fact may be divided between pages
RESULT = "办理结果"
NUMERALS = "〇一二三四五六七八九十"
LABEL = Measure(cells=6, size_pt=16.0, width_pt=96.0)
"""The names of a table's facts: six characters to the line."""
VALUE = Measure(cells=19, size_pt=16.0, width_pt=300.0)
FACE = {1: "hei", 2: "kai", 3: ""}


@dataclass(frozen=True, slots=True)
class Row:
    """One of the 22 lines of a page. `with_next` keeps it on the page of the row that follows. A line of a table has
    the line of its name beside it, and says where the table is ruled.
    """

    kind: str
    line: Line | None = None
    text: str = ""
    with_next: bool = False
    label: Line | None = None
    is_ruled_above: bool = False
    is_ruled_below: bool = False


def chinese_number(value: int) -> str:
    """1..99 in Chinese numerals; more demands than that are not accepted at filing."""
    tens, ones = divmod(value, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


NUMBERED: dict[int, Callable[[int], str]] = {
    1: lambda no: f"{chinese_number(no)}、", 2: lambda no: f"（{chinese_number(no)}）", 3: lambda no: f"{no}.",
}


def body_rows(slip: SlipContent) -> list[Row]:
    """The recipient and everything that is said, without annexes and signature."""
    rows = [Row("recipient", line) for line in compose(tokens(slip.recipient.rstrip("：:") + "："), indent=0)]
    return rows + list(_rows(_blocks(slip)))


def _blocks(slip: SlipContent) -> tuple[Block, ...]:
    if isinstance(slip, ReplySlip):
        return _reply_blocks(slip)
    return (*slip.blocks, Paragraph(slip.contact), *_replacing(slip), Paragraph(slip.closing))


def _replacing(slip: SlipContent) -> tuple[Block, ...]:
    if not slip.replaces:
        return ()
    return (Paragraph(f"本件代替{slip.replaces}，该件已作废。"),)


def _rows(blocks: Iterable[Block]) -> Iterator[Row]:
    """Headings count from one anew under each heading of a higher level, and after a level was left."""
    counts = {1: 0, 2: 0, 3: 0}
    for block in blocks:
        if isinstance(block, Heading):
            counts[block.level] += 1
            counts |= {level: 0 for level in counts if level > block.level}
            yield from _heading(block, NUMBERED[block.level](counts[block.level]))
        elif isinstance(block, Paragraph):
            yield from _field(block.text, block.lead)
        elif isinstance(block, FactTable):
            yield from _table(block)
        else:
            yield from _rows(_answers(block))


def _set(text: str, kind: str = "body", face: str = "", lead: str = "") -> list[Row]:
    items = (tokens(lead, "kai") if lead else []) + tokens(text, face)
    return [Row(kind, line) for line in compose(items)]


def _heading(block: Heading, number: str) -> list[Row]:
    """A heading stays with all its lines and the first line of what follows. The third level is a paragraph that has a
    number.
    """
    if block.level == 3:
        first, *more = paragraphs(block.text) or [""]
        return _set(number + first) + [row for text in more for row in _set(text)]
    return [replace(row, with_next=True) for row in _set(number + block.text, "heading", FACE[block.level])]


def _field(text: str, lead: str = "") -> list[Row]:
    """The paragraphs of one field, the first led by a 楷体 heading in the line."""
    rows: list[Row] = []
    for position, paragraph in enumerate(paragraphs(text)):
        rows += _set(paragraph, lead=lead if position == 0 else "")
    return rows


# ---------------------------------------------------------------- tables


def _table(block: FactTable) -> Iterator[Row]:
    for name, text in block.rows:
        yield from _fact(name, text)


def _fact(name: str, text: str) -> list[Row]:
    """As many lines as the name or the text needs; a short fact stays on one page."""
    labels = compose(tokens(name), indent=0, measure=LABEL)
    values = [line for part in paragraphs(text) for line in compose(tokens(part), indent=0, measure=VALUE)]
    lines = max(len(labels), len(values), 1)
    return [
        Row(
            "fact", values[no] if no < len(values) else None, label=labels[no] if no < len(labels) else None,
            is_ruled_above=no == 0, with_next=no < lines - 1 and lines <= LONGEST_KEPT_FACT,
        )
        for no in range(lines)
    ]


def ruled(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """A table, or the part of it that stands on a page, is closed at its top and bottom."""
    kinds = ["", *(row.kind for row in rows), ""]
    return tuple(
        replace(row, is_ruled_above=row.is_ruled_above or before != "fact", is_ruled_below=after != "fact")
        if row.kind == "fact" else row
        for before, row, after in zip(kinds, rows, kinds[2:], strict=False)
    )


# ---------------------------------------------------------------- demands one by one


def _answers(block: DemandAnswers) -> Iterator[Block]:
    """A single demand needs no level of its own: its sections are the first level."""
    if len(block.demands) == 1:
        for name, text in _sections(block.demands[0]):
            yield Heading(name)
            yield Paragraph(text)
        return
    for demand in block.demands:
        yield from _one_of_many(demand, block.owner)


def _one_of_many(demand: SlipDemand, owner: str) -> Iterator[Block]:
    text = " ".join(paragraphs(demand.text)).strip("。；;，, ")
    if len(text) > LONGEST_HEADING:
        yield Heading(f"关于{owner}的第{chinese_number(demand.no)}项诉求")
        yield Paragraph(f"{owner}的诉求是：{ended(text)}")
    else:
        yield Heading(f"关于“{text}”")
    for position, (name, said) in enumerate(_sections(demand), start=1):
        yield Paragraph(said, f"（{chinese_number(position)}）{name}{'：' if name == RESULT else '。'}")


def _sections(demand: SlipDemand) -> list[tuple[str, str]]:
    every = (
        ("核实情况", demand.facts), ("办理依据", demand.basis), ("处理情况", demand.actions),
        (RESULT, ended(demand.outcome.strip() or "已答复")),
    )
    return [(name, text) for name, text in every if text.strip()]


# ---------------------------------------------------------------- replies


def _reply_blocks(slip: ReplySlip) -> tuple[Block, ...]:
    closing = slip.closing or "特此答复。"
    return (
        Paragraph(slip.opening or _opening(slip)), DemandAnswers(slip.demands, "您"), Paragraph(slip.come_back),
        Paragraph(slip.contact), *_replacing(slip), Paragraph(closing),
    )


def _opening(slip: ReplySlip) -> str:
    """Of a reply that was issued before its opening was kept in it."""
    handled = "由我办直接办理" if slip.lead_unit == slip.issuer else f"{slip.self_name}已交{slip.lead_unit}办理"
    handled = handled.replace("我办", slip.self_name)
    wish = ""
    if len(slip.demands) == 1:
        wish = f"您的诉求是：{ended(' '.join(paragraphs(slip.demands[0].text)))}"
    return (
        f"您于{day(slip.filed_on)}通过{slip.channel}反映的“{slip.subject}”事项（受理编号{slip.appeal_number}），"
        f"{handled}。{wish}现将核实和办理情况答复如下："
    )


def annex_rows(names: tuple[str, ...]) -> Iterator[Row]:
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


def receipt_rows(slip: SlipContent) -> tuple[Row, ...]:
    """The page that the recipient fills in and sends back; empty for a slip without a return receipt."""
    if not isinstance(slip, Paper) or not slip.receipt:
        return ()
    blank = Row("blank")
    lines = [Row("receipt-title", text="回执"), blank]
    lines += [Row("recipient", line) for line in compose(tokens(f"{slip.issuer}："), indent=0)]
    lines += _set(f"{slip.receipt.rstrip('。')}（{slip.number}）。")
    for text in ("处理意见：", "", "", "签收人：", "联系电话："):
        lines += _set(text) if text else [blank]
    stamp = [Row("right", text="（单位印章）"), Row("right", text="年\u3000\u3000月\u3000\u3000日")]
    return (*lines, blank, blank, *stamp)
