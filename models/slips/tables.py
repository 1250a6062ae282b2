"""The register of slips. Content and number are frozen at issue; the PDF is kept from its first print on."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid


class SlipKind(StrEnum):
    REPLY = "reply"


SLIP_LABELS = {SlipKind.REPLY: "答复书"}
SLIP_MARKS = {SlipKind.REPLY: "沅优办答"}


class SlipStatus(StrEnum):
    ISSUED = "issued"
    VOID = "void"


class Slip(Table, table=True):
    __tablename__ = "slips"
    __table_args__ = (
        UniqueConstraint("kind", "year", "number"),
        enum_check("kind", SlipKind),
        enum_check("status", SlipStatus),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_slips_appeal_id", "appeal_id"),
        Index("ix_slips_issued_on", "issued_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    kind: SlipKind = Field(sa_column=Column(enum_type(SlipKind), nullable=False))
    year: int
    number: int
    status: SlipStatus = Field(default=SlipStatus.ISSUED, sa_column=Column(enum_type(SlipStatus), nullable=False))
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int = 1
    unit_name: str = Field(sa_column=Column(String(80), nullable=False))
    title: str = Field(sa_column=Column(String(160), nullable=False))
    issued_on: date
    issued_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    issued_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    verification_code: str = Field(sa_column=Column(String(24), nullable=False, unique=True))
    content: str = Field(sa_column=Column(Text, nullable=False))
    content_hash: str = Field(sa_column=Column(String(64), nullable=False))
    pdf_name: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    pdf_sha256: str | None = Field(default=None, sa_column=Column(String(64)))
