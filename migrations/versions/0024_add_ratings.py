"""Ratings: campaigns, invitations, sealed envelopes; ballots and remarks that only a closing writes.

Envelopes, drafts, ballots and remarks have no row number on SQLite: they lie in the order of their random keys.
"""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import changes_while, guarded, immutable, never_deleted

revision = "0024"
down_revision = "0023"

STATES = "'draft', 'open', 'closed', 'published'"
GROUPS = "'enterprise', 'deputy', 'member', 'media'"
COUNTED = "state IN ('closed', 'published')"


def upgrade() -> None:
    _create_campaigns()
    _create_parts()
    _create_invitations()
    _create_sealed()
    _create_counted()


def _create_campaigns() -> None:
    name = "rating_campaigns"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("half", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("scale", sa.String(length=32), nullable=False),
        sa.Column("minimum_n", sa.Integer(), nullable=False),
        sa.Column("asked_conduct", sa.JSON(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("is_counting", sa.Boolean(), nullable=False),
        sa.Column("reissued", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("half IN ('first', 'second')", name=op.f(f"ck_{name}_half")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f(f"ck_{name}_state")),
        sa.CheckConstraint("scale IN ('score', 'grades')", name=op.f(f"ck_{name}_scale")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f(f"ck_{name}_closes_on")),
        sa.CheckConstraint("minimum_n BETWEEN 1 AND 1000", name=op.f(f"ck_{name}_minimum_n")),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{name}_version")),
        sa.CheckConstraint("(state = 'open') = (sealed_key IS NOT NULL)", name=op.f(f"ck_{name}_sealed_key")),
        sa.CheckConstraint("(state = 'draft') = (opened_at IS NULL)", name=op.f(f"ck_{name}_opened_at")),
        sa.CheckConstraint(f"({COUNTED}) = (closed_at IS NOT NULL)", name=op.f(f"ck_{name}_closed_at")),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f(f"ck_{name}_published_at")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("year", "half", name=op.f(f"uq_{name}_year_half")),
    )
    immutable(name, ("uid", "year", "half", "created_at"))
    guarded(name, f"{name}_set", "UPDATE", "OLD.state <> 'draft' AND (NEW.scale <> OLD.scale OR "
            "NEW.minimum_n <> OLD.minimum_n OR CAST(NEW.asked_conduct AS TEXT) <> CAST(OLD.asked_conduct AS TEXT))")
    guarded(name, f"{name}_forward", "UPDATE", "NEW.state <> OLD.state AND NOT ("
            "(OLD.state = 'draft' AND NEW.state = 'open') OR "
            "(OLD.state = 'open' AND NEW.state = 'closed' AND OLD.is_counting) OR "
            "(OLD.state = 'closed' AND NEW.state = 'published'))")
    guarded(name, f"{name}_counted", "UPDATE", f"NEW.is_counting AND (OLD.{COUNTED} OR NEW.state <> 'open')")
    never_deleted(name)


def _create_parts() -> None:
    op.create_table(
        "rating_dimensions",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("explanation", sa.String(length=120), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("no >= 1", name=op.f("ck_rating_dimensions_no")),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_rating_dimensions_weight")),
        _of_campaign("rating_dimensions"),
        sa.PrimaryKeyConstraint("campaign_id", "no", name=op.f("pk_rating_dimensions")),
    )
    changes_while("rating_dimensions", "campaign_id", "rating_campaigns", "state = 'draft'")
    op.create_table(
        "rating_units",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("no >= 1", name=op.f("ck_rating_units_no")),
        _of_campaign("rating_units"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_rating_units_unit_id_units")),
        sa.PrimaryKeyConstraint("campaign_id", "no", name=op.f("pk_rating_units")),
        sa.UniqueConstraint("campaign_id", "unit_id", name=op.f("uq_rating_units_campaign_id_unit_id")),
    )
    changes_while("rating_units", "campaign_id", "rating_campaigns", "state = 'draft'", ("UPDATE", "DELETE"))
    changes_while("rating_units", "campaign_id", "rating_campaigns", "state IN ('draft', 'open')", ("INSERT",))


def _of_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id"], ["rating_campaigns.id"], name=op.f(f"fk_{table}_campaign_id_rating_campaigns")
    )


def _create_invitations() -> None:
    name = "rating_invitations"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("invited_group", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.String(length=64), nullable=False),
        sa.Column("code_index", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("letter_job", sa.String(length=32), nullable=False),
        sa.Column("is_spent", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"invited_group IN ({GROUPS})", name=op.f(f"ck_{name}_invited_group")),
        sa.CheckConstraint("NOT is_spent OR code_hash IS NOT NULL", name=op.f(f"ck_{name}_is_spent")),
        _of_campaign(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("code_hash", name=op.f(f"uq_{name}_code_hash")),
        sa.UniqueConstraint("campaign_id", "name_index", name=op.f(f"uq_{name}_campaign_id_name_index")),
    )
    op.create_index(f"ix_{name}_campaign_id_invited_group", name, ["campaign_id", "invited_group"])
    op.create_index(f"ix_{name}_code_index", name, ["code_index"])
    immutable(name, ("uid", "campaign_id", "invited_group", "name_index", "code_index"))
    guarded(name, f"{name}_spent_once", "UPDATE", "OLD.is_spent AND NOT NEW.is_spent")
    changes_while(name, "campaign_id", "rating_campaigns", "state IN ('draft', 'open')", ("INSERT", "UPDATE"))
    changes_while(name, "campaign_id", "rating_campaigns", "state = 'draft'", ("DELETE",))
    _create_mails()


def _create_mails() -> None:
    name = "rating_mails"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=40), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f(f"ck_{name}_state")),
        sa.CheckConstraint("(state = 'waiting') = (sealed_code IS NOT NULL)", name=op.f(f"ck_{name}_sealed_code")),
        sa.CheckConstraint("attempts >= 0", name=op.f(f"ck_{name}_attempts")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["rating_invitations.id"], name=op.f(f"fk_{name}_invitation_id_rating_invitations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
    )
    op.create_index(f"ix_{name}_state_next_try_at", name, ["state", "next_try_at"])
    op.create_index(f"ix_{name}_invitation_id", name, ["invitation_id"])


def _create_sealed() -> None:
    op.create_table(
        "rating_envelopes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of_campaign("rating_envelopes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_envelopes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_envelopes_campaign_id", "rating_envelopes", ["campaign_id"])
    guarded("rating_envelopes", "rating_envelopes_no_update", "UPDATE", "")
    changes_while("rating_envelopes", "campaign_id", "rating_campaigns", "state = 'open'", ("INSERT",))
    changes_while("rating_envelopes", "campaign_id", "rating_campaigns", "is_counting", ("DELETE",))
    op.create_table(
        "rating_drafts",
        sa.Column("draft_hash", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        _of_campaign("rating_drafts"),
        sa.PrimaryKeyConstraint("draft_hash", name=op.f("pk_rating_drafts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_drafts_campaign_id", "rating_drafts", ["campaign_id"])


def _create_counted() -> None:
    """What a closing writes, once."""
    op.create_table(
        "rating_ballots",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        _of_campaign("rating_ballots"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_ballots")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_ballots_campaign_id", "rating_ballots", ["campaign_id"])
    op.create_table(
        "rating_remarks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "question IN ('rough', 'selective', 'retaliatory')", name=op.f("ck_rating_remarks_question")
        ),
        _of_campaign("rating_remarks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_remarks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_remarks_campaign_id_unit_no", "rating_remarks", ["campaign_id", "unit_no"])
    for table in ("rating_ballots", "rating_remarks"):
        guarded(table, f"{table}_no_update", "UPDATE", "")
        never_deleted(table)
        changes_while(table, "campaign_id", "rating_campaigns", "is_counting", ("INSERT",))


def downgrade() -> None:
    for table in (
        "rating_remarks", "rating_ballots", "rating_drafts", "rating_envelopes", "rating_mails",
        "rating_invitations", "rating_units", "rating_dimensions", "rating_campaigns",
    ):
        op.drop_table(table)
