"""Policies of the clock never change and say who made them; what an approver has to send is found by the unit."""

from alembic import op

from migrations.triggers import append_only, drop_trigger, immutable, immutable_once_set, never_deleted

revision = "0026"
down_revision = "0022"

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


def downgrade() -> None:
    for name in ("policy_limits_no_update", "policy_limits_no_delete"):
        drop_trigger("policy_limits", name)
    for name in ("policies_immutable", "policies_in_force_to_once", "policies_no_delete"):
        drop_trigger("policies", name)
    for column in reversed(NAMES):
        op.execute(f"ALTER TABLE policies DROP COLUMN {column}")
    op.drop_index("ix_adjustments_unit_id_status", table_name="adjustments")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
