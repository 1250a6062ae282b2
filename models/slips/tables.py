"""The register of slips. Content and number are frozen at issue; the PDF is kept from its first print on. Beside it:
who signed for a slip, scans of paper receipts, and the office's own wording.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from models.appeals.types import FileWarning
from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.slips.kinds import SLIP_LABELS, SLIP_MARKS, SlipKind, SlipStatus

__all__ = ["SLIP_LABELS", "SLIP_MARKS", "Slip", "SlipKind", "SlipReceipt", "SlipScan", "SlipStatus", "SlipWording"]


class Slip(Table, table=True):
    """`unit_id` is the unit that receives it and signs for it; None for what goes to appellants, other bodies and every
    unit.
    """

    __tablename__ = "slips"
    __table_args__ = (
        UniqueConstraint("kind", "year", "number"),
        enum_check("kind", SlipKind),
        enum_check("status", SlipStatus),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "appeal_id IS NOT NULL OR unit_id IS NOT NULL OR kind = 'rating_bulletin'", name="appeal_or_unit"
        ),
        CheckConstraint("(status = 'void') = (voided_at IS NOT NULL)", name="voided_at"),
        Index("ix_slips_appeal_id", "appeal_id"),
        Index("ix_slips_issued_on", "issued_on"),
        Index("ix_slips_unit_id_status", "unit_id", "status"),
        Index("uq_slips_replaces_id", "replaces_id", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    kind: SlipKind = Field(sa_column=Column(enum_type(SlipKind), nullable=False))
    year: int
    number: int
    status: SlipStatus = Field(default=SlipStatus.ISSUED, sa_column=Column(enum_type(SlipStatus), nullable=False))
    appeal_id: int | None = Field(default=None, sa_column=Column(ForeignKey("appeals.id")))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    round: int = 1
    unit_name: str = Field(sa_column=Column(String(80), nullable=False))
    recipient: str = Field(default="诉求人", sa_column=Column(String(120), nullable=False))
    title: str = Field(sa_column=Column(String(160), nullable=False))
    issued_on: date
    issued_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    issued_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    verification_code: str = Field(sa_column=Column(String(24), nullable=False, unique=True))
    content: str = Field(sa_column=Column(Text, nullable=False))
    content_hash: str = Field(sa_column=Column(String(64), nullable=False))
    pdf_name: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    pdf_sha256: str | None = Field(default=None, sa_column=Column(String(64)))
    voided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    voided_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    void_reason: str | None = Field(default=None, sa_column=Column(Text))
    replaces_id: int | None = Field(default=None, sa_column=Column(ForeignKey("slips.id")))
    """The void slip in whose place it was issued; each is replaced once."""


class SlipReceipt(Table, table=True):
    """The unit's electronic signature for a slip: who, when. Once, never changed (database trigger)."""

    __tablename__ = "slip_receipts"

    slip_id: int = Field(sa_column=Column(ForeignKey("slips.id"), primary_key=True))
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    signed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    signed_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    signed_name: str = Field(sa_column=Column(String(40), nullable=False))


class SlipScan(Table, table=True):
    """A scan of a receipt that came back on paper. Judged like every upload; never deleted."""

    __tablename__ = "slip_scans"
    __table_args__ = (UniqueConstraint("slip_id", "no"), enum_check("warning", FileWarning))

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    slip_id: int = Field(sa_column=Column(ForeignKey("slips.id"), nullable=False))
    no: int
    stored_name: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    display_name: str = Field(sa_column=Column(String(120), nullable=False))
    kind: str = Field(sa_column=Column(String(8), nullable=False))
    size: int
    sha256: str = Field(sa_column=Column(String(64), nullable=False))
    warning: FileWarning = Field(default=FileWarning.NONE, sa_column=Column(enum_type(FileWarning), nullable=False))
    added_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    added_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))


class SlipWording(Table, table=True):
    """A version of a kind's fixed sentences as the office wrote them; the newest is in use. Append-only."""

    __tablename__ = "slip_wordings"
    __table_args__ = (UniqueConstraint("kind", "version"), enum_check("kind", SlipKind))

    id: int | None = Field(default=None, primary_key=True)
    kind: SlipKind = Field(sa_column=Column(enum_type(SlipKind), nullable=False))
    version: int
    opening: str = Field(default="", sa_column=Column(Text, nullable=False))
    demand: str = Field(default="", sa_column=Column(Text, nullable=False))
    closing: str = Field(default="", sa_column=Column(Text, nullable=False))
    come_back: str = Field(default="", sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    changed_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
