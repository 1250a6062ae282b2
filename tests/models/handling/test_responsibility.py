"""Who held an appeal for how long: every working day is somebody's, and what each was doing stands in one table."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from models.appeals.types import State
from models.handling import queries
from models.handling.responsibility import HOLDINGS, Holder, Holding, Pause, Span, spans, totals
from models.handling.types import Action, Effects, Happening
from models.workdays.rules import SHANGHAI, is_workday, workdays_between
from models.workdays.shipped import shipped_calendar
from tests.support.factories import Story

CALENDAR = shipped_calendar()
START = date(2026, 9, 21)
DAYS = st.integers(0, 25)
STATES = st.sampled_from(list(State))
ENDED = {state for state, holding in HOLDINGS.items() if holding.holder is Holder.NOBODY}


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


def told(*steps: tuple[State, date], unit_id: int = 7) -> list[Happening]:
    """Each state with the day it came. Dispatched: to that unit."""
    return [
        Happening(
            seq, Action.NOTE, state, 1, at(day),
            Effects(lead_unit_id=unit_id if state is State.DISPATCHED else None),
        )
        for seq, (state, day) in enumerate(steps, 1)
    ]


LIFE = (
    (State.SUBMITTED, date(2026, 9, 22)), (State.ACCEPTED, date(2026, 9, 23)), (State.DISPATCHED, date(2026, 9, 24)),
    (State.VERIFYING, date(2026, 9, 24)), (State.HANDLING, date(2026, 9, 30)),
    (State.REPLY_SIGN_OFF, date(2026, 10, 9)), (State.IN_REVIEW, date(2026, 10, 10)),
    (State.HANDLING, date(2026, 10, 12)), (State.IN_REVIEW, date(2026, 10, 14)), (State.REPLIED, date(2026, 10, 15)),
)  # fmt: skip
TODAY = date(2026, 11, 17)


def said(found: tuple[Span, ...]) -> list[tuple[Holder, str, int]]:
    return [(one.holder, one.doing, one.workdays) for one in found]


def test_every_state_has_its_holder() -> None:
    assert set(HOLDINGS) == set(State)
    assert all(holding.doing for holding in HOLDINGS.values())


def test_a_whole_life_over_a_holiday_with_a_make_up_saturday() -> None:
    """中秋 on 25 September, 国庆 1 to 7 October; Saturday the 10th is worked."""
    found = spans(told(*LIFE), TODAY, CALENDAR)
    assert said(found) == [
        (Holder.OFFICE, "受理", 1), (Holder.OFFICE, "交办", 1), (Holder.UNIT, "签收", 0), (Holder.UNIT, "核实", 3),
        (Holder.UNIT, "办理", 2), (Holder.UNIT, "签发答复", 1), (Holder.OFFICE, "审核", 1), (Holder.UNIT, "办理", 2),
        (Holder.OFFICE, "审核", 1),
    ]
    assert totals(found) == {(Holder.OFFICE, None): 4, (Holder.UNIT, 7): 8}
    assert (found[-1].from_on, found[-1].to_on) == (date(2026, 10, 14), date(2026, 10, 15))


def test_what_is_still_held_counts_up_to_today() -> None:
    found = spans(told(*LIFE[:5]), date(2026, 10, 9), CALENDAR)
    assert (found[-1].doing, found[-1].to_on, found[-1].workdays) == ("办理", None, 2)


def test_a_late_arrival_is_not_the_second_units() -> None:
    """Moved to another unit: each answers for its own days."""
    moved = Happening(6, Action.DISPATCH, State.DISPATCHED, 1, at(date(2026, 10, 12)), Effects(lead_unit_id=9))
    found = spans([*told(*LIFE[:5]), moved], date(2026, 10, 14), CALENDAR)
    assert totals(found) == {(Holder.OFFICE, None): 2, (Holder.UNIT, 7): 7, (Holder.UNIT, 9): 2}


def test_acts_that_hand_nothing_on_make_no_line_of_their_own() -> None:
    steps = [*LIFE[:5], (State.HANDLING, date(2026, 10, 8)), (State.HANDLING, date(2026, 10, 9))]
    assert [one.doing for one in spans(told(*steps), TODAY, CALENDAR)].count("办理") == 1


def test_the_appellants_time_for_a_supplement_is_the_appellants() -> None:
    steps = [LIFE[0], (State.AWAITING_SUPPLEMENT, date(2026, 9, 23)), (State.SUBMITTED, date(2026, 9, 28))]
    found = spans(told(*steps), date(2026, 9, 29), CALENDAR)
    assert said(found) == [(Holder.OFFICE, "受理", 1), (Holder.APPELLANT, "等待补充", 2), (Holder.OFFICE, "受理", 1)]


def test_a_matter_answered_and_taken_up_again_is_nobodys_in_between() -> None:
    steps = [*LIFE, (State.DISPATCHED, date(2026, 10, 19))]
    found = spans(told(*steps), date(2026, 10, 20), CALENDAR)
    assert said(found)[-2:] == [(Holder.NOBODY, "已答复", 2), (Holder.UNIT, "签收", 1)]


def test_a_pause_is_nobodys_time_or_the_appellants() -> None:
    waited = Pause(date(2026, 10, 8), date(2026, 10, 12), Holding(Holder.APPELLANT, "等待补正"))
    found = spans(told(*LIFE[:5]), date(2026, 10, 14), CALENDAR, [waited])
    assert said(found)[-3:] == [(Holder.UNIT, "办理", 1), (Holder.APPELLANT, "等待补正", 3), (Holder.UNIT, "办理", 2)]
    stands = spans(told(*LIFE[:5]), date(2026, 10, 14), CALENDAR, [Pause(date(2026, 10, 9))])
    assert said(stands)[-2:] == [(Holder.UNIT, "办理", 2), (Holder.NOBODY, "中止计时", 4)]
    assert stands[-1].to_on is None


def test_a_pause_over_two_steps_is_one_line() -> None:
    over = Pause(date(2026, 10, 9), date(2026, 10, 12))
    found = spans(told(*LIFE[:7]), date(2026, 10, 13), CALENDAR, [over])
    assert said(found)[-3:] == [(Holder.UNIT, "办理", 2), (Holder.NOBODY, "中止计时", 2), (Holder.OFFICE, "审核", 1)]


@pytest.mark.parametrize("state", sorted(ENDED - {State.MERGED}))
def test_what_began_ended_has_no_line(state: State) -> None:
    assert spans(told((state, START)), TODAY, CALENDAR) == ()


def test_a_clock_that_went_back_moves_nothing() -> None:
    steps = [(State.SUBMITTED, date(2026, 11, 18)), (State.ACCEPTED, date(2026, 11, 16))]
    found = spans(told(*steps), TODAY, CALENDAR)
    assert said(found) == [(Holder.OFFICE, "受理", 0), (Holder.OFFICE, "交办", 0)]


# ---------------------------------------------------------------- every working day is somebody's


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Happening], date, list[Pause]]:
    gaps = draw(st.lists(st.tuples(STATES, DAYS, st.sampled_from((None, 7, 9))), min_size=1, max_size=12))
    day, history = START, []
    for seq, (state, gap, unit_id) in enumerate(gaps, 1):
        day += timedelta(days=gap)
        history.append(Happening(seq, Action.NOTE, state, 1, at(day, seq), Effects(lead_unit_id=unit_id)))
    today, pauses, from_on = day + timedelta(days=draw(DAYS)), [], START
    for before, length in draw(st.lists(st.tuples(DAYS, DAYS), max_size=4)):
        from_on += timedelta(days=before)
        until_on = from_on + timedelta(days=length)
        pauses.append(Pause(from_on, until_on if until_on < today else None))
        if until_on >= today:
            break
        from_on = until_on
    return history, today, [one for one in pauses if one.from_on <= today]


@given(histories())
def test_the_days_of_all_holders_add_up_to_the_days_gone_by(drawn: tuple[list[Happening], date, list[Pause]]) -> None:
    history, today, pauses = drawn
    for one in ((), pauses):
        found = spans(history, today, CALENDAR, one)
        if not found:
            assert all(event.to_state in ENDED for event in history)
            continue
        for before, after in pairwise(found):
            assert before.to_on == after.from_on
            assert (before.whose, before.doing) != (after.whose, after.doing)
        end = found[-1].to_on or today
        assert sum(totals(found).values()) == workdays_between(found[0].from_on, end, CALENDAR)
        assert found[0].from_on == history[0].at.astimezone(SHANGHAI).date()


@given(histories())
def test_each_working_day_is_his_who_had_it_when_the_day_began(
    drawn: tuple[list[Happening], date, list[Pause]],
) -> None:
    """A second way to count: day by day, whoever held it the evening before; in a pause nobody."""
    history, today, pauses = drawn
    found = spans(history, today, CALENDAR, pauses)
    if not found:
        return
    counted: dict[Holder, int] = {}
    day, end = found[0].from_on, found[-1].to_on or today
    while day < end:
        evening = [event for event in history if event.at.astimezone(SHANGHAI).date() <= day]
        day += timedelta(days=1)
        stands = any(one.from_on < day and (one.until_on is None or day <= one.until_on) for one in pauses)
        holder = HOLDINGS[evening[-1].to_state].holder
        holder = Holder.NOBODY if stands else holder
        counted[holder] = counted.get(holder, 0) + is_workday(day, CALENDAR)
    summed = dict.fromkeys(Holder, 0)
    for (holder, _), days in totals(found).items():
        summed[holder] += days
    assert summed == {holder: counted.get(holder, 0) for holder in Holder}


def test_a_real_appeal_tells_who_held_it(session: Session) -> None:
    story = Story(session).to(State.ACCEPTED).later(days=1).to(State.DISPATCHED).later(days=1).to(State.HANDLING)
    story.later(days=1).to(State.IN_REVIEW).later(days=3).to(State.REPLIED)
    history = [queries.happening(one) for one in queries.events(session, story.appeal)]
    found = spans(history, date(2026, 12, 1), CALENDAR)
    assert totals(found) == {(Holder.OFFICE, None): 2, (Holder.UNIT, story.appeal.lead_unit_id): 2}
    assert found[0].from_on == date(2026, 11, 17) and found[-1].to_on == date(2026, 11, 23)
