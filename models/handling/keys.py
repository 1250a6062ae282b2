"""One-time keys of acting forms, burned in the transaction of their act: a form sent again acts once (DUR-5)."""

from datetime import datetime

from sqlmodel import Session

from models.accounts.types import Actor
from models.handling.tables import ActKey


def act_key(session: Session, key_hash: str) -> ActKey | None:
    """Whose form with this key acted, and where its first use led; None while it is good."""
    return session.get(ActKey, key_hash)


def remember_key(session: Session, key_hash: str, actor: Actor, subject: str, *, now: datetime) -> None:
    """Burns an acting form's one-time key together with the act."""
    assert actor.account_id is not None
    session.add(ActKey(key_hash=key_hash, account_id=actor.account_id, subject=subject, at=now))
