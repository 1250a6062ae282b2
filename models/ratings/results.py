"""Freezing the figures of a campaign at its closing, and reading them back exactly as they were frozen. No commit here.

Whoever closes holds the campaign's row and has set `is_counting`: the database takes figures then and never else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, select

from models.audit.commands import append
from models.ratings.ballots import from_json
from models.ratings.counting import count, digest_of
from models.ratings.result_tables import RatingConductCount, RatingCounting, RatingDimensionResult, RatingResult
from models.ratings.result_types import ConductCount, Counting, DimensionResult, Turnout, UnitResult
from models.ratings.scoring import Tally
from models.ratings.tables import RatingBallot
from models.ratings.types import Campaign, ConductQuestion, Group, Returned, ReturnRate


def freeze(session: Session, campaign: Campaign, turnout: ReturnRate, *, now: datetime) -> Counting:
    """Counts the campaign's ballots and keeps what comes out."""
    counting = counted_anew(session, campaign)
    session.add(
        RatingCounting(
            campaign_id=campaign.id, formula_version=counting.formula_version, ballots=counting.ballots,
            digest=counting.digest, turnout=_turnout_json(turnout), counted_at=now,
        )
    )
    rows = [_row(campaign, one) for one in counting.units]
    session.add_all(rows)
    session.flush()
    for row, one in zip(rows, counting.units, strict=True):
        session.add_all(_parts(row, one))
    session.flush()
    append(
        session, at=now, actor_id=None, action="rating.count", object_kind="rating_campaign", object_id=campaign.uid,
        facts={"ballots": counting.ballots, "digest": counting.digest, "formula": counting.formula_version},
    )
    return counting


def counted_anew(session: Session, campaign: Campaign) -> Counting:
    """What the stored ballots come to now."""
    stored = dict(session.exec(
        select(RatingBallot.id, RatingBallot.answers).where(col(RatingBallot.campaign_id) == campaign.id)
    ).all())
    ballots = [from_json(stored[key]) for key in sorted(stored)]
    return count(campaign, ballots, digest_of(stored))


def _row(campaign: Campaign, one: UnitResult) -> RatingResult:
    return RatingResult(
        campaign_id=campaign.id, unit_id=one.unit_id, unit_no=one.unit_no,
        score="" if one.score is None else str(one.score), asked=one.asked, count=one.count, is_enough=one.is_enough,
        is_below=one.is_below, place=one.rank, margin=one.margin,
    )


def _parts(row: RatingResult, one: UnitResult) -> list[Any]:
    assert row.id is not None
    dimensions = [
        RatingDimensionResult(
            result_id=row.id, dimension_no=part.no, weight=part.weight, total=part.tally.total, count=part.tally.count
        )
        for part in one.dimensions
    ]
    conduct = [
        RatingConductCount(result_id=row.id, question=part.question, answered=part.answered, yes=part.yes)
        for part in one.conduct
    ]
    return [*dimensions, *conduct]


# ---------------------------------------------------------------- reading back


def counting_of(session: Session, campaign_id: int) -> Counting | None:
    """The figures as they were frozen; None before the closing. Four statements."""
    head = session.get(RatingCounting, campaign_id)
    if head is None:
        return None
    found = session.exec(
        select(RatingResult).where(col(RatingResult.campaign_id) == campaign_id).order_by(col(RatingResult.unit_no))
    ).all()
    return Counting(head.formula_version, head.ballots, head.digest, tuple(as_results(session, found)))


def turnout_of(session: Session, campaign_id: int) -> Turnout | None:
    head = session.get(RatingCounting, campaign_id)
    if head is None:
        return None
    groups = {Group(name): Returned(*numbers) for name, numbers in head.turnout["groups"].items()}
    return Turnout(Returned(*head.turnout["total"]), groups)


def as_results(session: Session, rows: Sequence[RatingResult]) -> list[UnitResult]:
    """Rows as the rules see them, with their parts: two statements, however many."""
    ids = [row.id for row in rows if row.id is not None]
    dimensions, conduct = _dimensions(session, ids), _conduct_counts(session, ids)
    return [
        UnitResult(
            row.unit_no, row.unit_id, Fraction(row.score) if row.score else None, row.asked, row.count, row.is_enough,
            row.place, row.margin, tuple(dimensions.get(row.id or 0, ())), tuple(conduct.get(row.id or 0, ())),
        )
        for row in rows
    ]


def _dimensions(session: Session, ids: Sequence[int]) -> dict[int, list[DimensionResult]]:
    statement = (
        select(RatingDimensionResult)
        .where(col(RatingDimensionResult.result_id).in_(ids))
        .order_by(col(RatingDimensionResult.result_id), col(RatingDimensionResult.dimension_no))
    )
    found: dict[int, list[DimensionResult]] = {}
    for row in session.exec(statement).all():
        part = DimensionResult(row.dimension_no, row.weight, Tally(row.total, row.count))
        found.setdefault(row.result_id, []).append(part)
    return found


def _conduct_counts(session: Session, ids: Sequence[int]) -> dict[int, list[ConductCount]]:
    rows = session.exec(select(RatingConductCount).where(col(RatingConductCount.result_id).in_(ids))).all()
    found: dict[int, list[ConductCount]] = {}
    for row in rows:
        found.setdefault(row.result_id, []).append(ConductCount(row.question, row.answered, row.yes))
    return {result_id: sorted(parts, key=_asked_place) for result_id, parts in found.items()}


def _asked_place(one: ConductCount) -> int:
    return list(ConductQuestion).index(one.question)


def _turnout_json(turnout: ReturnRate) -> dict[str, Any]:
    return {"total": _numbers(turnout.total), "groups": _groups(turnout.groups)}


def _groups(groups: Mapping[Group, Returned]) -> dict[str, list[int | None]]:
    return {group.value: _numbers(one) for group, one in groups.items()}


def _numbers(one: Returned) -> list[int | None]:
    return [one.invited, one.lettered, one.spent]
