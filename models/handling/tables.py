"""Events (append-only), milestones, replies, clock policies, and the one-time keys of acting forms."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from models.appeals.types import Complexity, State
from models.base import Instant, Table, enum_check, enum_type
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.types import (
    Action,
    AssistanceStatus,
    Attitude,
    LinkKind,
    MilestoneStatus,
    Outcome,
    ReplyKind,
    ReplyStatus,
    Stage,
)


class Policy(Table, table=True):
    """A set of stage limits with its basis, in force from a day until another. The row of a version keeps its numbers
    for ever: running appeals were dispatched under it.

    `kinds`: the kinds of appeals it may be chosen for, by comma; empty for all. One policy is the default: the one
    without kinds. `complexity`: only for such matters; none for both. Only the last day is ever written later, once.
    """

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("code", "version"), enum_check("complexity", Complexity))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_column=Column(String(20), nullable=False))
    version: int = 1
    name: str = Field(sa_column=Column(String(60), nullable=False))
    basis: str = Field(sa_column=Column(String(200), nullable=False))
    in_force_from: date
    in_force_to: date | None = None
    kinds: str = Field(default="", sa_column=Column(String(80), nullable=False))
    return_workdays: int = 1
    extensions_most: int = 1
    extension_workdays_most: int = 10
    pause_workdays_most: int = 30
    complexity: Complexity | None = Field(default=None, sa_column=Column(enum_type(Complexity)))
    made_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    made_by_name: str = Field(default="系统", sa_column=Column(String(40), nullable=False))
    made_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """None for what was there before it was kept."""


class PolicyLimit(Table, table=True):
    __tablename__ = "policy_limits"
    __table_args__ = (enum_check("stage", Stage), CheckConstraint("workdays >= 1", name="workdays"))

    policy_id: int = Field(sa_column=Column(ForeignKey("policies.id"), primary_key=True))
    stage: Stage = Field(sa_column=Column(enum_type(Stage), primary_key=True))
    workdays: int


class AppealEvent(Table, table=True):
    """One act in the life of an appeal. Never changed, never deleted (database trigger).

    `seq` is the appeal's version after the act, so two people acting at once collide on the unique key.
    `public_note` is for the appellant to read; `internal_note` is for staff only.
    """

    __tablename__ = "appeal_events"
    __table_args__ = (
        UniqueConstraint("appeal_id", "seq"),
        enum_check("action", Action),
        enum_check("to_state", State),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    seq: int
    action: Action = Field(sa_column=Column(enum_type(Action), nullable=False))
    from_state: State | None = Field(default=None, sa_column=Column(enum_type(State)))
    to_state: State = Field(sa_column=Column(enum_type(State), nullable=False))
    round: int = 1
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    actor_name: str = Field(default="", sa_column=Column(String(40), nullable=False))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    effects: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    public_note: str = Field(default="", sa_column=Column(Text, nullable=False))
    internal_note: str = Field(default="", sa_column=Column(Text, nullable=False))


class MilestoneRow(Table, table=True):
    """The clock's promises, projected from the events. Every date can explain itself: start, limit, policy, calendar
    version.
    """

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("appeal_id", "round", "stage", "no"),
        enum_check("stage", Stage),
        enum_check("status", MilestoneStatus),
        CheckConstraint("due_on > start_on", name="due_on"),
        Index("ix_milestones_status_is_provisional", "status", "is_provisional"),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int
    stage: Stage = Field(sa_column=Column(enum_type(Stage), nullable=False))
    start_on: date
    workdays: int
    due_on: date
    is_provisional: bool = False
    status: MilestoneStatus = Field(sa_column=Column(enum_type(MilestoneStatus), nullable=False))
    reached_on: date | None = None
    policy_id: int = Field(sa_column=Column(ForeignKey("policies.id"), nullable=False))
    calendar_version: int
    no: int = 1
    extended_workdays: int = 0
    first_due_on: date


class AdjustmentRow(Table, table=True):
    """What a unit asks of the office about a running term, and how it was ruled.

    What counts for the clock is projected from the events; the words of both sides are kept here. A ruling on a return
    is a precedent for the next appeal of its kind (`proposed_unit_id` against what was ruled).
    """

    __tablename__ = "adjustments"
    __table_args__ = (
        UniqueConstraint("appeal_id", "no"),
        enum_check("kind", AdjustmentKind),
        enum_check("status", AdjustmentStatus),
        enum_check("reason", PauseReason),
        CheckConstraint("workdays >= 0", name="workdays"),
        Index("ix_adjustments_status_asked_on", "status", "asked_on"),
        Index("ix_adjustments_unit_id_status", "unit_id", "status", "appeal_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    no: int
    round: int
    kind: AdjustmentKind = Field(sa_column=Column(enum_type(AdjustmentKind), nullable=False))
    status: AdjustmentStatus = Field(sa_column=Column(enum_type(AdjustmentStatus), nullable=False))
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    workdays: int = 0
    reason: PauseReason | None = Field(default=None, sa_column=Column(enum_type(PauseReason)))
    asked_on: date | None = None
    ruled_on: date | None = None
    ends_on: date | None = None
    is_over: bool = False
    grounds: str = Field(default="", sa_column=Column(Text, nullable=False))
    basis: str = Field(default="", sa_column=Column(Text, nullable=False))
    ruling: str = Field(default="", sa_column=Column(Text, nullable=False))
    proposed_unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    ruled_unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    asked_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    sent_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    ruled_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))


class AssistanceRow(Table, table=True):
    """What an assisting unit (协办单位) is asked for and what it sends to the lead unit.

    Status and dates are projected from the events; task and contribution are kept here, as replies keep theirs.
    `version` counts the acts on this row: two people of the unit writing at once collide on it.
    """

    __tablename__ = "assistances"
    __table_args__ = (
        UniqueConstraint("appeal_id", "no"),
        enum_check("status", AssistanceStatus),
        enum_check("clock", MilestoneStatus),
        CheckConstraint("due_on > start_on", name="due_on"),
        Index("ix_assistances_unit_id_status_due_on", "unit_id", "status", "due_on"),
        Index("ix_assistances_status_due_on", "status", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    no: int
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    status: AssistanceStatus = Field(sa_column=Column(enum_type(AssistanceStatus), nullable=False))
    start_on: date
    workdays: int
    due_on: date
    is_provisional: bool = False
    clock: MilestoneStatus = Field(sa_column=Column(enum_type(MilestoneStatus), nullable=False))
    reached_on: date | None = None
    task: str = Field(default="", sa_column=Column(Text, nullable=False))
    contribution: str = Field(default="", sa_column=Column(Text, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    written_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    sent_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    version: int = 0


class AppealLink(Table, table=True):
    """What `other_id` is to `appeal_id`: one row on each side. Projected from the events of the two appeals."""

    __tablename__ = "appeal_links"
    __table_args__ = (enum_check("kind", LinkKind), CheckConstraint("appeal_id <> other_id", name="itself"))

    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), primary_key=True))
    kind: LinkKind = Field(sa_column=Column(enum_type(LinkKind), primary_key=True))
    other_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), primary_key=True))


class Reply(Table, table=True):
    """What the unit answers in one round, demand by demand. Public only when published."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("appeal_id", "round", "kind"),
        enum_check("kind", ReplyKind),
        enum_check("status", ReplyStatus),
    )

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), nullable=False))
    round: int
    kind: ReplyKind = Field(sa_column=Column(enum_type(ReplyKind), nullable=False))
    status: ReplyStatus = Field(sa_column=Column(enum_type(ReplyStatus), nullable=False))
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    next_milestone_on: date | None = None
    drafted_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    signed_off_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    reviewed_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    updated_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    version: int = 1


class ReplyItem(Table, table=True):
    __tablename__ = "reply_items"
    __table_args__ = (enum_check("outcome", Outcome),)

    reply_id: int = Field(sa_column=Column(ForeignKey("replies.id"), primary_key=True))
    demand_id: int = Field(sa_column=Column(ForeignKey("demands.id"), primary_key=True))
    outcome: Outcome | None = Field(default=None, sa_column=Column(enum_type(Outcome)))
    facts: str = Field(default="", sa_column=Column(Text, nullable=False))
    basis: str = Field(default="", sa_column=Column(Text, nullable=False))
    actions: str = Field(default="", sa_column=Column(Text, nullable=False))
    promised_on: date | None = None


class SelfRegistration(Table, table=True):
    """What a unit reported beside the appeal itself (自办件). `registered_on` is the server's day of the first report:
    the month it counts for; an amendment does not move it.
    """

    __tablename__ = "self_registrations"
    __table_args__ = (
        enum_check("attitude", Attitude),
        CheckConstraint("completed_on <= registered_on", name="completed_on"),
        Index("ix_self_registrations_registered_on_unit_id", "registered_on", "unit_id"),
    )

    appeal_id: int = Field(sa_column=Column(ForeignKey("appeals.id"), primary_key=True))
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    registered_on: date
    completed_on: date
    is_late: bool = False
    attitude: Attitude = Field(sa_column=Column(enum_type(Attitude), nullable=False))


class ActKey(Table, table=True):
    """The one-time key of an acting form and where its first use led (DUR-5)."""

    __tablename__ = "act_keys"

    key_hash: str = Field(sa_column=Column(String(64), primary_key=True))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    subject: str = Field(sa_column=Column(String(80), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
