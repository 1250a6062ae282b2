"""A year of the working-day calendar as text: twelve months, two abreast, with days off and make-up days marked."""

import calendar
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from models.workdays.rules import WEEKDAY_NAMES, is_workday, statutory_name
from models.workdays.types import DayKind, WorkCalendar
from webapp.year_lines import arranged_lines, days_of_year, statutory_lines

_MARKS = {DayKind.OFF: "休", DayKind.WORK: "班"}
_NO_MARK = "  "  # as wide on a terminal as one Chinese character
_CELL_COLUMNS = 5
_MONTH_COLUMNS = 7 * _CELL_COLUMNS
_GAP = "    "
_WEEKS = calendar.Calendar(firstweekday=calendar.MONDAY)


def year_view(year: int, work_calendar: WorkCalendar) -> Iterator[str]:
    """Lines of the view: the months, then what the year's arrangement says, or 暂算 and the statutory days."""
    is_arranged = year in work_calendar.arranged_years
    worked = sum(is_workday(day, work_calendar) for day in days_of_year(year))
    yield f"{year}年工作日历{'' if is_arranged else '（暂算）'}  共{worked}个工作日  日历版本 {work_calendar.version}"
    if not is_arranged:
        yield f"{year}年的放假安排尚未公布：只扣除周末和法定节假日，公布并导入后重新计算。"
    yield ""
    for month in range(1, 13, 2):
        yield from _two_months(year, month, work_calendar)
    yield "休 = 放假  班 = 调休上班；未标注的周六、周日不计工作日"
    yield ""
    if is_arranged:
        yield from (f"{line.word}  {line.text}" for line in arranged_lines(year, work_calendar))
    else:
        yield "法定节假日："
        yield from (f"  {line}" for line in statutory_lines(year, work_calendar))


def _two_months(year: int, month: int, work_calendar: WorkCalendar) -> Iterator[str]:
    left, right = (list(_month(year, number, work_calendar)) for number in (month, month + 1))
    for a, b in zip_longest(left, right, fillvalue=" " * _MONTH_COLUMNS):
        yield f"{a}{_GAP}{b}".rstrip()
    yield ""


def _month(year: int, month: int, work_calendar: WorkCalendar) -> Iterator[str]:
    title = f"{month}月"
    yield title + " " * (_MONTH_COLUMNS - len(title) - 1)  # 月 takes two columns
    yield "".join(f"{name[1]}   " for name in WEEKDAY_NAMES)
    for week in _WEEKS.monthdayscalendar(year, month):
        yield "".join(_cell(date(year, month, day), work_calendar) if day else " " * _CELL_COLUMNS for day in week)


def _cell(day: date, work_calendar: WorkCalendar) -> str:
    mark = work_calendar.marked.get(day)
    if mark:
        return f"{day.day:>2}{_MARKS[mark.kind]} "
    return f"{day.day:>2}{'休' if statutory_name(day, work_calendar) else _NO_MARK} "
