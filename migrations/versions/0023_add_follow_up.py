"""Follow-up: policies, ratings and their links, calls, the lists of days, dissatisfaction cases, exclusions."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import (
    append_only,
    final_once,
    immutable,
    immutable_once_set,
    never_deleted,
    written_once,
)

revision = "0023"
down_revision = "0022"

CORE = (
    "uid", "appeal_id", "round", "unit_id", "origin", "rating_id", "call_id", "policy_id", "opened_at", "opened_on",
    "contact_workdays", "contact_first_due_on", "put_right_first_due_on",
)
TABLES = (
    "rating_exclusions", "dissatisfaction_events", "dissatisfaction_cases", "call_candidates", "call_lists",
    "follow_up_calls", "rating_links", "satisfaction_ratings", "follow_up_policies",
)


def upgrade() -> None:
    _create_policies()
    _create_ratings()
    _create_links()
    _create_calls()
    _create_lists()
    _create_candidates()
    _create_cases()
    _create_events()
    _create_exclusions()
    op.create_index("ix_appeal_events_to_state_at", "appeal_events", ["to_state", "at"])


def _create_policies() -> None:
    op.create_table(
        "follow_up_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("rating_days", sa.Integer(), nullable=False),
        sa.Column("link_hours", sa.Integer(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column("least_per_unit", sa.Integer(), nullable=False),
        sa.Column("attempts_most", sa.Integer(), nullable=False),
        sa.Column("contact_workdays", sa.Integer(), nullable=False),
        sa.Column("put_right_workdays", sa.Integer(), nullable=False),
        sa.Column("put_right_workdays_most", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("attempts_most BETWEEN 1 AND 10", name=op.f("ck_follow_up_policies_attempts_most")),
        sa.CheckConstraint("contact_workdays BETWEEN 1 AND 10", name=op.f("ck_follow_up_policies_contact_workdays")),
        sa.CheckConstraint("least_per_unit BETWEEN 0 AND 20", name=op.f("ck_follow_up_policies_least_per_unit")),
        sa.CheckConstraint("link_hours BETWEEN 1 AND 168", name=op.f("ck_follow_up_policies_link_hours")),
        sa.CheckConstraint(
            "put_right_workdays BETWEEN 1 AND 30", name=op.f("ck_follow_up_policies_put_right_workdays")
        ),
        sa.CheckConstraint("put_right_workdays_most >= put_right_workdays", name=op.f("ck_follow_up_policies_most")),
        sa.CheckConstraint(
            "put_right_workdays_most BETWEEN 1 AND 60", name=op.f("ck_follow_up_policies_put_right_workdays_most")
        ),
        sa.CheckConstraint("rating_days BETWEEN 1 AND 365", name=op.f("ck_follow_up_policies_rating_days")),
        sa.CheckConstraint("share_percent BETWEEN 0 AND 100", name=op.f("ck_follow_up_policies_share_percent")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accounts.id"], name=op.f("fk_follow_up_policies_made_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_policies")),
        sa.UniqueConstraint("version", name=op.f("uq_follow_up_policies_version")),
    )
    append_only("follow_up_policies")


def _create_ratings() -> None:
    op.create_table(
        "satisfaction_ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('code', 'link', 'enterprise')", name=op.f("ck_satisfaction_ratings_channel")),
        sa.CheckConstraint("grade > 2 OR reason <> ''", name=op.f("ck_satisfaction_ratings_reason")),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_satisfaction_ratings_grade")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_satisfaction_ratings_round")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_satisfaction_ratings_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_satisfaction_ratings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction_ratings")),
        sa.UniqueConstraint("appeal_id", "round", name=op.f("uq_satisfaction_ratings_appeal_id_round")),
        sa.UniqueConstraint("uid", name=op.f("uq_satisfaction_ratings_uid")),
    )
    op.create_index("ix_satisfaction_ratings_rated_at", "satisfaction_ratings", ["rated_at"])
    append_only("satisfaction_ratings")


def _create_links() -> None:
    op.create_table(
        "rating_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_rating_links_expires_at")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_rating_links_appeal_id_appeals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_rating_links_token_hash")),
    )
    op.create_index("ix_rating_links_appeal_id_round", "rating_links", ["appeal_id", "round"])
    immutable("rating_links", ("appeal_id", "round", "token_hash", "made_at", "expires_at"))
    immutable_once_set("rating_links", "spent_at")
    never_deleted("rating_links")


def _create_calls() -> None:
    op.create_table(
        "follow_up_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("is_reached", sa.Boolean(), nullable=False),
        sa.Column("unreached", sa.String(length=32), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("is_solved", sa.Boolean(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("called_by_name", sa.String(length=40), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "result IN ('satisfied', 'partly', 'not_satisfied', 'no_comment')", name=op.f("ck_follow_up_calls_result")
        ),
        sa.CheckConstraint(
            "unreached IN ('no_answer', 'busy', 'switched_off', 'no_such_number', 'refused', 'wrong_person')",
            name=op.f("ck_follow_up_calls_unreached"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_follow_up_calls_attempt")),
        sa.CheckConstraint("is_reached = (result IS NOT NULL)", name=op.f("ck_follow_up_calls_result_told")),
        sa.CheckConstraint("is_reached = (unreached IS NULL)", name=op.f("ck_follow_up_calls_unreached_reason")),
        sa.CheckConstraint("is_reached OR is_solved IS NULL", name=op.f("ck_follow_up_calls_is_solved")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_follow_up_calls_appeal_id_appeals")),
        sa.ForeignKeyConstraint(
            ["called_by_id"], ["accounts.id"], name=op.f("fk_follow_up_calls_called_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_follow_up_calls_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_calls")),
        sa.UniqueConstraint("appeal_id", "round", "attempt", name=op.f("uq_follow_up_calls_appeal_id_round_attempt")),
    )
    op.create_index("ix_follow_up_calls_called_on", "follow_up_calls", ["called_on"])
    append_only("follow_up_calls")


def _create_lists() -> None:
    op.create_table(
        "call_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["follow_up_policies.id"], name=op.f("fk_call_lists_policy_id_follow_up_policies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_lists")),
        sa.UniqueConstraint("day", name=op.f("uq_call_lists_day")),
    )
    append_only("call_lists")


def _create_candidates() -> None:
    op.create_table(
        "call_candidates",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("answered", sa.String(length=32), nullable=False),
        sa.Column("is_low", sa.Boolean(), nullable=False),
        sa.Column("was_drawn", sa.Boolean(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("(drawn = 'not_drawn') = (position = 0)", name=op.f("ck_call_candidates_position")),
        sa.CheckConstraint(
            "answered IN ('unsolvable', 'unfinished', 'explained', 'solved')", name=op.f("ck_call_candidates_answered")
        ),
        sa.CheckConstraint(
            "drawn IN ('low_grade', 'unsolvable', 'again', 'sampled', 'not_drawn')",
            name=op.f("ck_call_candidates_drawn"),
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_call_candidates_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["list_id"], ["call_lists.id"], name=op.f("fk_call_candidates_list_id_call_lists")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_call_candidates_unit_id_units")),
        sa.PrimaryKeyConstraint("list_id", "appeal_id", "round", name=op.f("pk_call_candidates")),
    )
    op.create_index("ix_call_candidates_appeal_id_round", "call_candidates", ["appeal_id", "round"])
    append_only("call_candidates")


def _create_cases() -> None:
    op.create_table(
        "dissatisfaction_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("contact_workdays", sa.Integer(), nullable=False),
        sa.Column("contact_first_due_on", sa.Date(), nullable=False),
        sa.Column("contact_due_on", sa.Date(), nullable=False),
        sa.Column("contact_is_provisional", sa.Boolean(), nullable=False),
        sa.Column("contact_kept", sa.String(length=32), nullable=False),
        sa.Column("contact_done_on", sa.Date(), nullable=True),
        sa.Column("put_right_workdays", sa.Integer(), nullable=False),
        sa.Column("put_right_first_due_on", sa.Date(), nullable=False),
        sa.Column("put_right_due_on", sa.Date(), nullable=False),
        sa.Column("put_right_is_provisional", sa.Boolean(), nullable=False),
        sa.Column("put_right_kept", sa.String(length=32), nullable=False),
        sa.Column("put_right_done_on", sa.Date(), nullable=True),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("redo_round", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(origin = 'call') = (call_id IS NOT NULL)", name=op.f("ck_dissatisfaction_cases_call_id")),
        sa.CheckConstraint(
            "(origin = 'rating') = (rating_id IS NOT NULL)", name=op.f("ck_dissatisfaction_cases_rating_id")
        ),
        sa.CheckConstraint(
            "contact_kept IN ('pending', 'met', 'missed', 'dropped')",
            name=op.f("ck_dissatisfaction_cases_contact_kept"),
        ),
        sa.CheckConstraint("origin IN ('rating', 'call')", name=op.f("ck_dissatisfaction_cases_origin")),
        sa.CheckConstraint(
            "put_right_kept IN ('pending', 'met', 'missed', 'dropped')",
            name=op.f("ck_dissatisfaction_cases_put_right_kept"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'redoing', 'not_redone', 'put_right', 'closed')",
            name=op.f("ck_dissatisfaction_cases_state"),
        ),
        sa.CheckConstraint("contact_due_on > opened_on", name=op.f("ck_dissatisfaction_cases_contact_due_on")),
        sa.CheckConstraint("put_right_due_on > opened_on", name=op.f("ck_dissatisfaction_cases_put_right_due_on")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_dissatisfaction_cases_version")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_dissatisfaction_cases_appeal_id_appeals")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["follow_up_calls.id"], name=op.f("fk_dissatisfaction_cases_call_id_follow_up_calls")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["follow_up_policies.id"], name=op.f("fk_dissatisfaction_cases_policy_id_follow_up_policies")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["satisfaction_ratings.id"],
            name=op.f("fk_dissatisfaction_cases_rating_id_satisfaction_ratings"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_dissatisfaction_cases_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dissatisfaction_cases")),
        sa.UniqueConstraint("appeal_id", "round", name=op.f("uq_dissatisfaction_cases_appeal_id_round")),
        sa.UniqueConstraint("uid", name=op.f("uq_dissatisfaction_cases_uid")),
    )
    op.create_index(
        "ix_dissatisfaction_cases_state_put_right_due_on", "dissatisfaction_cases", ["state", "put_right_due_on"]
    )
    op.create_index("ix_dissatisfaction_cases_unit_id_opened_on", "dissatisfaction_cases", ["unit_id", "opened_on"])
    immutable("dissatisfaction_cases", CORE)
    written_once("dissatisfaction_cases", "contact_kept", ("met", "missed"))
    written_once("dissatisfaction_cases", "put_right_kept", ("met", "missed", "dropped"))
    written_once("dissatisfaction_cases", "state", ("closed",))
    immutable_once_set("dissatisfaction_cases", "redo_round")
    immutable_once_set("dissatisfaction_cases", "contact_done_on")
    immutable_once_set("dissatisfaction_cases", "put_right_done_on")
    never_deleted("dissatisfaction_cases")


def _create_events() -> None:
    op.create_table(
        "dissatisfaction_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("inner", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('opened', 'contact', 'try_contact', 'decide_redo', 'decide_not', 'extend', 'answer', "
            "'put_right', 'close', 'miss_contact', 'miss_put_right', 'recalculate')",
            name=op.f("ck_dissatisfaction_events_action"),
        ),
        sa.CheckConstraint(
            "to_state IN ('open', 'redoing', 'not_redone', 'put_right', 'closed')",
            name=op.f("ck_dissatisfaction_events_to_state"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_dissatisfaction_events_actor_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["dissatisfaction_cases.id"],
            name=op.f("fk_dissatisfaction_events_case_id_dissatisfaction_cases"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_dissatisfaction_events_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dissatisfaction_events")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_dissatisfaction_events_case_id_seq")),
    )
    append_only("dissatisfaction_events")


def _create_exclusions() -> None:
    op.create_table(
        "rating_exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name=op.f("ck_rating_exclusions_decided_at")),
        sa.CheckConstraint(
            "(status = 'asked') = (decided_by_id IS NULL)", name=op.f("ck_rating_exclusions_decided_by")
        ),
        sa.CheckConstraint(
            "reason IN ('not_appellant', 'other_matter', 'beyond_unit', 'mistaken', 'unlawful')",
            name=op.f("ck_rating_exclusions_reason"),
        ),
        sa.CheckConstraint("status IN ('asked', 'granted', 'refused')", name=op.f("ck_rating_exclusions_status")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_rating_exclusions_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_rating_exclusions_asked_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_rating_exclusions_decided_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["satisfaction_ratings.id"], name=op.f("fk_rating_exclusions_rating_id_satisfaction_ratings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_exclusions")),
        sa.UniqueConstraint("uid", name=op.f("uq_rating_exclusions_uid")),
    )
    op.create_index("ix_rating_exclusions_status_asked_at", "rating_exclusions", ["status", "asked_at"])
    op.create_index(
        "uq_rating_exclusions_standing", "rating_exclusions", ["rating_id"], unique=True,
        sqlite_where=sa.text("status <> 'refused'"), postgresql_where=sa.text("status <> 'refused'")
    )
    immutable(
        "rating_exclusions", ("uid", "rating_id", "reason", "evidence", "asked_by_id", "asked_by_name", "asked_at")
    )
    final_once("rating_exclusions", "status = 'asked'")
    never_deleted("rating_exclusions")


def downgrade() -> None:
    op.drop_index("ix_appeal_events_to_state_at", table_name="appeal_events")
    for table in TABLES:
        op.drop_table(table)
