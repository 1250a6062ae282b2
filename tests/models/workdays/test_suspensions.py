"""A clock that stands: pauses against a day-by-day count that knows nothing of places in a list."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.workdays.rules import due_date, explain, is_workday
from models.workdays.shipped import shipped_calendar
from models.workdays.types import Suspension

CALENDAR = shipped_calendar()
DAY = timedelta(days=1)
starts = st.dates(date(2023, 1, 2), date(2026, 11, 30))


@st.composite
def spans(draw: st.DrawFn, start: date) -> list[Suspension]:
    """Up to four pauses, in any order, touching, lying in each other, or of no day at all."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        after = start + DAY * draw(st.integers(-3, 40))
        found.append(Suspension(after, after + DAY * draw(st.integers(0, 25)), "检测"))
    return found


def counted_by_hand(start: date, workdays: int, paused: list[Suspension]) -> date:
    """Walks day by day. A pause that begins after the term has expired changes nothing any more."""
    day, left = start, workdays
    while left:
        day += DAY
        if is_workday(day, CALENDAR) and not any(one.after < day <= one.through for one in paused):
            left -= 1
    return day


@given(st.data(), starts, st.integers(1, 30))
def test_a_paused_term_ends_where_a_count_by_hand_ends(data: st.DataObject, start: date, workdays: int):
    paused = data.draw(spans(start))
    assert due_date(start, workdays, CALENDAR, paused).due_on == counted_by_hand(start, workdays, paused)


@given(st.data(), starts, st.integers(1, 30))
def test_the_explanation_counts_as_many_days_as_the_term_has_and_names_the_paused_ones(
    data: st.DataObject, start: date, workdays: int
):
    paused = data.draw(spans(start))
    due = due_date(start, workdays, CALENDAR, paused)
    notes = explain(start, workdays, CALENDAR, paused)
    assert [note.number for note in notes if note.counts] == list(range(1, workdays + 1))
    assert (notes[0].on, notes[-1].on, notes[-1].counts) == (start, due.due_on, True)
    standing = {note.on for note in notes if note.suspended_for}
    assert standing == {
        note.on for note in notes[1:] if is_workday(note.on, CALENDAR) and any(one.covers(note.on) for one in paused)
    }


def test_the_day_of_the_approval_counts_and_the_day_of_the_end_does_not():
    """Dispatched on Tuesday the 17th, seven days: due on the 26th. Paused from the 18th to the 23rd: three working days
    (19, 20, 23) do not count.
    """
    start, pause = date(2026, 11, 17), Suspension(date(2026, 11, 18), date(2026, 11, 23), "鉴定")
    assert due_date(start, 7, CALENDAR).due_on == date(2026, 11, 26)
    assert due_date(start, 7, CALENDAR, [pause]).due_on == date(2026, 12, 1)
    lines = [note.text for note in explain(start, 7, CALENDAR, [pause])]
    assert lines[1:4] == ["11-18 周三 第1日", "11-19 周四 中止计时（鉴定） 不计", "11-20 周五 中止计时（鉴定） 不计"]
    assert lines[-1] == "12-01 周二 第7日"


def test_a_pause_that_begins_and_ends_on_one_day_moves_nothing():
    start, none = date(2026, 11, 17), Suspension(date(2026, 11, 18), date(2026, 11, 18), "听证")
    assert due_date(start, 7, CALENDAR, [none]) == due_date(start, 7, CALENDAR)
