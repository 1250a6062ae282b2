"""Campaigns, invitations, sealed envelopes and, after the closing, ballots (docs/adr/0022).

Nothing here joins a code to a ballot. Envelopes, drafts, ballots and remarks have random keys, no instant and no
sequence, and lie in the order of their keys (WITHOUT ROWID on SQLite).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.notices.types import MailState
from models.ratings.types import CampaignState, ConductQuestion, Group, Half, Scale


class RatingCampaign(Table, table=True):
    """`sealed_key`: the key of its envelopes, sealed; made at the opening, erased at the closing. `is_counting` is true
    within the closing's transaction only: ballots are written then and never else (database triggers).
    """

    __tablename__ = "rating_campaigns"
    __table_args__ = (
        UniqueConstraint("year", "half"),
        enum_check("half", Half),
        enum_check("state", CampaignState),
        enum_check("scale", Scale),
        CheckConstraint("closes_on >= opens_on", name="closes_on"),
        CheckConstraint("minimum_n BETWEEN 1 AND 1000", name="minimum_n"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(state = 'open') = (sealed_key IS NOT NULL)", name="sealed_key"),
        CheckConstraint("(state = 'draft') = (opened_at IS NULL)", name="opened_at"),
        CheckConstraint("(state IN ('closed', 'published')) = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    year: int
    half: Half = Field(sa_column=Column(enum_type(Half), nullable=False))
    title: str = Field(sa_column=Column(String(80), nullable=False))
    opens_on: date
    closes_on: date
    scale: Scale = Field(default=Scale.SCORE, sa_column=Column(enum_type(Scale), nullable=False))
    minimum_n: int
    asked_conduct: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Values of ConductQuestion."""
    letter: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: CampaignState = Field(
        default=CampaignState.DRAFT, sa_column=Column(enum_type(CampaignState), nullable=False)
    )
    sealed_key: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    is_counting: bool = False
    reissued: int = 0
    """Letters made anew for lost ones."""
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    version: int = 1


class RatingDimension(Table, table=True):
    """Changes while the campaign is a draft, never after (database trigger)."""

    __tablename__ = "rating_dimensions"
    __table_args__ = (
        CheckConstraint("no >= 1", name="no"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
    )

    campaign_id: int = Field(
        sa_column=Column(ForeignKey("rating_campaigns.id"), primary_key=True, autoincrement=False)
    )
    no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_column=Column(String(20), nullable=False))
    explanation: str = Field(default="", sa_column=Column(String(120), nullable=False))
    weight: int


class RatingUnit(Table, table=True):
    """A unit that is rated. `name` is what the ballot called it."""

    __tablename__ = "rating_units"
    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id"),
        CheckConstraint("no >= 1", name="no"),
    )

    campaign_id: int = Field(
        sa_column=Column(ForeignKey("rating_campaigns.id"), primary_key=True, autoincrement=False)
    )
    no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    name: str = Field(sa_column=Column(String(80), nullable=False))
    is_late: bool = False


class RatingInvitation(Table, table=True):
    """Somebody who is asked. Who and where is sealed; `name_index` and `code_index` are keyed hashes that find the same
    invitee again. `code_hash` is a keyed hash of the code on the letter; `is_spent` says that a ballot was cast with
    it, and nothing says when.
    """

    __tablename__ = "rating_invitations"
    __table_args__ = (
        enum_check("invited_group", Group),
        CheckConstraint("NOT is_spent OR code_hash IS NOT NULL", name="is_spent"),
        UniqueConstraint("campaign_id", "name_index"),
        Index("ix_rating_invitations_campaign_id_invited_group", "campaign_id", "invited_group"),
        Index("ix_rating_invitations_code_index", "code_index"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    invited_group: Group = Field(sa_column=Column(enum_type(Group), nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name_index: str = Field(sa_column=Column(String(64), nullable=False))
    code_index: str = Field(default="", sa_column=Column(String(64), nullable=False))
    code_hash: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    letter_job: str = Field(default="", sa_column=Column(String(32), nullable=False))
    """The job that makes its letter, and may write its code."""
    is_spent: bool = False


class RatingMail(Table, table=True):
    """A letter that goes by mail. The code waits here sealed, and is erased when the mail is sent or given up."""

    __tablename__ = "rating_mails"
    __table_args__ = (
        enum_check("state", MailState),
        CheckConstraint("(state = 'waiting') = (sealed_code IS NOT NULL)", name="sealed_code"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_rating_mails_state_next_try_at", "state", "next_try_at"),
        Index("ix_rating_mails_invitation_id", "invitation_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    invitation_id: int = Field(sa_column=Column(ForeignKey("rating_invitations.id"), nullable=False))
    sealed_code: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    state: MailState = Field(default=MailState.WAITING, sa_column=Column(enum_type(MailState), nullable=False))
    attempts: int = 0
    next_try_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    last_error: str = Field(default="", sa_column=Column(String(40), nullable=False))


class RatingEnvelope(Table, table=True):
    """A ballot before the closing: sealed under the campaign's key, of one length, bound to its own key."""

    __tablename__ = "rating_envelopes"
    __table_args__ = (
        Index("ix_rating_envelopes_campaign_id", "campaign_id"),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(default_factory=new_uid, sa_column=Column(String(32), primary_key=True))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RatingDraft(Table, table=True):
    """What somebody has answered so far. Found, and opened, by the code only."""

    __tablename__ = "rating_drafts"
    __table_args__ = (
        Index("ix_rating_drafts_campaign_id", "campaign_id"),
        {"sqlite_with_rowid": False},
    )

    draft_hash: str = Field(sa_column=Column(String(64), primary_key=True))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    expires_on: date


class RatingBallot(Table, table=True):
    """A ballot after the closing, without its texts. Never changed, never deleted (database triggers).

    `answers` by `models.ratings.ballots.to_json`: [{"unit": 1, "values": {"1": 80, "2": null}, "conduct": {"rough":
    true}}, …].
    """

    __tablename__ = "rating_ballots"
    __table_args__ = (
        Index("ix_rating_ballots_campaign_id", "campaign_id"),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(sa_column=Column(String(32), primary_key=True))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    answers: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class RatingRemark(Table, table=True):
    """What somebody wrote under a conduct question, apart from the ballot it came from."""

    __tablename__ = "rating_remarks"
    __table_args__ = (
        enum_check("question", ConductQuestion),
        Index("ix_rating_remarks_campaign_id_unit_no", "campaign_id", "unit_no"),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(sa_column=Column(String(32), primary_key=True))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    unit_no: int
    question: ConductQuestion = Field(sa_column=Column(enum_type(ConductQuestion), nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
