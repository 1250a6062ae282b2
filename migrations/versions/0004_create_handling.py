"""Events, milestones, replies, clock policies."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, drop_guard, immutable, written_once

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_policies_code_version")),
    )
    op.create_table(
        "policy_limits",
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('sign', 'verify', 'conclude', 'preliminary', 'final')", name=op.f("ck_policy_limits_stage")
        ),
        sa.CheckConstraint("workdays >= 1", name=op.f("ck_policy_limits_workdays")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_policy_limits_policy_id_policies")),
        sa.PrimaryKeyConstraint("policy_id", "stage", name=op.f("pk_policy_limits")),
    )
    op.create_table(
        "act_keys",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_act_keys_account_id_accounts")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_act_keys")),
    )
    op.create_table(
        "appeal_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column(
            "from_state",
            sa.String(length=32),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("public_note", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('submit', 'register', 'accept', 'decline', 'dispatch', 'sign', 'verify', 'reclassify', "
            "'propose_preliminary', 'propose_reply', 'sign_off', 'send_back', 'reject', 'publish', 'close', "
            "'recalculate')",
            name=op.f("ck_appeal_events_action"),
        ),
        sa.CheckConstraint(
            "to_state IN ('submitted', 'accepted', 'declined', 'dispatched', 'verifying', 'handling', "
            "'preliminary_sign_off', 'continuing', 'reply_sign_off', 'in_review', 'replied', 'closed')",
            name=op.f("ck_appeal_events_to_state"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_appeal_events_actor_id_accounts")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_events_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_appeal_events_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_events")),
        sa.UniqueConstraint("appeal_id", "seq", name=op.f("uq_appeal_events_appeal_id_seq")),
    )
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('sign', 'verify', 'conclude', 'preliminary', 'final')", name=op.f("ck_milestones_stage")
        ),
        sa.CheckConstraint("status IN ('pending', 'met', 'missed', 'dropped')", name=op.f("ck_milestones_status")),
        sa.CheckConstraint("due_on > start_on", name=op.f("ck_milestones_due_on")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_milestones_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_milestones_policy_id_policies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("appeal_id", "round", "stage", name=op.f("uq_milestones_appeal_id_round_stage")),
    )
    op.create_index("ix_milestones_status_is_provisional", "milestones", ["status", "is_provisional"], unique=False)
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "status",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("next_milestone_on", sa.Date(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_off_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('preliminary', 'final')", name=op.f("ck_replies_kind")),
        sa.CheckConstraint(
            "status IN ('draft', 'proposed', 'signed_off', 'published')", name=op.f("ck_replies_status")
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_replies_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["accounts.id"], name=op.f("fk_replies_drafted_by_id_accounts")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["accounts.id"], name=op.f("fk_replies_reviewed_by_id_accounts")),
        sa.ForeignKeyConstraint(
            ["signed_off_by_id"], ["accounts.id"], name=op.f("fk_replies_signed_off_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("appeal_id", "round", "kind", name=op.f("uq_replies_appeal_id_round_kind")),
    )
    op.create_table(
        "reply_items",
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.String(length=32),
            nullable=True,
        ),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('solved', 'partly_solved', 'in_progress', 'explained', 'unfounded', 'unsolvable')",
            name=op.f("ck_reply_items_outcome"),
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=op.f("fk_reply_items_demand_id_demands")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_reply_items_reply_id_replies")),
        sa.PrimaryKeyConstraint("reply_id", "demand_id", name=op.f("pk_reply_items")),
    )
    append_only("appeal_events")
    immutable("milestones", ("start_on", "workdays", "stage", "round", "policy_id"))
    written_once("milestones", "status", ("met", "missed"))


def downgrade() -> None:
    drop_guard("milestones")
    drop_guard("appeal_events")
    op.drop_table("reply_items")
    op.drop_table("replies")
    op.drop_index("ix_milestones_status_is_provisional", table_name="milestones")
    op.drop_table("milestones")
    op.drop_table("appeal_events")
    op.drop_table("act_keys")
    op.drop_table("policy_limits")
    op.drop_table("policies")
