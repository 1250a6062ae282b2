"""Accounts for tests, signed in without the cost of a password."""

from datetime import datetime
from itertools import count

from sqlmodel import Session

from models.accounts import commands, queries
from models.accounts.tables import Account, AccountRole
from models.accounts.types import Actor, Role
from webapp import clock

_number = count(1)
UNUSABLE_HASH = "!"


def account(session: Session, *roles: Role, unit: str = "", name: str = "", now: datetime | None = None) -> Account:
    """An account of these roles, in the unit of that short name."""
    found = queries.unit_by_name(session, unit) if unit else None
    number = next(_number)
    row = Account(
        username=f"user{number}",
        display_name=name or f"测试{number}",
        password_hash=UNUSABLE_HASH,
        unit_id=found.id if found else None,
        created_at=now or clock.now(),
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(AccountRole(account_id=row.id, role=role) for role in roles)
    session.flush()
    return row


def actor(session: Session, *roles: Role, unit: str = "", name: str = "") -> Actor:
    return queries.actor_of(session, account(session, *roles, unit=unit, name=name))


def token(session: Session, row: Account, now: datetime | None = None) -> str:
    return commands.begin_session(session, row, now=now or clock.now())
