"""From ballots to the figures of a campaign, by the formula of `scoring`. Pure: `freeze` stores what this says, and
`flask check` asks it again.
"""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Any

from models.ratings.result_types import ConductCount, Counting, DimensionResult, UnitResult
from models.ratings.scoring import FORMULA_VERSION, LEAST_SHOWN, Ballot, Outcome, outcome, ranks
from models.ratings.types import GRADE_WORTH, BallotAnswers, Campaign, ConductQuestion, RatedUnit, Scale


def count(campaign: Campaign, ballots: Sequence[BallotAnswers], digest: str) -> Counting:
    """`digest` as `digest_of` makes it from the same ballots as they are stored."""
    marked = [_marks(campaign.scale, ballot) for ballot in ballots]
    weights = {one.no: one.weight for one in campaign.dimensions}
    least = least_of(campaign.minimum_n)
    outcomes = {unit.no: outcome(marked, unit.no, weights, least) for unit in campaign.units}
    places = ranks(_shown(outcomes))
    units = tuple(
        _result(unit, outcomes[unit.no], places.get(unit.no), weights, _conduct(campaign, ballots, unit))
        for unit in campaign.units
    )
    return Counting(FORMULA_VERSION, len(ballots), digest, units)


def least_of(minimum_n: int) -> int:
    """How many ballots make a result: what the campaign says, but never so few that the score is somebody's own."""
    return max(minimum_n, LEAST_SHOWN)


def _marks(scale: Scale, ballot: BallotAnswers) -> Ballot:
    return {unit.unit_no: {one.dimension_no: points(scale, one.value) for one in unit.answers} for unit in ballot.units}


def points(scale: Scale, value: int | None) -> int | None:
    """What an answer is worth out of a hundred."""
    return value if value is None or scale is Scale.SCORE else GRADE_WORTH[value]


def _shown(outcomes: Mapping[int, Outcome]) -> dict[int, Fraction]:
    return {no: one.score for no, one in outcomes.items() if one.is_enough and one.score is not None}


def _result(
    unit: RatedUnit, found: Outcome, rank: int | None, weights: Mapping[int, int], conduct: tuple[ConductCount, ...]
) -> UnitResult:
    dimensions = tuple(DimensionResult(no, weight, found.tallies[no]) for no, weight in weights.items())
    return UnitResult(
        unit.no, unit.unit_id, found.score, found.asked, found.count, found.is_enough, rank, found.margin, dimensions,
        conduct,
    )


def _conduct(campaign: Campaign, ballots: Sequence[BallotAnswers], unit: RatedUnit) -> tuple[ConductCount, ...]:
    asked = [found for ballot in ballots if (found := ballot.of(unit.no)) is not None]
    return tuple(
        _counted(question, [one.is_yes for said in asked for one in said.conduct if one.question is question])
        for question in ConductQuestion if question in campaign.asked_conduct
    )


def _counted(question: ConductQuestion, answers: Sequence[bool]) -> ConductCount:
    return ConductCount(question, len(answers), sum(answers))


def digest_of(ballots: Mapping[str, Any]) -> str:
    """Over the ballots as they are stored, by key: 64 hexadecimal digits. A ballot added, taken away or changed makes
    another one.
    """
    text = json.dumps(sorted(ballots.items()), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
