"""Reading the office's calendar, as it is and as it ever was."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.errors import NotFound
from models.workdays.shipped import statutory_days
from models.workdays.tables import ArrangementDay, ArrangementRow, years_of
from models.workdays.types import ArrangementStatus, MarkedDay, WorkCalendar, build_calendar

_VERSION = select(func.max(col(ArrangementRow.version)))
"""Built once: nearly every page asks."""


@dataclass(frozen=True)
class Notice:
    """What brought a calendar version: the years it arranged, and the notices it is based on."""

    version: int
    years: tuple[int, ...]
    source: str


def calendar_version(session: Session) -> int:
    """Version of the calendar in force; 0 while no year has an arrangement. One cheap statement: key a cache by it."""
    return session.connection().execute(_VERSION).scalar_one() or 0


def load_calendar(session: Session, version: int | None = None) -> WorkCalendar:
    """The whole calendar in two statements: the one in force, or that of an earlier version.
    `NotFound("no_such_calendar")` for a version there never was.
    """
    in_force = select(ArrangementRow.id, ArrangementRow.version, ArrangementRow.years).where(
        col(ArrangementRow.version).is_not(None)
    )
    rows = session.exec(in_force.order_by(col(ArrangementRow.version))).all()
    newest = max((number or 0 for _, number, _ in rows), default=0)
    wanted = newest if version is None else version
    if not 0 <= wanted <= newest:
        raise NotFound("no_such_calendar", version=wanted)
    arranged_by = {
        year: id_ for id_, number, years in rows if (number or 0) <= wanted for year in years_of(years)
    }
    return build_calendar(
        _days(session, arranged_by), version=wanted, statutory=statutory_days(), arranged_years=arranged_by
    )


def _days(session: Session, arranged_by: dict[int, int | None]) -> list[MarkedDay]:
    """Of each year the days of the one arrangement that counts."""
    one = ArrangementDay
    found = select(one.arrangement_id, one.on, one.kind, one.name, one.source).where(  # type: ignore[call-overload]
        col(one.arrangement_id).in_(set(arranged_by.values()))
    )
    return [
        MarkedDay(on, kind, name, source)
        for id_, on, kind, name, source in session.exec(found).all() if arranged_by.get(on.year) == id_
    ]


def arrangement(session: Session, uid: str, *, lock: bool = False) -> ArrangementRow:
    """A proposal by its public id, whatever became of it. `lock` for whoever decides it."""
    found = select(ArrangementRow).where(col(ArrangementRow.uid) == uid)
    row = session.exec(found.with_for_update() if lock else found).one_or_none()
    if row is None:
        raise NotFound("no_such_arrangement")
    return row


def arranged_days(session: Session, row: ArrangementRow) -> tuple[MarkedDay, ...]:
    """The days of one arrangement, by date."""
    found = select(ArrangementDay).where(col(ArrangementDay.arrangement_id) == row.id).order_by(col(ArrangementDay.on))
    return tuple(MarkedDay(day.on, day.kind, day.name, day.source) for day in session.exec(found).all())


def open_proposals(session: Session) -> Sequence[ArrangementRow]:
    """What waits for a second person, oldest first."""
    found = select(ArrangementRow).where(col(ArrangementRow.status) == ArrangementStatus.PROPOSED)
    return session.exec(found.order_by(col(ArrangementRow.id))).all()


def decided(session: Session, *, limit: int) -> Sequence[ArrangementRow]:
    """What came into force and what did not, the newest decision first."""
    found = select(ArrangementRow).where(col(ArrangementRow.status) != ArrangementStatus.PROPOSED)
    return session.exec(found.order_by(col(ArrangementRow.decided_at).desc(), col(ArrangementRow.id).desc())
                        .limit(limit)).all()


def notices(session: Session) -> tuple[Notice, ...]:
    """What brought each calendar version, oldest first."""
    found = select(ArrangementRow).where(col(ArrangementRow.version).is_not(None))
    rows = session.exec(found.order_by(col(ArrangementRow.version))).all()
    return tuple(Notice(row.version or 0, row.year_numbers, row.source) for row in rows)
