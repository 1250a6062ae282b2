"""One row for each act, refusal, view of an identity, print and export (AUD-1…3). Ids only, never personal text."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, String
from sqlmodel import Field

from models.base import Instant, Table


class AuditRow(Table, table=True):
    __tablename__ = "audit_log"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor_id: int | None = Field(default=None)
    action: str = Field(sa_column=Column(String(40), nullable=False))
    object_kind: str = Field(sa_column=Column(String(20), nullable=False))
    object_id: str = Field(default="", sa_column=Column(String(40), nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))


class AuditHead(Table, table=True):
    """The last row's number and hash, locked while a row is added; what `audit verify` compares the tail with."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = 0
    hash: str = Field(default="", sa_column=Column(String(64), nullable=False))
    at: datetime | None = Field(default=None, sa_column=Column(Instant))
