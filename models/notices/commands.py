"""Telling people, and what they do with it. No commit here: what is told stands or falls with the act it tells of."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Dialect, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select, update

from models.accounts.tables import Account
from models.accounts.types import Actor
from models.base import new_uid
from models.notices.queries import own_notice
from models.notices.tables import DailyRun, Notice, OutgoingMail
from models.notices.types import KEPT_FOR, KEPT_READ_FOR, WORDINGS, MailState, NoticeKind


def tell(
    session: Session,
    recipients: Iterable[int],
    kind: NoticeKind,
    *,
    dedupe_key: str,
    now: datetime,
    appeal_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> int:
    """Tells each of these accounts once under this key, however often it is called and on however many machines.
    Returns how many were told now.

    Where mail goes out (`session.info["sends_mail"]`), a mail is queued for each who has an address.
    """
    common = {"kind": kind.value, "appeal_id": appeal_id, "facts": facts or {}, "created_at": now}
    rows = [
        {**common, "uid": new_uid(), "account_id": one, "dedupe_key": f"{dedupe_key}:{one}"}
        for one in sorted(set(recipients))
    ]
    if not rows:
        return 0
    told = _insert_new(session, Notice, rows)
    if session.info.get("sends_mail") and WORDINGS[kind].is_mailed:
        _queue_mails(session, [row for row in rows if row["account_id"] in told], now=now)
    return len(told)


def _queue_mails(session: Session, rows: list[dict[str, Any]], *, now: datetime) -> None:
    ids = [row["account_id"] for row in rows]
    reached = select(Account.id).where(col(Account.id).in_(ids), col(Account.email).is_not(None))
    has_address = set(session.exec(reached).all())
    waiting = {"state": MailState.WAITING, "attempts": 0, "next_try_at": now, "last_error": ""}
    _insert_new(
        session, OutgoingMail,
        [{**row, **waiting, "uid": new_uid()} for row in rows if row["account_id"] in has_address],
    )


def _insert_new(session: Session, table: type[Notice | OutgoingMail], rows: list[dict[str, Any]]) -> set[int]:
    """The accounts whose row was not there yet."""
    if not rows:
        return set()
    session.flush()
    statement = _insert(session.connection().dialect)(table).values(rows).on_conflict_do_nothing()
    return set(session.connection().execute(statement.returning(col(table.account_id))).scalars())


def _insert(dialect: Dialect) -> Any:
    return postgresql.insert if dialect.name == "postgresql" else sqlite.insert


def begin_day(session: Session, name: str, day: date) -> bool:
    """True for the one run that does this for this day; whoever comes second waits for the first and finds it done."""
    insert = _insert(session.connection().dialect)
    statement = insert(DailyRun).values(name=name, day=day).on_conflict_do_nothing()
    return session.connection().execute(statement.returning(col(DailyRun.day))).one_or_none() is not None


def mark_read(session: Session, actor: Actor, uid: str, *, now: datetime) -> Notice:
    """One of one's own; a second time changes nothing."""
    notice = own_notice(session, actor, uid, lock=True)
    if notice.read_at is None:
        notice.read_at = now
        session.add(notice)
        session.flush()
    return notice


def mark_all_read(session: Session, actor: Actor, *, upto: int, now: datetime) -> int:
    """What stood there when the page was made; what came since stays unread. Returns how many."""
    mine = (col(Notice.account_id) == actor.account_id) & (col(Notice.id) <= upto) & col(Notice.read_at).is_(None)
    return int(session.execute(update(Notice).where(mine).values(read_at=now)).rowcount)  # type: ignore[attr-defined]


def forget(session: Session, now: datetime) -> int:
    """Old notices, read ones sooner, with the mails of that time, and the runs of past days. Returns how many."""
    is_read = col(Notice.read_at).is_not(None) & (col(Notice.created_at) < now - KEPT_READ_FOR)
    gone = session.execute(delete(Notice).where(is_read | (col(Notice.created_at) < now - KEPT_FOR)))
    session.execute(
        delete(OutgoingMail).where(
            col(OutgoingMail.created_at) < now - KEPT_READ_FOR, col(OutgoingMail.state) != MailState.WAITING
        )
    )
    session.execute(delete(DailyRun).where(col(DailyRun.day) < func.date((now - KEPT_READ_FOR).date().isoformat())))
    return int(gone.rowcount)  # type: ignore[attr-defined]
