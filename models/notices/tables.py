"""Notices by person, the mails that go out with them, and what is done once a day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, text
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.notices.types import MailState


class Notice(Table, table=True):
    """One person is told one thing once. `kind` is a `NoticeKind`; the column takes any, so that a new one is no
    migration. `facts` are numbers and codes: no text that somebody wrote, and nobody's name.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_account_id_id", "account_id", "id"),
        Index(
            "ix_notices_unread", "account_id", "read_at",
            sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_notices_created_at", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    appeal_id: int | None = Field(default=None, sa_column=Column(ForeignKey("appeals.id"), index=True))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    read_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    dedupe_key: str = Field(sa_column=Column(String(120), nullable=False, unique=True))


class OutgoingMail(Table, table=True):
    """A notice that also goes by mail. The address is read when it is sent; subject and body are made of `kind` and
    `facts` then. `attempts` names the attempt under way: one that was given up says nothing any more.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        enum_check("state", MailState),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outgoing_mails_state_next_try_at", "state", "next_try_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    appeal_id: int | None = Field(default=None, sa_column=Column(ForeignKey("appeals.id")))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: MailState = Field(default=MailState.WAITING, sa_column=Column(enum_type(MailState), nullable=False))
    attempts: int = 0
    next_try_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    last_error: str = Field(default="", sa_column=Column(String(40), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    dedupe_key: str = Field(sa_column=Column(String(120), nullable=False, unique=True))


class DailyRun(Table, table=True):
    """What is done once a day, and is done for that day: of two machines one writes the row."""

    __tablename__ = "daily_runs"

    name: str = Field(sa_column=Column(String(32), primary_key=True))
    day: date = Field(primary_key=True)
