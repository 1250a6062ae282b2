"""Policies of the clock never change and say who made them; what an approver has to send is found by the unit; entries
of the register of work errors have evidence.
"""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, drop_trigger, immutable, immutable_once_set, never_deleted

revision = "0026"
down_revision = "0025"

ALLOWANCES = ("return_workdays", "extensions_most", "extension_workdays_most", "pause_workdays_most")
COLUMNS = (
    "complexity VARCHAR(32) CONSTRAINT ck_policies_complexity CHECK (complexity IN ('simple', 'complex'))",
    "made_by_id INTEGER CONSTRAINT fk_policies_made_by_id_accounts REFERENCES accounts (id)",
    "made_by_name VARCHAR(40) DEFAULT '系统' NOT NULL",
    "made_at {instant}",
)
NAMES = ("complexity", "made_by_id", "made_by_name", "made_at")
FIXED = ("id", "code", "version", "name", "basis", "in_force_from", "kinds", *ALLOWANCES, *NAMES)


def upgrade() -> None:
    op.create_index("ix_adjustments_unit_id_status", "adjustments", ["unit_id", "status", "appeal_id"])
    instant = "TIMESTAMP WITH TIME ZONE" if _is_postgres() else "DATETIME"
    for column in COLUMNS:
        op.execute(f"ALTER TABLE policies ADD COLUMN {column.format(instant=instant)}")
    immutable("policies", FIXED)
    immutable_once_set("policies", "in_force_to")
    never_deleted("policies")
    append_only("policy_limits")
    _create_evidence()


def _create_evidence() -> None:
    name = "work_error_files"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("error_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("derivative_name", sa.String(length=64), nullable=True),
        sa.Column("derivative_sha256", sa.String(length=64), nullable=False),
        sa.Column("derivative_size", sa.Integer(), nullable=False),
        sa.Column("warning", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_by_name", sa.String(length=40), nullable=False),
        sa.CheckConstraint("warning IN ('none', 'active', 'unchecked')", name=op.f(f"ck_{name}_warning")),
        sa.ForeignKeyConstraint(["error_id"], ["work_errors.id"], name=op.f(f"fk_{name}_error_id_work_errors")),
        sa.ForeignKeyConstraint(["added_by_id"], ["accounts.id"], name=op.f(f"fk_{name}_added_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("error_id", "no", name=op.f(f"uq_{name}_error_id_no")),
        sa.UniqueConstraint("stored_name", name=op.f(f"uq_{name}_stored_name")),
    )
    append_only(name)


def downgrade() -> None:
    op.drop_table("work_error_files")
    for name in ("policy_limits_no_update", "policy_limits_no_delete"):
        drop_trigger("policy_limits", name)
    for name in ("policies_immutable", "policies_in_force_to_once", "policies_no_delete"):
        drop_trigger("policies", name)
    for column in reversed(NAMES):
        op.execute(f"ALTER TABLE policies DROP COLUMN {column}")
    op.drop_index("ix_adjustments_unit_id_status", table_name="adjustments")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
