"""Reveals of an identity, kinds of looks, and forms kept over a lost session."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_values("appeal_views", "viewer_group", ["custodian"])
    op.execute(
        "ALTER TABLE appeal_views ADD COLUMN kind VARCHAR(32) DEFAULT 'page' NOT NULL "
        "CONSTRAINT ck_appeal_views_kind CHECK (kind IN ('page', 'file', 'print', 'identity'))"
    )
    _create_reveals()
    _create_kept_forms()


def _create_reveals() -> None:
    op.create_table(
        "identity_reveals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('asked', 'granted', 'refused', 'withdrawn')", name=op.f("ck_identity_reveals_status")
        ),
        sa.CheckConstraint(
            "(status = 'granted') = (expires_at IS NOT NULL)", name=op.f("ck_identity_reveals_expires_at")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requester_id", name=op.f("ck_identity_reveals_second_person")
        ),
        sa.CheckConstraint("openings >= 0", name=op.f("ck_identity_reveals_openings")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_identity_reveals_appeal_id_appeals")),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["accounts.id"], name=op.f("fk_identity_reveals_requester_id_accounts")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_identity_reveals_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_identity_reveals_decided_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_reveals")),
        sa.UniqueConstraint("uid", name=op.f("uq_identity_reveals_uid")),
    )
    op.create_index(
        "ix_identity_reveals_appeal_id_requester_id", "identity_reveals", ["appeal_id", "requester_id"], unique=False
    )
    op.create_index("ix_identity_reveals_status_asked_at", "identity_reveals", ["status", "asked_at"], unique=False)
    op.create_index(
        "uq_identity_reveals_asked", "identity_reveals", ["appeal_id", "requester_id"], unique=True,
        sqlite_where=sa.text("status = 'asked'"), postgresql_where=sa.text("status = 'asked'"),
    )


def _create_kept_forms() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("form_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_kept_forms_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_forms")),
        sa.UniqueConstraint("uid", name=op.f("uq_kept_forms_uid")),
        sa.UniqueConstraint("account_id", "form_digest", name=op.f("uq_kept_forms_account_id_form_digest")),
    )
    op.create_index(op.f("ix_kept_forms_form_digest"), "kept_forms", ["form_digest"], unique=False)
    op.create_index(op.f("ix_kept_forms_kept_at"), "kept_forms", ["kept_at"], unique=False)


def downgrade() -> None:
    op.drop_table("kept_forms")
    op.drop_table("identity_reveals")
    op.execute("DELETE FROM appeal_views WHERE kind <> 'page' OR viewer_group = 'custodian'")
    op.execute("ALTER TABLE appeal_views DROP COLUMN kind")
    remove_values("appeal_views", "viewer_group", ["custodian"])
