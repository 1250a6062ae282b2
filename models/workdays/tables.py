"""The office's calendar: the days an arrangement names, and the years that have one (CLK-3)."""

import datetime as dt

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, String
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type
from models.workdays.types import FIRST_YEAR, LAST_YEAR, DayKind


class CalendarDay(Table, table=True):
    """A day off or a make-up working day. `version` is the calendar version that brought it."""

    __tablename__ = "calendar_days"
    __table_args__ = (enum_check("kind", DayKind), CheckConstraint("version >= 1", name="version"))

    on: dt.date = Field(sa_column=Column(Date, primary_key=True))
    kind: DayKind = Field(sa_column=Column(enum_type(DayKind), nullable=False))
    name: str = Field(sa_column=Column(String(80), nullable=False))
    source: str = Field(sa_column=Column(String(80), nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class CalendarYear(Table, table=True):
    """A year with an arrangement. `source` joins its notices; `imported_by` is empty for the shipped ones."""

    __tablename__ = "calendar_years"
    __table_args__ = (
        CheckConstraint(f"year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}", name="year"),
        CheckConstraint("version >= 1", name="version"),
    )

    year: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    source: str = Field(sa_column=Column(String(400), nullable=False))
    imported_at: dt.datetime = Field(sa_column=Column(Instant, nullable=False))
    imported_by: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
