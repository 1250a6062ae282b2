"""Office entry of calls, letters and visits: the day they came, for good."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import drop_trigger, immutable

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIXED = ("uid", "number", "received_at", "filed_at", "submission_digest")
FIXED_NOW = (*FIXED, "recorded_by_id", "paper_received_on", "is_self_registered")


def upgrade() -> None:
    op.add_column("appeals", sa.Column("paper_received_on", sa.Date(), nullable=True))
    op.add_column(
        "appeals", sa.Column("is_self_registered", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    drop_trigger("appeals", "appeals_immutable")
    immutable("appeals", FIXED_NOW)


def downgrade() -> None:
    drop_trigger("appeals", "appeals_immutable")
    immutable("appeals", FIXED)
    op.drop_column("appeals", "is_self_registered")
    op.drop_column("appeals", "paper_received_on")
