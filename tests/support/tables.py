"""Rows of every table, to prove that something changed nothing."""

from collections.abc import Iterable

from sqlalchemy import func, select

from models.tables import metadata
from webapp.db import Database

Counts = dict[str, int]


def counts(database: Database) -> Counts:
    """Rows by table."""
    with database.reading() as session:
        return {
            name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def content(database: Database, *, but: Iterable[str] = ()) -> dict[str, list[str]]:
    """Every row of every table as text, without the tables that may change."""
    left_out = frozenset(but)
    with database.reading() as session:
        return {
            name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in left_out
        }
