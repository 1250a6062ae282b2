"""Reading the register of work errors, scoped by who asks: overseers read all of it, a unit its own entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, false, func, or_, true
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import visible_appeals
from models.appeals.tables import Appeal
from models.errors import NotFound, Refused
from models.supervision.work_error_periods import Period
from models.supervision.work_error_rules import OVERSEERS, replay
from models.supervision.work_error_tables import WorkError, WorkErrorEvent, WorkErrorFile
from models.supervision.work_error_types import (
    Circumstance,
    Entry,
    Event,
    Finding,
    Grade,
    Happened,
    Source,
    Status,
)

NEWEST_FIRST = (col(WorkError.occurred_on).desc(), col(WorkError.id).desc())
ON_THE_ACCOUNT = col(WorkError.status) == Status.REGISTERED
"""What is revoked counts nowhere and stands in no report; the register still shows it."""


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. Days of the error, both included."""

    unit_id: int | None = None
    grade: Grade | None = None
    half: Period | None = None
    month: Period | None = None
    status: Status | None = None


def oversees(actor: Actor) -> bool:
    return bool(actor.roles & OVERSEERS)


def scope(actor: Actor) -> ColumnElement[bool]:
    """Deny by default: everything for overseers, their own unit's entries for a unit's people, nothing for others."""
    if oversees(actor):
        return true()
    return col(WorkError.unit_id) == actor.unit_id if actor.is_unit else false()


def visible(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> WorkError:
    """One entry. Invisible and nonexistent raise the same `NotFound`. `lock` for whoever will write."""
    statement = select(WorkError).where(col(WorkError.uid) == uid, scope(actor))
    error = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    if error is None:
        raise NotFound("no_such_work_error")
    return error


def _asked(actor: Actor, asked: Filter) -> list[ColumnElement[bool]]:
    found = [scope(actor)]
    if asked.unit_id is not None:
        found.append(col(WorkError.unit_id) == asked.unit_id)
    if asked.grade is not None:
        found.append(col(WorkError.grade) == asked.grade)
    if asked.status is not None:
        found.append(col(WorkError.status) == asked.status)
    for period in (asked.half, asked.month):
        if period is not None:
            found.append(_within(period))
    return found


def _within(period: Period) -> ColumnElement[bool]:
    return col(WorkError.occurred_on).between(period.first_on, period.last_on)


def register(
    session: Session, actor: Actor, asked: Filter, *, limit: int, offset: int = 0
) -> Sequence[WorkError]:
    """The entries asked for, revoked ones among them, the newest day first."""
    statement = select(WorkError).where(*_asked(actor, asked)).order_by(*NEWEST_FIRST)
    return session.exec(statement.limit(limit).offset(offset)).all()


def register_count(session: Session, actor: Actor, asked: Filter) -> int:
    return session.exec(select(func.count()).select_from(WorkError).where(*_asked(actor, asked))).one()


def reported(
    session: Session, actor: Actor, period: Period, grades: frozenset[Grade], limit: int
) -> Sequence[WorkError]:
    """What the report of a period lists: errors of its days, and those of earlier days that got their grade in it only,
    which no earlier report can have had. Unit by unit, the oldest first.
    """
    late = and_(
        col(WorkError.occurred_on) < period.first_on,
        col(WorkError.graded_on).between(period.first_on, period.last_on),
    )
    statement = (
        select(WorkError)
        .where(scope(actor), ON_THE_ACCOUNT, col(WorkError.grade).in_(sorted(grades)), or_(_within(period), late))
        .order_by(col(WorkError.unit_id), col(WorkError.occurred_on), col(WorkError.id))
    )
    return session.exec(statement.limit(limit)).all()


def counts(
    session: Session, actor: Actor, half: Period, until: date | None = None
) -> dict[tuple[int, Period, Grade], int]:
    """How many errors of each unit and grade lie in the half-year, up to a day. One statement."""
    found = [scope(actor), ON_THE_ACCOUNT, _within(half)]
    if until is not None:
        found.append(col(WorkError.occurred_on) <= until)
    columns = (col(WorkError.unit_id), col(WorkError.grade))
    rows = session.execute(select(*columns, func.count()).where(*found).group_by(*columns)).all()
    return {(unit_id, half, grade): count for unit_id, grade, count in rows}


def linked_appeal(session: Session, actor: Actor, error: WorkError) -> Appeal | None:
    """The appeal an entry names, for whoever may see that appeal; for others there is none."""
    if error.appeal_id is None:
        return None
    return session.exec(visible_appeals(actor).where(col(Appeal.id) == error.appeal_id)).one_or_none()


def appeal_by_number(session: Session, actor: Actor, number: str) -> Appeal:
    """Raises `Refused("no_such_number")` alike for what is not there and what this actor may not see."""
    appeal = session.exec(visible_appeals(actor).where(col(Appeal.number) == number)).one_or_none()
    if appeal is None:
        raise Refused("no_such_number")
    return appeal


# ---------------------------------------------------------------- rows as the rules see them


def events(session: Session, error: WorkError) -> Sequence[WorkErrorEvent]:
    found = select(WorkErrorEvent).where(col(WorkErrorEvent.error_id) == error.id)
    return session.exec(found.order_by(col(WorkErrorEvent.seq))).all()


def stored(error: WorkError) -> Entry:
    finding = Finding(
        error.occurred_on, error.content, error.source, error.grade, in_order(error.circumstances), error.basis,
        error.accountability, error.appeal_id,
    )
    return Entry(
        finding, error.status, error.registrar_id, error.registrar_role, error.graded_at, error.is_answered,
        error.version,
    )


def replayed(history: Sequence[WorkErrorEvent]) -> Entry:
    return replay(as_event(one) for one in history)


def as_event(row: WorkErrorEvent) -> Event:
    finding = said_finding(row)
    return Event(row.seq, row.happened, row.at, row.actor_id, row.role, finding, row.reason, row.code)


def said_finding(row: WorkErrorEvent) -> Finding | None:
    said = row.said
    if not said:
        return None
    return Finding(
        date.fromisoformat(said["occurred_on"]), said["content"], Source(said["source"]), Grade(said["grade"]),
        in_order(said["circumstances"]), said["basis"], said["accountability"], said["appeal_id"],
    )


def in_order(codes: Sequence[str]) -> tuple[Circumstance, ...]:
    """Circumstances in the law's order, each once."""
    return tuple(one for one in Circumstance if one.value in codes)


def answer_of(history: Sequence[WorkErrorEvent]) -> WorkErrorEvent | None:
    return next((one for one in history if one.happened is Happened.ANSWER), None)


def answers_of(session: Session, errors: Sequence[WorkError]) -> dict[int, str]:
    """What units said to these entries, by entry: one statement."""
    wanted = [one.id for one in errors if one.is_answered]
    found = select(WorkErrorEvent).where(
        col(WorkErrorEvent.error_id).in_(wanted), col(WorkErrorEvent.happened) == Happened.ANSWER
    )
    return {row.error_id: row.reason for row in session.exec(found).all()} if wanted else {}


# ---------------------------------------------------------------- evidence


def files(session: Session, error: WorkError) -> Sequence[WorkErrorFile]:
    """In the order they came. Whoever may read the entry may know of them."""
    found = select(WorkErrorFile).where(col(WorkErrorFile.error_id) == error.id)
    return session.exec(found.order_by(col(WorkErrorFile.no))).all()


def file(session: Session, error: WorkError, uid: str) -> WorkErrorFile:
    """One of this very entry; any other is nonexistent."""
    wanted = select(WorkErrorFile).where(col(WorkErrorFile.error_id) == error.id, col(WorkErrorFile.uid) == uid)
    found = session.exec(wanted).one_or_none()
    if found is None:
        raise NotFound("no_such_evidence")
    return found


def file_counts(session: Session, errors: Sequence[WorkError]) -> dict[int, int]:
    """How many pieces of evidence these entries have, by entry; one statement."""
    wanted = [one.id for one in errors]
    statement = select(WorkErrorFile.error_id, func.count()).where(col(WorkErrorFile.error_id).in_(wanted))
    return dict(session.exec(statement.group_by(col(WorkErrorFile.error_id))).all()) if wanted else {}


def every_entry(session: Session) -> Iterator[tuple[WorkError, Sequence[WorkErrorEvent]]]:
    """All entries with their events, for `flask check`."""
    for error in session.exec(select(WorkError).order_by(col(WorkError.id))).all():
        yield error, events(session, error)
