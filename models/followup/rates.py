"""The published replies of a time with what came after each: what the rates count and the lists behind them show."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, case, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from models.appeals.tables import Appeal
from models.followup import rounds
from models.followup.rate_rules import Rate, Round
from models.followup.rounds import Key, Replied
from models.followup.tables import DissatisfactionCase, FollowUpCall, RatingExclusion, SatisfactionRating
from models.followup.types import ExclusionStatus, Grade
from models.workdays.rules import end_of_day, local_day

PORTION = 500


def of_time(session: Session, first_on: date, last_on: date) -> list[Round]:
    """Replies by the day they were published. Not scoped: numbers of the office's own."""
    replied = rounds.replied(session, rounds.between(first_on, last_on))
    ids = sorted({one.appeal_id for one in replied})
    ratings = _by_key(session, ids, SatisfactionRating)
    calls = _by_key(session, ids, FollowUpCall)
    cases = _by_key(session, ids, DissatisfactionCase)
    excluded = _excluded(session, ids)
    return [_round(one, ratings, calls, one.key in cases, excluded) for one in replied]


def _by_key(session: Session, ids: Sequence[int], table: Any) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = {}
    for start in range(0, len(ids), PORTION):
        rows = session.exec(
            select(table).where(col(table.appeal_id).in_(ids[start : start + PORTION])).order_by(col(table.id))
        )
        for row in rows:
            found.setdefault((row.appeal_id, row.round), []).append(row)
    return found


def _excluded(session: Session, ids: Sequence[int]) -> set[int]:
    """Ids of ratings whose exclusion two people agreed on."""
    found: set[int] = set()
    for start in range(0, len(ids), PORTION):
        statement = (
            select(RatingExclusion.rating_id)
            .join(SatisfactionRating, col(SatisfactionRating.id) == col(RatingExclusion.rating_id))
            .where(
                col(SatisfactionRating.appeal_id).in_(ids[start : start + PORTION]),
                col(RatingExclusion.status) == ExclusionStatus.GRANTED,
            )
        )
        found.update(session.exec(statement).all())
    return found


def _round(
    one: Replied, ratings: dict[Key, list[Any]], calls: dict[Key, list[Any]], has_case: bool, excluded: set[int]
) -> Round:
    rating = next(iter(ratings.get(one.key, ())), None)
    made = calls.get(one.key, [])
    last = next((call for call in reversed(made) if call.is_reached), None)
    return Round(
        one.appeal_id, one.round, one.unit_id, local_day(one.at), Grade(rating.grade) if rating else None,
        rating is not None and rating.id in excluded, len(made), last is not None, last.result if last else None,
        last.is_solved if last else None, has_case,
    )


def rated_between(session: Session, first_on: date, last_on: date) -> tuple[Rate, Rate]:
    """Satisfied among all ratings given in a time, and without those that two people agreed to leave out. One
    statement, for the home page.
    """
    granted = select(RatingExclusion.rating_id).where(col(RatingExclusion.status) == ExclusionStatus.GRANTED)
    is_good = col(SatisfactionRating.grade) >= Grade.BASICALLY_SATISFIED.value
    is_kept = col(SatisfactionRating.id).not_in(granted)
    statement = select(func.count(), _sum(is_good), _sum(is_kept), _sum(is_kept & is_good)).where(
        col(SatisfactionRating.rated_at) >= end_of_day(first_on - timedelta(days=1)),
        col(SatisfactionRating.rated_at) < end_of_day(last_on),
    )
    rated, good, kept, kept_good = session.execute(statement.select_from(SatisfactionRating)).one()
    return Rate(int(good), int(rated)), Rate(int(kept_good), int(kept))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def appeals_among(session: Session, visible: SelectOfScalar[Appeal], ids: Sequence[int]) -> Sequence[Appeal]:
    """Of these appeals the ones that somebody may see."""
    return session.exec(visible.where(col(Appeal.id).in_(ids))).all()
