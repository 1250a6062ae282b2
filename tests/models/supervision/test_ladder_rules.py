"""The ladder's rules: which step is due on which day, for one promise (domain.md §5, docs/adr/0020)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.handling.types import MilestoneStatus, Stage
from models.supervision.ladder_rules import Counted, Deductions, deductions, steps_due
from models.supervision.ladder_types import Outcome, Promise, RecordKind, RecordState, Taken, Thresholds
from models.workdays.rules import due_date
from models.workdays.shipped import shipped_calendar

CALENDAR = shipped_calendar()
LIMITS = Thresholds()
REMINDER, BLUE, SLIP, YELLOW, RED = (
    RecordKind.REMINDER, RecordKind.BLUE_CARD, RecordKind.REMINDER_SLIP, RecordKind.YELLOW_CARD, RecordKind.RED_CARD,
)  # fmt: skip
PENDING, MISSED = MilestoneStatus.PENDING, MilestoneStatus.MISSED


def promise(start: date, workdays: int, **changes: object) -> Promise:
    due_on = due_date(start, workdays, CALENDAR).due_on
    values = {"status": PENDING, "stage": Stage.CONCLUDE, "round": 1, "due_on": due_on}
    return Promise(start_on=start, **{**values, **changes})  # type: ignore[arg-type]


def taken(one: Promise, *kinds: RecordKind) -> list[Taken]:
    return [Taken(kind, one.round, one.stage, one.due_on, one.no) for kind in kinds]


def on(one: Promise, day: date, already: Iterable[Taken] = (), limits: Thresholds = LIMITS) -> list[RecordKind]:
    return [step.kind for step in steps_due(one, day, CALENDAR, limits, list(already))]


def swept_daily(
    one: Promise, first: date, last: date, limits: Thresholds = LIMITS
) -> Iterator[tuple[date, RecordKind]]:
    """What a sweep on each day takes, and when."""
    already: list[Taken] = []
    day = first
    while day <= last:
        for kind in on(one, day, already, limits):
            already += taken(one, kind)
            yield day, kind
        day += timedelta(days=1)


OVER_NATIONAL_DAY = promise(date(2026, 9, 21), 6)
"""Due on Wednesday 2026-09-30; days off 1 to 7 October, Saturday the 10th is worked."""


def test_the_ladder_over_national_day_is_climbed_day_by_day():
    assert OVER_NATIONAL_DAY.due_on == date(2026, 9, 30)
    assert list(swept_daily(OVER_NATIONAL_DAY, date(2026, 9, 21), date(2026, 10, 31))) == [
        (date(2026, 9, 29), REMINDER),
        (date(2026, 9, 29), BLUE),
        (date(2026, 10, 1), YELLOW),
        (date(2026, 10, 8), SLIP),
        (date(2026, 10, 10), RED),
    ]


def test_before_a_weekend_one_is_reminded_on_friday():
    due_monday = promise(date(2026, 11, 16), 5)
    assert due_monday.due_on == date(2026, 11, 23)
    assert on(due_monday, date(2026, 11, 19)) == []
    assert on(due_monday, date(2026, 11, 20)) == [REMINDER, BLUE]


def test_a_reminder_that_was_not_swept_is_taken_late_until_the_due_day_and_not_after():
    due_monday = promise(date(2026, 11, 16), 5)
    assert on(due_monday, date(2026, 11, 22)) == [REMINDER, BLUE]
    assert on(due_monday, date(2026, 11, 23)) == [REMINDER, BLUE]
    assert on(due_monday, date(2026, 11, 24)) == [SLIP, YELLOW]


def test_after_days_without_a_sweep_cards_and_slip_are_caught_up_together():
    assert on(promise(date(2026, 11, 16), 5), date(2026, 12, 1)) == [SLIP, YELLOW, RED]


def test_a_step_tells_the_day_it_was_for():
    [slip, yellow, red] = steps_due(promise(date(2026, 11, 16), 5), date(2026, 12, 1), CALENDAR, LIMITS, [])
    assert (slip.for_on, yellow.for_on, red.for_on) == (date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 26))
    assert red.workdays_over == 6


def test_nobody_is_reminded_on_the_day_of_dispatch_of_a_term_of_one_day():
    to_sign = promise(date(2026, 11, 17), 1, stage=Stage.SIGN)
    assert on(to_sign, date(2026, 11, 17)) == []
    assert on(to_sign, date(2026, 11, 18)) == [REMINDER, BLUE]


def test_nothing_is_taken_twice():
    one = promise(date(2026, 11, 16), 5)
    assert on(one, date(2026, 12, 1), taken(one, SLIP, YELLOW, RED)) == []
    assert on(one, date(2026, 12, 1), taken(one, YELLOW)) == [SLIP, RED]


def test_another_stage_and_another_round_have_ladders_of_their_own():
    one = promise(date(2026, 11, 16), 5)
    others = [Taken(YELLOW, 1, Stage.VERIFY, one.due_on), Taken(YELLOW, 2, one.stage, one.due_on)]
    assert YELLOW in on(one, date(2026, 11, 24), others)


def test_each_staged_report_and_each_signature_has_a_ladder_of_its_own():
    """The second of a stage is no promise that moved: what became of the first is another matter."""
    first = promise(date(2026, 11, 16), 5, stage=Stage.PROGRESS)
    second = promise(date(2026, 11, 16), 9, stage=Stage.PROGRESS, no=2)
    already = taken(first, REMINDER, BLUE, SLIP, YELLOW, RED)
    assert on(second, second.due_on, already) == [REMINDER, BLUE]
    assert on(second, date(2026, 12, 10), already) == [SLIP, YELLOW, RED]


@pytest.mark.parametrize("stage", [Stage.TRIAGE, Stage.RULING, Stage.REVIEW])
def test_the_offices_own_steps_stand_on_no_ladder(stage):
    assert on(promise(date(2026, 11, 16), 1, stage=stage), date(2026, 12, 10)) == []


def test_what_is_done_in_time_or_dropped_has_no_ladder():
    for status in (MilestoneStatus.MET, MilestoneStatus.DROPPED):
        assert on(promise(date(2026, 11, 16), 5, status=status), date(2026, 12, 20)) == []


def test_a_card_does_not_depend_on_the_luck_of_the_sweep():
    """Missed on the fourth working day after: no sweep ran while it was open."""
    late = promise(date(2026, 11, 16), 5, status=MISSED, stopped_on=date(2026, 11, 27))
    assert on(late, date(2026, 12, 10)) == [YELLOW, RED]
    a_day_late = promise(date(2026, 11, 16), 5, status=MISSED, stopped_on=date(2026, 11, 24))
    assert on(a_day_late, date(2026, 12, 10)) == [YELLOW]


def test_what_was_handed_to_the_office_in_time_is_no_fault_of_the_unit():
    """The office reviews for a week: the promise is overdue, and nobody gets a card for it."""
    in_time = promise(date(2026, 11, 16), 5, stopped_on=date(2026, 11, 23))
    assert on(in_time, date(2026, 12, 1)) == []
    given_back = promise(date(2026, 11, 16), 5)
    assert on(given_back, date(2026, 12, 1)) == [SLIP, YELLOW, RED]


def test_a_unit_to_which_the_matter_came_too_late_is_urged_and_not_punished():
    """Day zero of the unit is the due day, or later: whoever held it before is to blame."""
    one = promise(date(2026, 11, 16), 5, came_on=date(2026, 11, 23))
    assert on(one, date(2026, 12, 1)) == [SLIP]
    in_time = promise(date(2026, 11, 16), 5, came_on=date(2026, 11, 20))
    assert on(in_time, date(2026, 12, 1)) == [SLIP, YELLOW, RED]


def test_a_promise_that_moved_in_time_starts_anew():
    old = promise(date(2026, 11, 16), 5)
    moved = promise(date(2026, 11, 16), 5, due_on=date(2026, 12, 1))
    already = taken(old, REMINDER, BLUE)
    assert on(moved, date(2026, 11, 24), already) == []
    assert on(moved, date(2026, 11, 30), already) == [REMINDER, BLUE]
    assert on(moved, date(2026, 12, 2), already) == [SLIP, YELLOW]


def test_a_promise_that_moved_after_its_day_goes_on_where_the_ladder_stood():
    old = promise(date(2026, 11, 16), 5)
    moved = promise(date(2026, 11, 16), 5, due_on=date(2026, 12, 1))
    already = taken(old, REMINDER, BLUE, SLIP, YELLOW)
    assert [on(moved, date(2026, 11, 30), already), on(moved, date(2026, 12, 2), already)] == [[], []]
    assert on(moved, date(2026, 12, 4), already) == [RED]
    assert on(moved, date(2026, 12, 4), [*already, *taken(moved, RED)]) == []


def test_the_thresholds_are_those_of_the_policy():
    strict = Thresholds(2, 3, 2, 1, 5)
    one = promise(date(2026, 11, 9), 7)
    assert one.due_on == date(2026, 11, 18)
    assert list(swept_daily(one, date(2026, 11, 9), date(2026, 12, 20), strict)) == [
        (date(2026, 11, 13), BLUE), (date(2026, 11, 16), REMINDER), (date(2026, 11, 19), YELLOW),
        (date(2026, 11, 20), SLIP), (date(2026, 11, 25), RED),
    ]  # fmt: skip


DAYS = st.dates(date(2023, 1, 2), date(2026, 10, 1))


@given(DAYS, st.integers(1, 30), st.sets(st.integers(0, 70)))
def test_whatever_days_are_swept_no_step_comes_twice_and_no_card_is_lost(start, workdays, swept):
    """The last sweep, seventy days on, has everything that daily sweeps would have had, but for what was overtaken."""
    one, already = promise(start, workdays), list[Taken]()
    for offset in sorted(swept):
        already += taken(one, *on(one, start + timedelta(days=offset), already))
    already += taken(one, *on(one, start + timedelta(days=120), already))
    kinds = [step.kind for step in already]
    assert len(kinds) == len(set(kinds))
    assert {SLIP, YELLOW, RED} <= set(kinds)


@pytest.mark.parametrize(("kind", "state", "outcome", "issued", "standing"), [
    (RED, RecordState.IN_FORCE, Outcome.NONE, "-2", "-2"),
    (RED, RecordState.REVOKED, Outcome.NONE, "-2", "0"),
    (YELLOW, RecordState.IN_FORCE, Outcome.NONE, "-1", "-1"),
    (BLUE, RecordState.IN_FORCE, Outcome.NONE, "0", "0"),
    (SLIP, RecordState.CLOSED, Outcome.NONE, "0", "0"),
    (RecordKind.SUPERVISION_ORDER, RecordState.CLOSED, Outcome.MISSED, "-0.5", "-0.5"),
    (RecordKind.SUPERVISION_ORDER, RecordState.IN_FORCE, Outcome.PENDING, "0", "0"),
    (RecordKind.SUPERVISION_ORDER, RecordState.CLOSED, Outcome.MET, "0", "0"),
    (RecordKind.INSTRUCTION, RecordState.IN_FORCE, Outcome.MISSED, "0", "0"),
])  # fmt: skip
def test_what_each_record_costs_issued_and_standing(kind, state, outcome, issued, standing):
    assert deductions([Counted(kind, state, outcome)]) == Deductions(Decimal(issued), Decimal(standing))


def test_a_revoked_card_is_told_but_not_deducted():
    found = deductions([
        Counted(RED, RecordState.REVOKED, Outcome.NONE), Counted(YELLOW, RecordState.IN_FORCE, Outcome.NONE),
        Counted(RecordKind.SUPERVISION_ORDER, RecordState.IN_FORCE, Outcome.MISSED),
    ])  # fmt: skip
    assert found == Deductions(Decimal("-3.5"), Decimal("-1.5"))
