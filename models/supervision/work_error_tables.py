"""The register of work errors: an entry as it stands, the events that it is made of, and its evidence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlmodel import Field

from models.accounts.types import Role
from models.appeals.types import FileWarning
from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.supervision.work_error_types import Grade, Happened, RevokeReason, Source, Status


class WorkError(Table, table=True):
    """One entry as its events add up. Who it is about and who registered it never change; nothing is deleted; what is
    revoked stays so (database triggers).
    """

    __tablename__ = "work_errors"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        enum_check("source", Source),
        enum_check("grade", Grade),
        enum_check("status", Status),
        enum_check("registrar_role", Role),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_work_errors_unit_id_occurred_on", "unit_id", "occurred_on"),
        Index("ix_work_errors_occurred_on", "occurred_on"),
        Index("ix_work_errors_graded_on", "graded_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    year: int
    number: int
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    occurred_on: date
    content: str = Field(sa_column=Column(Text, nullable=False))
    source: Source = Field(sa_column=Column(enum_type(Source), nullable=False))
    grade: Grade = Field(sa_column=Column(enum_type(Grade), nullable=False))
    circumstances: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    basis: str = Field(default="", sa_column=Column(Text, nullable=False))
    accountability: str = Field(default="", sa_column=Column(Text, nullable=False))
    appeal_id: int | None = Field(default=None, sa_column=Column(ForeignKey("appeals.id")))
    status: Status = Field(default=Status.REGISTERED, sa_column=Column(enum_type(Status), nullable=False))
    registrar_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    registrar_role: Role = Field(sa_column=Column(enum_type(Role), nullable=False))
    registered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    graded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    graded_on: date
    """The local day of `graded_at`: what the reports of a month ask for."""
    is_answered: bool = False
    version: int = 1


class WorkErrorFile(Table, table=True):
    """Evidence (佐证) of an entry: the file as it was sent, and the copy that whoever may not have the original gets.
    Never changed, never deleted (database trigger).
    """

    __tablename__ = "work_error_files"
    __table_args__ = (UniqueConstraint("error_id", "no"), enum_check("warning", FileWarning))

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    error_id: int = Field(sa_column=Column(ForeignKey("work_errors.id"), nullable=False))
    no: int
    stored_name: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    display_name: str = Field(sa_column=Column(String(120), nullable=False))
    kind: str = Field(sa_column=Column(String(8), nullable=False))
    size: int
    sha256: str = Field(sa_column=Column(String(64), nullable=False))
    derivative_name: str | None = Field(default=None, sa_column=Column(String(64)))
    derivative_sha256: str = Field(default="", sa_column=Column(String(64), nullable=False))
    derivative_size: int = 0
    warning: FileWarning = Field(default=FileWarning.NONE, sa_column=Column(enum_type(FileWarning), nullable=False))
    added_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    added_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    added_by_name: str = Field(sa_column=Column(String(40), nullable=False))


class WorkErrorEvent(Table, table=True):
    """One act on an entry. Never changed, never deleted (database trigger). `seq` is the entry's version after it.

    `said` is the whole finding where the act wrote one; `reason` is why, or the unit's own words in its answer.
    """

    __tablename__ = "work_error_events"
    __table_args__ = (
        UniqueConstraint("error_id", "seq"),
        enum_check("happened", Happened),
        enum_check("role", Role),
        enum_check("code", RevokeReason),
        CheckConstraint("(happened = 'revoke') = (code IS NOT NULL)", name="revoke_code"),
        Index(
            "uq_work_error_events_answer", "error_id", unique=True, sqlite_where=text("happened = 'answer'"),
            postgresql_where=text("happened = 'answer'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    error_id: int = Field(sa_column=Column(ForeignKey("work_errors.id"), nullable=False))
    seq: int
    happened: Happened = Field(sa_column=Column(enum_type(Happened), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    actor_name: str = Field(sa_column=Column(String(40), nullable=False))
    role: Role = Field(sa_column=Column(enum_type(Role), nullable=False))
    said: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    code: RevokeReason | None = Field(default=None, sa_column=Column(enum_type(RevokeReason)))
