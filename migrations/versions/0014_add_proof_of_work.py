"""Proofs of work that have been used: each is good for one request."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "used_proofs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_used_proofs")),
    )
    op.create_index(op.f("ix_used_proofs_used_at"), "used_proofs", ["used_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_used_proofs_used_at"), table_name="used_proofs")
    op.drop_table("used_proofs")
