"""What the pages of the ballot show: the units with what is answered, where a unit stands, the check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.accounts.pinyin import fits
from models.ratings.casting import Ballot
from models.ratings.types import (
    CONDUCT_LABELS,
    GRADE_LABELS,
    NO_OPINION,
    Campaign,
    RatedUnit,
    Scale,
    UnitAnswers,
)


@dataclass(frozen=True)
class UnitRow:
    no: int
    name: str
    said: str
    """What is answered of it in a few words; "" for nothing."""


@dataclass(frozen=True)
class Place:
    """Where a unit stands among all. `previous` and `next` are what the buttons send."""

    no: int
    name: str
    number: int
    total: int
    previous: str
    next: str
    is_last: bool


@dataclass(frozen=True)
class CheckRow:
    no: int
    name: str
    lines: Sequence[tuple[str, str]]


def unit_rows(ballot: Ballot, short: Mapping[int, str]) -> list[UnitRow]:
    """The units that fit what was looked for."""
    said = ballot.draft.said
    fitting = _fitting(ballot.campaign, ballot.draft.words, short)
    return [UnitRow(one.no, one.name, _in_short(said.get(one.no))) for one in fitting]


def _fitting(campaign: Campaign, words: str, short: Mapping[int, str]) -> Sequence[RatedUnit]:
    """By a part of the full or the short name, or by the beginnings of its syllables."""
    if not words:
        return campaign.units
    return [one for one in campaign.units if fits(words, short.get(one.unit_id, "")) or fits(words, one.name)]


def _in_short(said: UnitAnswers | None) -> str:
    if said is None:
        return ""
    answered = sum(one.value is not None for one in said.answers)
    texts = [f"已评 {answered} 项"] if answered else []
    return "，".join([*texts, *(["已答行为问题"] if said.conduct else [])])


def place(campaign: Campaign, unit_no: int) -> Place:
    """Where this unit stands among all."""
    units = campaign.units
    at = [one.no for one in units].index(unit_no)
    before, after = units[:at], units[at + 1 :]
    return Place(
        unit_no, units[at].name, at + 1, len(units), str(before[-1].no) if before else "",
        str(after[0].no) if after else "", not after,
    )


def check_rows(ballot: Ballot) -> list[CheckRow]:
    names = {one.no: one.name for one in ballot.campaign.units}
    return [
        CheckRow(no, names[no], _lines(ballot.campaign, ballot.draft.said[no]))
        for no in sorted(ballot.draft.said) if no in names
    ]


def _lines(campaign: Campaign, said: UnitAnswers) -> list[tuple[str, str]]:
    values = {one.dimension_no: one.value for one in said.answers}
    lines = [(one.name, value_text(campaign.scale, values[one.no])) for one in campaign.dimensions]
    for one in said.conduct:
        text = f"有：{one.text}" if one.text else "有"
        lines.append((CONDUCT_LABELS[one.question], text if one.is_yes else "没有"))
    return lines


def value_text(scale: Scale, value: int | None) -> str:
    if value is None:
        return NO_OPINION
    return f"{value} 分" if scale is Scale.SCORE else GRADE_LABELS[value]


def silent(ballot: Ballot) -> int:
    """How many units count as 不了解."""
    return len(ballot.campaign.units) - len(check_rows(ballot))
