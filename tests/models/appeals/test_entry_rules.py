"""The day a call or letter came: five working days back at most, by the calendar with its holidays and make-up days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.accounts.types import Role
from models.appeals.entry_rules import check_received_on, earliest_received_on, needs_reason
from models.appeals.types import Channel
from models.errors import Refused
from models.handling.entry import write_down
from models.workdays.shipped import shipped_calendar
from tests.support.actors import actor
from tests.support.factories import IDENTITY, MORNING, VAULT, filing

CALENDAR = shipped_calendar()
VECTORS = [
    ("2026-11-17", "2026-11-10", "an ordinary week"),
    ("2026-11-22", "2026-11-13", "a Sunday: the whole week, and the Friday before it"),
    ("2026-10-10", "2026-09-28", "a make-up Saturday after the National Day week"),
    ("2026-10-05", "2026-09-22", "in the middle of the holidays, Mid-Autumn before them"),
    ("2026-02-24", "2026-02-10", "after the Spring Festival and its make-up Saturday"),
    ("2027-01-04", "2026-12-25", "a year without an arrangement: weekends and New Year's Day"),
]


@pytest.mark.parametrize(("today", "earliest"), [row[:2] for row in VECTORS], ids=[row[2] for row in VECTORS])
def test_the_earliest_day_is_five_working_days_back(today, earliest):
    day = date.fromisoformat(today)
    assert earliest_received_on(day, CALENDAR) == date.fromisoformat(earliest)
    check_received_on(date.fromisoformat(earliest), day, CALENDAR)
    with pytest.raises(Refused) as refused:
        check_received_on(date.fromisoformat(earliest) - timedelta(days=1), day, CALENDAR)
    assert refused.value.code == "received_too_long_ago"


def test_tomorrow_is_refused_and_only_another_day_than_today_wants_a_reason():
    today = date(2026, 11, 17)
    with pytest.raises(Refused, match="received_in_future"):
        check_received_on(date(2026, 11, 18), today, CALENDAR)
    assert not needs_reason(today, today) and needs_reason(date(2026, 11, 16), today)


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({"channel": Channel.WEB}, "", "channel_unknown"),
        ({"paper_received_on": None}, "", "channel_unknown"),
        ({"paper_received_on": date(2026, 11, 16)}, "", "late_entry_reason_missing"),
        ({"paper_received_on": date(2026, 11, 9)}, "转交晚了", "received_too_long_ago"),
        ({"recorded_by": None}, "", "not_your_role"),
        ({"recorded_by": Role.SUPERVISOR}, "", "not_your_role"),
        ({"recorded_by": Role.HANDLER}, "", "not_your_role"),
    ],
)
def test_the_command_itself_refuses_what_the_form_would(session, changes, reason, code):
    told = filing(channel=Channel.CALL, paper_received_on=date(2026, 11, 17), recorded_by=actor(session, Role.CLERK))
    changes = {
        name: actor(session, value, unit="市监局") if isinstance(value, Role) else value
        for name, value in changes.items()
    }
    with pytest.raises(Refused, match=code):
        write_down(
            session, replace(told, **changes), IDENTITY, VAULT, reason=reason, now=MORNING, calendar=CALENDAR
        )
