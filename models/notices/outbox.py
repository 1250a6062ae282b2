"""The outbox: mails are claimed, sent outside any transaction, and then entered as sent or put off.

A claim raises `attempts` and puts the next try beyond the time that sending may take. So two consumers never hold the
same mail, one that dies leaves it to the next, and whoever was given up for dead enters nothing any more: the record
says "sent" exactly once (DUR-8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from models.accounts.tables import Account
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.notices.tables import OutgoingMail
from models.notices.types import CLAIMED_FOR, RETRY_AFTER, MailState

AT_ONCE = 20
"""Claimed together: as many as are sent well within the claim's time."""
SHOWN = 200


@dataclass(frozen=True)
class Claimed:
    """What sending needs. `problem` is why it cannot be sent at all."""

    id: int
    uid: str
    attempt: int
    kind: str
    facts: dict[str, Any]
    address: str
    number: str
    problem: str = ""


def claim(session: Session, *, due_at: datetime, now: datetime, limit: int = AT_ONCE) -> list[Claimed]:
    """The next mails that are due, the oldest first; they are this process's until the claim ends."""
    due = (
        select(OutgoingMail)
        .where(col(OutgoingMail.state) == MailState.WAITING, col(OutgoingMail.next_try_at) <= due_at)
        .order_by(col(OutgoingMail.next_try_at), col(OutgoingMail.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(due).all()
    for mail in found:
        mail.attempts += 1
        mail.next_try_at = now + CLAIMED_FOR
        session.add(mail)
    session.flush()
    return [_claimed(session, mail) for mail in found]


def _claimed(session: Session, mail: OutgoingMail) -> Claimed:
    account = session.get_one(Account, mail.account_id)
    number = select(Appeal.number).where(col(Appeal.id) == mail.appeal_id)
    problem = "" if account.is_active else "mail_account_disabled"
    return Claimed(
        mail.id or 0, mail.uid, mail.attempts, mail.kind, mail.facts, account.email or "",
        session.exec(number).one_or_none() or "", problem or ("" if account.email else "mail_no_address"),
    )


def sent(session: Session, mail: Claimed, *, now: datetime) -> bool:
    """False when the claim had ended and another has taken the mail up."""
    return _enter(session, mail, state=MailState.SENT, sent_at=now, last_error="")


def not_sent(session: Session, mail: Claimed, code: str, *, is_final: bool, now: datetime) -> bool:
    """Put off, longer each time; after the last time, or where no later one can help, it has failed."""
    if is_final or mail.attempt > len(RETRY_AFTER):
        return _enter(session, mail, state=MailState.FAILED, last_error=code)
    return _enter(session, mail, next_try_at=now + RETRY_AFTER[mail.attempt - 1], last_error=code)


def _enter(session: Session, mail: Claimed, **values: Any) -> bool:
    is_mine = (
        (col(OutgoingMail.id) == mail.id) & (col(OutgoingMail.attempts) == mail.attempt)
        & (col(OutgoingMail.state) == MailState.WAITING)
    )  # fmt: skip
    statement = update(OutgoingMail).where(is_mine).values(**values)
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def failed(session: Session) -> Sequence[tuple[OutgoingMail, Account]]:
    """With whom each was for, the newest first."""
    statement = (
        select(OutgoingMail, Account)
        .join(Account, col(Account.id) == col(OutgoingMail.account_id))
        .where(col(OutgoingMail.state) == MailState.FAILED)
    )
    return session.exec(statement.order_by(col(OutgoingMail.id).desc()).limit(SHOWN)).all()


def counts(session: Session) -> dict[MailState, int]:
    rows = session.exec(select(OutgoingMail.state, func.count()).group_by(col(OutgoingMail.state))).all()
    found = dict(rows)
    return {state: found.get(state, 0) for state in MailState}


def send_again(session: Session, uid: str, *, now: datetime) -> OutgoingMail:
    """A failed mail waits anew, with all its tries. NotFound for one that has not failed."""
    statement = select(OutgoingMail).where(
        col(OutgoingMail.uid) == uid, col(OutgoingMail.state) == MailState.FAILED
    )
    mail = session.exec(statement.with_for_update()).one_or_none()
    if mail is None:
        raise NotFound("no_such_mail")
    mail.state, mail.attempts, mail.next_try_at = MailState.WAITING, 0, now
    session.add(mail)
    session.flush()
    return mail
