"""Units as a tree, accounts with roles, and sign-in sessions kept on the server (SES-1)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlmodel import Field

from models.accounts.types import ListPlace, Role, UnitKind
from models.base import Instant, Table, enum_check, enum_type, new_uid


class Unit(Table, table=True):
    """A unit of the city. `path` lists its ancestors and itself by id: "/1/17/"."""

    __tablename__ = "units"
    __table_args__ = (enum_check("kind", UnitKind),)

    id: int | None = Field(default=None, primary_key=True)
    short_name: str = Field(sa_column=Column(String(40), nullable=False, unique=True))
    full_name: str = Field(sa_column=Column(String(80), nullable=False))
    kind: UnitKind = Field(sa_column=Column(enum_type(UnitKind), nullable=False))
    parent_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id"), index=True))
    path: str = Field(default="", sa_column=Column(String(120), nullable=False, index=True))
    monthly_appeals_quota: int = 0
    yearly_articles_quota: int = 0
    is_active: bool = True
    version: int = 1


class Account(Table, table=True):
    """Somebody who signs in. The password is an Argon2id string; a one-time password expires."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    username: str = Field(sa_column=Column(String(40), nullable=False, unique=True))
    display_name: str = Field(sa_column=Column(String(40), nullable=False))
    password_hash: str = Field(sa_column=Column(String(200), nullable=False))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id"), index=True))
    is_active: bool = True
    must_change_password: bool = False
    password_expires_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    email: str | None = Field(default=None, sa_column=Column(String(120)))
    """Where notices go as well, if anywhere; read when a mail is sent."""
    version: int = 1


class AccountRole(Table, table=True):
    __tablename__ = "account_roles"
    __table_args__ = (enum_check("role", Role),)

    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), primary_key=True))
    role: Role = Field(sa_column=Column(enum_type(Role), primary_key=True))


class Substitution(Table, table=True):
    """Somebody of the staff is away from `starts_at` until `ends_at`; a colleague holds their roles beside their own.
    `ended_at`: taken back before its last day.
    """

    __tablename__ = "substitutions"
    __table_args__ = (
        CheckConstraint("absent_id <> substitute_id", name="two_people"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        Index("ix_substitutions_substitute_id_ends_at", "substitute_id", "ends_at"),
        Index("ix_substitutions_absent_id_ends_at", "absent_id", "ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    absent_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    substitute_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    starts_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ends_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    named_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class LoginSession(Table, table=True):
    """One sign-in. Only a hash of the cookie's token is stored."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index("ix_login_sessions_account_id_ended_at", "account_id", "ended_at"),)

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    last_seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class LoginFailure(Table, table=True):
    """A wrong password, counted for an account name, an address and the two together (AUT-2). `subject_hash` is keyed,
    never the name itself.
    """

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_subject_hash_at", "subject_hash", "at"),)

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    subject_hash: str = Field(sa_column=Column(String(64), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class SavedFilter(Table, table=True):
    """A filter of a list that somebody gave a name. `query` is the list's own address, known keys only."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("account_id", "place", "name"), enum_check("place", ListPlace))

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    place: ListPlace = Field(sa_column=Column(enum_type(ListPlace), nullable=False))
    name: str = Field(sa_column=Column(String(20), nullable=False))
    query: str = Field(sa_column=Column(String(1200), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
