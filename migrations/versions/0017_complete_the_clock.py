"""Pauses, extensions, returns and redo; the office's own steps; what a policy allows."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values, rewrite
from migrations.triggers import drop_trigger, immutable, never_deleted, only_with_event

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATES = ("return_requested", "transferred")
ACTIONS = (
    "ask_return", "ask_extension", "ask_pause", "ask_complex", "send_adjustment", "take_back_adjustment",
    "grant_adjustment", "refuse_adjustment", "rule_return", "resume", "end_pause", "redo",
    "transfer",
)
MOVE_DATES = ("recalculate", "grant_adjustment", "resume", "end_pause", "answer")
"""Acts that may move a promised date."""
STAGES = ("progress", "triage", "ruling", "review")
OWN_LIMITS = {"progress": 10, "triage": 1, "ruling": 1, "review": 2}
"""In working days: the staged report of a complex matter, and the office's own steps (domain.md §4)."""
ALLOWANCES = {
    "return_workdays": "1", "extensions_most": "1", "extension_workdays_most": "10", "pause_workdays_most": "30",
}
KEY, LONGER_KEY = ("appeal_id", "round", "stage"), ("appeal_id", "round", "stage", "no")
FIXED, MORE_FIXED = ("start_on", "workdays", "stage", "round", "policy_id"), ("no", "first_due_on")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    add_values("appeals", "state", STATES)
    add_values("appeal_events", "to_state", STATES)
    add_values("appeal_events", "action", ACTIONS)
    op.add_column("appeals", sa.Column("has_adjustment", sa.Boolean(), nullable=False, server_default=sa.false()))
    _change_policies()
    _change_milestones()
    _create_adjustments()


def _change_policies() -> None:
    add_values("policy_limits", "stage", STAGES)
    op.add_column("policies", sa.Column("kinds", sa.String(length=80), nullable=False, server_default=""))
    for name, value in ALLOWANCES.items():
        op.add_column("policies", sa.Column(name, sa.Integer(), nullable=False, server_default=value))
    for stage, workdays in OWN_LIMITS.items():
        op.execute(
            "INSERT INTO policy_limits (policy_id, stage, workdays) "  # noqa: S608 (words of ours)
            f"SELECT id, '{stage}', {workdays} FROM policies"
        )


def _change_milestones() -> None:
    drop_trigger("milestones", "milestones_immutable")
    drop_trigger("milestones", "milestones_due_on_told")
    add_values("milestones", "stage", STAGES)
    op.add_column("milestones", sa.Column("no", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("milestones", sa.Column("extended_workdays", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("milestones", sa.Column("first_due_on", sa.Date(), nullable=True))
    op.execute("UPDATE milestones SET first_due_on = due_on")
    if _is_postgres():
        op.alter_column("milestones", "first_due_on", nullable=False)
    else:
        rewrite("milestones", r"first_due_on DATE", "first_due_on DATE NOT NULL")
    _replace_key(KEY, LONGER_KEY)
    immutable("milestones", (*FIXED, *MORE_FIXED))
    only_with_event("milestones", "due_on", MOVE_DATES)


def _replace_key(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    before, after = f"uq_milestones_{'_'.join(old)}", f"uq_milestones_{'_'.join(new)}"
    if _is_postgres():
        op.drop_constraint(before, "milestones", type_="unique")
        op.create_unique_constraint(after, "milestones", list(new))
    else:
        words = rf"CONSTRAINT {before} UNIQUE \({', '.join(old)}\)"
        rewrite("milestones", words, f"CONSTRAINT {after} UNIQUE ({', '.join(new)})")


def _create_adjustments() -> None:
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("ruled_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("proposed_unit_id", sa.Integer(), nullable=True),
        sa.Column("ruled_unit_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("ruled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('return', 'extension', 'pause', 'complex')", name=op.f("ck_adjustments_kind")),
        sa.CheckConstraint(
            "status IN ('to_sign_off', 'asked', 'granted', 'refused', 'taken_back', 'lapsed')",
            name=op.f("ck_adjustments_status"),
        ),
        sa.CheckConstraint(
            "reason IN ('test', 'appraisal', 'hearing', 'supplement')", name=op.f("ck_adjustments_reason")
        ),
        sa.CheckConstraint("workdays >= 0", name=op.f("ck_adjustments_workdays")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_adjustments_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_adjustments_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["proposed_unit_id"], ["units.id"], name=op.f("fk_adjustments_proposed_unit_id_units")
        ),
        sa.ForeignKeyConstraint(["ruled_unit_id"], ["units.id"], name=op.f("fk_adjustments_ruled_unit_id_units")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_adjustments_asked_by_id_accounts")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["accounts.id"], name=op.f("fk_adjustments_sent_by_id_accounts")),
        sa.ForeignKeyConstraint(["ruled_by_id"], ["accounts.id"], name=op.f("fk_adjustments_ruled_by_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
        sa.UniqueConstraint("appeal_id", "no", name=op.f("uq_adjustments_appeal_id_no")),
    )
    op.create_index("ix_adjustments_status_asked_on", "adjustments", ["status", "asked_on"])
    immutable("adjustments", ("appeal_id", "no", "round", "kind", "unit_id", "reason"))
    never_deleted("adjustments")


def downgrade() -> None:
    op.drop_index("ix_adjustments_status_asked_on", table_name="adjustments")
    op.drop_table("adjustments")
    drop_trigger("milestones", "milestones_due_on_told")
    drop_trigger("milestones", "milestones_immutable")
    _replace_key(LONGER_KEY, KEY)
    for name in ("first_due_on", "extended_workdays", "no"):
        op.drop_column("milestones", name)
    remove_values("milestones", "stage", STAGES)
    immutable("milestones", FIXED)
    only_with_event("milestones", "due_on", ("recalculate",))
    for name in (*reversed(ALLOWANCES), "kinds"):
        op.drop_column("policies", name)
    op.execute(
        "DELETE FROM policy_limits WHERE stage IN "  # noqa: S608 (words of ours)
        f"({', '.join(repr(stage) for stage in STAGES)})"
    )
    remove_values("policy_limits", "stage", STAGES)
    op.drop_column("appeals", "has_adjustment")
    remove_values("appeal_events", "action", ACTIONS)
    remove_values("appeal_events", "to_state", STATES)
    remove_values("appeals", "state", STATES)
