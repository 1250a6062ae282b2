"""How often one network address may ask whether an enterprise is registered, try invitation codes and make accounts.

Counted like everything of strangers (models.appeals.limits): slows down, never locks out; a service hall has no limit.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from models.appeals import limits
from models.appeals.limits import Limit
from webapp import db, sources
from webapp.letterhead import OFFICE
from webapp.public.limits import TooMany

CODES: Final = Limit("enterprise_codes", 30, timedelta(hours=1))
"""Credit codes for which the registration was asked: the answer tells whether the enterprise is here."""
INVITATIONS: Final = Limit("invitation_codes", 30, timedelta(hours=1))
"""Invitation codes that let nobody in."""
ACCOUNTS: Final = Limit("enterprise_accounts", 10, timedelta(hours=1))
"""Accounts made, by registration or invitation."""
TOO_MANY: Final = (
    "从您所在网络尝试的次数较多，请约 {minutes} 分钟后再试；急需办理的，请拨打市优办电话 " + OFFICE.phone + "。"
)


def count_now(limit: Limit, now: datetime, *, by: int = 1) -> None:
    """In a short transaction of its own, so that a refused try counts. `by` -1 takes a try back. Raises TooMany."""
    if sources.here().is_hall:
        return
    with db.database().writing() as session:
        taken = limits.take(session, limit, sources.here().key, now, by=by)
    if by > 0 and taken > limit.most:
        raise TooMany(TOO_MANY, limits.wait_seconds(limit, now))


def take_account(session: Session, now: datetime) -> None:
    """In the transaction that makes the account: what is not made is not counted. Raises TooMany."""
    source = sources.here()
    if not source.is_hall and limits.take(session, ACCOUNTS, source.key, now) > ACCOUNTS.most:
        raise TooMany(TOO_MANY, limits.wait_seconds(ACCOUNTS, now))
