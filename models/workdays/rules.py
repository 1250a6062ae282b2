"""The clock: which days count, when a term is due, and why (domain.md §4 rules 1–4 and 9).

Every function raises `Refused("date_out_of_range")` for days outside 1949–2100 and
`Refused("workdays_not_positive")` for a term of less than one working day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone

from models.errors import Refused
from models.workdays.types import (
    FIRST_YEAR,
    FIXED_STATUTORY_DAYS,
    LAST_YEAR,
    DayKind,
    DayNote,
    DueDate,
    Suspension,
    WorkCalendar,
)

# A fixed offset, not the system's zone files: China has had no summer time since 1991, and neither a missing tzdata
# package nor TZ may move a date (CLK-1). A test holds it against the zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
ONE_DAY = timedelta(days=1)


def is_workday(day: date, calendar: WorkCalendar) -> bool:
    """Monday to Friday without days off, plus make-up days. Without an arrangement: without statutory days."""
    _require_in_range(day)
    mark = calendar.marked.get(day)
    if mark is not None:
        return mark.kind is DayKind.WORK
    return day.weekday() < 5 and statutory_name(day, calendar) is None


def statutory_name(day: date, calendar: WorkCalendar) -> str | None:
    """The holiday that makes this a day off by law, in a year without an arrangement; None on other days."""
    if day.year in calendar.arranged_years:
        return None
    return calendar.statutory.get(day) or FIXED_STATUTORY_DAYS.get((day.month, day.day))


def due_date(
    start_on: date, workdays: int, calendar: WorkCalendar, suspensions: Sequence[Suspension] = ()
) -> DueDate:
    """The day on whose end a term expires. The start is day zero (民法典 art. 201), the next working day is day one.
    Days on which the clock stands are passed over (domain.md §4 rule 5).
    """
    _require_in_range(start_on)
    if workdays < 1:
        raise Refused("workdays_not_positive", workdays=workdays)
    position = bisect_right(calendar.working, start_on.toordinal()) + workdays - 1
    for first, behind in _standing(start_on, suspensions, calendar):
        if position >= first:
            position += behind - first
    if position >= len(calendar.working):
        raise _out_of_range(start_on=start_on, workdays=workdays)
    due_on = date.fromordinal(calendar.working[position])
    return DueDate(start_on, workdays, due_on, _is_provisional(start_on, due_on, calendar))


def _standing(
    start_on: date, suspensions: Iterable[Suspension], calendar: WorkCalendar
) -> Iterator[tuple[int, int]]:
    """The places of suspended working days in the calendar's list, [first, behind), in order and each place once."""
    reached = bisect_right(calendar.working, start_on.toordinal())
    for one in sorted(suspensions, key=lambda span: (span.after, span.through)):
        first = max(reached, bisect_right(calendar.working, one.after.toordinal()))
        behind = bisect_right(calendar.working, one.through.toordinal())
        if behind > first:
            yield first, behind
            reached = behind


def explain(
    start_on: date, workdays: int, calendar: WorkCalendar, suspensions: Sequence[Suspension] = ()
) -> tuple[DayNote, ...]:
    """A due date day by day, from the start (第0日) to the due day: what counts, what does not, and why."""
    due = due_date(start_on, workdays, calendar, suspensions)
    first = DayNote(start_on, False, 0, "第0日 受理交办当日，不计")
    return (first, *_counted_days(start_on, due.due_on, calendar, suspensions))


def workdays_between(a: date, b: date, calendar: WorkCalendar) -> int:
    """Working days in (a, b]: what is left from `a` to `b`. Negative when `b` is before `a`."""
    _require_in_range(a)
    _require_in_range(b)
    return bisect_right(calendar.working, b.toordinal()) - bisect_right(calendar.working, a.toordinal())


def is_overdue(today: date, due_on: date) -> bool:
    """Overdue only after the due day has ended."""
    return today > due_on


def local_day(instant: datetime) -> date:
    """The calendar day of an instant in Asia/Shanghai. ValueError when it is naive: its day is unknown."""
    if instant.utcoffset() is None:
        raise ValueError("naive datetime")
    try:
        day = instant.astimezone(SHANGHAI).date()
    except OverflowError as error:
        raise _out_of_range(instant=instant) from error
    _require_in_range(day)
    return day


def end_of_day(day: date) -> datetime:
    """24:00 Asia/Shanghai of the day as an instant in UTC: a term due that day is kept before it."""
    _require_in_range(day)
    return datetime.combine(day + ONE_DAY, time(), SHANGHAI).astimezone(UTC)


def provisional_years(start_on: date, due_on: date, calendar: WorkCalendar) -> tuple[int, ...]:
    """Years of (start, due] without an arrangement: while there are any, the date is 暂算."""
    _require_in_range(start_on)
    first_year = (start_on + ONE_DAY).year
    return tuple(year for year in range(first_year, due_on.year + 1) if year not in calendar.arranged_years)


def _is_provisional(start_on: date, due_on: date, calendar: WorkCalendar) -> bool:
    if start_on.year == due_on.year:
        return due_on.year not in calendar.arranged_years
    return bool(provisional_years(start_on, due_on, calendar))


def _counted_days(
    start_on: date, due_on: date, calendar: WorkCalendar, suspensions: Sequence[Suspension]
) -> Iterator[DayNote]:
    number = 0
    for ordinal in range(start_on.toordinal() + 1, due_on.toordinal() + 1):
        day = date.fromordinal(ordinal)
        is_worked = is_workday(day, calendar)
        standing = next((one for one in suspensions if one.covers(day)), None) if is_worked else None
        if standing is not None:
            reason = f"{WEEKDAY_NAMES[day.weekday()]} 中止计时（{standing.why}） 不计"
            yield DayNote(day, False, None, reason, standing.why)
            continue
        number += is_worked
        counted = number if is_worked else None
        yield DayNote(day, is_worked, counted, _reason(day, counted, calendar))


def _reason(day: date, number: int | None, calendar: WorkCalendar) -> str:
    mark = calendar.marked.get(day)
    weekday = WEEKDAY_NAMES[day.weekday()]
    provisional = "" if day.year in calendar.arranged_years else "（暂算）"
    if number is None:
        return f"{mark.name if mark else statutory_name(day, calendar) or weekday} 不计{provisional}"
    makes_up = "调休上班 " if mark and day.weekday() >= 5 else ""
    return f"{weekday} {makes_up}第{number}日{provisional}"


def _require_in_range(day: date) -> None:
    if isinstance(day, datetime):
        raise TypeError("a calendar day is needed, not an instant: use local_day")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _out_of_range(day=day)


def _out_of_range(**facts: object) -> Refused:
    return Refused("date_out_of_range", first_year=FIRST_YEAR, last_year=LAST_YEAR, **facts)
