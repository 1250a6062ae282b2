"""What follows a campaign: its frozen figures, what is published of them, findings on conduct, proposals, bulletins.

All but proposals are append-only, and a proposal is decided once (database triggers).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.ratings.result_types import LookKind, ProposalKind, ProposalState, PublicScope
from models.ratings.types import ConductQuestion


class RatingCounting(Table, table=True):
    """The counting of a campaign, once. `digest` is over its ballots; `turnout` by group: invited, lettered, spent."""

    __tablename__ = "rating_countings"
    __table_args__ = (
        CheckConstraint("ballots >= 0", name="ballots"),
        CheckConstraint("formula_version >= 1", name="formula_version"),
    )

    campaign_id: int = Field(
        sa_column=Column(ForeignKey("rating_campaigns.id"), primary_key=True, autoincrement=False)
    )
    formula_version: int
    ballots: int
    digest: str = Field(sa_column=Column(String(64), nullable=False))
    turnout: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    counted_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class RatingResult(Table, table=True):
    """One unit in one campaign. `score` is an exact fraction as text ("1499/25"), "" where nobody has an opinion."""

    __tablename__ = "rating_results"
    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id"),
        CheckConstraint("count BETWEEN 0 AND asked", name="count"),
        CheckConstraint("is_enough OR (place IS NULL AND margin IS NULL)", name="is_enough"),
        Index("ix_rating_results_unit_id", "unit_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    unit_no: int
    score: str = Field(default="", sa_column=Column(Text, nullable=False))
    asked: int
    count: int
    is_enough: bool
    is_below: bool
    place: int | None = None
    margin: int | None = None
    """Half of the interval of the mean, in hundredths of a point."""


class RatingDimensionResult(Table, table=True):
    """Numerator and denominator of one unit in one dimension, with the weight it had."""

    __tablename__ = "rating_dimension_results"
    __table_args__ = (
        CheckConstraint("count >= 0 AND total BETWEEN 0 AND 100 * count", name="total"),
        CheckConstraint("weight >= 1", name="weight"),
    )

    result_id: int = Field(sa_column=Column(ForeignKey("rating_results.id"), primary_key=True, autoincrement=False))
    dimension_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    weight: int
    total: int
    count: int


class RatingConductCount(Table, table=True):
    """How many ballots answered a conduct question about a unit, and how many said yes."""

    __tablename__ = "rating_conduct_counts"
    __table_args__ = (
        enum_check("question", ConductQuestion),
        CheckConstraint("yes BETWEEN 0 AND answered", name="yes"),
    )

    result_id: int = Field(sa_column=Column(ForeignKey("rating_results.id"), primary_key=True, autoincrement=False))
    question: ConductQuestion = Field(sa_column=Column(enum_type(ConductQuestion), primary_key=True))
    answered: int
    yes: int


class RatingFinding(Table, table=True):
    """A person's decision whether what ballots say of a unit's conduct is so: once, with evidence and reasons."""

    __tablename__ = "rating_findings"
    __table_args__ = (
        UniqueConstraint("result_id", "question"),
        enum_check("question", ConductQuestion),
        CheckConstraint("reasons <> '' AND (NOT is_confirmed OR evidence <> '')", name="reasons"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    result_id: int = Field(sa_column=Column(ForeignKey("rating_results.id"), nullable=False))
    question: ConductQuestion = Field(sa_column=Column(enum_type(ConductQuestion), nullable=False))
    is_confirmed: bool
    evidence: str = Field(default="", sa_column=Column(Text, nullable=False))
    reasons: str = Field(sa_column=Column(Text, nullable=False))
    decided_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    decided_by_name: str = Field(sa_column=Column(String(40), nullable=False))
    decided_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class RatingProposal(Table, table=True):
    """What follows from a result, proposed by the house and decided by a person. `record_uid` is the interview's record
    of supervision, which stands in an area beside this one.
    """

    __tablename__ = "rating_proposals"
    __table_args__ = (
        UniqueConstraint("result_id", "kind"),
        enum_check("kind", ProposalKind),
        enum_check("state", ProposalState),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("state = 'proposed' OR (reasons <> '' AND decided_by_id IS NOT NULL)", name="reasons"),
        CheckConstraint("(kind = 'interview' AND state = 'confirmed') = (record_uid IS NOT NULL)", name="record_uid"),
        Index("ix_rating_proposals_state", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    result_id: int = Field(sa_column=Column(ForeignKey("rating_results.id"), nullable=False))
    kind: ProposalKind = Field(sa_column=Column(enum_type(ProposalKind), nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    """The sentences it rests on, a line each, as they stood when it was made."""
    proposed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    proposed_on: date
    state: ProposalState = Field(
        default=ProposalState.PROPOSED, sa_column=Column(enum_type(ProposalState), nullable=False)
    )
    decided_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    decided_by_name: str = Field(default="", sa_column=Column(String(40), nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    reasons: str = Field(default="", sa_column=Column(Text, nullable=False))
    record_uid: str | None = Field(default=None, sa_column=Column(String(32), unique=True))


class RatingPublication(Table, table=True):
    """What the office decided to publish of a campaign; the newest decision holds."""

    __tablename__ = "rating_publications"
    __table_args__ = (
        enum_check("scope", PublicScope),
        CheckConstraint("reasons <> ''", name="reasons"),
        Index("ix_rating_publications_campaign_id", "campaign_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    scope: PublicScope = Field(sa_column=Column(enum_type(PublicScope), nullable=False))
    reasons: str = Field(sa_column=Column(Text, nullable=False))
    decided_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    decided_by_name: str = Field(sa_column=Column(String(40), nullable=False))
    decided_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class RatingBulletin(Table, table=True):
    """Which slip is a campaign's bulletin."""

    __tablename__ = "rating_bulletins"
    __table_args__ = (Index("ix_rating_bulletins_campaign_id", "campaign_id"),)

    slip_id: int = Field(sa_column=Column(ForeignKey("slips.id"), primary_key=True, autoincrement=False))
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))


class RatingLook(Table, table=True):
    """Somebody looked at the signal of a campaign, or at what was written about a unit: one row for each person, thing
    and ten minutes.
    """

    __tablename__ = "rating_looks"
    __table_args__ = (
        enum_check("kind", LookKind),
        Index("ix_rating_looks_campaign_id_kind_at", "campaign_id", "kind", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(sa_column=Column(ForeignKey("rating_campaigns.id"), nullable=False))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    kind: LookKind = Field(sa_column=Column(enum_type(LookKind), nullable=False))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
