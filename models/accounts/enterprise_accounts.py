"""Enterprise accounts as an administrator finds them: by their username, never by the name of anybody."""

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts.tables import Account, AccountRole
from models.accounts.types import Role
from models.errors import NotFound


def enterprise_account(session: Session, uid: str, *, lock: bool = False) -> Account:
    """By its public id. A staff account is none: it raises `NotFound` like nothing at all."""
    statement = select(Account).where(col(Account.uid) == uid, col(Account.id).in_(_held()))
    account = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    if account is None:
        raise NotFound("no_such_account")
    return account


def enterprise_account_called(session: Session, username: str) -> Account | None:
    """The one with exactly this username, in any case of letters; no list to leaf through."""
    statement = select(Account).where(
        func.lower(col(Account.username)) == username.strip().lower(), col(Account.id).in_(_held())
    )
    return session.exec(statement).one_or_none()


def _held() -> SelectOfScalar[int]:
    return select(AccountRole.account_id).where(col(AccountRole.role) == Role.ENTERPRISE)
