"""Adding to the log. The caller's transaction carries the row, so an act and its trace stand or fall together
(DUR-4).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from models.audit.rules import GENESIS, ChainRow, chain_hash
from models.audit.tables import AuditHead, AuditRow
from models.base import plain


def append(
    session: Session,
    *,
    at: datetime,
    actor_id: int | None,
    action: str,
    object_kind: str,
    object_id: str = "",
    facts: dict[str, Any] | None = None,
) -> AuditRow:
    """Adds one row behind the last. A clock that went back gets the last time plus 1 µs (CLK-7).

    The chain's key rides in `session.info["audit_key"]`, put there by whoever opened the session: it is never in the
    database.
    """
    key: bytes = session.info["audit_key"]
    head = session.exec(select(AuditHead).where(col(AuditHead.id) == 1).with_for_update()).one()
    at = at.astimezone(UTC)
    moment = max(at, head.at + timedelta(microseconds=1)) if head.at else at
    row = ChainRow(head.seq + 1, moment, actor_id, action, object_kind, object_id, plain(facts or {}))
    head.seq, head.at = row.seq, moment
    head.hash = chain_hash(key, head.hash or GENESIS, row)
    session.add(head)
    stored = AuditRow(
        seq=row.seq,
        at=moment,
        actor_id=actor_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        facts=row.facts,
        hash=head.hash,
    )
    session.add(stored)
    return stored
