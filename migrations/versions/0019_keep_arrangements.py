"""Every arrangement of the calendar is kept, with who proposed and who approved it.

The days in force move over under the version that brought them. What an import had replaced before is gone: of such a
year, versions before the replacement know nothing.
"""

from datetime import UTC, datetime
from secrets import token_hex

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, closed_with_parent, final_once, immutable, never_deleted

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FIXED = ("id", "uid", "base_version", "years", "source", "text", "proposed_by_id", "proposed_at")
OPEN = "status = 'proposed'"


def upgrade() -> None:
    _create_arrangements()
    _create_arrangement_days()
    _move_over()
    op.drop_table("calendar_days")
    op.drop_table("calendar_years")
    never_deleted("arrangements")
    immutable("arrangements", FIXED)
    final_once("arrangements", OPEN)
    append_only("arrangement_days")
    closed_with_parent("arrangement_days", "arrangement_id", "arrangements", OPEN)


def _create_arrangements() -> None:
    op.create_table(
        "arrangements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("years", sa.String(length=800), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'in_force', 'withdrawn', 'refused', 'stale')", name=op.f("ck_arrangements_status")
        ),
        sa.CheckConstraint("(status = 'in_force') = (version IS NOT NULL)", name=op.f("ck_arrangements_version")),
        sa.CheckConstraint(
            "version IS NULL OR version = base_version + 1", name=op.f("ck_arrangements_base_version")
        ),
        sa.CheckConstraint(
            "status NOT IN ('in_force', 'refused') OR (proposed_by_id IS NULL AND decided_by_id IS NULL) "
            "OR (proposed_by_id IS NOT NULL AND decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)",
            name=op.f("ck_arrangements_second_person"),
        ),
        sa.CheckConstraint(
            "status <> 'withdrawn' OR (decided_by_id IS NOT NULL AND decided_by_id = proposed_by_id)",
            name=op.f("ck_arrangements_own_withdrawal"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["accounts.id"], name=op.f("fk_arrangements_proposed_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_arrangements_decided_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangements")),
        sa.UniqueConstraint("uid", name=op.f("uq_arrangements_uid")),
        sa.UniqueConstraint("version", name=op.f("uq_arrangements_version")),
    )


def _create_arrangement_days() -> None:
    op.create_table(
        "arrangement_days",
        sa.Column("arrangement_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'work')", name=op.f("ck_arrangement_days_kind")),
        sa.ForeignKeyConstraint(
            ["arrangement_id"], ["arrangements.id"], name=op.f("fk_arrangement_days_arrangement_id_arrangements")
        ),
        sa.PrimaryKeyConstraint("arrangement_id", "on", name=op.f("pk_arrangement_days")),
    )


def _move_over() -> None:
    """One arrangement for each version that an import made. A version of which nothing is left keeps its place, so
    that versions stay without gaps; what an account imported by itself before counts as the operator's.
    """
    bind, years, days, new, new_days = op.get_bind(), *_tables()
    rows = bind.execute(sa.select(years)).mappings().all()
    newest = max((row["version"] for row in rows), default=0)
    for version in range(1, newest + 1):
        own = sorted((row for row in rows if row["version"] == version), key=lambda row: row["year"])
        at = own[0]["imported_at"] if own else datetime(1970, 1, 1, tzinfo=UTC)
        bind.execute(new.insert().values(
            id=version, uid=token_hex(16), status="in_force", base_version=version - 1, version=version,
            years=",".join(str(row["year"]) for row in own), source="；".join(row["source"] for row in own)[:400],
            text="", proposed_at=at, decided_at=at, reason="",
        ))
        marked = bind.execute(sa.select(days).where(days.c.version == version)).mappings().all()
        if marked:
            bind.execute(new_days.insert(), [
                {"arrangement_id": version, **{name: row[name] for name in ("on", "kind", "name", "source")}}
                for row in marked
            ])
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT setval('arrangements_id_seq', GREATEST(1, (SELECT MAX(id) FROM arrangements)))"))


def _tables() -> tuple[sa.TableClause, ...]:
    instant = sa.DateTime(timezone=True)

    def day() -> tuple[sa.ColumnClause[object], ...]:
        return sa.column("on", sa.Date()), sa.column("kind"), sa.column("name"), sa.column("source")

    return (
        sa.table("calendar_years", sa.column("year", sa.Integer()), sa.column("version", sa.Integer()),
                 sa.column("source"), sa.column("imported_at", instant), sa.column("imported_by", sa.Integer())),
        sa.table("calendar_days", *day(), sa.column("version", sa.Integer())),
        sa.table("arrangements", sa.column("id"), sa.column("uid"), sa.column("status"), sa.column("base_version"),
                 sa.column("version"), sa.column("years"), sa.column("source"), sa.column("text"),
                 sa.column("proposed_by_id"), sa.column("proposed_at", instant), sa.column("decided_by_id"),
                 sa.column("decided_at", instant), sa.column("reason")),
        sa.table("arrangement_days", sa.column("arrangement_id"), *day()),
    )


def downgrade() -> None:
    _create_calendar()
    _move_back()
    op.drop_table("arrangement_days")
    op.drop_table("arrangements")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION arrangement_days_closed()")


def _create_calendar() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'work')", name=op.f("ck_calendar_days_kind")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_calendar_days_version")),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_calendar_years_version")),
        sa.CheckConstraint("year BETWEEN 1949 AND 2100", name=op.f("ck_calendar_years_year")),
        sa.ForeignKeyConstraint(["imported_by"], ["accounts.id"], name=op.f("fk_calendar_years_imported_by_accounts")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )


def _move_back() -> None:
    """Of each year the newest arrangement in force."""
    bind, years, days, new, new_days = op.get_bind(), *_tables()
    in_force = sa.select(new).where(new.c.version.is_not(None)).order_by(new.c.version)
    newest = {
        int(year): row for row in bind.execute(in_force).mappings() for year in row["years"].split(",") if year
    }
    for year, row in newest.items():
        marked = [
            one for one in bind.execute(sa.select(new_days).where(new_days.c.arrangement_id == row["id"])).mappings()
            if one["on"].year == year
        ]
        source = "；".join(dict.fromkeys(one["source"] for one in marked))
        bind.execute(years.insert().values(
            year=year, version=row["version"], source=source[:400], imported_at=row["decided_at"],
            imported_by=row["proposed_by_id"],
        ))
        if marked:
            bind.execute(days.insert(), [
                {"version": row["version"], **{name: one[name] for name in ("on", "kind", "name", "source")}}
                for one in marked
            ])
