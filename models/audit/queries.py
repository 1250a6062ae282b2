"""Reading the log: the walk of `flask audit verify`."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.audit.rules import ChainRow, Verdict, verify_chain
from models.audit.tables import AuditHead, AuditRow


def chain(session: Session) -> Iterator[tuple[ChainRow, str]]:
    rows = session.exec(select(AuditRow).order_by(col(AuditRow.seq)).execution_options(yield_per=1000))
    for row in rows:
        yield ChainRow(row.seq, row.at, row.actor_id, row.action, row.object_kind, row.object_id, row.facts), row.hash


def verdict(session: Session, key: bytes) -> Verdict:
    head = session.get(AuditHead, 1) or AuditHead(id=1)
    return verify_chain(key, chain(session), head.seq, head.hash)
