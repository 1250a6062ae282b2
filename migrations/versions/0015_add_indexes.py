"""Indexes that a unit's queue and counters are read from alone; guards of the promises."""

from alembic import op

from migrations.triggers import drop_trigger, immutable_once_set, never_deleted, only_with_event

revision = "0015"
down_revision = "0014"

OLD = "ix_appeals_lead_unit_id_state_next_due_on"
COUNTS, QUEUE = "ix_appeals_unit_counts", "ix_appeals_unit_queue"


def upgrade() -> None:
    op.drop_index(OLD, table_name="appeals")
    op.create_index(COUNTS, "appeals", ["lead_unit_id", "state", "next_due_on", "kind", "against_unit_id"])
    op.create_index(QUEUE, "appeals", ["lead_unit_id", "next_due_on", "id", "state", "kind", "against_unit_id"])
    immutable_once_set("appeals", "dispatched_on")
    never_deleted("milestones")
    only_with_event("milestones", "due_on", ("recalculate",))


def downgrade() -> None:
    drop_trigger("milestones", "milestones_due_on_told")
    drop_trigger("milestones", "milestones_no_delete")
    drop_trigger("appeals", "appeals_dispatched_on_once")
    op.drop_index(QUEUE, table_name="appeals")
    op.drop_index(COUNTS, table_name="appeals")
    op.create_index(OLD, "appeals", ["lead_unit_id", "state", "next_due_on"])
