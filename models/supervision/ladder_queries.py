"""Reading records of supervision: who sees which, lists and counts, the parts of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import false, func, literal, or_
from sqlalchemy import select as sql_select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts.types import Actor
from models.appeals.queries import OF_APPEAL, not_kept_from, not_reported, of
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.slips.tables import Slip
from models.supervision.ladder_acts import TOLD_TO_UNIT, UNTOLD_STATES, Standing
from models.supervision.ladder_policies import thresholds
from models.supervision.ladder_rules import Counted, Deductions, deductions
from models.supervision.ladder_tables import LadderPolicy, SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import Outcome, RecordKind, RecordState, Taken
from models.workdays.rules import due_date
from models.workdays.types import WorkCalendar


def scope(actor: Actor) -> ColumnElement[bool]:
    """Which records an actor may read; the appeal is joined from outside. Deny by default.

    A unit reads what it was told, but nothing about a report that accuses it or kin of it (ACC-4). Whoever reads
    everything, but belongs to a handling unit, reads no proposal and no transfer about that unit (T6).
    """
    no_appeal = col(SupervisionRecord.appeal_id).is_(None)
    is_told = col(SupervisionRecord.kind).in_(sorted(TOLD_TO_UNIT)) & col(SupervisionRecord.state).not_in(
        sorted(UNTOLD_STATES)
    )
    is_own = col(SupervisionRecord.unit_id) == actor.unit_id
    if actor.may_read_all:
        mine = or_(~is_own, is_told) if actor.unit_id is not None else literal(True)
        return mine & or_(no_appeal, not_kept_from(actor))
    if actor.is_unit:
        return is_own & is_told & or_(no_appeal, not_reported(actor))
    return false()


@dataclass(frozen=True)
class Wanted:
    """The filters of a list; None or "": no limit. `first_on` and `last_on` are days of issue, both included."""

    unit_id: int | None = None
    kind: RecordKind | None = None
    show: str = ""
    """A key of `SHOWN`."""
    issuer_id: int | None = None
    first_on: date | None = None
    last_on: date | None = None


_WORKED_ON = [RecordState.PROPOSED, RecordState.DECIDED, RecordState.IN_FORCE, RecordState.HELD]
SHOWN: dict[str, ColumnElement[bool]] = {
    "contested": col(SupervisionRecord.is_contested).is_(True),
    "to_decide": col(SupervisionRecord.state).in_([RecordState.PROPOSED, RecordState.DECIDED]),
    "reported": col(SupervisionRecord.reported_on).is_not(None) & col(SupervisionRecord.state).in_(_WORKED_ON),
    "running": (col(SupervisionRecord.outcome) == Outcome.PENDING) & col(SupervisionRecord.state).in_(_WORKED_ON),
    "missed": col(SupervisionRecord.outcome) == Outcome.MISSED,
    "revoked": col(SupervisionRecord.state) == RecordState.REVOKED,
}
"""Names of the address → which records."""


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    given = {
        SupervisionRecord.unit_id: wanted.unit_id,
        SupervisionRecord.kind: wanted.kind,
        SupervisionRecord.issued_by_id: wanted.issuer_id,
    }
    found = [scope(actor), *(col(column) == value for column, value in given.items() if value is not None)]
    if wanted.show:
        found.append(SHOWN[wanted.show])
    if wanted.first_on is not None and wanted.last_on is not None:
        found.append(col(SupervisionRecord.issued_on).between(wanted.first_on, wanted.last_on))
    return found


def listed(
    session: Session, actor: Actor, wanted: Wanted, *, limit: int, offset: int = 0
) -> list[tuple[SupervisionRecord, Appeal | None]]:
    """The newest first, each with the appeal it is about, if any: one statement."""
    statement = (
        select(SupervisionRecord, Appeal)
        .outerjoin(Appeal, col(Appeal.id) == col(SupervisionRecord.appeal_id))
        .where(*_conditions(actor, wanted))
        .order_by(col(SupervisionRecord.issued_on).desc(), col(SupervisionRecord.id).desc())
    )
    return [(record, appeal) for record, appeal in session.exec(statement.limit(limit).offset(offset)).all()]


def listed_count(session: Session, actor: Actor, wanted: Wanted) -> int:
    counted = select(func.count()).select_from(SupervisionRecord)
    joined = counted.outerjoin(Appeal, col(Appeal.id) == col(SupervisionRecord.appeal_id))
    return session.exec(joined.where(*_conditions(actor, wanted))).one()


def shown_counts(session: Session, actor: Actor, wanted: Wanted) -> dict[str, int]:
    """How many records each name of `SHOWN` has, and all of them under "", within the other filters: one statement."""
    sums = [func.count().filter(condition) for condition in SHOWN.values()]
    statement = sql_select(func.count(), *sums).select_from(SupervisionRecord)
    joined = statement.outerjoin(Appeal, col(Appeal.id) == col(SupervisionRecord.appeal_id))
    row = session.connection().execute(joined.where(*_conditions(actor, replace(wanted, show="")))).one()
    return dict(zip(("", *SHOWN), (int(value) for value in row), strict=True))


def of_appeal(session: Session, actor: Actor, appeal: Appeal) -> list[SupervisionRecord]:
    """What this actor may read of the ladder of an appeal that they may see, the newest first: one statement."""
    return list(session.exec(_ladder_of(actor), params=of(appeal)).all())


@lru_cache(maxsize=512)
def _ladder_of(actor: Actor) -> SelectOfScalar[SupervisionRecord]:
    """Built once for each actor: every appeal's page asks it."""
    return (
        select(SupervisionRecord)
        .outerjoin(Appeal, col(Appeal.id) == col(SupervisionRecord.appeal_id))
        .where(col(SupervisionRecord.appeal_id) == OF_APPEAL, scope(actor))
        .order_by(col(SupervisionRecord.id).desc())
    )


def visible(
    session: Session, actor: Actor, uid: str, *, lock: bool = False
) -> tuple[SupervisionRecord, Appeal | None]:
    """One record by its public id. Invisible and nonexistent raise the same `NotFound` (ACC-3)."""
    statement = (
        select(SupervisionRecord, Appeal)
        .outerjoin(Appeal, col(Appeal.id) == col(SupervisionRecord.appeal_id))
        .where(scope(actor), col(SupervisionRecord.uid) == uid)
    )
    found = session.exec(statement.with_for_update(of=SupervisionRecord) if lock else statement).one_or_none()
    if found is None:
        raise NotFound("no_such_record")
    return found[0], found[1]


def events(session: Session, record: SupervisionRecord) -> Sequence[SupervisionEvent]:
    statement = select(SupervisionEvent).where(col(SupervisionEvent.record_id) == record.id)
    return session.exec(statement.order_by(col(SupervisionEvent.seq))).all()


def standing(session: Session, record: SupervisionRecord, calendar: WorkCalendar) -> Standing:
    """The record as its rules see it, under the policy it was issued under."""
    workdays = thresholds(policy_of(session, record)).contest_workdays
    until = due_date(record.told_on, workdays, calendar).due_on if record.told_on else None
    return Standing(
        record.kind, record.state, record.outcome, record.unit_id, record.issued_by_id, record.is_contested,
        record.was_contested, record.reported_on is not None, until,
    )


_STEP: tuple[Any, ...] = (
    SupervisionRecord.appeal_id, SupervisionRecord.kind, SupervisionRecord.round, SupervisionRecord.stage,
    SupervisionRecord.promised_on, SupervisionRecord.promise_no,
)
"""The appeal, and the fields of `Taken`."""


def taken(session: Session, appeal_ids: Sequence[int]) -> dict[int, list[Taken]]:
    """The steps that time took for these appeals so far, by appeal: one statement."""
    rows = session.connection().execute(
        sql_select(*_STEP).where(
            col(SupervisionRecord.appeal_id).in_(appeal_ids), col(SupervisionRecord.stage).is_not(None)
        )
    ).all()
    found: dict[int, list[Taken]] = {}
    for appeal_id, *step in rows:
        found.setdefault(appeal_id, []).append(Taken(*step))
    return found


def counts_of_appeal(session: Session, appeal_id: int) -> dict[RecordKind, int]:
    statement = select(SupervisionRecord.kind, func.count()).where(col(SupervisionRecord.appeal_id) == appeal_id)
    rows = session.exec(statement.group_by(col(SupervisionRecord.kind))).all()
    return {RecordKind(kind): count for kind, count in sorted(rows)}


def unit_deductions(session: Session, unit_id: int, first_on: date, last_on: date) -> Deductions:
    """What the unit's records of a period cost, with and without the revoked. Not scoped: a number of the office's."""
    rows = session.exec(
        select(SupervisionRecord.kind, SupervisionRecord.state, SupervisionRecord.outcome).where(
            col(SupervisionRecord.unit_id) == unit_id, col(SupervisionRecord.issued_on).between(first_on, last_on)
        )
    ).all()
    return deductions(
        Counted(RecordKind(kind), RecordState(state), Outcome(outcome)) for kind, state, outcome in rows
    )


def cause_of(session: Session, record: SupervisionRecord) -> SupervisionRecord | None:
    return session.get(SupervisionRecord, record.cause_id) if record.cause_id else None


def slip_of(session: Session, record: SupervisionRecord) -> Slip | None:
    """The slip that was issued with it."""
    return session.get(Slip, record.slip_id) if record.slip_id else None


def policy_of(session: Session, record: SupervisionRecord) -> LadderPolicy:
    """The thresholds it was issued under."""
    return session.get_one(LadderPolicy, record.policy_id)


def appeal_of(session: Session, record: SupervisionRecord) -> Appeal | None:
    """What a record is about, for whoever acts on the record: that door was passed before."""
    return session.get(Appeal, record.appeal_id) if record.appeal_id else None
