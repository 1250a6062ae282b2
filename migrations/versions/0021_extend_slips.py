"""Slips of eight kinds: to a unit or of an appeal, void and reissued, signed for, with scans and editable wording."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values, rewrite
from migrations.triggers import append_only, drop_trigger, immutable, immutable_once_set, never_deleted, written_once

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = (
    "dispatch_order", "reminder", "supervision_order", "transfer_letter", "decline_notice", "handling_report",
    "interview_notice",
)
FIXED = ("uid", "kind", "year", "number", "content", "content_hash", "verification_code", "issued_at")
FIXED_NOW = (*FIXED, "issued_on", "appeal_id", "unit_id", "replaces_id")
ONCE = ("voided_at", "void_reason", "pdf_sha256")
COLUMNS = (
    "unit_id INTEGER CONSTRAINT fk_slips_unit_id_units REFERENCES units (id) "
    "CONSTRAINT ck_slips_appeal_or_unit CHECK (appeal_id IS NOT NULL OR unit_id IS NOT NULL)",
    "recipient VARCHAR(120) DEFAULT '诉求人' NOT NULL",
    "voided_at {instant} CONSTRAINT ck_slips_voided_at CHECK ((status = 'void') = (voided_at IS NOT NULL))",
    "voided_by_id INTEGER CONSTRAINT fk_slips_voided_by_id_accounts REFERENCES accounts (id)",
    "void_reason TEXT",
    "replaces_id INTEGER CONSTRAINT fk_slips_replaces_id_slips REFERENCES slips (id)",
)
NAMES = ("unit_id", "recipient", "voided_at", "voided_by_id", "void_reason", "replaces_id")


def upgrade() -> None:
    add_values("slips", "kind", KINDS)
    _may_be_null("appeal_id", is_null=True)
    instant = "TIMESTAMP WITH TIME ZONE" if _is_postgres() else "DATETIME"
    for column in COLUMNS:
        op.execute(f"ALTER TABLE slips ADD COLUMN {column.format(instant=instant)}")
    op.create_index("ix_slips_unit_id_status", "slips", ["unit_id", "status"], unique=False)
    op.create_index("uq_slips_replaces_id", "slips", ["replaces_id"], unique=True)
    drop_trigger("slips", "slips_immutable")
    immutable("slips", FIXED_NOW)
    written_once("slips", "status", ("void",))
    for column in ONCE:
        immutable_once_set("slips", column)
    _create_receipts()
    _create_scans()
    _create_wordings()


def _create_receipts() -> None:
    op.create_table(
        "slip_receipts",
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f("fk_slip_receipts_slip_id_slips")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_slip_receipts_unit_id_units")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["accounts.id"], name=op.f("fk_slip_receipts_signed_by_id_accounts")),
        sa.PrimaryKeyConstraint("slip_id", name=op.f("pk_slip_receipts")),
    )
    append_only("slip_receipts")


def _create_scans() -> None:
    op.create_table(
        "slip_scans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("warning", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("warning IN ('none', 'active', 'unchecked')", name=op.f("ck_slip_scans_warning")),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f("fk_slip_scans_slip_id_slips")),
        sa.ForeignKeyConstraint(["added_by_id"], ["accounts.id"], name=op.f("fk_slip_scans_added_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_scans")),
        sa.UniqueConstraint("slip_id", "no", name=op.f("uq_slip_scans_slip_id_no")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_slip_scans_stored_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_slip_scans_uid")),
    )
    never_deleted("slip_scans")


def _create_wordings() -> None:
    allowed = ", ".join(f"'{kind}'" for kind in ("reply", *KINDS))
    op.create_table(
        "slip_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(part, sa.Text(), nullable=False) for part in ("opening", "demand", "closing", "come_back")),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({allowed})", name=op.f("ck_slip_wordings_kind")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["accounts.id"], name=op.f("fk_slip_wordings_changed_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_wordings")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_slip_wordings_kind_version")),
    )
    append_only("slip_wordings")


def downgrade() -> None:
    for table in ("slip_wordings", "slip_scans", "slip_receipts"):
        op.drop_table(table)
    for column in ONCE:
        drop_trigger("slips", f"slips_{column}_once")
    drop_trigger("slips", "slips_status_once")
    drop_trigger("slips", "slips_immutable")
    op.drop_index("uq_slips_replaces_id", table_name="slips")
    op.drop_index("ix_slips_unit_id_status", table_name="slips")
    for column in reversed(NAMES):
        op.execute(f"ALTER TABLE slips DROP COLUMN {column}")
    _may_be_null("appeal_id", is_null=False)
    remove_values("slips", "kind", KINDS)
    immutable("slips", FIXED)


def _may_be_null(column: str, *, is_null: bool) -> None:
    if _is_postgres():
        op.execute(f"ALTER TABLE slips ALTER COLUMN {column} {'DROP' if is_null else 'SET'} NOT NULL")
        return
    old, new = (f"{column} INTEGER NOT NULL", f"{column} INTEGER")[:: 1 if is_null else -1]
    rewrite("slips", rf"\b{old}\b(?! NOT NULL)", new)


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
