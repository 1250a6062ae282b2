"""Counts of limits, the view log, and what units get instead of an original file."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WITH_FILES = ("attachments", "staged_uploads")


def upgrade() -> None:
    op.create_table(
        "limit_counts",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", "begun_at", name=op.f("pk_limit_counts")),
    )
    op.create_index(op.f("ix_limit_counts_begun_at"), "limit_counts", ["begun_at"], unique=False)
    op.create_table(
        "appeal_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("viewer_group", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "viewer_group IN ('office', 'unit', 'leader', 'auditor')", name=op.f("ck_appeal_views_viewer_group")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_appeal_views_account_id_accounts")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_views_appeal_id_appeals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_views")),
    )
    op.create_index(
        "ix_appeal_views_appeal_id_account_id_at", "appeal_views", ["appeal_id", "account_id", "at"], unique=False
    )
    for table in WITH_FILES:
        _add_derivative(table)


def _add_derivative(table: str) -> None:
    """Plain ADD COLUMN, which both engines know with a CHECK: no copy of the table on SQLite."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN derivative_name VARCHAR(64)")
    op.execute(f"ALTER TABLE {table} ADD COLUMN derivative_sha256 VARCHAR(64) DEFAULT '' NOT NULL")
    op.execute(f"ALTER TABLE {table} ADD COLUMN derivative_size INTEGER DEFAULT 0 NOT NULL")
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN warning VARCHAR(32) DEFAULT 'none' NOT NULL "
        f"CONSTRAINT ck_{table}_warning CHECK (warning IN ('none', 'active', 'unchecked'))"
    )


def downgrade() -> None:
    for table in reversed(WITH_FILES):
        for column in ("warning", "derivative_size", "derivative_sha256", "derivative_name"):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index("ix_appeal_views_appeal_id_account_id_at", table_name="appeal_views")
    op.drop_table("appeal_views")
    op.drop_index(op.f("ix_limit_counts_begun_at"), table_name="limit_counts")
    op.drop_table("limit_counts")
