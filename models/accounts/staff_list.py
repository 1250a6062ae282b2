"""The administrator's list of staff accounts, and a person's own live sessions. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.queries import ABSOLUTE_LIMIT, IDLE_LIMIT
from models.accounts.rules import STAFF_ROLES
from models.accounts.tables import Account, AccountRole, LoginSession
from models.accounts.types import Role


@dataclass(frozen=True)
class StaffFilter:
    """`words` in name or username; `is_active` None for both."""

    words: str = ""
    unit_id: int | None = None
    role: Role | None = None
    is_active: bool | None = None


@dataclass(frozen=True)
class StaffRow:
    account: Account
    roles: frozenset[Role]
    last_signed_in_at: datetime | None


def _holding(roles: Sequence[Role]) -> ColumnElement[bool]:
    held = select(AccountRole.account_id).where(col(AccountRole.role).in_(roles))
    return col(Account.id).in_(held)


def _conditions(asked: StaffFilter) -> list[ColumnElement[bool]]:
    found = [_holding([asked.role] if asked.role else STAFF_ROLES)]
    if asked.words:
        words = asked.words.lower()
        named = func.lower(col(Account.username)).contains(words, autoescape=True)
        found.append(or_(named, func.lower(col(Account.display_name)).contains(words, autoescape=True)))
    if asked.unit_id is not None:
        found.append(col(Account.unit_id) == asked.unit_id)
    if asked.is_active is not None:
        found.append(col(Account.is_active).is_(asked.is_active))
    return found


def staff_count(session: Session, asked: StaffFilter) -> int:
    return session.exec(select(func.count()).select_from(Account).where(*_conditions(asked))).one()


def staff(session: Session, asked: StaffFilter, *, limit: int, offset: int) -> list[StaffRow]:
    """Newest first, with roles and last sign-in. Three statements, whatever the length."""
    statement = select(Account).where(*_conditions(asked)).order_by(col(Account.id).desc())
    accounts = session.exec(statement.limit(limit).offset(offset)).all()
    ids = [one.id for one in accounts]
    roles: dict[int, set[Role]] = {}
    for held in session.exec(select(AccountRole).where(col(AccountRole.account_id).in_(ids))).all():
        roles.setdefault(held.account_id, set()).add(held.role)
    last = _last_sign_ins(session, ids)
    return [StaffRow(one, frozenset(roles.get(one.id or 0, ())), last.get(one.id or 0)) for one in accounts]


def _last_sign_ins(session: Session, ids: Sequence[int | None]) -> dict[int, datetime]:
    statement = (
        select(LoginSession.account_id, func.max(col(LoginSession.created_at)))
        .where(col(LoginSession.account_id).in_(ids))
        .group_by(col(LoginSession.account_id))
    )
    return dict(session.exec(statement).all())


def last_sign_in(session: Session, account: Account) -> datetime | None:
    return _last_sign_ins(session, [account.id]).get(account.id or 0)


def people_in_units(session: Session) -> dict[int, int]:
    """Active accounts by unit."""
    statement = (
        select(Account.unit_id, func.count())
        .where(col(Account.is_active), col(Account.unit_id).is_not(None))
        .group_by(col(Account.unit_id))
    )
    return {unit_id: count for unit_id, count in session.exec(statement).all() if unit_id is not None}


def live_sessions(session: Session, account_id: int | None, now: datetime) -> Sequence[LoginSession]:
    """The sign-ins that would still be accepted now (SES-1, SES-2), the newest first."""
    statement = select(LoginSession).where(
        col(LoginSession.account_id) == account_id,
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.last_seen_at) > now - IDLE_LIMIT,
        col(LoginSession.created_at) > now - ABSOLUTE_LIMIT,
    )
    return session.exec(statement.order_by(col(LoginSession.created_at).desc(), col(LoginSession.id).desc())).all()
