"""What an administrator does to staff accounts. No commit and no audit row here: the caller writes both.

Roles and activity act on the next request (SES-4); a change of either ends the account's sessions (SES-1).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.accounts import substitutes
from models.accounts.commands import ONE_TIME_PASSWORD_LIFE, create_account, end_all_sessions
from models.accounts.passwords import hash_password, one_time_password
from models.accounts.rules import STAFF_ROLES, refused_roles
from models.accounts.tables import Account, AccountRole, Unit
from models.accounts.types import Actor, Role
from models.errors import Conflict, NotFound, Refused


@dataclass(frozen=True)
class StaffDetails:
    """What an administrator decides about an account. `unit_id` None: no unit, for the administrator and leaders."""

    display_name: str
    roles: frozenset[Role]
    unit_id: int | None = None
    email: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """For the log: that there is an address, not which."""
        roles = [role.value for role in Role if role in self.roles]
        return {
            "display_name": self.display_name, "roles": roles, "unit_id": self.unit_id, "has_email": bool(self.email),
        }


def staff_account(session: Session, uid: str, *, lock: bool = False) -> Account:
    """A staff account by its public id. An enterprise's account is none: it raises `NotFound` like nothing at all."""
    held = select(AccountRole.account_id).where(col(AccountRole.role).in_(STAFF_ROLES))
    statement = select(Account).where(col(Account.uid) == uid, col(Account.id).in_(held))
    account = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    if account is None:
        raise NotFound("no_such_account")
    return account


def details_of(session: Session, account: Account) -> StaffDetails:
    held = session.exec(select(AccountRole).where(col(AccountRole.account_id) == account.id)).all()
    return StaffDetails(
        account.display_name, frozenset(one.role for one in held), account.unit_id, account.email or ""
    )


def create_staff(session: Session, username: str, details: StaffDetails, *, now: datetime) -> tuple[Account, str]:
    """A new account and its one-time password, which is stored nowhere in clear (AUT-4). Raises `Refused`."""
    unit = _check_details(session, details, had_unit_id=None)
    same = select(Account.id).where(func.lower(col(Account.username)) == username.lower())
    if session.exec(same).first() is not None:
        raise Refused("username_taken")
    password = one_time_password()
    try:
        with session.begin_nested():
            account = create_account(
                session, username, details.display_name, password, details.roles, now=now, unit=unit
            )
    except IntegrityError as error:  # somebody took the name between the question and the row
        raise Refused("username_taken") from error
    account.email = details.email or None
    session.add(account)
    session.flush()
    return account, password


def edit_staff(
    session: Session, actor: Actor, account: Account, details: StaffDetails, *, version: int | None, now: datetime
) -> None:
    """Nobody changes their own roles or unit; the last administrator stays one."""
    _check_version(account, version)
    before = details_of(session, account)
    is_moved = (before.roles, before.unit_id) != (details.roles, details.unit_id)
    if is_moved and account.id == actor.account_id:
        raise Refused("own_roles")
    _check_details(session, details, had_unit_id=before.unit_id)
    if Role.ADMINISTRATOR in before.roles - details.roles:
        _keep_an_administrator(session, account)
    account.display_name, account.unit_id = details.display_name, details.unit_id
    account.email = details.email or None
    _bump(session, account)
    if is_moved:
        substitutes.end_all(session, account.id, now=now)
        _hold_roles(session, account, before.roles, details.roles)
        end_all_sessions(session, account, now=now)


def set_active(
    session: Session, actor: Actor, account: Account, is_active: bool, *, version: int | None, now: datetime
) -> None:
    """Disabling ends every session; enabling lets the old password in again."""
    _check_version(account, version)
    if account.id == actor.account_id:
        raise Refused("own_account")
    if not is_active:
        _keep_an_administrator(session, account)
        substitutes.end_all(session, account.id, now=now)
    account.is_active = is_active
    _bump(session, account)
    end_all_sessions(session, account, now=now)


def reset_password(session: Session, actor: Actor, account: Account, *, version: int | None, now: datetime) -> str:
    """A new one-time password, valid for 24 hours and changed at first use; every session ends (AUT-4)."""
    _check_version(account, version)
    if account.id == actor.account_id:
        raise Refused("own_password")
    password = one_time_password()
    account.password_hash = hash_password(password)
    account.must_change_password, account.password_expires_at = True, now + ONE_TIME_PASSWORD_LIFE
    _bump(session, account)
    end_all_sessions(session, account, now=now)
    return password


def _check_version(account: Account, version: int | None) -> None:
    if version is not None and version != account.version:
        raise Conflict("account_changed_meanwhile", expected=version, found=account.version)


def _check_details(session: Session, details: StaffDetails, *, had_unit_id: int | None) -> Unit | None:
    """The unit, which must still be in use unless the account was in it before."""
    unit = session.get(Unit, details.unit_id) if details.unit_id is not None else None
    if details.unit_id is not None and (unit is None or not (unit.is_active or unit.id == had_unit_id)):
        raise Refused("unit_not_in_use")
    code = refused_roles(details.roles, has_unit=unit is not None)
    if code:
        raise Refused(code)
    return unit


def _keep_an_administrator(session: Session, account: Account) -> None:
    """Refuses when no other active administrator would be left. Locks them all, so that two cannot remove each
    other at once.
    """
    others = (
        select(Account)
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(col(AccountRole.role) == Role.ADMINISTRATOR, col(Account.is_active))
        .order_by(col(Account.id))
        .with_for_update(of=Account)
        .execution_options(populate_existing=True)
    )
    active = [one.id for one in session.exec(others).all()]
    if account.id in active and len(active) == 1:
        raise Refused("last_administrator")


def _hold_roles(session: Session, account: Account, before: frozenset[Role], after: frozenset[Role]) -> None:
    assert account.id is not None
    for role in before - after:
        session.delete(session.get_one(AccountRole, (account.id, role)))
    session.add_all(AccountRole(account_id=account.id, role=role) for role in after - before)
    session.flush()


def _bump(session: Session, account: Account) -> None:
    account.version += 1
    session.add(account)
    session.flush()
