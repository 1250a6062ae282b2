"""Register of slips."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import drop_guard, immutable, never_deleted

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("verification_code", sa.String(length=24), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("pdf_name", sa.String(length=64), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('reply')", name=op.f("ck_slips_kind")),
        sa.CheckConstraint("status IN ('issued', 'void')", name=op.f("ck_slips_status")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_slips_number")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_slips_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["accounts.id"], name=op.f("fk_slips_issued_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_slips_kind_year_number")),
        sa.UniqueConstraint("pdf_name", name=op.f("uq_slips_pdf_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_slips_uid")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_slips_verification_code")),
    )
    op.create_index("ix_slips_appeal_id", "slips", ["appeal_id"], unique=False)
    op.create_index("ix_slips_issued_on", "slips", ["issued_on"], unique=False)
    never_deleted("slips")
    immutable("slips", ("uid", "kind", "year", "number", "content", "content_hash", "verification_code", "issued_at"))


def downgrade() -> None:
    drop_guard("slips")
    op.drop_index("ix_slips_issued_on", table_name="slips")
    op.drop_index("ix_slips_appeal_id", table_name="slips")
    op.drop_table("slips")
