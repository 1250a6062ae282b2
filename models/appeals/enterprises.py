"""Enterprise accounts: registering, inviting, joining, leaving, and the list of appeals. No commit here; every act
leaves its row in the log, without a name.

An appeal comes on the list only when it is filed through one of the accounts or added with number and receipt code.
The credit code typed into a form never puts it there: anybody may type any code, and an employee who asked for
confidence must not be shown to the colleagues.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.accounts.commands import create_account, end_all_sessions
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.enterprise_queries import (
    INVITATION_LIFE,
    Membership,
    accounts_of,
    is_open,
    is_registered,
    open_invitations,
    registration,
)
from models.appeals.enterprise_tables import Enterprise, EnterpriseAppeal, EnterpriseInvitation, EnterpriseMember
from models.appeals.tables import Appeal
from models.appeals.vault import Identity, IdentityVault
from models.audit.commands import append
from models.errors import NotFound, Refused

DISPLAY_NAME = "企业用户"
"""What an account is called in the database, whoever holds it (IDN-2)."""
MOST_COLLEAGUES = 30
MOST_INVITATIONS = 10


@dataclass(frozen=True, repr=False)
class NewPerson:
    """Somebody who gets an account: what signs in, and who it is. The repr shows nothing."""

    username: str
    password: str
    name: str
    phone: str

    def __repr__(self) -> str:
        return "NewPerson(…)"


def register(
    session: Session, vault: IdentityVault, enterprise: Identity, person: NewPerson, *, now: datetime
) -> Account:
    """The first account of an enterprise. Refused("enterprise_registered") when somebody of it is here already:
    the newcomer is to be invited by them.
    """
    if is_registered(session, vault, enterprise.credit_code):
        raise Refused("enterprise_registered")
    code_index = vault.index(enterprise.credit_code)
    _give_up(session, code_index, now)
    row = Enterprise(code_index=code_index, sealed=b"", created_at=now)
    row.sealed = vault.seal(enterprise, bound_to=row.uid)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:  # somebody registered it between the question and the row
        raise Refused("enterprise_registered") from error
    assert row.id is not None
    account = _add_person(session, vault, row.id, person, now)
    _trace(session, now, account.id, "enterprise.register", row.uid, {"account": account.uid})
    return account


def _give_up(session: Session, code_index: str, now: datetime) -> None:
    """An enterprise with nobody left makes room for whoever registers its code now."""
    statement = select(Enterprise).where(col(Enterprise.code_index) == code_index).with_for_update()
    for row in session.exec(statement).all():
        row.code_index = None
        session.add(row)
        _trace(session, now, None, "enterprise.close", row.uid, {})
    session.flush()


def _add_person(
    session: Session, vault: IdentityVault, enterprise_id: int, person: NewPerson, now: datetime
) -> Account:
    same = select(Account.id).where(func.lower(col(Account.username)) == person.username.lower())
    if session.exec(same).first() is not None:
        raise Refused("username_taken")
    try:
        with session.begin_nested():
            account = create_account(
                session, person.username, DISPLAY_NAME, person.password, [Role.ENTERPRISE], now=now, is_one_time=False
            )
    except IntegrityError as error:  # somebody took the name between the question and the row
        raise Refused("username_taken") from error
    assert account.id is not None
    sealed = vault.seal(Identity(name=person.name, phone=person.phone), bound_to=account.uid)
    session.add(
        EnterpriseMember(account_id=account.id, enterprise_id=enterprise_id, sealed=sealed, joined_at=now)
    )
    session.flush()
    return account


# ---------------------------------------------------------------- invitations


def invitation_hash(pepper: bytes, code: str) -> str:
    """What is stored of a canonical code of 80 random bits: keyed with what lies outside the database."""
    return hmac.digest(pepper, b"invitation/1\x00" + code.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def invite(session: Session, pepper: bytes, member: Membership, *, now: datetime) -> str:
    """A code that lets one colleague in within seven days; it is shown once and stored nowhere."""
    if len(open_invitations(session, member, now)) >= MOST_INVITATIONS:
        raise Refused("too_many_invitations")
    code = "".join(secrets.choice(receipt.ALPHABET) for _ in range(receipt.CODE_CHARACTERS))
    row = EnterpriseInvitation(
        token_hash=invitation_hash(pepper, code), enterprise_id=member.enterprise_id,
        created_by_id=member.account_id, created_at=now, expires_at=now + INVITATION_LIFE,
    )
    session.add(row)
    session.flush()
    _trace(session, now, member.account_id, "enterprise.invite", member.enterprise_uid, {"invitation": row.uid})
    return code


def revoke(session: Session, member: Membership, uid: str, *, now: datetime) -> None:
    """Takes an open invitation back. One of another enterprise is nonexistent."""
    statement = select(EnterpriseInvitation).where(
        col(EnterpriseInvitation.uid) == uid, col(EnterpriseInvitation.enterprise_id) == member.enterprise_id,
        is_open(now),
    )
    row = session.exec(statement.with_for_update(of=EnterpriseInvitation)).one_or_none()
    if row is None:
        raise NotFound("no_such_invitation")
    row.revoked_at = now
    session.add(row)
    session.flush()
    _trace(session, now, member.account_id, "enterprise.revoke", member.enterprise_uid, {"invitation": uid})


def join(session: Session, vault: IdentityVault, token_hash: str, person: NewPerson, *, now: datetime) -> Account:
    """A colleague comes in by an invitation, which is used up. Refused("invitation_invalid") for any other code."""
    statement = select(EnterpriseInvitation).where(
        col(EnterpriseInvitation.token_hash) == token_hash, is_open(now)
    )
    row = session.exec(statement.with_for_update(of=EnterpriseInvitation)).one_or_none()
    if row is None:
        raise Refused("invitation_invalid")
    enterprise = session.exec(
        select(Enterprise).where(col(Enterprise.id) == row.enterprise_id).with_for_update()
    ).one()
    if enterprise.code_index is None:  # freed while we waited for the row
        raise Refused("invitation_invalid")
    if _count_people(session, row.enterprise_id) >= MOST_COLLEAGUES:
        raise Refused("too_many_colleagues")
    row.used_at = now
    session.add(row)
    account = _add_person(session, vault, row.enterprise_id, person, now)
    facts = {"account": account.uid, "invitation": row.uid}
    _trace(session, now, account.id, "enterprise.join", enterprise.uid, facts)
    return account


def _count_people(session: Session, enterprise_id: int) -> int:
    statement = select(func.count()).where(col(EnterpriseMember.enterprise_id) == enterprise_id)
    return session.exec(statement).one()


# ---------------------------------------------------------------- going


def remove(session: Session, member: Membership, account_uid: str, *, now: datetime) -> None:
    """A colleague is out at the next request. Nobody removes themselves: that is leaving."""
    if account_uid == member.account_uid:
        raise Refused("leave_instead")
    statement = (
        select(EnterpriseMember, Account)
        .join(Account, col(Account.id) == col(EnterpriseMember.account_id))
        .where(col(Account.uid) == account_uid, col(EnterpriseMember.enterprise_id) == member.enterprise_id)
    )
    found = session.exec(statement.with_for_update(of=Account)).one_or_none()
    if found is None:
        raise NotFound("no_such_colleague")
    _let_go(session, *found, now)
    _trace(session, now, member.account_id, "enterprise.remove", member.enterprise_uid, {"account": account_uid})


def leave(session: Session, member: Membership, *, now: datetime) -> None:
    """By the person. The last one may go too: the appeals stay open to number and code."""
    row = session.get_one(EnterpriseMember, member.account_id)
    _let_go(session, row, session.get_one(Account, member.account_id), now)
    _trace(session, now, member.account_id, "enterprise.leave", member.enterprise_uid, {"account": member.account_uid})


def _let_go(session: Session, row: EnterpriseMember, account: Account, now: datetime) -> None:
    """What is known of the person is deleted with the row; the account stays, closed, for the log to point at."""
    account.is_active = False
    account.version += 1
    session.delete(row)
    session.add(account)
    session.flush()
    end_all_sessions(session, account, now=now)


def free(session: Session, vault: IdentityVault, uid: str, *, credit_code: str, now: datetime) -> list[str]:
    """Takes a code away from whoever registered it, for the enterprise whose code it is: codes are public, and nobody
    proves one at the registration. Its accounts are closed and belong nowhere from now on, its invitations let nobody
    in; the appeals filed go on, open to number and code. Whoever frees it has the code again, not from us.

    Answers the public ids of the accounts, for the row in the log that the caller writes.
    """
    row = registration(session, uid, lock=True)
    if vault.index(credit_code) != row.code_index:
        raise Refused("other_credit_code")
    row.code_index = None
    session.add(row)
    closed = accounts_of(session, row)
    for account in closed:
        _let_go(session, session.get_one(EnterpriseMember, account.id), account, now)
    return [account.uid for account in closed]


def change_contact(
    session: Session, vault: IdentityVault, member: Membership, *, name: str, phone: str, now: datetime
) -> None:
    """A person's own name and telephone number."""
    row = session.get_one(EnterpriseMember, member.account_id)
    row.sealed = vault.seal(Identity(name=name, phone=phone), bound_to=member.account_uid)
    session.add(row)
    session.flush()
    facts = {"account": member.account_uid}
    _trace(session, now, member.account_id, "enterprise.contact", member.enterprise_uid, facts)


# ---------------------------------------------------------------- the list


def link(session: Session, member: Membership, appeal: Appeal, *, how: str, now: datetime) -> bool:
    """Puts the appeal on the list; False when it stands there already. `how`: filed or added (by number and code)."""
    assert appeal.id is not None
    if session.get(EnterpriseAppeal, (member.enterprise_id, appeal.id)) is not None:
        return False
    session.add(
        EnterpriseAppeal(
            enterprise_id=member.enterprise_id, appeal_id=appeal.id, account_id=member.account_id, added_at=now
        )
    )
    session.flush()
    trace_act(session, member, appeal, how, now)
    return True


def note_look(session: Session, member: Membership, appeal_id: int, now: datetime) -> None:
    """Somebody of the enterprise has the appeal before them: what was published until now is no longer new."""
    row = session.get(EnterpriseAppeal, (member.enterprise_id, appeal_id))
    if row is not None:
        row.seen_at = now
        session.add(row)


def trace_act(session: Session, member: Membership, appeal: Appeal, what: str, now: datetime) -> None:
    """Which account acted as the appellant: the event itself says only that the appellant did (IDN-1)."""
    append(
        session, at=now, actor_id=member.account_id, action=f"enterprise.{what}", object_kind="appeal",
        object_id=appeal.uid, facts={"enterprise": member.enterprise_uid},
    )


def _trace(
    session: Session, now: datetime, actor_id: int | None, action: str, uid: str, facts: dict[str, str]
) -> None:
    append(session, at=now, actor_id=actor_id, action=action, object_kind="enterprise", object_id=uid, facts=facts)
