"""Runs migrations on the connection that `flask db upgrade` hands over.

On SQLite foreign keys are off while a migration runs and are checked afterwards: `batch_alter_table` otherwise deletes
cascade children, triggers and CHECKs (measured, reliability.md section 4).
"""

from alembic import context
from sqlalchemy import Connection
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.types import TypeDecorator, TypeEngine

import models.tables


def render_item(kind: str, item: object, autogen: object) -> str | bool:
    """Plain SQLAlchemy types in the migration files, so that they need nothing of ours."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    inner: TypeEngine[object] = item.impl_instance
    if isinstance(inner, SqlDateTime):
        return "sa.DateTime(timezone=True)"
    return f"sa.String(length={inner.length})" if getattr(inner, "length", None) else "sa.String()"


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=models.tables.metadata,
        render_item=render_item,
        compare_type=True,
        render_as_batch=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
