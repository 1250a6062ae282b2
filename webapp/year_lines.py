"""What a year's arrangement says, line by line: for the command line and for the calendar's page."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from models.workdays.rules import WEEKDAY_NAMES, statutory_name
from models.workdays.types import DayKind, MarkedDay, WorkCalendar


class YearLine(NamedTuple):
    """`word` is 放假, 上班 or 依据."""

    word: str
    text: str


def arranged_lines(year: int, calendar: WorkCalendar) -> Iterator[YearLine]:
    """Each holiday with its days, then the make-up days, then the notices."""
    days = sorted((day for day in calendar.marked.values() if day.on.year == year), key=lambda day: day.on)
    off = [day for day in days if day.kind is DayKind.OFF]
    for name, span in groupby(off, key=lambda day: day.name):
        yield YearLine("放假", f"{name}：{_span(list(span))}")
    for day in days:
        if day.kind is DayKind.WORK:
            yield YearLine("上班", f"{day.name}：{day_text(day.on)}")
    yield from (YearLine("依据", source) for source in dict.fromkeys(day.source for day in days))


def statutory_lines(year: int, calendar: WorkCalendar) -> Iterator[str]:
    """The days off by law of a year without an arrangement."""
    for day in days_of_year(year):
        if name := statutory_name(day, calendar):
            yield f"{day_text(day)} {name}"


def days_of_year(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def day_text(day: date) -> str:
    return f"{day.month}月{day.day}日（{WEEKDAY_NAMES[day.weekday()]}）"


def _span(days: list[MarkedDay]) -> str:
    first, last = days[0].on, days[-1].on
    if (last - first).days + 1 != len(days):  # with a gap: name each day
        return "、".join(day_text(day.on) for day in days)
    return day_text(first) if first == last else f"{day_text(first)}至{day_text(last)}，共{len(days)}天"
