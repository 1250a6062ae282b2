"""What the office writes down for others: calls, letters, visits and what comes by other registers. Pure.

The server's clock says when it was written down (`received_at`, immutable). Beside it stands the day it came, which a
clerk may put back by a few working days only, saying why (reliability.md CLK-2): a letter found on Monday, a call noted
on paper while the system stood still.
"""

from datetime import date, timedelta
from typing import Final

from models.appeals.types import CHANNEL_LABELS, Channel
from models.errors import Refused
from models.workdays.rules import workdays_between
from models.workdays.types import WorkCalendar

MOST_WORKDAYS_BACK: Final = 5
ENTRY_CHANNELS: Final = {channel: label for channel, label in CHANNEL_LABELS.items() if channel is not Channel.WEB}
"""Every channel of the glossary but the web, where people file themselves."""
_ONE_DAY: Final = timedelta(days=1)


def earliest_received_on(today: date, calendar: WorkCalendar) -> date:
    """The first day that is at most five working days back. Days off between cost nothing."""
    day = today
    while workdays_between(day - _ONE_DAY, today, calendar) <= MOST_WORKDAYS_BACK:
        day -= _ONE_DAY
    return day


def check_received_on(received_on: date, today: date, calendar: WorkCalendar) -> None:
    """Raises `Refused`: `received_in_future`, or `received_too_long_ago` with the earliest day that is taken."""
    if received_on > today:
        raise Refused("received_in_future", today=today)
    earliest = earliest_received_on(today, calendar)
    if received_on < earliest:
        raise Refused("received_too_long_ago", earliest=earliest)


def needs_reason(received_on: date, today: date) -> bool:
    """A day other than today is explained."""
    return received_on != today
