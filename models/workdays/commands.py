"""Writing the office's calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, delete

from models.errors import Refused
from models.workdays.notice import LineNote, incomplete_years
from models.workdays.queries import calendar_version
from models.workdays.tables import CalendarDay, CalendarYear
from models.workdays.types import DayKind, MarkedDay


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought: marked days by year, and the calendar's new version."""

    days_by_year: Mapping[int, int]
    version: int


def import_arrangement(
    session: Session, days: Sequence[MarkedDay], *, at: datetime, by: int | None = None
) -> ImportResult:
    """Replaces the whole years these days lie in; other years stay. The version is one above the highest so far.

    Due dates already promised do not move by this (CLK-3): recomputing them is an act of its own.
    `Refused("arrangement_unsound", problems=…)` for no days, a date twice or an incomplete year.
    """
    _require_sound(days)
    version = calendar_version(session) + 1
    years = {year: [day for day in days if day.on.year == year] for year in sorted({day.on.year for day in days})}
    for year, marked in years.items():
        _replace_year(session, year, marked, version=version, at=at, by=by)
    session.flush()
    return ImportResult({year: len(marked) for year, marked in years.items()}, version)


def _replace_year(
    session: Session, year: int, marked: Sequence[MarkedDay], *, version: int, at: datetime, by: int | None
) -> None:
    session.exec(delete(CalendarDay).where(col(CalendarDay.on).between(date(year, 1, 1), date(year, 12, 31))))
    session.exec(delete(CalendarYear).where(col(CalendarYear.year) == year))
    source = "；".join(dict.fromkeys(day.source for day in marked))
    session.add(CalendarYear(year=year, version=version, source=source[:400], imported_at=at, imported_by=by))
    session.add_all(
        CalendarDay(on=day.on, kind=day.kind, name=day.name, source=day.source, version=version) for day in marked
    )


def _require_sound(days: Sequence[MarkedDay]) -> None:
    faults = [] if days else ["没有任何日期"]
    if len({day.on for day in days}) < len(days):
        faults.append("同一日期出现了两次")
    off = [day.on for day in days if day.kind is DayKind.OFF]
    faults += incomplete_years({day.on.year for day in days}, off)
    if faults:
        raise Refused("arrangement_unsound", problems=tuple(LineNote(0, fault) for fault in faults))
