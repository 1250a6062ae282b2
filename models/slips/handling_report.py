"""办理情况回复单: what became of a matter, for the body that passed it on (上级交办, 12345). Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, titled
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.paper import Body, DemandAnswers, FactTable, Paragraph
from models.slips.types import SlipDemand
from models.slips.wording import Wording, filled

KIND = SlipKind.HANDLING_REPORT


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """`body` is who passed it on, `came_by` how (转办, 交办); `source_number` is their own number of the matter."""

    body: str
    came_by: str
    appeal_number: str
    subject: str
    received_on: date
    dispatched_on: date
    concluded_on: date
    lead_unit: str
    demands: tuple[SlipDemand, ...]
    reply_number: str = ""
    source_number: str = ""


def build(facts: ReportFacts, to: str, wording: Wording) -> Body:
    said = filled(KIND, wording, {
        "交办方式": facts.came_by, "事项": facts.subject, "受理编号": facts.appeal_number, "承办单位": facts.lead_unit,
    })  # fmt: skip
    rows = [
        ("来件编号", facts.source_number), ("受理编号", facts.appeal_number), ("收到日期", day(facts.received_on)),
        ("交办日期", day(facts.dispatched_on)), ("承办单位", facts.lead_unit), ("答复日期", day(facts.concluded_on)),
        ("答复书", facts.reply_number),
    ]
    blocks = (
        Paragraph(said.opening), FactTable(tuple(row for row in rows if row[1])), DemandAnswers(facts.demands),
    )
    return Body(titled(facts.subject, SLIP_LABELS[KIND]), facts.body or to, blocks, said.closing)
