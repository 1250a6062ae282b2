"""The register of work errors (错情): entries, and the events they are made of."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, immutable, never_deleted, written_once

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROLES = (
    "('enterprise', 'handler', 'approver', 'clerk', 'supervisor', 'director', 'custodian', 'leader', 'auditor', "
    "'administrator')"
)


def upgrade() -> None:
    _create_work_errors()
    _create_events()


def _create_work_errors() -> None:
    op.create_table(
        "work_errors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("circumstances", sa.JSON(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("accountability", sa.Text(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("registrar_id", sa.Integer(), nullable=False),
        sa.Column("registrar_role", sa.String(length=32), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("graded_on", sa.Date(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source IN ('own_check', 'offices_found', 'petition', 'online', 'appeal', 'city_notice', "
            "'province_notice', 'city_offices_notice', 'leaders', 'inspection', 'other')",
            name=op.f("ck_work_errors_source"),
        ),
        sa.CheckConstraint("grade IN ('slight', 'general', 'larger', 'serious')", name=op.f("ck_work_errors_grade")),
        sa.CheckConstraint("status IN ('registered', 'revoked')", name=op.f("ck_work_errors_status")),
        sa.CheckConstraint(f"registrar_role IN {ROLES}", name=op.f("ck_work_errors_registrar_role")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_work_errors_version")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_work_errors_unit_id_units")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_work_errors_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["registrar_id"], ["accounts.id"], name=op.f("fk_work_errors_registrar_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_errors")),
        sa.UniqueConstraint("uid", name=op.f("uq_work_errors_uid")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_work_errors_year_number")),
    )
    op.create_index("ix_work_errors_unit_id_occurred_on", "work_errors", ["unit_id", "occurred_on"])
    op.create_index("ix_work_errors_occurred_on", "work_errors", ["occurred_on"])
    op.create_index("ix_work_errors_graded_on", "work_errors", ["graded_on"])
    immutable("work_errors", ("uid", "year", "number", "unit_id", "registrar_id", "registrar_role", "registered_at"))
    written_once("work_errors", "status", ("revoked",))
    never_deleted("work_errors")


def _create_events() -> None:
    op.create_table(
        "work_error_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("error_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("happened", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "happened IN ('register', 'regrade', 'correct', 'answer', 'revoke')",
            name=op.f("ck_work_error_events_happened"),
        ),
        sa.CheckConstraint(f"role IN {ROLES}", name=op.f("ck_work_error_events_role")),
        sa.CheckConstraint(
            "code IN ('unforeseeable', 'force_majeure', 'objective', 'other_unit', 'repeated', 'untrue')",
            name=op.f("ck_work_error_events_code"),
        ),
        sa.CheckConstraint("(happened = 'revoke') = (code IS NOT NULL)", name=op.f("ck_work_error_events_revoke_code")),
        sa.ForeignKeyConstraint(
            ["error_id"], ["work_errors.id"], name=op.f("fk_work_error_events_error_id_work_errors")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_work_error_events_actor_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_error_events")),
        sa.UniqueConstraint("error_id", "seq", name=op.f("uq_work_error_events_error_id_seq")),
    )
    op.create_index(
        "uq_work_error_events_answer", "work_error_events", ["error_id"], unique=True,
        sqlite_where=sa.text("happened = 'answer'"), postgresql_where=sa.text("happened = 'answer'"),
    )
    append_only("work_error_events")


def downgrade() -> None:
    op.drop_table("work_error_events")
    op.drop_table("work_errors")
