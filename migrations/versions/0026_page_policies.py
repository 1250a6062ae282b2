"""What the approver still has to send is found by the unit."""

from alembic import op

revision = "0026"
down_revision = "0022"


def upgrade() -> None:
    op.create_index("ix_adjustments_unit_id_status", "adjustments", ["unit_id", "status", "appeal_id"])


def downgrade() -> None:
    op.drop_index("ix_adjustments_unit_id_status", table_name="adjustments")
