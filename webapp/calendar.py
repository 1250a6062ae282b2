"""The working-day calendar of the database, kept in memory until its version changes."""

from threading import Lock

from flask import current_app, g
from sqlmodel import Session

from models.workdays.queries import calendar_version, load_calendar
from models.workdays.types import WorkCalendar
from webapp import db

_lock = Lock()


def calendar_for(session: Session) -> WorkCalendar:
    """One small statement to learn the version; the calendar itself is read again only after an import."""
    version = calendar_version(session)
    known: WorkCalendar | None = current_app.extensions.get("zhitongche.calendar")
    if known is not None and known.version == version:
        return known
    with _lock:
        known = load_calendar(session)
        current_app.extensions["zhitongche.calendar"] = known
    return known


def current_calendar() -> WorkCalendar:
    """The calendar of this request."""
    if "calendar" not in g:
        g.calendar = calendar_for(db.session())
    return g.calendar
