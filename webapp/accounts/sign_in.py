"""One attempt to sign in: throttle, password, trace of failures (AUT-2…4)."""

from dataclasses import dataclass

from sqlmodel import Session

from models.accounts import commands, queries
from models.accounts.passwords import password_matches
from models.accounts.tables import Account
from models.audit.commands import append
from webapp import clock, db, turns
from webapp.accounts import throttle
from webapp.accounts.throttle import TooManyTries

WRONG = "用户名或密码不对。连续输错5次后需等待1分钟再试。"


@dataclass(frozen=True)
class Outcome:
    """`retry_after`: seconds, for who has to wait."""

    account: Account | None = None
    message: str = ""
    status: int = 200
    retry_after: int = 0


def attempt(username: str, password: str) -> Outcome:
    """The same work and the same answer for a name that does not exist and for one that may not sign in (AUT-3).
    Failures are logged (AUD-3).
    """
    with db.database().reading() as reading:
        account = queries.account_by_username(reading, username)
    stored = account.password_hash if account else None
    usable = account if account is not None and _is_usable(account) else None
    try:
        with turns.set_aside():
            is_right = throttle.signs_in(username, lambda: password_matches(stored, password) and usable is not None)
    except TooManyTries as many:
        return Outcome(message=many.message_zh, status=429, retry_after=many.seconds)
    if is_right:
        return Outcome(account=usable)
    _log_failure(account)
    return Outcome(message=WRONG, status=422)


def admit(session: Session, outcome: Outcome) -> Outcome:
    """A one-time password opens one session: whoever comes later with it, or at the same moment, is told what a wrong
    one is told (AUT-4).
    """
    account = outcome.account
    if account is None or not account.must_change_password:
        return outcome
    if commands.use_up_one_time_password(session, account, now=clock.now()):
        return outcome
    return Outcome(message=WRONG, status=422)


def _is_usable(account: Account) -> bool:
    is_expired = account.password_expires_at is not None and account.password_expires_at <= clock.now()
    return account.is_active and not is_expired


def _log_failure(account: Account | None) -> None:
    """In a transaction of its own: the answer is an error, so the request's would be rolled back (AUD-4)."""
    uid = account.uid if account else ""
    with db.database().writing() as session:
        append(session, at=clock.now(), actor_id=None, action="login.failed", object_kind="account", object_id=uid)
