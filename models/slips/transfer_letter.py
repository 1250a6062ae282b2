"""移交函, a letter: recipient body, source, facts verified, annexes, confidentiality, return receipt (domain.md §7)."""

from dataclasses import dataclass
from enum import StrEnum

from models.slips.chinese import ended, quoted
from models.slips.kinds import SlipKind
from models.slips.paper import Block, Body, Heading, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.TRANSFER_LETTER


class TransferAct(StrEnum):
    """Two acts that both send a letter. Handed over (移送其他机关): the matter is another authority's and ends here.
    Discipline (移交纪检监察): what it shows of people goes to discipline inspection and the matter goes on; or it was
    an accusation from the beginning and is declined.
    """

    HAND_OVER = "hand_over"
    DISCIPLINE = "discipline"


TRANSFER_LABELS = {TransferAct.HAND_OVER: "移送其他机关", TransferAct.DISCIPLINE: "移交纪检监察"}
VERBS = {TransferAct.HAND_OVER: "移送", TransferAct.DISCIPLINE: "移交"}


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """`body` is the authority addressed, `opinion` what the office asks it to look into. `secrecy` stands at the head
    of the letter, `confidentiality` is what the recipient is asked to keep to itself.
    """

    body: str
    subject: str
    source: str
    verified: str
    annexes: tuple[str, ...] = ()
    opinion: str = ""
    secrecy: str = "注意保密"
    confidentiality: str = "本函及附件涉及诉求人信息和未公开事项，请按规定控制知悉范围，不得转给被反映单位和个人。"
    copies: tuple[str, ...] = ()
    act: TransferAct = TransferAct.DISCIPLINE


def build(facts: TransferFacts, to: str, wording: Wording) -> Body:
    verb = VERBS[facts.act]
    said = filled(KIND, wording, {"移交方式": verb})
    title = f"关于{verb}“{quoted(facts.subject)}”的函"
    blocks: list[Block] = [
        Paragraph(said.opening), Heading("线索来源"), Paragraph(ended(facts.source)),
        Heading("已核实的情况"), Paragraph(ended(facts.verified)), Heading(f"{verb}意见"),
    ]
    blocks += [Paragraph(ended(facts.opinion))] if facts.opinion.strip() else []
    blocks.append(Paragraph(said.demand))
    if facts.confidentiality.strip():
        blocks += [Heading("保密要求"), Paragraph(ended(facts.confidentiality))]
    blocks.append(Paragraph(said.come_back))
    receipt = f"贵办{verb}的《{title}》{f'及附件{len(facts.annexes)}件' if facts.annexes else ''}收悉。"
    return Body(
        title, facts.body or to, tuple(blocks), said.closing, facts.copies, facts.annexes, facts.secrecy, receipt
    )
