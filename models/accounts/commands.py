"""Making units and accounts, and beginning and ending sign-in sessions. No commit here."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from models.accounts.passwords import hash_password
from models.accounts.tables import Account, AccountRole, LoginFailure, LoginSession, Unit
from models.accounts.types import Role, UnitKind

ONE_TIME_PASSWORD_LIFE = timedelta(hours=24)


def create_unit(
    session: Session,
    short_name: str,
    full_name: str,
    kind: UnitKind,
    *,
    parent: Unit | None = None,
    monthly_appeals_quota: int = 0,
    yearly_articles_quota: int = 0,
) -> Unit:
    unit = Unit(
        short_name=short_name,
        full_name=full_name,
        kind=kind,
        parent_id=parent.id if parent else None,
        monthly_appeals_quota=monthly_appeals_quota,
        yearly_articles_quota=yearly_articles_quota,
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.add(unit)
    session.flush()
    return unit


def create_account(
    session: Session,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    *,
    now: datetime,
    unit: Unit | None = None,
    is_one_time: bool = True,
) -> Account:
    """A one-time password must be changed at first use and expires after 24 hours (AUT-4)."""
    account = Account(
        username=username,
        display_name=display_name,
        password_hash=hash_password(password),
        unit_id=unit.id if unit else None,
        created_at=now,
        must_change_password=is_one_time,
        password_expires_at=now + ONE_TIME_PASSWORD_LIFE if is_one_time else None,
    )
    session.add(account)
    session.flush()
    assert account.id is not None
    for role in roles:
        session.add(AccountRole(account_id=account.id, role=role))
    session.flush()
    return account


def token_hash(token: str) -> str:
    """What is stored of a session token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(session: Session, account: Account, *, now: datetime) -> str:
    """A new session; returns the token for the cookie, which is stored nowhere."""
    assert account.id is not None
    token = secrets.token_urlsafe(32)
    session.add(LoginSession(token_hash=token_hash(token), account_id=account.id, created_at=now, last_seen_at=now))
    session.flush()
    return token


def end_session(session: Session, token: str, *, now: datetime) -> None:
    session.execute(update(LoginSession).where(col(LoginSession.token_hash) == token_hash(token)).values(ended_at=now))


def end_all_sessions(session: Session, account: Account, *, now: datetime) -> None:
    """After a change of password, of role, or disabling."""
    session.execute(
        update(LoginSession)
        .where(col(LoginSession.account_id) == account.id, col(LoginSession.ended_at).is_(None))
        .values(ended_at=now)
    )


def end_other_sessions(session: Session, account: Account, kept_session_id: int, *, now: datetime) -> None:
    """All but the one this person sits at."""
    session.execute(
        update(LoginSession)
        .where(
            col(LoginSession.account_id) == account.id,
            col(LoginSession.id) != kept_session_id,
            col(LoginSession.ended_at).is_(None),
        )
        .values(ended_at=now)
    )


def touch_session(session: Session, session_id: int, *, now: datetime) -> None:
    session.execute(update(LoginSession).where(col(LoginSession.id) == session_id).values(last_seen_at=now))


def change_password(session: Session, account: Account, password: str, *, now: datetime) -> None:
    """Ends every session of the account: who knew the old password is out (SES-1)."""
    account.password_hash = hash_password(password)
    account.must_change_password, account.password_expires_at = False, None
    account.version += 1
    session.add(account)
    end_all_sessions(session, account, now=now)


def use_up_one_time_password(session: Session, account: Account, *, now: datetime) -> bool:
    """By the sign-in that it opens: later ones find it expired, of several at once one goes on. The session it opened
    sets a password of its own (AUT-4).
    """
    statement = update(Account).where(
        col(Account.id) == account.id, col(Account.must_change_password), col(Account.password_expires_at) > now
    )
    return bool(session.execute(statement.values(password_expires_at=now)).rowcount)  # type: ignore[attr-defined]


def note_failures(session: Session, subject_hashes: Iterable[str], *, now: datetime) -> list[int]:
    """One wrong password, counted for each subject. Returns what `take_back` wants if it was right after all."""
    noted = [LoginFailure(subject_hash=subject, at=now) for subject in subject_hashes]
    session.add_all(noted)
    session.flush()
    return [failure.id for failure in noted if failure.id is not None]


def take_back(session: Session, noted: Iterable[int]) -> None:
    session.execute(delete(LoginFailure).where(col(LoginFailure.id).in_(list(noted))))


def forget_failures(session: Session, before: datetime) -> int:
    """Drops failed sign-ins that no throttle counts any more. Returns how many."""
    found = session.exec(select(LoginFailure).where(col(LoginFailure.at) < before)).all()
    for failure in found:
        session.delete(failure)
    session.flush()
    return len(found)
