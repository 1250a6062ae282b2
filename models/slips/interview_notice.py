"""约谈通知书: who is asked, why, when, where, and what to bring (domain.md §7). Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, ended
from models.slips.kinds import SlipKind
from models.slips.paper import Block, Body, FactTable, Heading, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.INTERVIEW_NOTICE


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """`person` is who is asked to come (单位主要负责人, or a name with the office held), `at` the time of the day as it
    is written (上午9时). `bring` are papers to bring along.
    """

    person: str
    reasons: tuple[str, ...]
    on: date
    at: str
    place: str
    bring: tuple[str, ...] = ()
    interviewer: str = ""


def build(facts: InterviewFacts, to: str, wording: Wording) -> Body:
    moment = f"{day(facts.on)}{facts.at}"
    said = filled(KIND, wording, {"约谈时间": moment, "约谈地点": facts.place})
    rows = [("被约谈人", facts.person), ("约谈时间", moment), ("约谈地点", facts.place), ("约谈人", facts.interviewer)]
    table = FactTable(tuple(row for row in rows if row[1]))
    blocks: list[Block] = [Paragraph(said.opening), table, Heading("约谈事由")]
    blocks += [Heading(ended(text), level=3) for text in facts.reasons]
    if facts.bring:
        blocks += [Heading("携带材料"), *(Heading(ended(text), level=3) for text in facts.bring)]
    blocks += [Heading("有关要求"), *(Paragraph(text) for text in (said.demand, said.come_back) if text)]
    return Body(f"关于约谈{to}的通知书", to, tuple(blocks), said.closing)
