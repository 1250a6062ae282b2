"""Whose roles somebody holds: their own, and for a while those of a colleague who is away. Parts of statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CompoundSelect, exists, or_, union_all
from sqlalchemy.orm import Mapped, aliased
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from models.accounts.tables import Account, AccountRole, Substitution, Unit
from models.accounts.types import SUBSTITUTED_ROLES, Actor, Role


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


def actors(session: Session, roles: frozenset[Role], now: datetime) -> list[Actor]:
    """Everybody in use who holds one of the roles now, with all they hold. A few statements, however many people."""
    people = {one.account_id for one in holders(session, roles, now)}
    names = dict(session.exec(select(Account.id, Account.display_name)).all())
    own: dict[int, set[Role]] = {id_: set() for id_ in people}
    lent: dict[int, set[tuple[Role, str]]] = {id_: set() for id_ in people}
    for held in session.exec(select(AccountRole)).all():
        own.setdefault(held.account_id, set()).add(held.role)
    for absent_id, substitute_id in session.exec(_running(now)).all():
        lendable = own.get(absent_id, set()) & SUBSTITUTED_ROLES - own.get(substitute_id, set())
        lent.setdefault(substitute_id, set()).update((role, names[absent_id]) for role in lendable)
    units = {one.id: one for one in session.exec(select(Unit)).all()}
    accounts = session.exec(select(Account).where(col(Account.id).in_(people)).order_by(col(Account.id))).all()
    return [_actor(one, units.get(one.unit_id), own[one.id or 0], lent[one.id or 0]) for one in accounts]


def _running(now: datetime) -> Select[int, int]:
    absent = aliased(Account)
    return (
        select(Substitution.absent_id, Substitution.substitute_id)
        .join(absent, col(absent.id) == col(Substitution.absent_id))
        .where(runs(now), col(absent.is_active))
    )


def _actor(account: Account, unit: Unit | None, own: set[Role], lent: set[tuple[Role, str]]) -> Actor:
    roles = frozenset(own | {role for role, _ in lent})
    if unit is None:
        return Actor(account.id, account.display_name, roles, lent=frozenset(lent))
    return Actor(
        account.id, account.display_name, roles, unit.id, unit.short_name, unit.path, unit.kind, frozenset(lent)
    )
