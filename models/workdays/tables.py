"""Every arrangement there ever was: proposed, in force from a calendar version on, or not come into force (CLK-3).

Nothing is replaced: of each year the newest arrangement in force counts, and every earlier calendar can be read again.
"""

import datetime as dt

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.workdays.types import ArrangementStatus, DayKind

SECOND_PERSON = (
    "status NOT IN ('in_force', 'refused') OR (proposed_by_id IS NULL AND decided_by_id IS NULL) "
    "OR (proposed_by_id IS NOT NULL AND decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)"
)
OWN_WITHDRAWAL = "status <> 'withdrawn' OR (decided_by_id IS NOT NULL AND decided_by_id = proposed_by_id)"


def years_of(text: str) -> tuple[int, ...]:
    """Years as the table writes them: "2026,2027"."""
    return tuple(int(year) for year in text.split(",") if year)


class ArrangementRow(Table, table=True):
    """The arrangement of one or several whole years. Once decided it never changes (database trigger).

    `base_version` is the calendar it was proposed against, `version` the one it made. Nobody proposed or approved what
    the operator of the host imported, and what came with the product. `text` is what was read, for reading it again.
    """

    __tablename__ = "arrangements"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("version"),
        enum_check("status", ArrangementStatus),
        CheckConstraint("(status = 'in_force') = (version IS NOT NULL)", name="version"),
        CheckConstraint("version IS NULL OR version = base_version + 1", name="base_version"),
        CheckConstraint(SECOND_PERSON, name="second_person"),
        CheckConstraint(OWN_WITHDRAWAL, name="own_withdrawal"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False))
    status: ArrangementStatus = Field(sa_column=Column(enum_type(ArrangementStatus), nullable=False))
    base_version: int
    version: int | None = None
    years: str = Field(sa_column=Column(String(800), nullable=False))
    source: str = Field(sa_column=Column(String(400), nullable=False))
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    proposed_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    proposed_at: dt.datetime = Field(sa_column=Column(Instant, nullable=False))
    decided_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    decided_at: dt.datetime | None = Field(default=None, sa_column=Column(Instant))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))

    @property
    def year_numbers(self) -> tuple[int, ...]:
        """The whole years it arranges, in order. None is left of what was replaced before arrangements were kept."""
        return years_of(self.years)


class ArrangementDay(Table, table=True):
    """A day off or a make-up working day of an arrangement. Written with its proposal, never changed (trigger)."""

    __tablename__ = "arrangement_days"
    __table_args__ = (enum_check("kind", DayKind),)

    arrangement_id: int = Field(sa_column=Column(Integer, ForeignKey("arrangements.id"), primary_key=True))
    on: dt.date = Field(sa_column=Column(Date, primary_key=True))
    kind: DayKind = Field(sa_column=Column(enum_type(DayKind), nullable=False))
    name: str = Field(sa_column=Column(String(80), nullable=False))
    source: str = Field(sa_column=Column(String(80), nullable=False))
