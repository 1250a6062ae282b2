"""Reading enterprise accounts. Who of them sees which appeal is said by `models.appeals.queries.scope`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.tables import Account
from models.accounts.types import Actor
from models.appeals.enterprise_tables import Enterprise, EnterpriseAppeal, EnterpriseInvitation, EnterpriseMember
from models.appeals.tables import Appeal
from models.appeals.vault import Identity, IdentityVault
from models.errors import NotFound

INVITATION_LIFE = timedelta(days=7)
ESTABLISHED_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Membership:
    """An account and its enterprise, by their ids."""

    account_id: int
    account_uid: str
    enterprise_id: int
    enterprise_uid: str


@dataclass(frozen=True, repr=False)
class Colleague:
    """One person of the enterprise, as the others of it see them. The repr shows nobody."""

    uid: str
    account_id: int
    username: str
    name: str
    phone: str
    joined_at: datetime
    is_active: bool

    def __repr__(self) -> str:
        return "Colleague(…)"


def membership(session: Session, actor: Actor, *, lock: bool = False) -> Membership | None:
    """The enterprise this account belongs to now, or None. `lock` makes acts on one enterprise wait for each other."""
    statement = (
        select(EnterpriseMember, Enterprise, Account.uid)
        .join(Enterprise, col(Enterprise.id) == col(EnterpriseMember.enterprise_id))
        .join(Account, col(Account.id) == col(EnterpriseMember.account_id))
        .where(col(EnterpriseMember.account_id) == actor.account_id, col(Account.is_active))
    )
    if lock:
        statement = statement.with_for_update(of=Enterprise).execution_options(populate_existing=True)
    found = session.exec(statement).one_or_none()
    if found is None:
        return None
    member, enterprise, account_uid = found
    return Membership(member.account_id, account_uid, member.enterprise_id, enterprise.uid)


def own_membership(session: Session, actor: Actor, *, lock: bool = False) -> Membership:
    """As `membership`, for acts: whoever was removed meanwhile finds nothing (NotFound)."""
    found = membership(session, actor, lock=lock)
    if found is None:
        raise NotFound("no_such_enterprise")
    if lock:  # the wait may have been for our own removal
        gone = select(EnterpriseMember).where(col(EnterpriseMember.account_id) == actor.account_id)
        if session.exec(gone.execution_options(populate_existing=True)).one_or_none() is None:
            raise NotFound("no_such_enterprise")
    return found


def enterprise_identity(session: Session, vault: IdentityVault, member: Membership) -> Identity:
    """Name and credit code, for its own people only."""
    row = session.get_one(Enterprise, member.enterprise_id)
    return vault.open(row.sealed, bound_to=row.uid)


def own_contact(session: Session, vault: IdentityVault, member: Membership) -> Identity:
    row = session.get_one(EnterpriseMember, member.account_id)
    return vault.open(row.sealed, bound_to=member.account_uid)


def colleagues(session: Session, vault: IdentityVault, member: Membership) -> list[Colleague]:
    """Everybody of the enterprise, who joined first on top. One statement."""
    statement = (
        select(EnterpriseMember, Account)
        .join(Account, col(Account.id) == col(EnterpriseMember.account_id))
        .where(col(EnterpriseMember.enterprise_id) == member.enterprise_id)
        .order_by(col(EnterpriseMember.joined_at), col(EnterpriseMember.account_id))
    )
    return [_colleague(vault, row, account) for row, account in session.exec(statement).all()]


def _colleague(vault: IdentityVault, row: EnterpriseMember, account: Account) -> Colleague:
    who = vault.open(row.sealed, bound_to=account.uid)
    return Colleague(
        account.uid, row.account_id, account.username, who.name, who.phone, row.joined_at, account.is_active
    )


def is_open(now: datetime) -> ColumnElement[bool]:
    """An invitation that still lets somebody in: unused, not taken back, not too old, and its writer is still there."""
    at_home = (
        select(EnterpriseMember.account_id)
        .join(Account, col(Account.id) == col(EnterpriseMember.account_id))
        .where(
            col(EnterpriseMember.enterprise_id) == col(EnterpriseInvitation.enterprise_id),
            col(EnterpriseMember.account_id) == col(EnterpriseInvitation.created_by_id),
            col(Account.is_active),
        )
    )
    return (
        col(EnterpriseInvitation.used_at).is_(None)
        & col(EnterpriseInvitation.revoked_at).is_(None)
        & (col(EnterpriseInvitation.expires_at) > now)
        & at_home.exists()
    )


def open_invitations(session: Session, member: Membership, now: datetime) -> Sequence[EnterpriseInvitation]:
    statement = select(EnterpriseInvitation).where(
        col(EnterpriseInvitation.enterprise_id) == member.enterprise_id, is_open(now)
    )
    return session.exec(statement.order_by(col(EnterpriseInvitation.id).desc())).all()


def is_invited(session: Session, token_hash: str, now: datetime) -> bool:
    """Whether this code would let somebody in now."""
    statement = select(EnterpriseInvitation.id).where(
        col(EnterpriseInvitation.token_hash) == token_hash, is_open(now)
    )
    return session.exec(statement).first() is not None


def is_registered(session: Session, vault: IdentityVault, credit_code: str) -> bool:
    """Whether an enterprise of this code, however spelt, has somebody who can invite others."""
    statement = (
        select(func.count())
        .select_from(EnterpriseMember)
        .join(Enterprise, col(Enterprise.id) == col(EnterpriseMember.enterprise_id))
        .join(Account, col(Account.id) == col(EnterpriseMember.account_id))
        .where(col(Enterprise.code_index) == vault.index(credit_code), col(Account.is_active))
    )
    return session.exec(statement).one() > 0


def holder(session: Session, vault: IdentityVault, credit_code: str) -> Enterprise | None:
    """The registration that holds this code, however spelt, whether or not anybody of it is left."""
    code_index = vault.index(credit_code)
    if not code_index:
        return None
    return session.exec(select(Enterprise).where(col(Enterprise.code_index) == code_index)).one_or_none()


def registration(session: Session, uid: str, *, lock: bool = False) -> Enterprise:
    """One that still holds its code, by its public id; NotFound for any other. For the administrator, whom it names
    nobody.
    """
    statement = select(Enterprise).where(col(Enterprise.uid) == uid, col(Enterprise.code_index).is_not(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("no_such_registration")
    return found


def accounts_of(session: Session, enterprise: Enterprise) -> Sequence[Account]:
    """Everybody who belongs to it, the disabled too."""
    held = select(EnterpriseMember.account_id).where(col(EnterpriseMember.enterprise_id) == enterprise.id)
    return session.exec(select(Account).where(col(Account.id).in_(held)).order_by(col(Account.id))).all()


def is_established(session: Session, account_id: int, now: datetime) -> bool:
    """An account that nobody made for today's purpose: a week old, and of an enterprise that has itself filed a matter
    which the office dispatched. Anybody registers any public code, so an account by itself proves nothing; and anybody
    with number and code puts one appeal on many lists, so only the list on which it stood when it came counts.
    """
    statement = (
        select(EnterpriseMember.account_id)
        .join(Account, col(Account.id) == col(EnterpriseMember.account_id))
        .join(EnterpriseAppeal, col(EnterpriseAppeal.enterprise_id) == col(EnterpriseMember.enterprise_id))
        .join(Appeal, col(Appeal.id) == col(EnterpriseAppeal.appeal_id))
        .where(
            col(EnterpriseMember.account_id) == account_id, col(Account.created_at) <= now - ESTABLISHED_AFTER,
            col(Appeal.dispatched_on).is_not(None), col(EnterpriseAppeal.added_at) <= col(Appeal.received_at),
        )
    )
    return session.exec(statement.limit(1)).first() is not None


def listed(session: Session, member: Membership, appeal: Appeal) -> EnterpriseAppeal | None:
    """The appeal's place on the enterprise's list."""
    return session.get(EnterpriseAppeal, (member.enterprise_id, appeal.id))
