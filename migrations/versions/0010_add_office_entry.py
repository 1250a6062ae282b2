"""Office entry of calls, letters and visits: the day they came, for good. And what units completed themselves."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values
from migrations.triggers import drop_trigger, immutable

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIXED = ("uid", "number", "received_at", "filed_at", "submission_digest")
FIXED_NOW = (*FIXED, "recorded_by_id", "paper_received_on", "is_self_registered")
STATES = ("registered", "to_amend")
ACTIONS = ("self_register", "recognise", "return_record", "amend")


def upgrade() -> None:
    add_values("appeals", "state", STATES)
    add_values("appeal_events", "to_state", STATES)
    add_values("appeal_events", "action", ACTIONS)
    op.add_column("appeals", sa.Column("paper_received_on", sa.Date(), nullable=True))
    op.add_column(
        "appeals", sa.Column("is_self_registered", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    drop_trigger("appeals", "appeals_immutable")
    immutable("appeals", FIXED_NOW)
    _create_self_registrations()


def _create_self_registrations() -> None:
    op.create_table(
        "self_registrations",
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("attitude", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "attitude IN ('satisfied', 'dissatisfied', 'not_asked')", name=op.f("ck_self_registrations_attitude")
        ),
        sa.CheckConstraint("completed_on <= registered_on", name=op.f("ck_self_registrations_completed_on")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeals.id"], name=op.f("fk_self_registrations_appeal_id_appeals")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_self_registrations_unit_id_units")),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_self_registrations")),
    )
    op.create_index(
        "ix_self_registrations_registered_on_unit_id", "self_registrations", ["registered_on", "unit_id"], unique=False
    )
    immutable("self_registrations", ("appeal_id", "unit_id", "registered_on"))


def downgrade() -> None:
    drop_trigger("self_registrations", "self_registrations_immutable")
    op.drop_index("ix_self_registrations_registered_on_unit_id", table_name="self_registrations")
    op.drop_table("self_registrations")
    drop_trigger("appeals", "appeals_immutable")
    immutable("appeals", FIXED)
    op.drop_column("appeals", "is_self_registered")
    op.drop_column("appeals", "paper_received_on")
    remove_values("appeal_events", "action", ACTIONS)
    remove_values("appeal_events", "to_state", STATES)
    remove_values("appeals", "state", STATES)
