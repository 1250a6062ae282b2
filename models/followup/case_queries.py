"""Reading dissatisfaction cases: who sees which, lists with their counts, what happened to one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import false, func, or_
from sqlalchemy import select as sql_select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import not_kept_from, not_reported
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.followup.case_json import first_standing, happening
from models.followup.case_rules import replay
from models.followup.tables import DissatisfactionCase, DissatisfactionEvent, FollowUpCall, SatisfactionRating
from models.followup.types import CaseStanding, CaseState, Kept

CASE = DissatisfactionCase
OPEN_STATES = [state for state in CaseState if state is not CaseState.CLOSED]


def scope(actor: Actor) -> ColumnElement[bool]:
    """The appeal is joined from outside. Deny by default: the office and its overseers all of them, a unit those about
    its own answers, and nothing about a report that accuses it or kin of it (ACC-4).
    """
    if actor.may_read_all:
        return not_kept_from(actor)
    if actor.is_unit:
        return (col(CASE.unit_id) == actor.unit_id) & not_reported(actor)
    return false()


def shown(today: date) -> dict[str, ColumnElement[bool]]:
    """Names of the address → which cases."""
    is_open = col(CASE.state).in_(OPEN_STATES)
    return {
        "to_contact": is_open & col(CASE.contact_done_on).is_(None),
        "to_decide": col(CASE.state) == CaseState.OPEN,
        "redoing": col(CASE.state) == CaseState.REDOING,
        "to_close": col(CASE.state).in_([CaseState.NOT_REDONE, CaseState.PUT_RIGHT]),
        "late": is_open & or_(
            col(CASE.contact_kept) == Kept.MISSED, col(CASE.put_right_kept) == Kept.MISSED,
            (col(CASE.put_right_kept) == Kept.PENDING) & (col(CASE.put_right_due_on) < today),
        ),
        "closed": col(CASE.state) == CaseState.CLOSED,
    }


@dataclass(frozen=True)
class Wanted:
    """The filters of a list; None or "": no limit."""

    show: str = ""
    unit_id: int | None = None


def _conditions(actor: Actor, wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    found = [scope(actor)]
    if wanted.unit_id is not None:
        found.append(col(CASE.unit_id) == wanted.unit_id)
    if wanted.show:
        found.append(shown(today)[wanted.show])
    return found


def listed(
    session: Session, actor: Actor, wanted: Wanted, today: date, *, limit: int, offset: int = 0
) -> list[tuple[DissatisfactionCase, Appeal]]:
    """What is due first comes first; what is closed comes last, the newest first."""
    is_closed = col(CASE.state) == CaseState.CLOSED
    statement = (
        select(CASE, Appeal).join(Appeal, col(Appeal.id) == col(CASE.appeal_id))
        .where(*_conditions(actor, wanted, today))
        .order_by(is_closed, col(CASE.put_right_due_on), col(CASE.id).desc())
    )
    return [(case, appeal) for case, appeal in session.exec(statement.limit(limit).offset(offset)).all()]


def shown_counts(session: Session, actor: Actor, wanted: Wanted, today: date) -> dict[str, int]:
    """How many cases each name has, and all of them under "", within the other filters: one statement."""
    names = shown(today)
    sums = [func.count().filter(condition) for condition in names.values()]
    statement = sql_select(func.count(), *sums).select_from(CASE).join(Appeal, col(Appeal.id) == col(CASE.appeal_id))
    row = session.connection().execute(statement.where(*_conditions(actor, replace(wanted, show=""), today))).one()
    return dict(zip(("", *names), (int(value) for value in row), strict=True))


def visible(
    session: Session, actor: Actor, uid: str, *, lock: bool = False
) -> tuple[DissatisfactionCase, Appeal]:
    """One case with its appeal, both locked for whoever acts: the appeal first, as everywhere. Invisible and
    nonexistent raise the same `NotFound` (ACC-3).
    """
    statement = select(CASE, Appeal).join(Appeal, col(Appeal.id) == col(CASE.appeal_id)).where(
        scope(actor), col(CASE.uid) == uid
    )
    found = session.exec(statement.with_for_update(of=Appeal) if lock else statement).one_or_none()
    if found is None:
        raise NotFound("no_such_case")
    if lock:
        session.refresh(found[0], with_for_update=True)
    return found[0], found[1]


def of_appeal(session: Session, actor: Actor, appeal: Appeal) -> Sequence[DissatisfactionCase]:
    """What this actor may read of an appeal that they may see, the newest first."""
    statement = select(CASE).join(Appeal, col(Appeal.id) == col(CASE.appeal_id))
    return session.exec(
        statement.where(col(CASE.appeal_id) == appeal.id, scope(actor)).order_by(col(CASE.id).desc())
    ).all()


def of_appellant(session: Session, appeal: Appeal) -> Sequence[DissatisfactionCase]:
    """For the appellant's own page, the newest first."""
    statement = select(CASE).where(col(CASE.appeal_id) == appeal.id)
    return session.exec(statement.order_by(col(CASE.id).desc())).all()


def events(session: Session, case: DissatisfactionCase) -> Sequence[DissatisfactionEvent]:
    statement = select(DissatisfactionEvent).where(col(DissatisfactionEvent.case_id) == case.id)
    return session.exec(statement.order_by(col(DissatisfactionEvent.seq))).all()


def causes(
    session: Session, case: DissatisfactionCase
) -> tuple[SatisfactionRating | None, FollowUpCall | None]:
    """What opened it."""
    rating: Any = session.get(SatisfactionRating, case.rating_id) if case.rating_id else None
    call: Any = session.get(FollowUpCall, case.call_id) if case.call_id else None
    return rating, call


def replayed(case: DissatisfactionCase, history: Sequence[DissatisfactionEvent]) -> CaseStanding:
    """What its events add up to."""
    return replay(first_standing(case, history[0]), (happening(one) for one in history[1:]))


def every_case(session: Session) -> Iterator[tuple[DissatisfactionCase, Sequence[DissatisfactionEvent]]]:
    """All cases with their events, for `flask check`."""
    for case in session.exec(select(CASE).order_by(col(CASE.id))).all():
        yield case, events(session, case)


def locked(session: Session, appeal_id: int, case_id: int) -> tuple[DissatisfactionCase, Appeal]:
    """For the sweep: behind the locks that people's acts take, in their order."""
    appeal = session.exec(select(Appeal).where(col(Appeal.id) == appeal_id).with_for_update()).one()
    case = session.exec(select(CASE).where(col(CASE.id) == case_id).with_for_update()).one()
    return case, appeal


def with_running_clocks(session: Session) -> Sequence[tuple[int, int]]:
    """Ids of the appeal and of the case, of those that time may have something to write to."""
    is_running = or_(col(CASE.contact_kept) == Kept.PENDING, col(CASE.put_right_kept) == Kept.PENDING)
    statement = select(CASE.appeal_id, CASE.id).where(col(CASE.state) != CaseState.CLOSED, is_running)
    rows = session.exec(statement.order_by(col(CASE.id))).all()
    return [(appeal_id, id_) for appeal_id, id_ in rows if id_ is not None]
