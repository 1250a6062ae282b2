"""不予受理告知书: the reason and the right channel, to the appellant. Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, titled
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.paper import Body, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.DECLINE_NOTICE


@dataclass(frozen=True, slots=True)
class DeclineFacts:
    """`reason` is what the appellant was told: why, and where to turn instead."""

    appeal_number: str
    subject: str
    filed_on: date
    channel: str
    reason: str


def build(facts: DeclineFacts, to: str, wording: Wording) -> Body:
    said = filled(KIND, wording, {
        "提交日期": day(facts.filed_on), "渠道": facts.channel, "事项": facts.subject, "受理编号": facts.appeal_number,
    })  # fmt: skip
    texts = (said.opening, facts.reason, said.demand, said.come_back)
    blocks = tuple(Paragraph(text) for text in texts if text.strip())
    return Body(titled(facts.subject, SLIP_LABELS[KIND]), to, blocks, said.closing)
