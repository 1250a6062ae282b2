"""What a proposed arrangement would do to the calendar, who may decide it, and when one is missing. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.workdays.notice import LineNote
from models.workdays.rules import WEEKDAY_NAMES
from models.workdays.types import (
    FIXED_STATUTORY_DAYS,
    ArrangementStatus,
    DayKind,
    MarkedDay,
    WorkCalendar,
    build_calendar,
)

PUBLISHED_FROM_MONTH = 11
"""The State Council decides on the next year at the end of October or in November (CLK-5)."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Difference:
    """A day that an arrangement marks otherwise than the calendar in force; None where one of them says nothing."""

    on: date
    before: MarkedDay | None
    after: MarkedDay | None


def with_arrangement(calendar: WorkCalendar, days: Iterable[MarkedDay]) -> WorkCalendar:
    """The calendar as it would be once these days came into force: their whole years are replaced."""
    new = tuple(days)
    years = {day.on.year for day in new}
    kept = (day for day in calendar.marked.values() if day.on.year not in years)
    return build_calendar(
        (*kept, *new), version=calendar.version + 1, statutory=calendar.statutory,
        arranged_years=calendar.arranged_years | years,
    )


def completed(days: Iterable[MarkedDay], year: int, calendar: WorkCalendar) -> tuple[MarkedDay, ...]:
    """A notice for one year may name the last days of the year before, or the first of the next. Where that year is
    arranged, they are added to what counts there, because an arrangement always replaces whole years.
    """
    named = {day.on: day for day in days}
    others = {day.year for day in named if day.year != year and day.year in calendar.arranged_years}
    kept = {day.on: day for day in calendar.marked.values() if day.on.year in others}
    return tuple(sorted((kept | named).values(), key=lambda day: day.on))


def differences(calendar: WorkCalendar, days: Iterable[MarkedDay]) -> tuple[Difference, ...]:
    """What would change in years that are arranged already. A year that had no arrangement is new as a whole."""
    new = {day.on: day for day in days}
    years = {on.year for on in new} & calendar.arranged_years
    old = {on: day for on, day in calendar.marked.items() if on.year in years}
    return tuple(
        Difference(on, old.get(on), new.get(on))
        for on in sorted(old.keys() | {on for on in new if on.year in years})
        if (old[on].kind if on in old else None) != (new[on].kind if on in new else None)
    )


def forgotten(days: Iterable[MarkedDay], calendar: WorkCalendar) -> tuple[LineNote, ...]:
    """Days off by law that the arrangement does not give: most likely a line was left out. A remark, no fault."""
    marked = {day.on: day.kind for day in days}
    years = {on.year for on in marked}
    lawful = {on: name for on, name in calendar.statutory.items() if on.year in years}
    lawful |= {date(year, *day): name for year in years for day, name in FIXED_STATUTORY_DAYS.items()
               if date(year, *day) not in lawful}
    return tuple(
        LineNote(0, f"{on.month}月{on.day}日（{WEEKDAY_NAMES[on.weekday()]}）是法定节假日（{name}），这份安排没有放假，"
                    "请核对是否漏了一项")
        for on, name in sorted(lawful.items()) if marked.get(on) is not DayKind.OFF
    )


def missing_year(today: date, calendar: WorkCalendar) -> int | None:
    """The year whose arrangement is wanting today: this one, or from 1 November on the next (CLK-5)."""
    if today.year not in calendar.arranged_years:
        return today.year
    is_due = today.month >= PUBLISHED_FROM_MONTH and today.year + 1 not in calendar.arranged_years
    return today.year + 1 if is_due else None


def refused_to_propose(actor: Actor) -> str | None:
    return None if permits(actor.roles, Permission.KEEP_CALENDAR) else "calendar_not_your_role"


def refused_to_decide(actor: Actor, proposed_by_id: int | None) -> str | None:
    """Approving and refusing take a second person (domain.md §4 rule 8)."""
    if proposed_by_id == actor.account_id:
        return "arrangement_own"
    return refused_to_propose(actor)


def refused_to_withdraw(actor: Actor, proposed_by_id: int | None) -> str | None:
    return None if proposed_by_id == actor.account_id else "arrangement_not_own"


def conflict(status: ArrangementStatus, base_version: int, version: int) -> str | None:
    """Why it can be decided no more: somebody did, or the calendar it was made for is no longer in force."""
    if status is ArrangementStatus.STALE or (status is ArrangementStatus.PROPOSED and base_version != version):
        return "arrangement_stale"
    return None if status is ArrangementStatus.PROPOSED else "arrangement_decided"
