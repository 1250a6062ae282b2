"""What somebody typed when their sign-in had ended: kept sealed for that account, a day, a few at most (T10).

Text only: never a file, a password, a token. Bound to account and row, so that no other account's row opens it. A
visitor without an account may ask to have an unfinished form kept; it is found, and opened, by a code only they hold.
No commit here.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, delete, select

from models.accounts.commands import token_hash
from models.accounts.tables import Account, LoginSession
from models.appeals.limits import Limit
from models.appeals.tables import KeptForm
from models.appeals.vault import IdentityVault
from models.base import new_uid
from models.errors import Refused

KEPT_FOR: Final = timedelta(hours=24)
MOST_KEPT: Final = 5
"""For one account; the oldest makes room."""
LARGEST: Final = 1_000_000
"""Bytes of one form's text: twice the longest reply to twenty demands."""
PAUSES: Final = Limit("paused_filings", 20, timedelta(days=1))
"""Per address: unfinished forms kept for strangers."""
PAUSE_CODES: Final = Limit("paused_codes", 30, timedelta(hours=1))
"""Per address: codes tried."""
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, repr=False)
class Typed:
    """A form as it was sent: `page` is where it stood, `fields` what was in it, in order."""

    page: str
    fields: Fields
    had_files: bool = False

    def __repr__(self) -> str:
        return "Typed(…)"

    def to_json(self) -> str:
        return json.dumps([self.page, self.fields, self.had_files], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Typed":
        page, fields, had_files = json.loads(text)
        return cls(page, tuple((name, value) for name, value in fields), had_files)


def digest(form: str) -> str:
    """Which form: a hash of the address it is sent to, or of a visitor's code."""
    return hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()


def owner(session: Session, token: str, now: datetime) -> int | None:
    """The account that the sign-in behind this token belonged to, however it ended, within the last day; never a
    disabled one's.
    """
    statement = (
        select(LoginSession.account_id)
        .join(Account, col(Account.id) == col(LoginSession.account_id))
        .where(
            col(LoginSession.token_hash) == token_hash(token), col(LoginSession.last_seen_at) > now - KEPT_FOR,
            col(Account.is_active),
        )
    )
    return session.exec(statement).one_or_none()


def keep(
    session: Session, vault: IdentityVault, account_id: int, form: str, typed: Typed, *, now: datetime
) -> KeptForm | None:
    """Keeps the newest text of this form. None when it is too much: the caller must not lose it another way."""
    text = typed.to_json()
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        return None
    _make_room(session, account_id, digest(form))
    uid = new_uid()
    made = KeptForm(
        uid=uid, account_id=account_id, form_digest=digest(form), kept_at=now,
        sealed=vault.seal_text(text, bound_to=f"{account_id}:{uid}"),
    )
    session.add(made)
    session.flush()
    return made


def _make_room(session: Session, account_id: int, form_digest: str) -> None:
    own = select(KeptForm).where(col(KeptForm.account_id) == account_id).order_by(col(KeptForm.id).desc())
    others = []
    for row in session.exec(own).all():
        if row.form_digest == form_digest:
            session.delete(row)
        else:
            others.append(row)
    for row in others[MOST_KEPT - 1 :]:
        session.delete(row)
    session.flush()


def newest(session: Session, account_id: int, now: datetime) -> KeptForm | None:
    """What this account has to send again."""
    statement = select(KeptForm).where(col(KeptForm.account_id) == account_id, col(KeptForm.kept_at) > now - KEPT_FOR)
    return session.exec(statement.order_by(col(KeptForm.id).desc()).limit(1)).first()


def opened(session: Session, vault: IdentityVault, account_id: int, uid: str, now: datetime) -> Typed | None:
    """The text, for the account it was kept for; None when it is gone, old, somebody else's or sealed with another
    key.
    """
    statement = select(KeptForm).where(
        col(KeptForm.uid) == uid, col(KeptForm.account_id) == account_id, col(KeptForm.kept_at) > now - KEPT_FOR
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        return None
    try:
        return Typed.from_json(vault.open_text(row.sealed, bound_to=f"{account_id}:{uid}"))
    except Refused:
        return None


def keep_for_code(session: Session, vault: IdentityVault, code: str, typed: Typed, *, now: datetime) -> bool:
    """A visitor's unfinished form. Bound to the code itself, of which only a hash is stored: without it neither the
    database nor the key opens it. False when it is too much.
    """
    text = typed.to_json()
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        return False
    sealed = vault.seal_text(text, bound_to=_visitor(code))
    session.add(KeptForm(form_digest=digest(_visitor(code)), sealed=sealed, kept_at=now))
    session.flush()
    return True


def by_code(session: Session, vault: IdentityVault, code: str, now: datetime) -> Typed | None:
    """What a visitor asked to have kept, within the day."""
    statement = select(KeptForm).where(
        col(KeptForm.form_digest) == digest(_visitor(code)), col(KeptForm.account_id).is_(None),
        col(KeptForm.kept_at) > now - KEPT_FOR,
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        return None
    try:
        return Typed.from_json(vault.open_text(row.sealed, bound_to=_visitor(code)))
    except Refused:
        return None


def _visitor(code: str) -> str:
    return f"visitor:{code}"


def forget(session: Session, account_id: int, uid: str) -> None:
    session.execute(delete(KeptForm).where(col(KeptForm.uid) == uid, col(KeptForm.account_id) == account_id))


def purge(session: Session, before: datetime) -> int:
    """Drops what was kept earlier. Returns how many."""
    done = session.execute(delete(KeptForm).where(col(KeptForm.kept_at) < before))
    return int(done.rowcount)  # type: ignore[attr-defined]
