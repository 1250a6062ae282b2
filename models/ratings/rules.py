"""What a campaign needs, which counts may be shown, what an answer may be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from models.errors import Refused
from models.ratings.types import (
    HIGHEST,
    LOWEST,
    BallotAnswers,
    Campaign,
    CampaignState,
    Dimension,
    Group,
    Plan,
    Returned,
    ReturnRate,
    UnitAnswers,
)

MOST_UNITS: Final = 100
MOST_DIMENSIONS: Final = 8
WEIGHTS: Final = 100
"""What the weights of the dimensions add up to."""
MOST_REMARK: Final = 300
MOST_REMARKS: Final = 3_000
"""Characters of all remarks of one ballot: what the one length of the envelopes has room for."""
SMALL: Final = 5
"""Counts below it, other than none, are not shown (T2)."""
DEFAULT_MINIMUM: Final = 10
DEFAULT_DIMENSIONS: Final[tuple[Dimension, ...]] = (
    Dimension(1, "服务态度", 20, "接待是否热情耐心，是否推诿扯皮"),
    Dimension(2, "办事效率", 25, "是否按时办结，是否一次性告知"),
    Dimension(3, "依法履职", 25, "检查、处罚、收费是否合法规范"),
    Dimension(4, "政策落实", 15, "惠企政策是否主动告知、兑现到位"),
    Dimension(5, "廉洁自律", 15, "有无吃拿卡要、指定中介、插手经营"),
)
"""The office's own to change: each campaign has its set."""


# ---------------------------------------------------------------- setting up


def require_plan(plan: Plan) -> None:
    """Raises `Refused` with the code of what no campaign may have, draft or not."""
    if plan.closes_on < plan.opens_on:
        raise Refused("rating_closes_before")
    if len(plan.units) > MOST_UNITS:
        raise Refused("rating_units_many", most=MOST_UNITS)
    if len(plan.dimensions) > MOST_DIMENSIONS:
        raise Refused("rating_dimensions_many", most=MOST_DIMENSIONS)
    names = [one.name for one in plan.dimensions]
    if len(set(names)) < len(names):
        raise Refused("rating_dimension_twice")


@dataclass(frozen=True)
class Lack:
    """What is missing before the opening: a code for people, and where it is put right: "plan" or "invitations"."""

    code: str
    place: str = "plan"


def lacking(campaign: Campaign, *, letter: str, invited: int, today: date) -> list[Lack]:
    """The check list before the opening; empty when all is there."""
    asked = (
        (not campaign.units, Lack("rating_lacks_units")),
        (not campaign.dimensions, Lack("rating_lacks_dimensions")),
        (bool(campaign.dimensions) and campaign.weight_sum != WEIGHTS, Lack("rating_lacks_weights")),
        (not letter.strip(), Lack("rating_lacks_letter")),
        (campaign.closes_on < today, Lack("rating_lacks_days")),
        (not invited, Lack("rating_lacks_invitations", "invitations")),
        (0 < invited < campaign.minimum_n, Lack("rating_lacks_enough", "invitations")),
    )
    return [lack for is_lacking, lack in asked if is_lacking]


def refused_to_vote(campaign: Campaign, today: date) -> str | None:
    """Why no ballot is taken today, as a code."""
    if campaign.state is CampaignState.DRAFT or (campaign.state is CampaignState.OPEN and today < campaign.opens_on):
        return "rating_not_begun"
    if campaign.state is not CampaignState.OPEN or today > campaign.closes_on:
        return "rating_over"
    return None


# ---------------------------------------------------------------- what may be shown


def shown(counts: Mapping[Group, tuple[int, int, int]]) -> ReturnRate:
    """The return rate by group, from invited, lettered and spent. A small number of answers is left out; where only
    one group is left out the total would tell it, so the next smallest goes with it.
    """
    spent = {group: found[2] for group, found in counts.items()}
    hidden = {group for group, number in spent.items() if 0 < number < SMALL}
    if len(hidden) == 1:
        others = [group for group, number in spent.items() if number >= SMALL]
        hidden |= {min(others, key=lambda group: spent[group])} if others else set()
    total = [sum(found[place] for found in counts.values()) for place in range(3)]
    groups = {
        group: Returned(found[0], found[1], None if group in hidden else found[2]) for group, found in counts.items()
    }
    return ReturnRate(Returned(total[0], total[1], None if 0 < total[2] < SMALL else total[2]), groups)


# ---------------------------------------------------------------- answers


def require_answers(campaign: Campaign, said: UnitAnswers) -> None:
    """Raises `Refused` for what no form of ours sends: another unit, dimension or question, a value off the scale."""
    if campaign.unit(said.unit_no) is None:
        raise Refused("rating_no_such_unit")
    if [one.dimension_no for one in said.answers] != [one.no for one in campaign.dimensions]:
        raise Refused("rating_no_such_dimension")
    values = [one.value for one in said.answers if one.value is not None]
    if not all(LOWEST[campaign.scale] <= value <= HIGHEST[campaign.scale] for value in values):
        raise Refused("rating_value")
    questions = [one.question for one in said.conduct]
    if len(set(questions)) < len(questions) or not set(questions) <= set(campaign.asked_conduct):
        raise Refused("rating_no_such_question")
    if any(len(one.text) > MOST_REMARK or (one.text and not one.is_yes) for one in said.conduct):
        raise Refused("rating_remark")


def require_ballot(campaign: Campaign, ballot: BallotAnswers) -> None:
    """A ballot says something of at least one unit, and fits its envelope."""
    for one in ballot.units:
        require_answers(campaign, one)
    if not any(one.has_opinion or one.conduct for one in ballot.units):
        raise Refused("ballot_empty")
    if sum(len(said.text) for one in ballot.units for said in one.conduct) > MOST_REMARKS:
        raise Refused("ballot_remarks_long", most=MOST_REMARKS)
