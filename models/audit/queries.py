"""Reading the log: the walk of `flask audit verify`."""

from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.audit.rules import ChainRow, Verdict, verify_chain
from models.audit.tables import AuditHead, AuditRow

GUARDS = frozenset({"audit_log_no_update", "audit_log_no_delete"})
SQLITE_GUARDS = (
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log' AND sql LIKE '%RAISE(ABORT%'"
)
POSTGRES_GUARDS = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_log'::regclass AND tgenabled <> 'D'"


def chain(session: Session) -> Iterator[tuple[ChainRow, str]]:
    """Row by row; a reader who stops at the first damage leaves no cursor open."""
    statement = select(AuditRow).order_by(col(AuditRow.seq)).execution_options(yield_per=1000)
    with closing(session.exec(statement)) as rows:
        for row in rows:
            inside = ChainRow(row.seq, row.at, row.actor_id, row.action, row.object_kind, row.object_id, row.facts)
            yield inside, row.hash


def verdict(session: Session, key: bytes) -> Verdict:
    """The state of the chain; of a sound one, whether the guards that keep it so are still there."""
    head = session.get(AuditHead, 1) or AuditHead(id=1)
    found = verify_chain(key, chain(session), head.seq, head.hash)
    if found.kind == "ok" and GUARDS - _guards(session):
        return Verdict("unguarded", found.seq, found.count)
    return found


def _guards(session: Session) -> frozenset[str]:
    """The names of the log's live triggers."""
    is_postgres = session.connection().dialect.name == "postgresql"
    return frozenset(session.scalars(text(POSTGRES_GUARDS if is_postgres else SQLITE_GUARDS)))
