"""Whose roles somebody holds: their own, and for a while those of a colleague who is away. Parts of statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CompoundSelect, exists, or_, union_all
from sqlalchemy.orm import Mapped, aliased
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlmodel import Session, col, select

from models.accounts.tables import Account, AccountRole, Substitution, Unit
from models.accounts.types import SUBSTITUTED_ROLES, Role


def runs(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The substitution is in force: from its first day to the end of its last, unless it was taken back."""
    return (
        (col(Substitution.starts_at) <= now) & (col(Substitution.ends_at) > now) & col(Substitution.ended_at).is_(None)
    )


def lenders(
    account_id: Mapped[int | None], now: datetime | BindParameter[datetime]
) -> CompoundSelect[tuple[int | None]]:
    """The account itself and whomever it stands in for now. Not further: whoever is lent a role cannot lend it on."""
    itself, absent = aliased(Account), aliased(Account)
    own = select(col(itself.id)).where(col(itself.id) == account_id)
    stands_in = (
        select(col(Substitution.absent_id))
        .join(absent, col(absent.id) == col(Substitution.absent_id))
        .where(col(Substitution.substitute_id) == account_id, col(absent.is_active), runs(now))
    )
    return union_all(own.correlate(Account), stands_in.correlate(Account))


class Holder(NamedTuple):
    account_id: int
    unit_id: int | None
    unit_path: str


def holders(
    session: Session, roles: frozenset[Role], now: datetime, *, unit_id: int | None = None
) -> Sequence[Holder]:
    """Accounts in use that hold one of the roles now, their own or lent; those of one unit only, if one is named."""
    own = exists().where(col(AccountRole.account_id) == col(Account.id), col(AccountRole.role).in_(sorted(roles)))
    statement = (
        select(Account.id, Account.unit_id, Unit.path)
        .outerjoin(Unit, col(Unit.id) == col(Account.unit_id))
        .where(col(Account.is_active), or_(own, _is_lent(roles & SUBSTITUTED_ROLES, now)))
        .order_by(col(Account.id))
    )
    if unit_id is not None:
        statement = statement.where(col(Account.unit_id) == unit_id)
    return [Holder(id_ or 0, unit, path or "") for id_, unit, path in session.exec(statement).all()]


def _is_lent(roles: frozenset[Role], now: datetime) -> ColumnElement[bool]:
    absent = aliased(Account)
    return exists().where(
        col(Substitution.substitute_id) == col(Account.id), runs(now), col(absent.id) == col(Substitution.absent_id),
        col(absent.is_active), col(AccountRole.account_id) == col(absent.id), col(AccountRole.role).in_(sorted(roles)),
    )
