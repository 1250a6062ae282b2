"""The working-day calendar of the database, kept in memory: the one in force until its version changes, and those of
earlier versions, which never change.
"""

from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, current_app, g
from sqlmodel import Session

from models.workdays.arrangement_rules import missing_year
from models.workdays.queries import calendar_version, load_calendar
from models.workdays.types import WorkCalendar
from webapp import clock, db

MOST_KEPT = 12
"""Calendars in memory, a megabyte each; a running round is seldom older than one or two versions."""
_lock = Lock()


@dataclass
class _Known:
    """By version. What is asked for beyond `MOST_KEPT` pushes out what was read first."""

    by_version: dict[int, WorkCalendar] = field(default_factory=dict)

    def keep(self, calendar: WorkCalendar) -> WorkCalendar:
        while len(self.by_version) >= MOST_KEPT:
            self.by_version.pop(next(iter(self.by_version)))
        return self.by_version.setdefault(calendar.version, calendar)


def calendar_for(session: Session) -> WorkCalendar:
    """One small statement to learn the version; the calendar itself is read again only after an import."""
    return calendar_at(session, calendar_version(session))


def calendar_at(session: Session, version: int) -> WorkCalendar:
    """The calendar as it was in that version: no statement once it is known. Only for versions that are committed: what
    a transaction brings itself is read by `load_calendar`, or a rollback would leave it here.
    """
    known: _Known = current_app.extensions.setdefault("zhitongche.calendar", _Known())
    found = known.by_version.get(version)
    if found is not None:
        return found
    calendar = load_calendar(session, version)
    with _lock:
        return known.keep(calendar)


def current_calendar() -> WorkCalendar:
    """The calendar of this request."""
    if "calendar" not in g:
        g.calendar = calendar_for(db.session())
    return g.calendar


def explaining_calendar(session: Session, version: int | None) -> WorkCalendar:
    """The calendar with which a date was computed; where nothing tells its version, the one in force."""
    return calendar_for(session) if version is None else calendar_at(session, version)


def missing_arrangement() -> int | None:
    """The year whose arrangement is wanting today (CLK-5)."""
    return missing_year(clock.today(), current_calendar())


def init_app(app: Flask) -> None:
    app.add_template_global(missing_arrangement)
