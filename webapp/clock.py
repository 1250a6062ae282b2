"""The only reader of the time. Tests travel with time-machine or replace nothing: everything else takes `now` as an
argument.
"""

from datetime import UTC, date, datetime

from models.workdays.rules import local_day


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Asia/Shanghai, whatever the process's time zone (CLK-1)."""
    return local_day(now())
