"""What a unit may ask for, by days and numbers (domain.md §4). Where it may ask, the workflow table says. Pure."""

from dataclasses import dataclass
from datetime import date

from models.errors import Refused
from models.handling.adjustment_types import Adjustment, AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.clock import Allowances
from models.handling.types import RESULT_STAGES, UNIT_STAGES, Milestone, Projection, Stage
from models.workdays.rules import due_date, is_overdue, workdays_between
from models.workdays.types import WorkCalendar

GIVEN = frozenset({AdjustmentStatus.GRANTED})


@dataclass(frozen=True)
class Asking:
    """What is asked for, on which day, under which policy and calendar."""

    kind: AdjustmentKind
    today: date
    calendar: WorkCalendar
    allowances: Allowances
    workdays: int = 0
    reason: PauseReason | None = None


def check(now: Projection, asking: Asking) -> None:
    """Raises `Refused` with the reason why this may not be asked for, or not be sent, on this day."""
    CHECKS[asking.kind](now, asking)


def _check_return(now: Projection, asking: Asking) -> None:
    """Within a working day of the dispatch; whoever waits longer keeps the appeal."""
    start_on = next(one.start_on for one in now.pending if one.stage is Stage.VERIFY)
    last = due_date(start_on, asking.allowances.return_workdays, asking.calendar).due_on
    if asking.today > last:
        raise Refused("return_too_late", last_on=last, workdays=asking.allowances.return_workdays)


def _check_extension(now: Projection, asking: Asking) -> None:
    """Before the due day, a limited number of times, by a limited number of days."""
    due = result_due(now)
    if due is None:
        raise Refused("nothing_to_extend")
    if asking.today >= due.due_on:
        raise Refused("extension_too_late", due_on=due.due_on)
    before = sum(
        one.kind is AdjustmentKind.EXTENSION and one.status in GIVEN and one.round == now.round
        for one in now.adjustments
    )
    if before >= asking.allowances.extensions_most:
        raise Refused("extended_before", most=asking.allowances.extensions_most)
    _check_days(asking.workdays, asking.allowances.extension_workdays_most, "extension_too_long")


def _check_pause(now: Projection, asking: Asking) -> None:
    """For a coded reason, while no promise is due or overdue, and for so many days of a round altogether. What waits
    for the appellant has asked the appellant something.
    """
    if asking.reason is None:
        raise Refused("pause_reason_missing")
    if asking.reason is PauseReason.SUPPLEMENT and not now.has_question:
        raise Refused("pause_without_question")
    first = min((one.due_on for one in now.pending if one.stage in UNIT_STAGES), default=None)
    if first is None or asking.today >= first:
        raise Refused("pause_too_late", due_on=first)
    left = asking.allowances.pause_workdays_most - paused_workdays(now, asking.calendar)
    _check_days(asking.workdays, left, "pause_too_long")


def _check_complex(now: Projection, asking: Asking) -> None:
    """Before the short term has expired: a matter does not become complex by being late (rule 7)."""
    due = result_due(now)
    if due is None or is_overdue(asking.today, due.due_on):
        raise Refused("complex_too_late", due_on=due.due_on if due else None)


def _check_days(workdays: int, most: int, code: str) -> None:
    if not 1 <= workdays <= most:
        raise Refused(code, most=max(0, most))


def result_due(now: Projection) -> Milestone | None:
    """The result that is due first: what an extension extends."""
    owed = [one for one in now.pending if one.stage in RESULT_STAGES]
    return min(owed, key=lambda one: one.due_on, default=None)


def paused_workdays(now: Projection, calendar: WorkCalendar) -> int:
    """Working days of this round on which the clock stood, or will stand."""
    return sum(max(0, workdays_between(one.after, one.through, calendar)) for one in now.suspensions)


def planned_end(today: date, workdays: int, calendar: WorkCalendar) -> date:
    """The last day of a pause of so many working days that begins after today."""
    return due_date(today, workdays, calendar).due_on


def is_ended(pause: Adjustment, today: date) -> bool:
    """The planned end has passed, and nobody has said so yet."""
    return pause.ends_on is not None and today > pause.ends_on


CHECKS = {
    AdjustmentKind.RETURN: _check_return,
    AdjustmentKind.EXTENSION: _check_extension,
    AdjustmentKind.PAUSE: _check_pause,
    AdjustmentKind.COMPLEX: _check_complex,
}
