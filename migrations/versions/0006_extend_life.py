"""The rest of an appeal's life: supplements, withdrawal, notes, progress."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = ("awaiting_supplement", "withdrawn")
ACTIONS = ("note", "ask_supplement", "ask_appellant", "answer", "withdraw", "report_progress")


def upgrade() -> None:
    add_values("appeals", "state", STATES)
    add_values("appeal_events", "to_state", STATES)
    add_values("appeal_events", "action", ACTIONS)
    op.add_column("appeals", sa.Column("has_question", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("appeals", "has_question")
    remove_values("appeal_events", "action", ACTIONS)
    remove_values("appeal_events", "to_state", STATES)
    remove_values("appeals", "state", STATES)
