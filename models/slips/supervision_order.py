"""督办单: grounds, earlier orders and reminders, what to put right, due date, leader (domain.md §7). Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, ended, titled
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.paper import Block, Body, FactTable, Heading, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.SUPERVISION_ORDER
NOTHING_EARLIER = "此前未另行发出书面交办、催办文书。"


@dataclass(frozen=True, slots=True)
class EarlierSlip:
    """A slip that came before: 交办单, 沅优办交〔2026〕3号, its day, and what came of it."""

    label: str
    number: str
    issued_on: date
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SupervisionFacts:
    """`grounds` and `put_right` are sentences, at least one each. `appeal_number` is "" when no single appeal is
    meant. `leader` is the unit's responsible leader (责任领导), by name or office. `contest_by` is the last day on
    which the unit may contest it.
    """

    subject: str
    grounds: tuple[str, ...]
    put_right: tuple[str, ...]
    due_on: date
    leader: str
    contest_by: date
    appeal_number: str = ""
    earlier: tuple[EarlierSlip, ...] = ()


def build(facts: SupervisionFacts, to: str, wording: Wording) -> Body:
    said = filled(KIND, wording, {
        "整改期限": day(facts.due_on), "责任领导": facts.leader, "申诉期限": day(facts.contest_by),
    })  # fmt: skip
    blocks: list[Block] = [Paragraph(said.opening), FactTable(_rows(facts)), Heading("督办事由")]
    blocks += [Heading(ended(text), level=3) for text in facts.grounds]
    blocks.append(Heading("此前交办、催办情况"))
    blocks += [Heading(_told(one), level=3) for one in facts.earlier] or [Paragraph(NOTHING_EARLIER)]
    blocks.append(Heading("整改要求"))
    blocks += [Heading(ended(text), level=3) for text in facts.put_right]
    blocks += [Paragraph(text) for text in (said.demand, said.come_back) if text]
    return Body(titled(facts.subject, SLIP_LABELS[KIND]), to, tuple(blocks), said.closing)


def _rows(facts: SupervisionFacts) -> tuple[tuple[str, str], ...]:
    about = (("受理编号", facts.appeal_number),) if facts.appeal_number else ()
    return (
        *about, ("督办事项", facts.subject), ("整改期限", f"{day(facts.due_on)}前"), ("责任领导", facts.leader),
    )


def _told(one: EarlierSlip) -> str:
    return ended(f"{day(one.issued_on)}{one.label}（{one.number}）{f'，{one.outcome}' if one.outcome else ''}")
