"""The ladder: records of supervision, their events, thresholds as versions."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, immutable, immutable_once_set, never_deleted, written_once

revision = "0022"
down_revision = "0021"

KINDS = (
    "'reminder', 'reminder_slip', 'blue_card', 'yellow_card', 'supervision_order', 'red_card', 'instruction', "
    "'interview', 'bulletin_entry', 'transfer'"
)
STATES = "'proposed', 'decided', 'in_force', 'held', 'closed', 'declined', 'revoked'"
OUTCOMES = "'none', 'pending', 'met', 'missed'"
GROUNDS = (
    "'refuses_to_sign', 'overdue', 'not_solved', 'poor_handling', 'other', 'due_soon', 'order_missed', 'instructed', "
    "'rated_low', 'discipline'"
)
ACTIONS = (
    "'issue', 'propose', 'forward', 'hold_interview', 'decline', 'notify', 'record_minutes', 'answer', 'report', "
    "'contest', 'uphold', 'revoke', 'follow_up', 'accept', 'send_back', 'miss', 'close'"
)
THRESHOLDS = (
    "remind_workdays_before", "blue_workdays_left", "reminder_slip_workdays_after", "yellow_workdays_over",
    "red_workdays_over", "contest_workdays",
)
CORE = (
    "uid", "kind", "unit_id", "appeal_id", "round", "stage", "promise_no", "promised_on", "cause_id", "origin",
    "ground", "grounds", "demand", "responsible", "recipient", "annexes", "month", "evidence", "policy_id",
    "issued_by_id", "issued_by_name", "issued_at", "issued_on",
)


def upgrade() -> None:
    _create_policies()
    _create_records()
    _create_events()
    op.create_index("ix_milestones_status_reached_on", "milestones", ["status", "reached_on"])


def _create_policies() -> None:
    op.create_table(
        "ladder_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in THRESHOLDS),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(f"{name} BETWEEN 0 AND 30", name=op.f(f"ck_ladder_policies_{name}"))
            for name in THRESHOLDS
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["accounts.id"], name=op.f("fk_ladder_policies_made_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_policies")),
        sa.UniqueConstraint("version", name=op.f("uq_ladder_policies_version")),
    )
    append_only("ladder_policies")


def _create_records() -> None:
    name = "supervision_records"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=True),
        sa.Column("promise_no", sa.Integer(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=60), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("annexes", sa.Text(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_by_name", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("is_contested", sa.Boolean(), nullable=False),
        sa.Column("was_contested", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f(f"ck_{name}_kind")),
        sa.CheckConstraint(
            "stage IN ('sign', 'verify', 'conclude', 'preliminary', 'final', 'progress', 'triage', 'ruling', 'review')",
            name=op.f(f"ck_{name}_stage"),
        ),
        sa.CheckConstraint("origin IN ('appeal_ladder', 'rating_campaign')", name=op.f(f"ck_{name}_origin")),
        sa.CheckConstraint(f"ground IN ({GROUNDS})", name=op.f(f"ck_{name}_ground")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f(f"ck_{name}_state")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f(f"ck_{name}_outcome")),
        sa.CheckConstraint(
            "(stage IS NULL) = (promised_on IS NULL) AND (stage IS NULL) = (promise_no IS NULL)",
            name=op.f(f"ck_{name}_promise"),
        ),
        sa.CheckConstraint("stage IS NULL OR appeal_id IS NOT NULL", name=op.f(f"ck_{name}_appeal_id")),
        sa.CheckConstraint("due_on IS NULL OR due_on > issued_on", name=op.f(f"ck_{name}_due_on")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f(f"fk_{name}_unit_id_units")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f(f"fk_{name}_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["cause_id"], [f"{name}.id"], name=op.f(f"fk_{name}_cause_id_{name}")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["ladder_policies.id"], name=op.f(f"fk_{name}_policy_id_ladder_policies")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["accounts.id"], name=op.f(f"fk_{name}_issued_by_id_accounts")),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f(f"fk_{name}_slip_id_slips")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint(
            "kind", "appeal_id", "round", "stage", "promise_no", "promised_on",
            name=op.f(f"uq_{name}_step"),
        ),
        sa.UniqueConstraint("kind", "cause_id", name=op.f(f"uq_{name}_kind_cause_id")),
    )
    op.create_index(f"ix_{name}_unit_id_issued_on", name, ["unit_id", "issued_on"])
    op.create_index(f"ix_{name}_appeal_id", name, ["appeal_id"])
    op.create_index(f"ix_{name}_issued_on", name, ["issued_on"])
    op.create_index(f"ix_{name}_outcome_due_on", name, ["outcome", "due_on"])
    immutable(name, CORE)
    immutable_once_set(name, "due_on")
    immutable_once_set(name, "slip_id")
    immutable_once_set(name, "told_on")
    written_once(name, "outcome", ("met", "missed"))
    written_once(name, "state", ("revoked", "declined"))
    never_deleted(name)


def _create_events() -> None:
    op.create_table(
        "supervision_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name=op.f("ck_supervision_events_action")),
        sa.CheckConstraint(f"to_state IN ({STATES})", name=op.f("ck_supervision_events_to_state")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_supervision_events_outcome")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["supervision_records.id"], name=op.f("fk_supervision_events_record_id_supervision_records")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_supervision_events_actor_id_accounts")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_supervision_events_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_events")),
        sa.UniqueConstraint("record_id", "seq", name=op.f("uq_supervision_events_record_id_seq")),
    )
    append_only("supervision_events")


def downgrade() -> None:
    op.drop_index("ix_milestones_status_reached_on", table_name="milestones")
    for table in ("supervision_events", "supervision_records", "ladder_policies"):
        op.drop_table(table)
