"""Assignees of appeals and the filters people keep under a name."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_values("appeal_events", "action", ("assign",))
    op.execute(
        "ALTER TABLE appeals ADD COLUMN assignee_id INTEGER "
        "CONSTRAINT fk_appeals_assignee_id_accounts REFERENCES accounts (id)"
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("query", sa.String(length=1200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN ('desk', 'office')", name=op.f("ck_saved_filters_place")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_saved_filters_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("account_id", "place", "name", name=op.f("uq_saved_filters_account_id_place_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_saved_filters_uid")),
    )


def downgrade() -> None:
    op.drop_table("saved_filters")
    op.execute("ALTER TABLE appeals DROP COLUMN assignee_id")
    remove_values("appeal_events", "action", ("assign",))
