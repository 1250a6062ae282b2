"""Reading the office's calendar."""

from sqlmodel import Session, col, func, select

from models.workdays.shipped import statutory_days
from models.workdays.tables import CalendarDay, CalendarYear
from models.workdays.types import MarkedDay, WorkCalendar, build_calendar

_VERSION = select(func.max(col(CalendarYear.version)))
"""Built once: nearly every page asks."""


def calendar_version(session: Session) -> int:
    """Version of the newest import; 0 while no year has an arrangement. One cheap statement: key a cache by it."""
    return session.connection().execute(_VERSION).scalar_one() or 0


def load_calendar(session: Session) -> WorkCalendar:
    """The whole calendar, in two statements, as the database has it now."""
    years = session.exec(select(CalendarYear.year, CalendarYear.version)).all()
    days = session.exec(select(CalendarDay), execution_options={"populate_existing": True}).all()
    return build_calendar(
        (MarkedDay(day.on, day.kind, day.name, day.source) for day in days),
        version=max((version for _, version in years), default=0),
        statutory=statutory_days(),
        arranged_years=(year for year, _ in years),
    )
