"""The rest of an appeal's life: supplements, withdrawal, notes, progress, appeals on paper."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values
from migrations.triggers import drop_one, immutable

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = ("awaiting_supplement", "withdrawn")
ACTIONS = ("note", "ask_supplement", "ask_appellant", "answer", "withdraw", "report_progress", "record")
FIXED = ("uid", "number", "received_at", "filed_at", "submission_digest")


def upgrade() -> None:
    add_values("appeals", "state", STATES)
    add_values("appeal_events", "to_state", STATES)
    add_values("appeal_events", "action", ACTIONS)
    op.add_column("appeals", sa.Column("has_question", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("appeals", sa.Column("paper_received_on", sa.Date(), nullable=True))
    drop_one("appeals", "appeals_immutable")
    immutable("appeals", (*FIXED, "paper_received_on"))


def downgrade() -> None:
    drop_one("appeals", "appeals_immutable")
    immutable("appeals", FIXED)
    op.drop_column("appeals", "paper_received_on")
    op.drop_column("appeals", "has_question")
    remove_values("appeal_events", "action", ACTIONS)
    remove_values("appeal_events", "to_state", STATES)
    remove_values("appeals", "state", STATES)
