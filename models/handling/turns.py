"""Triage in the order of receipt: whose turn it is, among all that wait or among some of them."""

from dataclasses import dataclass

from sqlalchemy import case, func, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts.types import Actor
from models.appeals.queries import scope, visible_appeals
from models.appeals.tables import Appeal
from models.appeals.types import Level, State

TO_TRIAGE = (State.SUBMITTED, State.ACCEPTED)
AT_TRIAGE = (*TO_TRIAGE, State.AWAITING_SUPPLEMENT)
"""One that waits for its supplement has no turn, but its own page at triage: the office need not wait for ever."""
ONLY: dict[str, ColumnElement[bool]] = {
    "to_accept": col(Appeal.state) == State.SUBMITTED,
    "to_dispatch": col(Appeal.state) == State.ACCEPTED,
    "urgent": col(Appeal.level) != Level.NORMAL,
}
"""Names of the address → which of those that wait have their turn."""


@dataclass(frozen=True)
class Turn:
    """The appeal whose turn it is, one of how many that wait."""

    appeal: Appeal
    total: int


def next_turn(session: Session, actor: Actor, *, after: str = "", only: str = "") -> Turn | None:
    """The oldest appeal not yet dispatched, or the next behind `after` (at the end the first)."""
    waiting = visible_appeals(actor).where(col(Appeal.state).in_(TO_TRIAGE))
    if only:
        waiting = waiting.where(ONLY[only])
    in_order = waiting.order_by(col(Appeal.received_at), col(Appeal.id)).limit(1)
    passed = session.exec(visible_appeals(actor).where(col(Appeal.uid) == after)).one_or_none() if after else None
    behind = session.exec(in_order.where(_is_behind(passed))).one_or_none() if passed else None
    return _turn(session, waiting, behind or session.exec(in_order).one_or_none())


def turn_of(session: Session, actor: Actor, uid: str) -> Turn | None:
    """This appeal, unless it has been decided; counted among those that have their turn, as the page's tabs count."""
    at_triage = visible_appeals(actor).where(col(Appeal.state).in_(AT_TRIAGE))
    appeal = session.exec(at_triage.where(col(Appeal.uid) == uid)).one_or_none()
    has_turn = appeal is not None and appeal.state in TO_TRIAGE
    return _turn(session, at_triage.where(col(Appeal.state).in_(TO_TRIAGE)) if has_turn else at_triage, appeal)


def _turn(session: Session, waiting: SelectOfScalar[Appeal], appeal: Appeal | None) -> Turn | None:
    if appeal is None:
        return None
    return Turn(appeal, int(session.execute(waiting.with_only_columns(func.count())).scalar_one()))


def waiting_counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many wait: all of them under "", and by each name of `ONLY`. One statement over what waits."""
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in ONLY.values()]
    waits = and_(scope(actor), col(Appeal.state).in_(TO_TRIAGE))
    row = session.execute(select(func.count(), *sums).select_from(Appeal).where(waits)).one()
    return dict(zip(("", *ONLY), (int(value) for value in row), strict=True))


def _is_behind(appeal: Appeal) -> ColumnElement[bool]:
    """Later in the order of receipt."""
    later = col(Appeal.received_at) > appeal.received_at
    return or_(later, and_(col(Appeal.received_at) == appeal.received_at, col(Appeal.id) > appeal.id))
