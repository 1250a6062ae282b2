"""What time alone does on the ladder: finding it without locks, in portions; doing it appeal by appeal, each in a short
transaction of its caller. Two sweeps at once meet at the appeal's row and at the unique keys (docs/adr/0020).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, or_, select

from models.accounts.tables import Unit
from models.accounts.types import SYSTEM
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.commands import Act
from models.handling.concerned import is_reported
from models.handling.queries import in_states
from models.handling.rules import DISPATCHED_AND_OPEN, WITH_OFFICE
from models.handling.tables import AppealEvent, MilestoneRow
from models.handling.types import Action, MilestoneStatus, Stage
from models.slips.commands import Letterhead
from models.supervision import ladder_queries
from models.supervision.ladder_acts import ACTS
from models.supervision.ladder_policies import begins_on, in_force, thresholds
from models.supervision.ladder_records import Content, Said, carry_out, write
from models.supervision.ladder_rules import steps_due
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import (
    Ground,
    Outcome,
    Promise,
    RecordAction,
    RecordKind,
    RecordState,
    StepDue,
    Taken,
    Thresholds,
)
from models.workdays.rules import due_date, local_day
from models.workdays.types import WorkCalendar

PORTION = 500
ANSWERED = frozenset({State.REPLIED, State.CLOSED})
"""What the unit owed was accepted by the office."""
LOOKED_BACK = timedelta(days=62)
"""How long after a promise was missed its cards are still taken: longer than any sweep should be down."""


@dataclass(frozen=True)
class Sweep:
    """The moment of a sweep, and what it goes by."""

    now: datetime
    calendar: WorkCalendar
    letterhead: Letterhead

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def act(self) -> Act:
        return Act(SYSTEM, self.now, self.calendar)


# ---------------------------------------------------------------- promises


class _Line(NamedTuple):
    """A promise with what its appeal adds to it."""

    appeal_id: int
    state: State
    running_round: int
    round: int
    stage: Stage
    no: int
    start_on: date
    due_on: date
    status: MilestoneStatus
    reached_on: date | None


def due_steps(session: Session, sweep: Sweep) -> Iterator[int]:
    """The appeals for which a step is due. Reads promises near or past their day by index; writes and locks nothing."""
    if begins_on(session) is None:
        return
    limits = thresholds(in_force(session, sweep.today))
    for ids in _portions(sorted({*_running(session, sweep, limits), *_missed_lately(session, sweep)})):
        already = ladder_queries.taken(session, ids)
        due = {one.appeal_id for one, _ in _steps(session, ids, sweep, limits, already)}
        yield from sorted(id_ for id_ in due if _may_be_told(session, id_))


def _running(session: Session, sweep: Sweep, limits: Thresholds) -> Sequence[int]:
    """Appeals that their unit holds, or the office reviews, with a promise near or past its day."""
    furthest = max(limits.remind_workdays_before, limits.blue_workdays_left, 1)
    horizon = due_date(sweep.today, furthest, sweep.calendar).due_on
    is_near = in_states(DISPATCHED_AND_OPEN) & (col(Appeal.next_due_on) <= horizon)
    return [id_ for id_ in session.exec(select(Appeal.id).where(is_near)).all() if id_ is not None]


def _missed_lately(session: Session, sweep: Sweep) -> Sequence[int]:
    """Appeals whose promise was reached too late since the last sweep, or long before it."""
    lately = (col(MilestoneRow.status) == MilestoneStatus.MISSED) & (
        col(MilestoneRow.reached_on) >= sweep.today - LOOKED_BACK
    )
    return session.exec(select(MilestoneRow.appeal_id).where(lately)).all()


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PORTION):
        yield ids[start : start + PORTION]


def _steps(
    session: Session, ids: Sequence[int], sweep: Sweep, limits: Thresholds, already: Mapping[int, list[Taken]]
) -> Iterator[tuple[_Line, tuple[Promise, tuple[StepDue, ...]]]]:
    """The promises of these appeals for which steps are due, with the steps."""
    begun_on, handed_in, came = begins_on(session), _handed_in(session, ids), _came(session, ids)
    for line in _lines(session, ids):
        promise = replace(_promise(line, handed_in), came_on=came.get((line.appeal_id, line.round)))
        due = steps_due(promise, sweep.today, sweep.calendar, limits, already.get(line.appeal_id, ()))
        if due and begun_on is not None and line.due_on >= begun_on:
            yield line, (promise, due)


def _lines(session: Session, ids: Sequence[int]) -> list[_Line]:
    """What still runs counts for an open appeal only; what was missed, always."""
    is_open = in_states(DISPATCHED_AND_OPEN) & (col(MilestoneRow.status) == MilestoneStatus.PENDING)
    statement = (
        select(  # type: ignore[call-overload]
            Appeal.id, Appeal.state, Appeal.round, MilestoneRow.round, MilestoneRow.stage, MilestoneRow.no,
            MilestoneRow.start_on, MilestoneRow.due_on, MilestoneRow.status, MilestoneRow.reached_on,
        )
        .join(MilestoneRow, col(MilestoneRow.appeal_id) == col(Appeal.id))
        .where(col(Appeal.id).in_(ids), or_(is_open, col(MilestoneRow.status) == MilestoneStatus.MISSED))
        .order_by(col(Appeal.id), col(MilestoneRow.id))
    )
    return [_Line(*row) for row in session.exec(statement).all()]


HandedIn = Mapping[tuple[int, int, State], date]
"""By appeal, round and the office's state: the day on which the unit last passed the matter on so."""


def _handed_in(session: Session, ids: Sequence[int]) -> HandedIn:
    statement = (
        select(AppealEvent.appeal_id, AppealEvent.round, AppealEvent.to_state, func.max(col(AppealEvent.at)))
        .where(
            col(AppealEvent.appeal_id).in_(ids),
            col(AppealEvent.action).in_([Action.SIGN_OFF, Action.SEND_ADJUSTMENT]),
            col(AppealEvent.to_state).in_(WITH_OFFICE),
        )
        .group_by(col(AppealEvent.appeal_id), col(AppealEvent.round), col(AppealEvent.to_state))
    )
    rows = session.exec(statement).all()
    return {(appeal_id, round_, State(state)): local_day(at) for appeal_id, round_, state, at in rows}


def _came(session: Session, ids: Sequence[int]) -> dict[tuple[int, int], date]:
    """The day on which a ruling gave a matter to another unit, by appeal and round."""
    statement = select(AppealEvent.appeal_id, AppealEvent.round, AppealEvent.at, AppealEvent.effects).where(
        col(AppealEvent.appeal_id).in_(ids), col(AppealEvent.action) == Action.RULE_RETURN
    )
    rows = session.exec(statement).all()
    return {(appeal_id, round_): local_day(at) for appeal_id, round_, at, effects in rows if "lead_unit_id" in effects}


def _promise(line: _Line, handed_in: HandedIn) -> Promise:
    handed_on = handed_in.get((line.appeal_id, line.round, _passed_on_as(line)))
    stopped_on = min((day for day in (line.reached_on, handed_on) if day is not None), default=None)
    return Promise(line.round, line.stage, line.start_on, line.due_on, line.status, stopped_on, line.no)


def _passed_on_as(line: _Line) -> State:
    """The state in which the unit passed on what this promise is about; its present one, which nothing was passed on
    to, while the unit holds it. A first signature was owed until the unit asked to give the matter back.
    """
    if line.stage is Stage.SIGN and line.status is MilestoneStatus.MISSED:
        return State.RETURN_REQUESTED if line.no == 1 else line.state
    is_answered = line.round < line.running_round or line.state in ANSWERED
    return State.IN_REVIEW if is_answered else line.state


def _may_be_told(session: Session, appeal_id: int) -> bool:
    """Not to a unit that a report accuses, though it leads it: it may not learn that there is one (ACC-4)."""
    appeal = session.get_one(Appeal, appeal_id)
    unit = session.get(Unit, appeal.lead_unit_id) if appeal.lead_unit_id else None
    return unit is not None and not is_reported(session, appeal, unit.path)


def take(session: Session, appeal_id: int, sweep: Sweep) -> list[SupervisionRecord]:
    """Every step that is due for this appeal, read anew behind the lock on its row."""
    appeal = session.exec(select(Appeal).where(col(Appeal.id) == appeal_id).with_for_update()).one()
    if not _may_be_told(session, appeal_id):
        return []
    unit = session.get_one(Unit, appeal.lead_unit_id)
    limits = thresholds(in_force(session, sweep.today))
    found = list(_steps(session, [appeal_id], sweep, limits, ladder_queries.taken(session, [appeal_id])))
    made = [
        _taken_once(session, Content(due.kind, unit, due.ground, step=(promise, due)), sweep, appeal)
        for _, (promise, dues) in found for due in dues
    ]
    return [record for record in made if record is not None]


def _taken_once(session: Session, content: Content, sweep: Sweep, appeal: Appeal | None) -> SupervisionRecord | None:
    """None when somebody else's transaction took this very step: the database's key says so."""
    try:
        with session.begin_nested():
            return write(session, content, sweep.act, sweep.letterhead, appeal=appeal)
    except IntegrityError:
        if not _is_there(session, content, appeal):
            raise
        return None


def _is_there(session: Session, content: Content, appeal: Appeal | None) -> bool:
    if content.step is not None and appeal is not None and appeal.id is not None:
        promise, due = content.step
        step = Taken(due.kind, promise.round, promise.stage, promise.due_on, promise.no)
        return step in ladder_queries.taken(session, [appeal.id]).get(appeal.id, ())
    cause_id = content.cause.id if content.cause else None
    same = (col(SupervisionRecord.kind) == content.kind) & (col(SupervisionRecord.cause_id) == cause_id)
    return session.exec(select(SupervisionRecord.id).where(same)).first() is not None


# ---------------------------------------------------------------- records with a clock of their own


def due_records(session: Session, sweep: Sweep) -> Sequence[int]:
    """Orders, instructions and interviews whose day has ended without a report from the unit: by index."""
    statement = select(SupervisionRecord.id).where(
        col(SupervisionRecord.outcome) == Outcome.PENDING, col(SupervisionRecord.due_on) < sweep.today,
        col(SupervisionRecord.state).in_([RecordState.IN_FORCE, RecordState.HELD]),
        col(SupervisionRecord.reported_on).is_(None),
    )
    return [id_ for id_ in session.exec(statement.order_by(col(SupervisionRecord.id))).all() if id_ is not None]


def miss(session: Session, record_id: int, sweep: Sweep) -> list[SupervisionRecord]:
    """Missed, written once; a missed order brings the red card (domain.md §5)."""
    wanted = select(SupervisionRecord).where(col(SupervisionRecord.id) == record_id).with_for_update()
    record = session.exec(wanted).one()
    row = ACTS.get((record.kind, record.state, RecordAction.MISS))
    is_open = record.outcome is Outcome.PENDING and record.due_on is not None and sweep.today > record.due_on
    if row is None or not is_open or record.reported_on is not None:
        return []
    carry_out(session, record, row, sweep.act, Said(), sweep.letterhead)
    if record.kind is not RecordKind.SUPERVISION_ORDER:
        return []
    appeal = session.get(Appeal, record.appeal_id) if record.appeal_id else None
    unit = session.get_one(Unit, record.unit_id)
    if appeal is not None and is_reported(session, appeal, unit.path):
        return []
    card = _taken_once(
        session, Content(RecordKind.RED_CARD, unit, Ground.ORDER_MISSED, cause=record), sweep, appeal
    )
    return [card] if card is not None else []
