"""Follow-up as rows: policy versions, ratings and their links, calls, the lists of days, cases with their events,
exclusions.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.followup.types import (
    Answered,
    CallResult,
    CaseAction,
    CaseOrigin,
    CaseState,
    Drawn,
    ExclusionReason,
    ExclusionStatus,
    Kept,
    RatingChannel,
    Unreached,
)
from models.handling.tables import AppealEvent

Index("ix_appeal_events_to_state_at", AppealEvent.to_state, AppealEvent.at)  # type: ignore[arg-type]
"""Which replies were published when: beside the table, because only follow-up asks."""
RANGES: dict[str, tuple[int, int]] = {
    "rating_days": (1, 365),
    "link_hours": (1, 168),
    "share_percent": (0, 100),
    "least_per_unit": (0, 20),
    "attempts_most": (1, 10),
    "contact_workdays": (1, 10),
    "put_right_workdays": (1, 30),
    "put_right_workdays_most": (1, 60),
}
"""What each number of a policy may be."""


class FollowUpPolicy(Table, table=True):
    """How follow-up is done from a day on. Never changed: a new version follows (database trigger)."""

    __tablename__ = "follow_up_policies"
    __table_args__ = (
        UniqueConstraint("version"),
        *(CheckConstraint(f"{name} BETWEEN {least} AND {most}", name=name) for name, (least, most) in RANGES.items()),
        CheckConstraint("put_right_workdays_most >= put_right_workdays", name="most"),
    )

    id: int | None = Field(default=None, primary_key=True)
    version: int
    in_force_from: date
    rating_days: int
    link_hours: int
    share_percent: int
    least_per_unit: int
    attempts_most: int
    contact_workdays: int
    put_right_workdays: int
    put_right_workdays_most: int
    basis: str = Field(sa_column=Column(String(200), nullable=False))
    made_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    made_by_name: str = Field(default="", sa_column=Column(String(40), nullable=False))
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class SatisfactionRating(Table, table=True):
    """What the appellant said of the reply of one round. One a round; never changed, never deleted (database
    triggers). `unit_id`: who answered. No account stands here: who rates is the appellant and nobody else.
    """

    __tablename__ = "satisfaction_ratings"
    __table_args__ = (
        UniqueConstraint("appeal_id", "round"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        CheckConstraint("grade > 2 OR reason <> ''", name="reason"),
        CheckConstraint("round >= 1", name="round"),
        enum_check("channel", RatingChannel),
        Index("ix_satisfaction_ratings_rated_at", "rated_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    grade: int
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    channel: RatingChannel = Field(sa_column=Column(enum_type(RatingChannel), nullable=False))
    rated_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class RatingLink(Table, table=True):
    """A way to rate once without number and code, for the appellant's other telephone. Only a hash of its secret is
    kept; the newest of a round is the one that is good.
    """

    __tablename__ = "rating_links"
    __table_args__ = (
        CheckConstraint("expires_at > made_at", name="expires_at"),
        Index("ix_rating_links_appeal_id_round", "appeal_id", "round"),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int
    token_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    spent_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class FollowUpCall(Table, table=True):
    """One call of the office, reached or not. Never changed, never deleted (database triggers), and never a rating."""

    __tablename__ = "follow_up_calls"
    __table_args__ = (
        UniqueConstraint("appeal_id", "round", "attempt"),
        CheckConstraint("attempt >= 1", name="attempt"),
        enum_check("unreached", Unreached),
        enum_check("result", CallResult),
        CheckConstraint("is_reached = (unreached IS NULL)", name="unreached_reason"),
        CheckConstraint("is_reached = (result IS NOT NULL)", name="result_told"),
        CheckConstraint("is_reached OR is_solved IS NULL", name="is_solved"),
        Index("ix_follow_up_calls_called_on", "called_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int
    attempt: int
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    is_reached: bool
    unreached: Unreached | None = Field(default=None, sa_column=Column(enum_type(Unreached)))
    result: CallResult | None = Field(default=None, sa_column=Column(enum_type(CallResult)))
    is_solved: bool | None = None
    words: str = Field(default="", sa_column=Column(Text, nullable=False))
    called_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    called_by_name: str = Field(sa_column=Column(String(40), nullable=False))
    called_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    called_on: date


class CallList(Table, table=True):
    """The list of one working day. Never changed (database triggers): seed, policy and the candidates looked at are
    kept, so the draw can be derived again.
    """

    __tablename__ = "call_lists"
    __table_args__ = (UniqueConstraint("day"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    seed: str = Field(sa_column=Column(String(32), nullable=False))
    policy_id: int = Field(sa_column=Column(ForeignKey("follow_up_policies.id"), nullable=False))
    drawn_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CallCandidate(Table, table=True):
    """A reply that a day's draw looked at, as it was then, and what came of it. `position` 0: not on the list."""

    __tablename__ = "call_candidates"
    __table_args__ = (
        enum_check("answered", Answered),
        enum_check("drawn", Drawn),
        CheckConstraint("(drawn = 'not_drawn') = (position = 0)", name="position"),
        Index("ix_call_candidates_appeal_id_round", "appeal_id", "round"),
    )

    list_id: int = Field(sa_column=Column(ForeignKey("call_lists.id"), primary_key=True))
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), primary_key=True))
    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    answered: Answered = Field(sa_column=Column(enum_type(Answered), nullable=False))
    is_low: bool
    was_drawn: bool
    is_new: bool
    attempts: int
    drawn: Drawn = Field(sa_column=Column(enum_type(Drawn), nullable=False))
    position: int


class DissatisfactionCase(Table, table=True):
    """Somebody said that they are not satisfied: one case a round. What it is about never changes and no row goes
    (database triggers); the rest is projected from its events.
    """

    __tablename__ = "dissatisfaction_cases"
    __table_args__ = (
        UniqueConstraint("appeal_id", "round"),
        enum_check("origin", CaseOrigin),
        enum_check("state", CaseState),
        enum_check("contact_kept", Kept),
        enum_check("put_right_kept", Kept),
        CheckConstraint("(origin = 'rating') = (rating_id IS NOT NULL)", name="rating_id"),
        CheckConstraint("(origin = 'call') = (call_id IS NOT NULL)", name="call_id"),
        CheckConstraint("contact_due_on > opened_on", name="contact_due_on"),
        CheckConstraint("put_right_due_on > opened_on", name="put_right_due_on"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_dissatisfaction_cases_state_put_right_due_on", "state", "put_right_due_on"),
        Index("ix_dissatisfaction_cases_unit_id_opened_on", "unit_id", "opened_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    origin: CaseOrigin = Field(sa_column=Column(enum_type(CaseOrigin), nullable=False))
    rating_id: int | None = Field(default=None, sa_column=Column(ForeignKey("satisfaction_ratings.id")))
    call_id: int | None = Field(default=None, sa_column=Column(ForeignKey("follow_up_calls.id")))
    policy_id: int = Field(sa_column=Column(ForeignKey("follow_up_policies.id"), nullable=False))
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_on: date

    state: CaseState = Field(sa_column=Column(enum_type(CaseState), nullable=False))
    contact_workdays: int
    contact_first_due_on: date
    contact_due_on: date
    contact_is_provisional: bool
    contact_kept: Kept = Field(sa_column=Column(enum_type(Kept), nullable=False))
    contact_done_on: date | None = None
    put_right_workdays: int
    put_right_first_due_on: date
    put_right_due_on: date
    put_right_is_provisional: bool
    put_right_kept: Kept = Field(sa_column=Column(enum_type(Kept), nullable=False))
    put_right_done_on: date | None = None
    is_extended: bool = False
    redo_round: int | None = None
    version: int


class DissatisfactionEvent(Table, table=True):
    """What happened to a case: append-only; `seq` is the case's version after it, so two people acting at once collide
    on the key. `told` is for the appellant to read, `words` for office and unit, `inner` for the office alone.
    """

    __tablename__ = "dissatisfaction_events"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        enum_check("action", CaseAction),
        enum_check("to_state", CaseState),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(sa_column=Column(ForeignKey("dissatisfaction_cases.id"), nullable=False))
    seq: int
    action: CaseAction = Field(sa_column=Column(enum_type(CaseAction), nullable=False))
    to_state: CaseState = Field(sa_column=Column(enum_type(CaseState), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    actor_name: str = Field(sa_column=Column(String(40), nullable=False))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    effects: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    told: str = Field(default="", sa_column=Column(Text, nullable=False))
    words: str = Field(default="", sa_column=Column(Text, nullable=False))
    inner: str = Field(default="", sa_column=Column(Text, nullable=False))


class RatingExclusion(Table, table=True):
    """Somebody of the office asks to leave a rating out of the second rate; somebody else decides. The rating stays.
    Decided rows never change, none is deleted (database triggers).
    """

    __tablename__ = "rating_exclusions"
    __table_args__ = (
        enum_check("reason", ExclusionReason),
        enum_check("status", ExclusionStatus),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="second_person"),
        CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(status = 'asked') = (decided_by_id IS NULL)", name="decided_by"),
        Index("ix_rating_exclusions_status_asked_at", "status", "asked_at"),
        Index(
            "uq_rating_exclusions_standing", "rating_id", unique=True, sqlite_where=text("status <> 'refused'"),
            postgresql_where=text("status <> 'refused'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    rating_id: int = Field(sa_column=Column(ForeignKey("satisfaction_ratings.id"), nullable=False))
    reason: ExclusionReason = Field(sa_column=Column(enum_type(ExclusionReason), nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    asked_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    asked_by_name: str = Field(sa_column=Column(String(40), nullable=False))
    asked_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    status: ExclusionStatus = Field(
        default=ExclusionStatus.ASKED, sa_column=Column(enum_type(ExclusionStatus), nullable=False)
    )
    decided_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    decided_by_name: str = Field(default="", sa_column=Column(String(40), nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    remark: str = Field(default="", sa_column=Column(Text, nullable=False))
