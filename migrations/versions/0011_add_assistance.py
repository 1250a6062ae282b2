"""Assisting units with clocks of their own; appeals merged into another or linked with it."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values
from migrations.triggers import immutable, never_deleted, written_once

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = ("merged",)
ACTIONS = (
    "assist", "end_assistance", "sign_assistance", "propose_contribution", "send_contribution", "return_contribution",
    "merge", "unmerge", "take_in", "let_go", "reply_merged", "link", "unlink",
)
MARKS = ("has_assistance", "has_links")


def upgrade() -> None:
    add_values("appeals", "state", STATES)
    add_values("appeal_events", "to_state", STATES)
    add_values("appeal_events", "action", ACTIONS)
    for mark in MARKS:
        op.add_column("appeals", sa.Column(mark, sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_assistances()
    _create_links()


def _create_assistances() -> None:
    op.create_table(
        "assistances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("clock", sa.String(length=32), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("contribution", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('to_sign', 'at_work', 'to_sign_off', 'sent', 'ended', 'lapsed')",
            name=op.f("ck_assistances_status"),
        ),
        sa.CheckConstraint("clock IN ('pending', 'met', 'missed', 'dropped')", name=op.f("ck_assistances_clock")),
        sa.CheckConstraint("due_on > start_on", name=op.f("ck_assistances_due_on")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_assistances_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assistances_unit_id_units")),
        sa.ForeignKeyConstraint(["written_by_id"], ["accounts.id"], name=op.f("fk_assistances_written_by_id_accounts")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["accounts.id"], name=op.f("fk_assistances_sent_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistances")),
        sa.UniqueConstraint("appeal_id", "no", name=op.f("uq_assistances_appeal_id_no")),
    )
    op.create_index("ix_assistances_unit_id_status_due_on", "assistances", ["unit_id", "status", "due_on"])
    op.create_index("ix_assistances_status_due_on", "assistances", ["status", "due_on"])
    immutable("assistances", ("appeal_id", "no", "unit_id", "start_on", "workdays"))
    written_once("assistances", "clock", ("met", "missed"))
    never_deleted("assistances")


def _create_links() -> None:
    op.create_table(
        "appeal_links",
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('into', 'holds', 'beside')", name=op.f("ck_appeal_links_kind")),
        sa.CheckConstraint("appeal_id <> other_id", name=op.f("ck_appeal_links_itself")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_links_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["other_id"], ["appeals.id"], name=op.f("fk_appeal_links_other_id_appeals")),
        sa.PrimaryKeyConstraint("appeal_id", "kind", "other_id", name=op.f("pk_appeal_links")),
    )


def downgrade() -> None:
    op.drop_table("appeal_links")
    op.drop_index("ix_assistances_status_due_on", table_name="assistances")
    op.drop_index("ix_assistances_unit_id_status_due_on", table_name="assistances")
    op.drop_table("assistances")
    for mark in reversed(MARKS):
        op.drop_column("appeals", mark)
    remove_values("appeal_events", "action", ACTIONS)
    remove_values("appeal_events", "to_state", STATES)
    remove_values("appeals", "state", STATES)
