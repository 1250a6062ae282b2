"""What the events of a record of supervision add up to, for `flask check`: its state and marks are their projection."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from models.supervision.ladder_acts import is_told
from models.supervision.ladder_queries import events
from models.supervision.ladder_tables import SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import Outcome, RecordAction, RecordKind, RecordState
from models.workdays.rules import local_day


@dataclass(frozen=True)
class Marks:
    """What of a record moves with its events."""

    state: RecordState
    outcome: Outcome
    due_on: date | None = None
    told_on: date | None = None
    reported_on: date | None = None
    is_contested: bool = False
    was_contested: bool = False
    version: int = 0


def stored(record: SupervisionRecord) -> Marks:
    return Marks(
        record.state, record.outcome, record.due_on, record.told_on, record.reported_on, record.is_contested,
        record.was_contested, record.version,
    )


def replayed(kind: RecordKind, history: Iterable[SupervisionEvent]) -> Marks | None:
    """None where nothing happened: a record without its first event."""
    marks: Marks | None = None
    for event in history:
        marks = _apply(kind, marks, event)
    return marks


def _apply(kind: RecordKind, before: Marks | None, event: SupervisionEvent) -> Marks:
    """State and outcome stand in the event; the other marks follow from what was done."""
    on = local_day(event.at)
    marks = replace(
        before or Marks(event.to_state, event.outcome), state=event.to_state, outcome=event.outcome, version=event.seq
    )
    if event.action in SETS_DAY and event.facts.get("due_on"):
        marks = replace(marks, due_on=date.fromisoformat(event.facts["due_on"]))
    if marks.told_on is None and is_told(kind, marks.state):
        marks = replace(marks, told_on=on)
    change = MARKED.get(event.action)
    return change(marks, on) if change else marks


SETS_DAY = frozenset({RecordAction.ISSUE, RecordAction.PROPOSE, RecordAction.RECORD_MINUTES})
"""By when something is to be put right: told when a record begins, or by the minutes of an interview."""
MARKED: dict[RecordAction, Callable[[Marks, date], Marks]] = {
    RecordAction.REPORT: lambda marks, on: replace(marks, reported_on=on),
    RecordAction.SEND_BACK: lambda marks, on: replace(marks, reported_on=None),
    RecordAction.CONTEST: lambda marks, on: replace(marks, is_contested=True, was_contested=True),
    RecordAction.UPHOLD: lambda marks, on: replace(marks, is_contested=False),
    RecordAction.REVOKE: lambda marks, on: replace(marks, is_contested=False),
}


def every_record(session: Session) -> Iterator[tuple[SupervisionRecord, Sequence[SupervisionEvent]]]:
    """All records with their events."""
    statement = select(SupervisionRecord).order_by(col(SupervisionRecord.id)).execution_options(yield_per=500)
    for record in session.exec(statement):
        yield record, events(session, record)
