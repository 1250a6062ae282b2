"""Enterprises for tests: people with accounts, made without the cost of a password."""

from datetime import timedelta

from sqlmodel import Session

from models.accounts.queries import actor_of
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import enterprise_queries, enterprises
from models.appeals.enterprise_queries import Membership
from models.appeals.enterprise_tables import Enterprise, EnterpriseMember
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.appeals.vault import Identity
from tests.support import actors
from tests.support.factories import VAULT, Story
from webapp import clock

CODE = "91430981MA4L000019"
"""A credit code whose check digit is wrong."""
OTHER_CODE = "91350100M0001TGQXM"


def enterprise(session: Session, *, code: str = CODE, name: str = "沅江市芦花香食品有限公司") -> Enterprise:
    row = Enterprise(code_index=VAULT.index(code), sealed=b"", created_at=clock.now())
    row.sealed = VAULT.seal(Identity(enterprise_name=name, credit_code=code), bound_to=row.uid)
    session.add(row)
    session.flush()
    return row


def hire(
    session: Session, of: Enterprise, account: Account, *, name: str = "苏堃", phone: str = "13873712345"
) -> Account:
    """The account belongs to this enterprise from now on."""
    sealed = VAULT.seal(Identity(name=name, phone=phone), bound_to=account.uid)
    assert account.id is not None and of.id is not None
    session.add(EnterpriseMember(account_id=account.id, enterprise_id=of.id, sealed=sealed, joined_at=clock.now()))
    session.flush()
    return account


def person(session: Session, of: Enterprise, *, name: str = "苏堃", phone: str = "13873712345") -> Account:
    """Somebody new of this enterprise."""
    account = actors.account(session, Role.ENTERPRISE, name=enterprises.DISPLAY_NAME)
    return hire(session, of, account, name=name, phone=phone)


def member(session: Session, account: Account) -> Membership:
    return enterprise_queries.own_membership(session, actor_of(session, account))


def established(session: Session, *, code: str = CODE) -> Account:
    """Somebody who has had an account for long, of an enterprise for whom the office has worked."""
    account = person(session, enterprise(session, code=code))
    account.created_at = clock.now() - timedelta(days=60)
    session.add(account)
    appeal = Story(session).to(State.DISPATCHED).appeal
    enterprises.link(session, member(session, account), appeal, how="file", now=appeal.received_at)
    return account


def put_on_list(session: Session, account: Account, appeal: Appeal) -> None:
    """The appeal stands on the list of this person's enterprise from now on."""
    enterprises.link(session, member(session, account), appeal, how="add", now=clock.now())
