"""One attempt to sign in: throttle, password, trace of failures (AUT-2…4)."""

import hashlib
import hmac
from dataclasses import dataclass

from flask import current_app

from models.accounts import commands, queries
from models.accounts.passwords import password_matches
from models.accounts.tables import Account
from models.audit.commands import append
from webapp import clock, db

WRONG = "用户名或密码不对。连续输错5次后需等待1分钟再试。"
WAIT = "输错次数过多，请1分钟后再试；忘记密码的，请联系系统管理员或者市优办重置。"


@dataclass(frozen=True)
class Outcome:
    account: Account | None = None
    message: str = ""
    status: int = 200


def attempt(username: str, password: str, address: str) -> Outcome:
    """Counts failures per account name and per address; waits, never locks for good (AUT-2). Failures are logged
    (AUT-3, AUD-3).
    """
    now = clock.now()
    subjects = [_subject_hash("name", username), _subject_hash("address", address)]
    with db.database().reading() as reading:
        if any(queries.recent_failures(reading, one, now) >= queries.FAILURES_ALLOWED for one in subjects):
            return Outcome(message=WAIT, status=429)
        account = queries.account_by_username(reading, username)
    usable = account if account is not None and _is_usable(account) else None
    is_right = password_matches(account.password_hash if account else None, password)
    if usable is None or not is_right:
        _note_failure(subjects, account)
        return Outcome(message=WRONG, status=422)
    return Outcome(account=usable)


def _is_usable(account: Account) -> bool:
    is_expired = account.password_expires_at is not None and account.password_expires_at <= clock.now()
    return account.is_active and not is_expired


def _note_failure(subjects: list[str], account: Account | None) -> None:
    """In a transaction of its own: the answer is an error, so the request's would be rolled back (AUD-4)."""
    now = clock.now()
    with db.database().writing() as session:
        for subject in subjects:
            commands.note_failure(session, subject, now=now)
        object_id = account.uid if account else ""
        append(session, at=now, actor_id=None, action="login.failed", object_kind="account", object_id=object_id)


def _subject_hash(kind: str, value: str) -> str:
    key: bytes = current_app.config["SECRET_KEY"]
    return hmac.new(key, f"{kind}:{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
