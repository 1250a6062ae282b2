"""Appeals, demands, attachments, sealed identities and their reveals, kept forms, number series.

`state`, `round`, `complexity`, `lead_unit_id`, `has_question`, `assignee_id`, `next_*` and `dispatched_on` of an appeal
are projections of its events (`models.handling`); a test replays the events and demands equality. `number`,
`received_at` and `filed_at` never change (CLK-2).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlmodel import Field

from models.appeals.types import (
    AppealKind,
    AppellantKind,
    Channel,
    Complexity,
    FileWarning,
    Level,
    RevealStatus,
    State,
    ViewerGroup,
    ViewKind,
)
from models.base import Instant, Table, enum_check, enum_type, new_uid


class Appeal(Table, table=True):
    __tablename__ = "appeals"
    __table_args__ = (
        enum_check("appellant_kind", AppellantKind),
        enum_check("kind", AppealKind),
        enum_check("channel", Channel),
        enum_check("level", Level),
        enum_check("state", State),
        enum_check("complexity", Complexity),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("version >= 0", name="version"),
        Index("ix_appeals_unit_counts", "lead_unit_id", "state", "next_due_on", "kind", "against_unit_id"),
        Index("ix_appeals_unit_queue", "lead_unit_id", "next_due_on", "id", "state", "kind", "against_unit_id"),
        Index("ix_appeals_state_next_due_on", "state", "next_due_on"),
        Index("ix_appeals_state_received_at", "state", "received_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    number: str = Field(sa_column=Column(String(20), nullable=False, unique=True))
    submission_digest: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    content_digest: str = Field(default="", sa_column=Column(String(64), nullable=False))
    receipt_code_hash: str = Field(default="", sa_column=Column(String(200), nullable=False))
    source_ref: str | None = Field(default=None, sa_column=Column(String(60), unique=True))

    appellant_kind: AppellantKind = Field(sa_column=Column(enum_type(AppellantKind), nullable=False))
    is_confidential: bool = False
    kind: AppealKind = Field(sa_column=Column(enum_type(AppealKind), nullable=False))
    category: str = Field(sa_column=Column(String(40), nullable=False))
    channel: Channel = Field(sa_column=Column(enum_type(Channel), nullable=False))
    level: Level = Field(default=Level.NORMAL, sa_column=Column(enum_type(Level), nullable=False))
    against_unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id"), index=True))
    title: str = Field(sa_column=Column(String(120), nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    filed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    recorded_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    paper_received_on: date | None = None
    """The day a call, letter or visit came; `received_at` is when it was written down here (CLK-2). None on the web."""
    is_self_registered: bool = False
    """自办件: a unit received and completed the matter itself and reports it (domain.md §1)."""

    state: State = Field(sa_column=Column(enum_type(State), nullable=False))
    round: int = 1
    complexity: Complexity | None = Field(default=None, sa_column=Column(enum_type(Complexity)))
    lead_unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    dispatched_on: date | None = None
    next_stage: str | None = Field(default=None, sa_column=Column(String(20)))
    next_due_on: date | None = None
    is_provisional: bool = False
    version: int = 0
    has_question: bool = False
    """The office or the unit has asked the appellant something that is not answered yet."""
    has_assistance: bool = False
    """Units assist, or did: whether there is anything to read in `assistances`."""
    has_links: bool = False
    has_adjustment: bool = False
    """Merged, merged into, or linked: whether there is anything to read in `appeal_links`."""
    assignee_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    """Who of the lead unit works on it (经办)."""


class Demand(Table, table=True):
    """One numbered point inside an appeal; each gets its own outcome."""

    __tablename__ = "demands"
    __table_args__ = (UniqueConstraint("appeal_id", "no"), CheckConstraint("no >= 1", name="no"))

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    no: int
    text: str = Field(sa_column=Column(Text, nullable=False))


class Attachment(Table, table=True):
    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("appeal_id", "no"), enum_check("warning", FileWarning))

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
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
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class StagedUpload(Table, table=True):
    """A file sent with a form that is not submitted yet: kept so that neither an error nor the check page loses it."""

    __tablename__ = "staged_uploads"
    __table_args__ = (enum_check("warning", FileWarning),)

    id: int | None = Field(default=None, primary_key=True)
    submission_digest: str = Field(sa_column=Column(String(64), nullable=False, index=True))
    stored_name: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    display_name: str = Field(sa_column=Column(String(120), nullable=False))
    kind: str = Field(sa_column=Column(String(8), nullable=False))
    size: int
    sha256: str = Field(sa_column=Column(String(64), nullable=False))
    derivative_name: str | None = Field(default=None, sa_column=Column(String(64)))
    derivative_sha256: str = Field(default="", sa_column=Column(String(64), nullable=False))
    derivative_size: int = 0
    warning: FileWarning = Field(default=FileWarning.NONE, sa_column=Column(enum_type(FileWarning), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class AppellantIdentity(Table, table=True):
    """Who filed, sealed (IDN-2). The indexes are keyed hashes for "the same enterprise", useless without the key."""

    __tablename__ = "appellant_identities"

    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), primary_key=True))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    enterprise_index: str = Field(default="", sa_column=Column(String(64), nullable=False, index=True))
    phone_index: str = Field(default="", sa_column=Column(String(64), nullable=False, index=True))


class NumberSeries(Table, table=True):
    """The last number given in a series and year; taken in the same transaction as its use, so there are no gaps
    (CON-3).
    """

    __tablename__ = "number_series"

    series: str = Field(sa_column=Column(String(20), primary_key=True))
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


class LimitCount(Table, table=True):
    """How often `subject` (a keyed hash) did something in the window that began then (models.appeals.limits)."""

    __tablename__ = "limit_counts"

    name: str = Field(sa_column=Column(String(20), primary_key=True))
    subject: str = Field(sa_column=Column(String(64), primary_key=True))
    begun_at: datetime = Field(sa_column=Column(Instant, primary_key=True, index=True))
    count: int


class UsedProof(Table, table=True):
    """A proof of work that has been accepted, by the hash of its challenge: it is good for one request (ABU-1)."""

    __tablename__ = "used_proofs"

    digest: str = Field(sa_column=Column(String(64), primary_key=True))
    used_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class AppealView(Table, table=True):
    """Somebody of the staff looked at an appeal: one row for each person, appeal, kind of look and ten minutes. Every
    look at a sealed identity has a row of its own. No account: the office's command line.
    """

    __tablename__ = "appeal_views"
    __table_args__ = (
        enum_check("viewer_group", ViewerGroup),
        enum_check("kind", ViewKind),
        Index("ix_appeal_views_appeal_id_account_id_at", "appeal_id", "account_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    account_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    viewer_group: ViewerGroup = Field(sa_column=Column(enum_type(ViewerGroup), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    kind: ViewKind = Field(
        default=ViewKind.PAGE, sa_column=Column(enum_type(ViewKind), nullable=False, server_default=ViewKind.PAGE.value)
    )


class IdentityReveal(Table, table=True):
    """Somebody who works on an appeal asks to see who filed it; a custodian decides (IDN-3). Never deleted."""

    __tablename__ = "identity_reveals"
    __table_args__ = (
        enum_check("status", RevealStatus),
        CheckConstraint("(status = 'granted') = (expires_at IS NOT NULL)", name="expires_at"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requester_id", name="second_person"),
        CheckConstraint("openings >= 0", name="openings"),
        Index("ix_identity_reveals_appeal_id_requester_id", "appeal_id", "requester_id"),
        Index("ix_identity_reveals_status_asked_at", "status", "asked_at"),
        Index(
            "uq_identity_reveals_asked", "appeal_id", "requester_id", unique=True,
            sqlite_where=text("status = 'asked'"), postgresql_where=text("status = 'asked'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    requester_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    """Where the requester sat when asking: a grant does not move along."""
    reason: str = Field(sa_column=Column(Text, nullable=False))
    asked_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    status: RevealStatus = Field(default=RevealStatus.ASKED, sa_column=Column(enum_type(RevealStatus), nullable=False))
    decided_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    decided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    remark: str = Field(default="", sa_column=Column(Text, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    openings: int = 0


class KeptForm(Table, table=True):
    """What somebody typed into a form whose sign-in had ended, sealed for that account (models.appeals.kept_forms).
    Without an account: what a visitor asked to keep, sealed for the code that fetches it.
    """

    __tablename__ = "kept_forms"
    __table_args__ = (UniqueConstraint("account_id", "form_digest"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    account_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    form_digest: str = Field(sa_column=Column(String(64), nullable=False, index=True))
    """Which form, as a hash: sending it again replaces what was kept of it."""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    kept_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
