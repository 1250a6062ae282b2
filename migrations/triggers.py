"""Guards in the database itself: what may never change does not change, whoever asks (AUD-1, CLK-2)."""

from collections.abc import Sequence

from alembic import op

Guard = tuple[str, str, str]
"""Name, events (as "UPDATE" or "DELETE"), condition over OLD and NEW ("" for always)."""


def append_only(table: str) -> None:
    _add(table, ((f"{table}_no_update", "UPDATE", ""), (f"{table}_no_delete", "DELETE", "")))


def never_deleted(table: str) -> None:
    _add(table, ((f"{table}_no_delete", "DELETE", ""),))


def immutable(table: str, columns: Sequence[str]) -> None:
    """These columns keep the value they were inserted with."""
    distinct = "IS DISTINCT FROM" if _is_postgres() else "IS NOT"
    changed = " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in columns)
    _add(table, ((f"{table}_immutable", "UPDATE", changed),))


def written_once(table: str, column: str, final: Sequence[str]) -> None:
    """Once the column holds a final value, it keeps it."""
    values = ", ".join(f"'{value}'" for value in final)
    _add(table, ((f"{table}_{column}_once", "UPDATE", f"OLD.{column} IN ({values}) AND NEW.{column} <> OLD.{column}"),))


def immutable_once_set(table: str, column: str) -> None:
    """Empty until it is known; then it keeps its value."""
    distinct = "IS DISTINCT FROM" if _is_postgres() else "IS NOT"
    changed = f"OLD.{column} IS NOT NULL AND NEW.{column} {distinct} OLD.{column}"
    _add(table, ((f"{table}_{column}_once", "UPDATE", changed),))


def only_with_event(table: str, column: str, actions: Sequence[str]) -> None:
    """A date of an appeal changes only when the appeal's last event is one of these acts and tells the new date."""
    among = ", ".join(f"'{action}'" for action in actions)
    told = (
        "EXISTS (SELECT 1 FROM appeal_events AS told WHERE told.appeal_id = NEW.appeal_id "  # noqa: S608
        "AND told.seq = (SELECT MAX(seq) FROM appeal_events WHERE appeal_id = NEW.appeal_id) "
        f"AND told.action IN ({among}) AND CAST(told.effects AS TEXT) LIKE '%\"' || NEW.{column} || '\"%')"
    )
    name, changed = f"{table}_{column}_told", f"NEW.{column} <> OLD.{column}"
    if not _is_postgres():
        _add(table, ((name, "UPDATE", f"{changed} AND NOT {told}"),))
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT {told} THEN "
        "RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    when = f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed})"
    op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")


def closed_with_parent(table: str, key: str, parent: str, open_while: str) -> None:
    """Rows are added only while the row they belong to is open (`open_while`: a condition on it)."""
    name = f"{table}_closed"
    found = f"EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = NEW.{key} AND {parent}.{open_while})"  # noqa: S608
    if not _is_postgres():
        _add(table, ((name, "INSERT", f"NOT {found}"),))
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT {found} THEN "
        "RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def guarded(table: str, name: str, event: str, refused_when: str) -> None:
    """One guard of one's own: the event is refused when the condition over OLD and NEW holds, "" for always."""
    _add(table, ((name, event, refused_when),))


def changes_while(
    table: str, key: str, parent: str, open_while: str, events: Sequence[str] = ("INSERT", "UPDATE", "DELETE")
) -> None:
    """Rows are added, changed and deleted only while the row they belong to is open (`open_while`: a condition on
    it). Neither the old nor the new parent may be closed.
    """
    for event in events:
        rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
        is_open = " AND ".join(
            f"EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = {row}.{key} AND {parent}.{open_while})"  # noqa: S608
            for row in rows
        )
        name = f"{table}_{event.lower()}_closed"
        if not _is_postgres():
            _add(table, ((name, event, f"NOT ({is_open})"),))
            continue
        kept = "OLD" if event == "DELETE" else "NEW"
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT ({is_open}) THEN "
            f"RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'check_violation'; END IF; RETURN {kept}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def final_once(table: str, open_while: str) -> None:
    """No column of a row changes any more once the condition on the old row holds no longer."""
    _add(table, ((f"{table}_decided", "UPDATE", f"NOT (OLD.{open_while})"),))


def drop_guard(table: str) -> None:
    """PostgreSQL keeps trigger functions when their table goes; SQLite drops triggers with it."""
    if _is_postgres():
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}")
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}")
        op.execute(f"DROP TRIGGER IF EXISTS {table}_immutable ON {table}")
        op.execute(f"DROP TRIGGER IF EXISTS {table}_status_once ON {table}")


def drop_trigger(table: str, name: str) -> None:
    """Makes room for a guard that is written anew."""
    op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgres() else f"DROP TRIGGER {name}")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add(table: str, guards: Sequence[Guard]) -> None:
    for name, event, condition in guards:
        if _is_postgres():
            _add_postgres(table, name, event, condition)
        else:
            when = f"WHEN {condition} " if condition else ""
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )


def _add_postgres(table: str, name: str, event: str, condition: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'check_violation'; END $$"
    )
    when = f"WHEN ({condition}) " if condition else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()")
