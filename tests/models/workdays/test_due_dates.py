"""The clock against the law's examples, a slow second implementation and its own explanation."""

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.workdays.rules import (
    due_date,
    end_of_day,
    explain,
    is_overdue,
    is_workday,
    local_day,
    provisional_years,
    workdays_between,
)
from models.workdays.shipped import shipped_calendar, shipped_days, statutory_days
from models.workdays.types import DayKind, MarkedDay, build_calendar

CALENDAR = shipped_calendar()
DATA = Path(__file__).parents[3] / "models" / "workdays" / "data"
EXAMPLES = {  # domain.md §4: start → +3, +7, +15
    "2025-09-26": ("2025-09-30", "2025-10-13", "2025-10-23"),
    "2025-01-24": ("2025-02-05", "2025-02-10", "2025-02-20"),
    "2026-02-13": ("2026-02-25", "2026-03-02", "2026-03-12"),
    "2026-09-30": ("2026-10-10", "2026-10-15", "2026-10-27"),
    "2026-11-20": ("2026-11-25", "2026-12-01", "2026-12-11"),
}
starts = st.dates(date(2022, 6, 1), date(2042, 12, 31))
any_day = st.dates(date(1949, 1, 1), date(2090, 12, 31))
terms = st.integers(1, 60)


def day(text: str) -> date:
    return date.fromisoformat(text)


def slow_calendar() -> tuple[dict[str, str], set[str]]:
    """The two data files read without any of our code."""
    with (DATA / "holidays.csv").open(encoding="utf-8") as lines:
        kinds = {row["date"]: row["kind"] for row in csv.DictReader(lines)}
    with (DATA / "statutory_days.csv").open(encoding="utf-8") as lines:
        return kinds, {row["date"] for row in csv.DictReader(lines)}


KINDS, STATUTORY = slow_calendar()


def slow_is_workday(on: date) -> bool:
    text = on.isoformat()
    if text in KINDS:
        return KINDS[text] == "work"
    if on.isoweekday() > 5:
        return False
    return 2023 <= on.year <= 2026 or not (
        text in STATUTORY or text[5:] in {"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"}
    )


def slow_due_on(start_on: date, workdays: int) -> date:
    on = start_on
    while workdays:
        on += timedelta(days=1)
        workdays -= slow_is_workday(on)
    return on


@pytest.mark.parametrize("start_on", EXAMPLES)
def test_the_examples_of_the_office_come_out_to_the_day(start_on: str) -> None:
    found = [due_date(day(start_on), workdays, CALENDAR) for workdays in (3, 7, 15)]
    assert tuple(due.due_on.isoformat() for due in found) == EXAMPLES[start_on]
    assert not any(due.is_provisional for due in found)


def test_the_start_is_day_zero_even_when_it_is_a_working_day() -> None:
    assert due_date(day("2026-11-23"), 1, CALENDAR).due_on == day("2026-11-24")


def test_after_a_start_on_a_day_off_the_next_working_day_is_day_one() -> None:
    assert due_date(day("2026-10-03"), 1, CALENDAR).due_on == day("2026-10-08")


def test_a_make_up_saturday_counts_and_a_holiday_on_a_weekday_does_not() -> None:
    assert is_workday(day("2026-10-10"), CALENDAR)
    assert not is_workday(day("2026-10-07"), CALENDAR)


def test_a_clock_that_crosses_into_a_year_without_arrangement_is_provisional_and_skips_statutory_days() -> None:
    due = due_date(day("2026-12-11"), 15, CALENDAR)
    assert (due.due_on, due.is_provisional) == (day("2027-01-04"), True)
    assert due_date(day("2026-12-11"), 14, CALENDAR).is_provisional is False


def test_only_the_days_after_the_start_decide_whether_a_date_is_provisional() -> None:
    assert due_date(day("2022-12-31"), 3, CALENDAR).is_provisional is False
    assert due_date(day("2022-12-30"), 3, CALENDAR).is_provisional is True
    assert due_date(day("2026-12-31"), 1, CALENDAR).is_provisional is True


def test_the_years_that_make_a_date_provisional_can_be_named() -> None:
    assert provisional_years(day("2026-12-11"), day("2028-02-01"), CALENDAR) == (2027, 2028)
    assert provisional_years(day("2026-12-11"), day("2026-12-31"), CALENDAR) == ()


def test_the_arrangement_of_a_year_replaces_the_provisional_answer() -> None:
    off = [MarkedDay(day(text), DayKind.OFF, "元旦", "测试通知") for text in ("2027-01-01", "2027-01-04")]
    days = (*shipped_days(), *off)
    arranged = build_calendar(days, version=2, statutory=statutory_days())
    due = due_date(day("2026-12-11"), 15, arranged)
    assert (due.due_on, due.is_provisional) == (day("2027-01-05"), False)


def test_statutory_days_do_not_count_in_a_year_that_is_arranged() -> None:
    arranged = build_calendar((), version=1, statutory=statutory_days(), arranged_years=(2027,))
    assert is_workday(day("2027-10-01"), arranged)
    assert not is_workday(day("2027-10-01"), CALENDAR)


def test_a_calendar_without_any_arrangement_still_knows_weekends_and_statutory_days() -> None:
    empty = build_calendar((), version=0, statutory=statutory_days())
    due = due_date(day("2027-02-04"), 1, empty)
    assert (due.due_on, due.is_provisional) == (day("2027-02-09"), True)


@pytest.mark.parametrize("year", [1975, 2022, 2041, 2077, 2100])
def test_beyond_the_shipped_statutory_days_the_fixed_ones_are_still_off(year: int) -> None:
    for month_and_day in ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03"):
        assert not is_workday(day(f"{year}-{month_and_day}"), CALENDAR)


def test_a_day_marked_in_a_year_without_arrangement_is_a_mistake_of_the_builder() -> None:
    with pytest.raises(ValueError, match="2027"):
        type(CALENDAR)({day("2027-01-04"): shipped_days()[0]}, frozenset(), 1, {})


def test_a_calendar_cannot_be_edited_after_it_was_built() -> None:
    with pytest.raises(TypeError):
        CALENDAR.marked[day("2027-01-04")] = shipped_days()[0]  # type: ignore[index]


@given(starts, terms)
def test_due_dates_equal_those_of_a_plain_day_by_day_count(start_on: date, workdays: int) -> None:
    assert due_date(start_on, workdays, CALENDAR).due_on == slow_due_on(start_on, workdays)


@given(any_day)
def test_every_day_is_judged_as_the_plain_reading_of_the_data_files_judges_it(on: date) -> None:
    assert is_workday(on, CALENDAR) == slow_is_workday(on)


@given(starts, terms)
def test_a_due_day_is_a_working_day_with_exactly_that_many_after_the_start(start_on: date, workdays: int) -> None:
    due = due_date(start_on, workdays, CALENDAR)
    assert is_workday(due.due_on, CALENDAR)
    assert workdays_between(start_on, due.due_on, CALENDAR) == workdays


@given(starts, terms)
def test_a_longer_term_is_due_later_and_a_later_start_never_earlier(start_on: date, workdays: int) -> None:
    due_on = due_date(start_on, workdays, CALENDAR).due_on
    assert due_date(start_on, workdays + 1, CALENDAR).due_on > due_on
    assert due_date(start_on + timedelta(days=1), workdays, CALENDAR).due_on >= due_on


@given(starts, terms, terms)
def test_an_extension_counted_from_the_due_day_equals_the_longer_term(start_on: date, first: int, more: int) -> None:
    due_on = due_date(start_on, first, CALENDAR).due_on
    assert due_date(due_on, more, CALENDAR).due_on == due_date(start_on, first + more, CALENDAR).due_on


@given(starts, terms)
def test_the_explanation_names_every_day_once_and_ends_on_the_due_day(start_on: date, workdays: int) -> None:
    due, notes = due_date(start_on, workdays, CALENDAR), explain(start_on, workdays, CALENDAR)
    assert [note.on for note in notes] == [
        start_on + timedelta(days=n) for n in range((due.due_on - start_on).days + 1)
    ]
    assert [note.number for note in notes if note.counts] == list(range(1, workdays + 1))
    assert all(note.counts == is_workday(note.on, CALENDAR) for note in notes[1:])
    assert notes[-1].counts
    assert any("暂算" in note.reason for note in notes) == due.is_provisional


def test_an_explanation_reads_as_the_office_writes_it() -> None:
    assert [note.text for note in explain(day("2026-09-30"), 3, CALENDAR)] == [
        "09-30 第0日 受理交办当日，不计",
        "10-01 国庆节 不计", "10-02 国庆节 不计", "10-03 国庆节 不计", "10-04 国庆节 不计",
        "10-05 国庆节 不计", "10-06 国庆节 不计", "10-07 国庆节 不计",
        "10-08 周四 第1日", "10-09 周五 第2日", "10-10 周六 调休上班 第3日",
    ]


def test_an_explanation_marks_each_day_of_a_provisional_year() -> None:
    assert [note.text for note in explain(day("2026-12-30"), 2, CALENDAR)] == [
        "12-30 第0日 受理交办当日，不计",
        "12-31 周四 第1日",
        "01-01 元旦 不计（暂算）", "01-02 周六 不计（暂算）", "01-03 周日 不计（暂算）",
        "01-04 周一 第2日（暂算）",
    ]


def test_a_weekday_marked_as_make_up_day_is_not_called_a_make_up_day() -> None:
    odd = build_calendar(
        [MarkedDay(day("2027-01-04"), DayKind.WORK, "元旦调休上班", "测试")], version=1, statutory=statutory_days()
    )
    assert explain(day("2027-01-03"), 1, odd)[-1].text == "01-04 周一 第1日"


@given(any_day, any_day, any_day)
def test_counts_of_working_days_add_up_and_change_sign_with_direction(a: date, b: date, c: date) -> None:
    assert workdays_between(a, b, CALENDAR) + workdays_between(b, c, CALENDAR) == workdays_between(a, c, CALENDAR)
    assert workdays_between(a, b, CALENDAR) == -workdays_between(b, a, CALENDAR)


def test_days_left_and_days_over_are_working_days() -> None:
    assert workdays_between(day("2026-09-30"), day("2026-10-10"), CALENDAR) == 3
    assert workdays_between(day("2026-10-10"), day("2026-09-30"), CALENDAR) == -3
    assert workdays_between(day("2026-10-10"), day("2026-10-11"), CALENDAR) == 0


def test_a_term_is_kept_on_the_due_day_and_overdue_the_day_after() -> None:
    due_on = day("2026-10-10")
    assert [is_overdue(on, due_on) for on in (day("2026-10-09"), due_on, day("2026-10-11"))] == [False, False, True]


def test_the_last_instant_of_the_due_day_is_midnight_in_china() -> None:
    end = end_of_day(day("2026-10-10"))
    assert end == datetime(2026, 10, 10, 16, tzinfo=UTC)
    assert local_day(end - timedelta(microseconds=1)) == day("2026-10-10")
    assert local_day(end) == day("2026-10-11")


@given(st.integers(0, 109 * 365 * 86_400 * 1_000))
def test_local_days_are_those_of_the_zone_database(milliseconds: int) -> None:
    instant = datetime(1992, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    shanghai = instant.astimezone(ZoneInfo("Asia/Shanghai"))
    assert local_day(instant) == shanghai.date()
    assert local_day(instant.astimezone(ZoneInfo("America/New_York"))) == shanghai.date()


def test_a_naive_moment_has_no_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        local_day(datetime(2026, 10, 10))  # noqa: DTZ001


@pytest.mark.parametrize("start_on", [date.min, day("1948-12-31"), day("2101-01-01"), date.max])
def test_days_outside_the_calendar_are_refused(start_on: date) -> None:
    for ask in (
        lambda: is_workday(start_on, CALENDAR),
        lambda: due_date(start_on, 3, CALENDAR),
        lambda: explain(start_on, 3, CALENDAR),
        lambda: workdays_between(start_on, day("2026-01-01"), CALENDAR),
        lambda: workdays_between(day("2026-01-01"), start_on, CALENDAR),
        lambda: provisional_years(start_on, day("2026-01-01"), CALENDAR),
        lambda: end_of_day(start_on),
        lambda: local_day(datetime.combine(start_on, datetime.min.time(), UTC)),
    ):
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.code == "date_out_of_range"


@pytest.mark.parametrize("workdays", [40_000, 10**9, 10**30])
def test_a_term_that_ends_after_the_calendar_is_refused(workdays: int) -> None:
    with pytest.raises(Refused) as refusal:
        due_date(day("2026-09-30"), workdays, CALENDAR)
    assert refusal.value.code == "date_out_of_range"


def test_the_last_moment_of_time_is_refused_and_does_not_overflow() -> None:
    with pytest.raises(Refused):
        local_day(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize("workdays", [0, -1, -(10**9)])
def test_a_term_of_no_working_days_is_refused(workdays: int) -> None:
    with pytest.raises(Refused) as refusal:
        due_date(day("2026-09-30"), workdays, CALENDAR)
    assert refusal.value.code == "workdays_not_positive"


def test_an_instant_cannot_pass_for_a_day() -> None:
    with pytest.raises(TypeError):
        due_date(datetime(2026, 9, 30, tzinfo=UTC), 3, CALENDAR)


def test_the_working_days_of_the_calendar_are_in_order_and_each_once() -> None:
    assert all(earlier < later for earlier, later in pairwise(CALENDAR.working))
