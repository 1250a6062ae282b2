"""催办单: the original order, its due date, the days over, and which reminder it is (domain.md §7). Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, titled
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.paper import Block, Body, FactTable, Heading, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.REMINDER


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """`order_number` is that of the 交办单, "" when none was issued. `days_over` counts working days, 0 while there is
    time. `count` is 1 for the first reminder.
    """

    appeal_number: str
    subject: str
    order_number: str
    dispatched_on: date
    stage: str
    due_on: date
    days_over: int
    count: int
    answer_by: date


def build(facts: ReminderFacts, to: str, wording: Wording) -> Body:
    over = f"至今已超期{facts.days_over}个工作日" if facts.days_over else "期限将至，仍未办结"
    said = filled(KIND, wording, {
        "交办日期": day(facts.dispatched_on), "事项": facts.subject, "受理编号": facts.appeal_number,
        "环节": facts.stage, "到期日期": day(facts.due_on), "逾期情况": over, "次数": str(facts.count),
        "回复期限": day(facts.answer_by), "交办单号": facts.order_number or "未出具交办单",
    })  # fmt: skip
    rows = (
        ("原交办单", facts.order_number or "未另行出具"), ("受理编号", facts.appeal_number),
        ("诉求事项", facts.subject),
        ("交办日期", day(facts.dispatched_on)), (f"{facts.stage}期限", day(facts.due_on)),
        ("超期天数", f"{facts.days_over}个工作日" if facts.days_over else "未超期"), ("催办次数", f"第{facts.count}次"),
        ("回复期限", f"{day(facts.answer_by)}前"),
    )
    blocks: list[Block] = [Paragraph(said.opening), FactTable(rows), Heading("催办要求")]
    blocks += [Paragraph(text) for text in (said.demand, said.come_back) if text]
    return Body(titled(facts.subject, SLIP_LABELS[KIND]), to, tuple(blocks), said.closing)
