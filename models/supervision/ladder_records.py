"""Beginning a record of supervision and acting on it. Record, event, slip and audit row in the caller's one
transaction; no commit here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.handling import queries as handling
from models.handling.commands import Act
from models.handling.concerned import check_neutral, is_reported
from models.handling.responsibility import Pause
from models.handling.types import UNIT_STAGES, Action, Milestone
from models.slips.commands import Letterhead, number_of
from models.supervision import ladder_policies, ladder_queries
from models.supervision.ladder_acts import (
    ON_AN_APPEAL,
    TIMED,
    TOLD_TO_UNIT,
    UNIT,
    ActRow,
    check_issue,
    first_state,
    is_told,
    kept_or_late,
    step,
)
from models.supervision.ladder_evidence import Facts, canonical, snapshot
from models.supervision.ladder_news import tell_of
from models.supervision.ladder_slips import accompany
from models.supervision.ladder_tables import SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import (
    Ground,
    Origin,
    Outcome,
    Promise,
    RecordAction,
    RecordKind,
    StepDue,
    Taken,
)
from models.workdays.rules import local_day

FIRST_ACTION = {RecordKind.INTERVIEW: RecordAction.PROPOSE, RecordKind.INSTRUCTION: RecordAction.PROPOSE}


@dataclass(frozen=True)
class Content:
    """What a record says. `due_on` for what has a clock of its own; `step` for what time took, with its promise."""

    kind: RecordKind
    unit: Unit
    ground: Ground
    grounds: str = ""
    demand: str = ""
    responsible: str = ""
    recipient: str = ""
    annexes: str = ""
    month: str = ""
    due_on: date | None = None
    origin: Origin = Origin.APPEAL_LADDER
    cause: SupervisionRecord | None = None
    step: tuple[Promise, StepDue] | None = None


@dataclass(frozen=True)
class Said:
    """What an act on a record says: words, a day by which something is to be put right, further plain facts."""

    text: str = ""
    due_on: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- beginning one


def begin(
    session: Session, content: Content, act: Act, letterhead: Letterhead, *, appeal: Appeal | None = None
) -> SupervisionRecord:
    """By a person: issued, proposed or instructed. Raises `Refused` by the table, on one's own unit, without the appeal
    it needs, about a report that accuses the unit, for a day that is not ahead.
    """
    unit_id = _id(content.unit)
    check_issue(content.kind, act.actor, unit_id)
    if content.kind in ON_AN_APPEAL and appeal is None:
        raise Refused("record_needs_appeal")
    if appeal is not None:
        check_neutral(session, appeal, Action.NOTE, act.actor)
        if content.kind in TOLD_TO_UNIT and is_reported(session, appeal, content.unit.path):
            raise Refused("record_would_tell_accused")
    if content.kind in TIMED - {RecordKind.INTERVIEW} and not _is_ahead(content.due_on, act):
        raise Refused("record_due_not_ahead")
    return write(session, content, act, letterhead, appeal=appeal)


def _is_ahead(day: date | None, act: Act) -> bool:
    return day is not None and day > local_day(act.now)


def write(
    session: Session, content: Content, act: Act, letterhead: Letterhead, *, appeal: Appeal | None = None
) -> SupervisionRecord:
    """The record, its first event and its trace; its guards are the caller's. `letterhead` for the kinds that print."""
    today, kind = local_day(act.now), content.kind
    state = first_state(kind)
    promise = content.step[0] if content.step else None
    record = SupervisionRecord(
        kind=kind,
        unit_id=_id(content.unit),
        appeal_id=appeal.id if appeal else None,
        round=promise.round if promise else None,
        stage=promise.stage if promise else None,
        promise_no=promise.no if promise else None,
        promised_on=promise.due_on if promise else None,
        cause_id=content.cause.id if content.cause else None,
        origin=content.origin,
        ground=content.ground,
        grounds=content.grounds,
        demand=content.demand,
        responsible=content.responsible,
        recipient=content.recipient,
        annexes=content.annexes,
        month=content.month,
        evidence=_evidence(session, content, act, appeal),
        policy_id=_id(ladder_policies.in_force(session, today)),
        issued_by_id=act.actor.account_id,
        issued_by_name=act.actor.display_name,
        issued_at=act.now,
        issued_on=today,
        due_on=content.due_on,
        state=state,
        outcome=Outcome.PENDING if content.due_on else Outcome.NONE,
        told_on=today if is_told(kind, state) else None,
    )
    session.add(record)
    session.flush()
    said = Said(facts={"due_on": content.due_on})
    _tell(session, record, FIRST_ACTION.get(kind, RecordAction.ISSUE), act, said, letterhead)
    return record


def _owed(session: Session, appeal: Appeal) -> tuple[Milestone, ...]:
    """The unit's promises: the office's own steps are no evidence against it."""
    return tuple(one for one in handling.milestones(session, appeal) if one.stage in UNIT_STAGES)


def _evidence(session: Session, content: Content, act: Act, appeal: Appeal | None) -> str:
    if appeal is None:
        return canonical({"cause": content.cause.uid if content.cause else None})
    assert appeal.id is not None
    history = [handling.happening(event) for event in handling.events(session, appeal)]
    facts = Facts(
        appeal.number, appeal.state.value, appeal.version, _id(content.unit), _owed(session, appeal),
        history, _pauses(session, appeal), ladder_queries.counts_of_appeal(session, appeal.id),
    )
    taken = None
    if content.step is not None:
        promise, due = content.step
        taken = (Taken(content.kind, promise.round, promise.stage, promise.due_on, promise.no), due)
    return snapshot(facts, local_day(act.now), act.calendar, taken)


def _pauses(session: Session, appeal: Appeal) -> list[Pause]:
    """While the clock stood it was not the unit's time."""
    return [
        Pause(one.ruled_on, one.ends_on if one.is_over else None)
        for one in handling.adjustments(session, appeal) if one.is_pause and one.ruled_on is not None
    ]


# ---------------------------------------------------------------- acting on one


def perform(
    session: Session, record: SupervisionRecord, action: RecordAction, act: Act, said: Said, letterhead: Letterhead,
    *, appeal: Appeal | None = None,
) -> SupervisionEvent:
    """Any act of the table by a person. The caller holds the record's row. Raises `Refused` or `Conflict`."""
    if act.expected_version is not None and act.expected_version != record.version:
        raise Conflict("record_changed_meanwhile", found=record.version)
    row = step(ladder_queries.standing(session, record, act.calendar), action, act.actor, local_day(act.now))
    if row.roles != UNIT and appeal is not None:
        check_neutral(session, appeal, Action.NOTE, act.actor)
    return carry_out(session, record, row, act, said, letterhead)


def carry_out(
    session: Session, record: SupervisionRecord, row: ActRow, act: Act, said: Said, letterhead: Letterhead
) -> SupervisionEvent:
    """What the row of the table says; its guards are the caller's."""
    EFFECTS.get(row.action, _nothing)(record, act, said)
    record.state = row.target or record.state
    if record.told_on is None and is_told(record.kind, record.state):
        record.told_on = local_day(act.now)
    return _tell(session, record, row.action, act, said, letterhead)


def _nothing(record: SupervisionRecord, act: Act, said: Said) -> None:
    """The event tells it all."""


def _minutes(record: SupervisionRecord, act: Act, said: Said) -> None:
    if not _is_ahead(said.due_on, act):
        raise Refused("record_due_not_ahead")
    record.due_on, record.outcome = said.due_on, Outcome.PENDING


def _report(record: SupervisionRecord, act: Act, said: Said) -> None:
    record.reported_on = local_day(act.now)


def _send_back(record: SupervisionRecord, act: Act, said: Said) -> None:
    """The day stands; the sweep judges it again."""
    record.reported_on = None


def _contest(record: SupervisionRecord, act: Act, said: Said) -> None:
    record.is_contested = record.was_contested = True


def _settle(record: SupervisionRecord, act: Act, said: Said) -> None:
    record.is_contested = False


def _accept(record: SupervisionRecord, act: Act, said: Said) -> None:
    if record.outcome is Outcome.PENDING:
        record.outcome = kept_or_late(record.due_on, record.reported_on)


def _miss(record: SupervisionRecord, act: Act, said: Said) -> None:
    record.outcome = Outcome.MISSED


EFFECTS: dict[RecordAction, Callable[[SupervisionRecord, Act, Said], None]] = {
    RecordAction.RECORD_MINUTES: _minutes,
    RecordAction.REPORT: _report,
    RecordAction.SEND_BACK: _send_back,
    RecordAction.CONTEST: _contest,
    RecordAction.UPHOLD: _settle,
    RecordAction.REVOKE: _settle,
    RecordAction.ACCEPT: _accept,
    RecordAction.MISS: _miss,
}


def _tell(
    session: Session, record: SupervisionRecord, action: RecordAction, act: Act, said: Said, letterhead: Letterhead
) -> SupervisionEvent:
    """The slip that goes with it, the event, the notices, the trace."""
    record.version += 1
    slip = accompany(session, record, action, act, said.facts, letterhead)
    facts = {name: value for name, value in said.facts.items() if value is not None}
    facts |= {"due_on": said.due_on} if said.due_on is not None else {}
    facts |= {"slip": number_of(slip)} if slip is not None else {}
    assert record.id is not None
    event = SupervisionEvent(
        record_id=record.id,
        seq=record.version,
        action=action,
        to_state=record.state,
        outcome=record.outcome,
        at=act.now,
        actor_id=act.actor.account_id,
        actor_name=act.actor.display_name,
        unit_id=act.actor.unit_id,
        text=said.text,
        facts=_plain(facts),
    )
    session.add_all([record, event])
    session.flush()
    tell_of(session, record, action, act)
    append(
        session, at=act.now, actor_id=act.actor.account_id, action=f"supervision.{action.value}",
        object_kind="supervision", object_id=record.uid,
        facts={"seq": event.seq, "kind": record.kind, "state": record.state, "outcome": record.outcome},
    )
    return event


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def _id(row: Any) -> int:
    assert row.id is not None
    return int(row.id)
