"""Records of supervision, what happened to them, and the thresholds of the ladder."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.handling.tables import MilestoneRow
from models.handling.types import Stage
from models.supervision.ladder_types import Ground, Origin, Outcome, RecordAction, RecordKind, RecordState

Index("ix_milestones_status_reached_on", MilestoneRow.status, MilestoneRow.reached_on)  # type: ignore[arg-type]
"""What was missed lately, for the sweep: beside the table, because only the ladder reads it."""
THRESHOLDS = (
    "remind_workdays_before", "blue_workdays_left", "reminder_slip_workdays_after", "yellow_workdays_over",
    "red_workdays_over", "contest_workdays",
)  # fmt: skip


class LadderPolicy(Table, table=True):
    """Thresholds in force from a day on. Never changed: a new version follows (database trigger)."""

    __tablename__ = "ladder_policies"
    __table_args__ = (
        UniqueConstraint("version"),
        *(CheckConstraint(f"{name} BETWEEN 0 AND 30", name=name) for name in THRESHOLDS),
    )

    id: int | None = Field(default=None, primary_key=True)
    version: int
    in_force_from: date
    remind_workdays_before: int = 1
    blue_workdays_left: int = 1
    reminder_slip_workdays_after: int = 1
    yellow_workdays_over: int = 0
    red_workdays_over: int = 3
    contest_workdays: int = 5
    basis: str = Field(sa_column=Column(String(200), nullable=False))
    made_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    made_by_name: str = Field(default="", sa_column=Column(String(40), nullable=False))
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class SupervisionRecord(Table, table=True):
    """One step of the ladder. What it says never changes, and no row goes (database triggers); state, outcome and the
    marks at the end are projected from its events. The two keys let time take a step once.
    """

    __tablename__ = "supervision_records"
    __table_args__ = (
        UniqueConstraint(
            "kind", "appeal_id", "round", "stage", "promise_no", "promised_on", name="uq_supervision_records_step"
        ),
        UniqueConstraint("kind", "cause_id"),
        enum_check("kind", RecordKind),
        enum_check("stage", Stage),
        enum_check("origin", Origin),
        enum_check("ground", Ground),
        enum_check("state", RecordState),
        enum_check("outcome", Outcome),
        CheckConstraint(
            "(stage IS NULL) = (promised_on IS NULL) AND (stage IS NULL) = (promise_no IS NULL)", name="promise"
        ),
        CheckConstraint("stage IS NULL OR appeal_id IS NOT NULL", name="appeal_id"),
        CheckConstraint("due_on IS NULL OR due_on > issued_on", name="due_on"),
        Index("ix_supervision_records_unit_id_issued_on", "unit_id", "issued_on"),
        Index("ix_supervision_records_appeal_id", "appeal_id"),
        Index("ix_supervision_records_issued_on", "issued_on"),
        Index("ix_supervision_records_outcome_due_on", "outcome", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    kind: RecordKind = Field(sa_column=Column(enum_type(RecordKind), nullable=False))
    unit_id: int = Field(sa_column=Column(ForeignKey("units.id"), nullable=False))
    appeal_id: int | None = Field(default=None, sa_column=Column(ForeignKey("appeals.id")))
    round: int | None = None
    stage: Stage | None = Field(default=None, sa_column=Column(enum_type(Stage)))
    promise_no: int | None = None
    promised_on: date | None = None
    cause_id: int | None = Field(default=None, sa_column=Column(ForeignKey("supervision_records.id")))
    origin: Origin = Field(default=Origin.APPEAL_LADDER, sa_column=Column(enum_type(Origin), nullable=False))
    ground: Ground = Field(sa_column=Column(enum_type(Ground), nullable=False))
    grounds: str = Field(default="", sa_column=Column(Text, nullable=False))
    demand: str = Field(default="", sa_column=Column(Text, nullable=False))
    responsible: str = Field(default="", sa_column=Column(String(60), nullable=False))
    recipient: str = Field(default="", sa_column=Column(String(80), nullable=False))
    annexes: str = Field(default="", sa_column=Column(Text, nullable=False))
    month: str = Field(default="", sa_column=Column(String(7), nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    policy_id: int = Field(sa_column=Column(ForeignKey("ladder_policies.id"), nullable=False))
    issued_by_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    issued_by_name: str = Field(sa_column=Column(String(40), nullable=False))
    issued_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    issued_on: date
    due_on: date | None = None
    slip_id: int | None = Field(default=None, sa_column=Column(ForeignKey("slips.id")))
    state: RecordState = Field(sa_column=Column(enum_type(RecordState), nullable=False))
    outcome: Outcome = Field(default=Outcome.NONE, sa_column=Column(enum_type(Outcome), nullable=False))
    told_on: date | None = None
    reported_on: date | None = None
    is_contested: bool = False
    was_contested: bool = False
    version: int = 0


class SupervisionEvent(Table, table=True):
    """What happened to a record: who, when, in which words. Append-only; `seq` is the record's version after it, so two
    people acting at once collide on the key. `facts` are plain values (dates, the place of an interview).
    """

    __tablename__ = "supervision_events"
    __table_args__ = (
        UniqueConstraint("record_id", "seq"),
        enum_check("action", RecordAction),
        enum_check("to_state", RecordState),
        enum_check("outcome", Outcome),
    )

    id: int | None = Field(default=None, primary_key=True)
    record_id: int = Field(sa_column=Column(ForeignKey("supervision_records.id"), nullable=False))
    seq: int
    action: RecordAction = Field(sa_column=Column(enum_type(RecordAction), nullable=False))
    to_state: RecordState = Field(sa_column=Column(enum_type(RecordState), nullable=False))
    outcome: Outcome = Field(sa_column=Column(enum_type(Outcome), nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor_id: int | None = Field(default=None, sa_column=Column(ForeignKey("accounts.id")))
    actor_name: str = Field(sa_column=Column(String(40), nullable=False))
    unit_id: int | None = Field(default=None, sa_column=Column(ForeignKey("units.id")))
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
