"""Appeals, demands, files, sealed identities, number series."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import drop_guard, immutable, never_deleted

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "staged_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_digest", sa.String(length=64), nullable=False),
        sa.Column("stored_name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_uploads")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_staged_uploads_stored_name")),
    )
    op.create_index(op.f("ix_staged_uploads_submission_digest"), "staged_uploads", ["submission_digest"], unique=False)
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("submission_digest", sa.String(length=64), nullable=True),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("receipt_code_hash", sa.String(length=200), nullable=False),
        sa.Column("source_ref", sa.String(length=60), nullable=True),
        sa.Column(
            "appellant_kind",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column(
            "channel",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("against_unit_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("complexity", sa.String(length=32), nullable=True),
        sa.Column("lead_unit_id", sa.Integer(), nullable=True),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("next_stage", sa.String(length=20), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "appellant_kind IN ('person', 'enterprise', 'anonymous')", name=op.f("ck_appeals_appellant_kind")
        ),
        sa.CheckConstraint(
            "channel IN ('call', 'letter', 'visit', 'web', 'hotline_12345', 'business_code', "
            "'provincial_platform', 'forum', 'field_visit', 'superior', 'exchange_day', 'other')",
            name=op.f("ck_appeals_channel"),
        ),
        sa.CheckConstraint("complexity IN ('simple', 'complex')", name=op.f("ck_appeals_complexity")),
        sa.CheckConstraint(
            "kind IN ('consult', 'help', 'suggest', 'complaint', 'report')", name=op.f("ck_appeals_kind")
        ),
        sa.CheckConstraint("level IN ('normal', 'urgent', 'critical')", name=op.f("ck_appeals_level")),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'declined', 'dispatched', 'verifying', 'handling', "
            "'preliminary_sign_off', 'continuing', 'reply_sign_off', 'in_review', 'replied', 'closed')",
            name=op.f("ck_appeals_state"),
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_appeals_round")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_appeals_version")),
        sa.ForeignKeyConstraint(["against_unit_id"], ["units.id"], name=op.f("fk_appeals_against_unit_id_units")),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["units.id"], name=op.f("fk_appeals_lead_unit_id_units")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["accounts.id"], name=op.f("fk_appeals_recorded_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("number", name=op.f("uq_appeals_number")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_appeals_source_ref")),
        sa.UniqueConstraint("submission_digest", name=op.f("uq_appeals_submission_digest")),
        sa.UniqueConstraint("uid", name=op.f("uq_appeals_uid")),
    )
    op.create_index(op.f("ix_appeals_against_unit_id"), "appeals", ["against_unit_id"], unique=False)
    op.create_index(
        "ix_appeals_lead_unit_id_state_next_due_on", "appeals", ["lead_unit_id", "state", "next_due_on"], unique=False
    )
    op.create_index(op.f("ix_appeals_received_at"), "appeals", ["received_at"], unique=False)
    op.create_index("ix_appeals_state_next_due_on", "appeals", ["state", "next_due_on"], unique=False)
    op.create_index("ix_appeals_state_received_at", "appeals", ["state", "received_at"], unique=False)
    op.create_table(
        "appellant_identities",
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enterprise_index", sa.String(length=64), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appellant_identities_appeal_id_appeals")),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appellant_identities")),
    )
    op.create_index(
        op.f("ix_appellant_identities_enterprise_index"), "appellant_identities", ["enterprise_index"], unique=False
    )
    op.create_index(op.f("ix_appellant_identities_phone_index"), "appellant_identities", ["phone_index"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_attachments_appeal_id_appeals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("appeal_id", "no", name=op.f("uq_attachments_appeal_id_no")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_attachments_stored_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_attachments_uid")),
    )
    op.create_table(
        "demands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("no >= 1", name=op.f("ck_demands_no")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_demands_appeal_id_appeals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands")),
        sa.UniqueConstraint("appeal_id", "no", name=op.f("uq_demands_appeal_id_no")),
    )
    never_deleted("appeals")
    immutable("appeals", ("uid", "number", "received_at", "filed_at", "submission_digest"))


def downgrade() -> None:
    drop_guard("appeals")
    op.drop_table("demands")
    op.drop_table("attachments")
    op.drop_index(op.f("ix_appellant_identities_phone_index"), table_name="appellant_identities")
    op.drop_index(op.f("ix_appellant_identities_enterprise_index"), table_name="appellant_identities")
    op.drop_table("appellant_identities")
    op.drop_index("ix_appeals_state_received_at", table_name="appeals")
    op.drop_index("ix_appeals_state_next_due_on", table_name="appeals")
    op.drop_index(op.f("ix_appeals_received_at"), table_name="appeals")
    op.drop_index("ix_appeals_lead_unit_id_state_next_due_on", table_name="appeals")
    op.drop_index(op.f("ix_appeals_against_unit_id"), table_name="appeals")
    op.drop_table("appeals")
    op.drop_index(op.f("ix_staged_uploads_submission_digest"), table_name="staged_uploads")
    op.drop_table("staged_uploads")
    op.drop_table("number_series")
