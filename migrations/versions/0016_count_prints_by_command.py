"""Looks that no account stands behind: the slips that the command line prints."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import rewrite

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    _account_id(is_needed=False)


def downgrade() -> None:
    op.execute("DELETE FROM appeal_views WHERE account_id IS NULL")
    _account_id(is_needed=True)


def _account_id(*, is_needed: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("appeal_views", "account_id", existing_type=sa.Integer(), nullable=not is_needed)
    elif is_needed:
        rewrite("appeal_views", r"\baccount_id INTEGER", "account_id INTEGER NOT NULL")
    else:
        rewrite("appeal_views", r"\baccount_id INTEGER NOT NULL", "account_id INTEGER")
