"""What follows a rating: frozen figures, findings, proposals, what is published, bulletins among the slips, who looked.

Figures are taken only while a closing counts, and nothing of them changes afterwards.
"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import add_values, remove_values, rewrite
from migrations.triggers import append_only, changes_while, final_once, immutable, never_deleted

revision = "0025"
down_revision = "0024"

QUESTIONS = "question IN ('rough', 'selective', 'retaliatory')"
COUNTS = "campaign_id IN (SELECT id FROM rating_campaigns WHERE is_counting)"
OWNED = "appeal_id IS NOT NULL OR unit_id IS NOT NULL"
OWNED_OR_BULLETIN = f"{OWNED} OR kind = 'rating_bulletin'"


def upgrade() -> None:
    for table in ("slips", "slip_wordings"):
        add_values(table, "kind", ("rating_bulletin",))
    _belongs(OWNED, OWNED_OR_BULLETIN)
    _create_figures()
    _create_findings()
    _create_proposals()
    _create_publications()
    _create_looks()


def _belongs(old: str, new: str) -> None:
    """To an appeal or a unit; a bulletin to neither."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE slips DROP CONSTRAINT ck_slips_appeal_or_unit")
        op.execute(f"ALTER TABLE slips ADD CONSTRAINT ck_slips_appeal_or_unit CHECK ({new})")
    else:
        rewrite("slips", rf"(CONSTRAINT ck_slips_appeal_or_unit CHECK) \({old}\)", rf"\g<1> ({new})")


def _key(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}_{parent}"))


def _create_figures() -> None:
    name = "rating_countings"
    op.create_table(
        name,
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("formula_version", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("turnout", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ballots >= 0", name=op.f(f"ck_{name}_ballots")),
        sa.CheckConstraint("formula_version >= 1", name=op.f(f"ck_{name}_formula_version")),
        _key(name, "campaign_id", "rating_campaigns"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f(f"pk_{name}")),
    )
    append_only(name)
    changes_while(name, "campaign_id", "rating_campaigns", "is_counting", ("INSERT",))
    _create_results()
    _create_parts()


def _create_results() -> None:
    name = "rating_results"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.Integer(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("is_enough", sa.Boolean(), nullable=False),
        sa.Column("is_below", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("margin", sa.Integer(), nullable=True),
        sa.CheckConstraint("count BETWEEN 0 AND asked", name=op.f(f"ck_{name}_count")),
        sa.CheckConstraint("is_enough OR (place IS NULL AND margin IS NULL)", name=op.f(f"ck_{name}_is_enough")),
        _key(name, "campaign_id", "rating_campaigns"),
        _key(name, "unit_id", "units"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("campaign_id", "unit_id", name=op.f(f"uq_{name}_campaign_id_unit_id")),
    )
    op.create_index(f"ix_{name}_unit_id", name, ["unit_id"])
    append_only(name)
    changes_while(name, "campaign_id", "rating_campaigns", "is_counting", ("INSERT",))


def _create_parts() -> None:
    name = "rating_dimension_results"
    op.create_table(
        name,
        sa.Column("result_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0 AND total BETWEEN 0 AND 100 * count", name=op.f(f"ck_{name}_total")),
        sa.CheckConstraint("weight >= 1", name=op.f(f"ck_{name}_weight")),
        _key(name, "result_id", "rating_results"),
        sa.PrimaryKeyConstraint("result_id", "dimension_no", name=op.f(f"pk_{name}")),
    )
    counts = "rating_conduct_counts"
    op.create_table(
        counts,
        sa.Column("result_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.CheckConstraint(QUESTIONS, name=op.f(f"ck_{counts}_question")),
        sa.CheckConstraint("yes BETWEEN 0 AND answered", name=op.f(f"ck_{counts}_yes")),
        _key(counts, "result_id", "rating_results"),
        sa.PrimaryKeyConstraint("result_id", "question", name=op.f(f"pk_{counts}")),
    )
    for table in (name, counts):
        append_only(table)
        changes_while(table, "result_id", "rating_results", COUNTS, ("INSERT",))


def _create_findings() -> None:
    name = "rating_findings"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(QUESTIONS, name=op.f(f"ck_{name}_question")),
        sa.CheckConstraint(
            "reasons <> '' AND (NOT is_confirmed OR evidence <> '')", name=op.f(f"ck_{name}_reasons")
        ),
        _key(name, "result_id", "rating_results"),
        _key(name, "decided_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("result_id", "question", name=op.f(f"uq_{name}_result_id_question")),
    )
    append_only(name)


def _create_proposals() -> None:
    name = "rating_proposals"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("record_uid", sa.String(length=32), nullable=True),
        sa.CheckConstraint("kind IN ('interview', 'grade')", name=op.f(f"ck_{name}_kind")),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'declined')", name=op.f(f"ck_{name}_state")),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f(f"ck_{name}_decided_at")),
        sa.CheckConstraint(
            "state = 'proposed' OR (reasons <> '' AND decided_by_id IS NOT NULL)", name=op.f(f"ck_{name}_reasons")
        ),
        sa.CheckConstraint(
            "(kind = 'interview' AND state = 'confirmed') = (record_uid IS NOT NULL)",
            name=op.f(f"ck_{name}_record_uid"),
        ),
        _key(name, "result_id", "rating_results"),
        _key(name, "decided_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("record_uid", name=op.f(f"uq_{name}_record_uid")),
        sa.UniqueConstraint("result_id", "kind", name=op.f(f"uq_{name}_result_id_kind")),
    )
    op.create_index(f"ix_{name}_state", name, ["state"])
    immutable(name, ("uid", "result_id", "kind", "evidence", "proposed_at", "proposed_on"))
    final_once(name, "state = 'proposed'")
    never_deleted(name)


def _create_publications() -> None:
    name = "rating_publications"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scope IN ('nothing', 'ranking', 'scores')", name=op.f(f"ck_{name}_scope")),
        sa.CheckConstraint("reasons <> ''", name=op.f(f"ck_{name}_reasons")),
        _key(name, "campaign_id", "rating_campaigns"),
        _key(name, "decided_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_campaign_id", name, ["campaign_id"])
    bulletins = "rating_bulletins"
    op.create_table(
        bulletins,
        sa.Column("slip_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        _key(bulletins, "slip_id", "slips"),
        _key(bulletins, "campaign_id", "rating_campaigns"),
        sa.PrimaryKeyConstraint("slip_id", name=op.f(f"pk_{bulletins}")),
    )
    op.create_index(f"ix_{bulletins}_campaign_id", bulletins, ["campaign_id"])
    for table in (name, bulletins):
        append_only(table)


def _create_looks() -> None:
    name = "rating_looks"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('signal', 'remarks')", name=op.f(f"ck_{name}_kind")),
        _key(name, "campaign_id", "rating_campaigns"),
        _key(name, "unit_id", "units"),
        _key(name, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_campaign_id_kind_at", name, ["campaign_id", "kind", "at"])
    append_only(name)


def downgrade() -> None:
    for table in (
        "rating_looks", "rating_bulletins", "rating_publications", "rating_proposals", "rating_findings",
        "rating_conduct_counts", "rating_dimension_results", "rating_results", "rating_countings",
    ):
        op.drop_table(table)
    _belongs(OWNED_OR_BULLETIN, OWNED)
    for table in ("slip_wordings", "slips"):
        remove_values(table, "kind", ("rating_bulletin",))
