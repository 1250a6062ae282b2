"""Longer lists of allowed values: `state IN ('submitted', …)` gets new members without losing anything of its table.

PostgreSQL swaps the constraint. SQLite has no such statement: the table is written anew as its manual tells
(lang_altertable, "Making Other Kinds Of Table Schema Changes"), with its own CREATE statement, and its indexes and
triggers are put back word for word. Alembic's batch mode would lose triggers and CHECKs. Foreign keys are off meanwhile
(webapp/migrate.py) and checked afterwards.
"""

import re
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

_VALUE = re.compile(r"'([a-z0-9_]+)'")


def add_values(table: str, column: str, values: Iterable[str]) -> None:
    """Allows these values too. The list is read from the database, so the order of migrations does not matter."""
    found = _allowed(table, column)
    _replace(table, column, [*found, *(value for value in values if value not in found)])


def remove_values(table: str, column: str, values: Iterable[str]) -> None:
    """Allows these values no longer; fails, and changes nothing, while a row holds one."""
    gone = frozenset(values)
    _replace(table, column, [value for value in _allowed(table, column) if value not in gone])


def _name(table: str, column: str) -> str:
    return f"ck_{table}_{column}"


def _allowed(table: str, column: str) -> list[str]:
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    text = next(str(one["sqltext"]) for one in checks if one["name"] == _name(table, column))
    return _VALUE.findall(text)


def _replace(table: str, column: str, values: list[str]) -> None:
    condition = f"{column} IN ({', '.join(repr(value) for value in values)})"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, column)}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, column)} CHECK ({condition})")
    else:
        name = _name(table, column)
        rewrite(table, rf"(CONSTRAINT {name} CHECK) \(\w+ IN \([^)]*\)\)", rf"\g<1> ({condition})")


def rewrite(table: str, pattern: str, new_words: str) -> None:
    """SQLite only: the table anew, with these words of its CREATE statement in place of those that match."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY rowid"),
        {"table": table},
    ).all()
    old = next(sql for kind, sql in rows if kind == "table")
    new, found = re.subn(pattern, new_words, old)
    assert found == 1, f"{pattern} is not in {table} as expected"
    new, found = re.subn(rf'^CREATE TABLE "?{table}"? ', f"CREATE TABLE {table}_new ", new)
    assert found == 1, f"{table} is not written as expected"
    bind.exec_driver_sql(new)
    bind.exec_driver_sql(f"INSERT INTO {table}_new SELECT * FROM {table}")  # noqa: S608 (a name of ours)
    bind.exec_driver_sql(f"DROP TABLE {table}")
    # Triggers of other tables may speak of this one: its name is the same again, so nobody has to look at them.
    bind.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    bind.exec_driver_sql(f"ALTER TABLE {table}_new RENAME TO {table}")
    bind.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    for kind, sql in rows:
        if kind != "table":
            bind.exec_driver_sql(sql)
