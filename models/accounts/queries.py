"""Reading units and accounts, and who stands behind a sign-in session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Any

from sqlalchemy import Select, bindparam, exists, literal
from sqlalchemy.orm import Mapped, aliased
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlmodel import Session, col, select

from models.accounts.lending import lenders
from models.accounts.tables import Account, AccountRole, LoginFailure, LoginSession, Unit
from models.accounts.types import SUBSTITUTED_ROLES, Actor, Role, UnitKind
from models.base import Instant

NOTHING_BESIDE = literal(0)
IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=10)


@dataclass(frozen=True)
class FailureBound:
    """At most `most` wrong passwords within `window`; then whoever it concerns waits (AUT-2)."""

    most: int
    window: timedelta


OF_PAIR = FailureBound(5, timedelta(seconds=60))
"""For an account name from one address: it waits, with the right password too. No other address does."""
OF_NAME = FailureBound(20, timedelta(minutes=10))
"""For an account name from everywhere: beyond it the name is being guessed at, and each address has `PATIENCE` only."""
PATIENCE = FailureBound(3, timedelta(minutes=10))
"""For a pair whose name is being guessed at: whoever comes fresh with the right password gets in."""
OF_ADDRESS = FailureBound(30, timedelta(seconds=60))
"""For an address with all the names tried there: beyond it they are looked at one after the other, slowly."""


@dataclass(frozen=True)
class SignedIn:
    """A live sign-in session and the actor behind it."""

    session_id: int
    last_seen_at: datetime
    must_change_password: bool
    actor: Actor
    beside: int = 0


_ABSENT = aliased(Account)
_SIGNED_IN: Select[Any] = (
    select(  # type: ignore[call-overload]
        LoginSession.id, LoginSession.last_seen_at, Account.must_change_password, Account.id, Account.display_name,
        Unit.id, Unit.short_name, Unit.path, Unit.kind, _ABSENT.display_name, AccountRole.role,
    )
    .join(Account, col(Account.id) == col(LoginSession.account_id))
    .join(AccountRole, col(AccountRole.account_id).in_(lenders(col(Account.id), bindparam("now", type_=Instant))))
    .outerjoin(_ABSENT, (col(_ABSENT.id) == col(AccountRole.account_id)) & (col(_ABSENT.id) != col(Account.id)))
    .outerjoin(Unit, col(Unit.id) == col(Account.unit_id))
    .where(
        col(LoginSession.token_hash) == bindparam("token_hash"),
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.last_seen_at) > bindparam("idle_since"),
        col(LoginSession.created_at) > bindparam("old_since"),
        col(Account.is_active),
    )
)
"""Built once: every request of somebody signed in begins with it. Columns, not rows: nothing of them is changed."""


def signed_in(
    session: Session, token_hash: str, now: datetime, beside: ColumnElement[int] = NOTHING_BESIDE
) -> SignedIn | None:
    """The account behind a session token, unless it ended, idled out, grew too old or the account is disabled
    (SES-1, SES-2).

    Roles and unit are read afresh each time, so a change acts on the next request (SES-4), and so does the beginning
    and end of standing in for somebody who is away. One statement; `beside` is a number read with it, about
    `Account.id`.
    """
    wanted = {"token_hash": token_hash, "idle_since": now - IDLE_LIMIT, "old_since": now - ABSOLUTE_LIMIT, "now": now}
    rows = session.connection().execute(_with(beside), wanted).all()
    if not rows:
        return None
    session_id, last_seen_at, must_change, account_id, name, *unit, _, _, number = rows[0]
    unit_id, unit_name, unit_path, unit_kind = unit
    own = {role for *_, absent, role, _ in rows if absent is None}
    lent = frozenset((role, absent) for *_, absent, role, _ in rows if absent and role in SUBSTITUTED_ROLES - own)
    roles = frozenset(own | {role for role, _ in lent})
    actor = Actor(account_id, name, roles, unit_id, unit_name or "", unit_path or "", unit_kind, lent)
    return SignedIn(session_id, last_seen_at, must_change, actor, number) if own else None


@lru_cache(maxsize=8)
def _with(beside: ColumnElement[int]) -> Select[Any]:
    return _SIGNED_IN.add_columns(beside)


def _actor(account: Account, unit: Unit | None, roles: frozenset[Role]) -> Actor:
    return Actor(
        account_id=account.id,
        display_name=account.display_name,
        roles=roles,
        unit_id=unit.id if unit else None,
        unit_name=unit.short_name if unit else "",
        unit_path=unit.path if unit else "",
        unit_kind=unit.kind if unit else None,
    )


def actor_of(session: Session, account: Account) -> Actor:
    held = session.exec(select(AccountRole).where(col(AccountRole.account_id) == account.id)).all()
    unit = session.get(Unit, account.unit_id) if account.unit_id else None
    return _actor(account, unit, frozenset(one.role for one in held))


def account_by_username(session: Session, username: str) -> Account | None:
    return session.exec(select(Account).where(col(Account.username) == username)).one_or_none()


def account_by_id(session: Session, account_id: int | None) -> Account:
    return session.exec(select(Account).where(col(Account.id) == account_id)).one()


def seconds_to_wait(session: Session, bound: FailureBound, subject_hash: str, now: datetime) -> int:
    """Until the bound lets another attempt through; 0 when it does now."""
    statement = (
        select(LoginFailure.at)
        .where(col(LoginFailure.subject_hash) == subject_hash, col(LoginFailure.at) > now - bound.window)
        .order_by(col(LoginFailure.at).desc())
        .offset(bound.most - 1)
        .limit(1)
    )
    reached_at = session.exec(statement).one_or_none()
    return max(1, ceil((reached_at + bound.window - now).total_seconds())) if reached_at else 0


_HANDLING_UNITS = select(Unit).where(col(Unit.is_active), col(Unit.kind) != UnitKind.OFFICE).order_by(col(Unit.id))


def handling_units(session: Session) -> Sequence[Unit]:
    """The units an appeal may be sent to or complain about, in the office's order."""
    return session.exec(_HANDLING_UNITS).all()


def unit_by_name(session: Session, name: str) -> Unit | None:
    """By short or full name, as people type or import it."""
    statement = select(Unit).where((col(Unit.short_name) == name) | (col(Unit.full_name) == name))
    return session.exec(statement).first()


_UNIT_NAMES = select(col(Unit.id), col(Unit.short_name))


def unit_names(session: Session) -> dict[int, str]:
    """Short names by id: fifty rows, read once a page."""
    return {id_: name for id_, name in session.connection().execute(_UNIT_NAMES).all() if id_ is not None}


def display_names(session: Session, account_ids: Iterable[int | None]) -> dict[int, str]:
    """Who somebody is, by account, in one statement."""
    wanted = {one for one in account_ids if one is not None}
    found = select(Account.id, Account.display_name).where(col(Account.id).in_(wanted))
    return {id_: name for id_, name in session.exec(found).all() if id_ is not None} if wanted else {}


def units_by_id(session: Session) -> dict[int, Unit]:
    return {unit.id: unit for unit in session.exec(select(Unit)).all() if unit.id is not None}


def working(unit_id: Mapped[int | None] | BindParameter[int] | int | None) -> ColumnElement[bool]:
    """The accounts that can be given the unit's work: in use, of that unit, with a handler's role."""
    is_handler = col(AccountRole.role) == Role.HANDLER
    held = exists().where(col(AccountRole.account_id) == col(Account.id), is_handler)
    return col(Account.is_active) & (col(Account.unit_id) == unit_id) & held


def handlers_of(session: Session, unit_id: int | None) -> dict[int, str]:
    """Names by account id of those who can be given this unit's work, in the order they came."""
    statement = select(Account.id, Account.display_name).where(working(unit_id)).order_by(col(Account.id))
    return {id_: name for id_, name in session.exec(statement).all() if id_ is not None}
