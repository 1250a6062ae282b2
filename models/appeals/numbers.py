"""The next number of a series, without gaps and without duplicates on both engines."""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from models.appeals.tables import NumberSeries


def _insert(dialect: Dialect) -> Any:
    return postgresql.insert if dialect.name == "postgresql" else sqlite.insert


def take(session: Session, series: str, year: int) -> int:
    """Adds one to the series and returns it. The row stays locked until the transaction ends."""
    insert = _insert(session.connection().dialect)
    statement = (
        insert(NumberSeries)
        .values(series=series, year=year, last=1)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": col(NumberSeries.last) + 1})
        .returning(col(NumberSeries.last))
    )
    return int(session.connection().execute(statement).scalar_one())


def appeal_number(year: int, count: int) -> str:
    """ "2026-000902": six digits hold a prefecture's year of 782,510 (sources/003)."""
    return f"{year}-{count:06d}"
