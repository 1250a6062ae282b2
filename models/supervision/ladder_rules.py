"""Which steps of the ladder time has made due for one promise, and what cards cost (domain.md §5). Pure.

docs/adr/0020 tells each rule's reason.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.handling.types import UNIT_STAGES, MilestoneStatus
from models.supervision.ladder_types import (
    Ground,
    Outcome,
    Promise,
    RecordKind,
    RecordState,
    StepDue,
    Taken,
    Thresholds,
)
from models.workdays.rules import is_overdue, workdays_between
from models.workdays.types import WorkCalendar

AFTER_THE_DAY = frozenset({RecordKind.REMINDER_SLIP, RecordKind.YELLOW_CARD, RecordKind.RED_CARD})
"""Steps that are taken only for a day that has been reached."""
ONE_DAY = timedelta(days=1)
MOST_WORKDAYS = 30


@dataclass(frozen=True)
class Rung:
    """One step: since when it could be taken, and until when it makes sense."""

    kind: RecordKind
    ground: Ground
    since: Callable[[Promise, Thresholds, WorkCalendar], date]
    is_overtaken: Callable[[Promise, date], bool]


def _passed(promise: Promise, day: date) -> bool:
    """What is said before the due day: pointless once it has ended, or once the unit is done."""
    return is_overdue(day, promise.due_on) or promise.stopped_on is not None


def _done(promise: Promise, day: date) -> bool:
    return promise.stopped_on is not None


def _blameless(promise: Promise, day: date) -> bool:
    """The matter came from another unit when the day was there or past: whoever held it before is to blame for that
    (domain.md §4 rule 4), and this unit is urged, not punished.
    """
    return promise.came_on is not None and promise.came_on >= promise.due_on


LADDER = (
    Rung(
        RecordKind.REMINDER, Ground.DUE_SOON,
        lambda promise, limits, calendar: before(promise, limits.remind_workdays_before, calendar), _passed,
    ),
    Rung(
        RecordKind.BLUE_CARD, Ground.DUE_SOON,
        lambda promise, limits, calendar: before(promise, limits.blue_workdays_left, calendar), _passed,
    ),
    Rung(
        RecordKind.REMINDER_SLIP, Ground.OVERDUE,
        lambda promise, limits, calendar: after(promise.due_on, limits.reminder_slip_workdays_after, calendar), _done,
    ),
    Rung(
        RecordKind.YELLOW_CARD, Ground.OVERDUE,
        lambda promise, limits, calendar: after(promise.due_on, limits.yellow_workdays_over, calendar), _blameless,
    ),
    Rung(
        RecordKind.RED_CARD, Ground.OVERDUE,
        lambda promise, limits, calendar: after(promise.due_on, limits.red_workdays_over, calendar), _blameless,
    ),
)  # fmt: skip
"""The steps that time takes, the first first."""


def before(promise: Promise, workdays: int, calendar: WorkCalendar) -> date:
    """The day on which no more than so many working days are left, and never day zero of the term."""
    working = calendar.working
    position = bisect_right(working, promise.due_on.toordinal()) - 1 - workdays
    first_counted = working[bisect_right(working, promise.start_on.toordinal())]
    return date.fromordinal(max(working[position], first_counted))


def after(due_on: date, workdays: int, calendar: WorkCalendar) -> date:
    """The day on which so many working days have begun since the due day ended; for 0 the very next day."""
    if workdays == 0:
        return due_on + ONE_DAY
    position = bisect_left(calendar.working, due_on.toordinal() + 1) + workdays - 1
    return date.fromordinal(calendar.working[position])


def steps_due(
    promise: Promise, today: date, calendar: WorkCalendar, limits: Thresholds, already: Collection[Taken]
) -> tuple[StepDue, ...]:
    """The steps to take now for one promise, the first first; none that was taken or that a later day has overtaken."""
    if promise.stage not in UNIT_STAGES or promise.status in (MilestoneStatus.MET, MilestoneStatus.DROPPED):
        return ()
    judged_on = min(today, promise.stopped_on) if promise.stopped_on is not None else today
    found = []
    for rung in LADDER:
        since = rung.since(promise, limits, calendar)
        if since > judged_on or rung.is_overtaken(promise, judged_on):
            continue
        if not is_taken(rung.kind, promise, already):
            over = workdays_between(promise.due_on, judged_on, calendar)
            found.append(StepDue(rung.kind, rung.ground, since, over))
    return tuple(found)


def is_taken(kind: RecordKind, promise: Promise, already: Collection[Taken]) -> bool:
    """Taken for this day; or for an earlier day of this promise that had been reached before it moved."""
    key = (promise.round, promise.stage, promise.no)
    of_promise = [one for one in already if (one.round, one.stage, one.no) == key]
    if any(one.kind is kind and one.promised_on == promise.due_on for one in of_promise):
        return True
    reached = any(one.kind in AFTER_THE_DAY and one.promised_on != promise.due_on for one in of_promise)
    if not reached:
        return False
    return kind not in AFTER_THE_DAY or any(one.kind is kind for one in of_promise)


# ---------------------------------------------------------------- what it costs

CARD_COSTS = {RecordKind.RED_CARD: Decimal("-2"), RecordKind.YELLOW_CARD: Decimal("-1")}
LATE_ORDER_COSTS = Decimal("-0.5")
"""红牌 −2, 黄牌 −1, 督办逾期 −0.5: the method of 长沙 (domain.md §5)."""


@dataclass(frozen=True)
class Counted:
    """A record as far as it costs anything."""

    kind: RecordKind
    state: RecordState
    outcome: Outcome


@dataclass(frozen=True)
class Deductions:
    """`issued` counts everything that was issued, `standing` what was not revoked: the second is what is deducted."""

    issued: Decimal
    standing: Decimal


def cost(one: Counted) -> Decimal:
    if one.kind is RecordKind.SUPERVISION_ORDER:
        return LATE_ORDER_COSTS if one.outcome is Outcome.MISSED else Decimal(0)
    return CARD_COSTS.get(one.kind, Decimal(0))


def deductions(records: Iterable[Counted]) -> Deductions:
    costs = [(cost(one), one.state is RecordState.REVOKED) for one in records]
    return Deductions(
        sum((amount for amount, _ in costs), Decimal(0)),
        sum((amount for amount, is_revoked in costs if not is_revoked), Decimal(0)),
    )
