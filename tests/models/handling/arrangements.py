"""An invented arrangement of 2027: real enough to move dates, so that nobody waits for the State Council in a test."""

from datetime import date, timedelta

from models.workdays.types import DayKind, MarkedDay

NOTICE = "测试用2027年安排"


def days_of(year: int) -> tuple[MarkedDay, ...]:
    """New Year with a make-up Saturday, a long Spring Festival with two make-up days, the rest as usual."""
    off = [date(year, 1, 1), date(year, 1, 2), date(year, 1, 3)]
    off += [date(year, 2, 5) + timedelta(days=n) for n in range(9)]
    off += [date(year, 10, 1) + timedelta(days=n) for n in range(8)]
    work = [date(year, 1, 9), date(year, 2, 20), date(year, 2, 28)]
    return (
        *(MarkedDay(day, DayKind.OFF, "放假", NOTICE) for day in off),
        *(MarkedDay(day, DayKind.WORK, "调休上班", NOTICE) for day in work),
    )
