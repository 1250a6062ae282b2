"""评议通报: what came of a rating campaign, with its denominators and the formula (domain.md §6). Pure."""

from dataclasses import dataclass
from datetime import date

from models.slips.chinese import day, listed
from models.slips.kinds import SlipKind
from models.slips.paper import Block, Body, FactTable, Heading, Paragraph
from models.slips.wording import Wording, filled

KIND = SlipKind.RATING_BULLETIN


@dataclass(frozen=True, slots=True)
class RatedRow:
    """A unit, and what is told of it: as much as was decided to be published."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class BulletinFacts:
    """`turnout` are rows of who was invited and how many answered; `below` the units under the line, where scores are
    told; `too_few` those without a result. `formula` is a sentence each.
    """

    campaign: str
    first_on: date
    last_on: date
    turnout: tuple[tuple[str, str], ...]
    rows: tuple[RatedRow, ...]
    below: tuple[str, ...]
    too_few: tuple[str, ...]
    formula: tuple[str, ...]
    formula_version: int


def build(facts: BulletinFacts, to: str, wording: Wording) -> Body:
    period = f"{day(facts.first_on)}至{day(facts.last_on)}"
    said = filled(KIND, wording, {"评议名称": facts.campaign, "评议期": period})
    blocks: list[Block] = [Paragraph(said.opening), Heading("评议情况"), FactTable(facts.turnout)]
    blocks += [Heading("评议结果"), FactTable(tuple((one.unit, one.text) for one in facts.rows))]
    blocks += _notes(facts)
    blocks.append(Heading(f"计分规则（第{facts.formula_version}版）"))
    blocks += [Heading(text, level=3) for text in facts.formula]
    blocks += [Heading("有关要求"), *(Paragraph(text) for text in (said.demand, said.come_back) if text)]
    return Body(f"关于{facts.campaign}结果的通报", to, tuple(blocks), said.closing)


def _notes(facts: BulletinFacts) -> list[Block]:
    found: list[Block] = []
    if facts.below:
        found.append(Paragraph(f"得分低于60分的单位{len(facts.below)}个：{listed(facts.below)}。"))
    if facts.too_few:
        text = f"样本不足、不公布得分的单位{len(facts.too_few)}个：{listed(facts.too_few)}。"
        found.append(Paragraph(text))
    return found
