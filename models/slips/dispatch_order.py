"""交办单: which appeal, who leads and assists, by when and on what basis (domain.md §7). Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, due, lines, listed, titled
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.paper import Block, Body, FactTable, Heading, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.DISPATCH_ORDER


@dataclass(frozen=True, slots=True)
class Due:
    """One limit as the clock computed it: what has to be reached, by when, after how many working days."""

    stage: str
    due_on: date
    workdays: int
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class DispatchFacts:
    """`summary` is what the appellant wrote; nothing in it says who that was."""

    appeal_number: str
    subject: str
    channel: str
    filed_on: date
    nature: str
    summary: str
    demands: tuple[str, ...]
    lead_unit: str
    dispatched_on: date
    dues: tuple[Due, ...]
    basis: str
    assisting: tuple[str, ...] = ()
    level: str = ""


def build(facts: DispatchFacts, to: str, wording: Wording) -> Body:
    said = filled(KIND, wording, {
        "受理编号": facts.appeal_number, "事项": facts.subject, "交办日期": day(facts.dispatched_on),
    })  # fmt: skip
    blocks: list[Block] = [Paragraph(said.opening), FactTable(_rows(facts)), Heading("诉求内容")]
    blocks += [Paragraph(facts.summary)] if facts.summary.strip() else []
    blocks += [Heading(text, level=3) for text in facts.demands]
    blocks += [Heading("办理要求"), *(Heading(text, level=3) for text in lines(said.demand))]
    blocks.append(Paragraph(said.come_back))
    return Body(titled(facts.subject, SLIP_LABELS[KIND]), to, tuple(blocks), said.closing, copies=facts.assisting)


def _rows(facts: DispatchFacts) -> tuple[tuple[str, str], ...]:
    """Every limit with its own day, as it stands in the clock, and what it rests on."""
    rows = [
        ("受理编号", facts.appeal_number), ("诉求事项", facts.subject),
        ("诉求渠道", f"{facts.channel}，{day(facts.filed_on)}提交"), ("诉求性质", facts.nature),
    ]
    rows += [("紧急程度", facts.level)] if facts.level else []
    rows += [("主办单位", facts.lead_unit), ("协办单位", listed(facts.assisting) or "无")]
    rows.append(("交办日期", day(facts.dispatched_on)))
    rows += [
        (f"{one.stage}期限", f"{due(one.due_on, is_provisional=one.is_provisional)}（交办后{one.workdays}个工作日）")
        for one in facts.dues
    ]
    return (*rows, ("期限依据", facts.basis))
