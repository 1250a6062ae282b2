"""Reading notices: always somebody's own."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, case, func, literal_column, null
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import scope
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.notices.tables import Notice

UNREAD: ColumnElement[int] = literal_column(
    "(SELECT count(*) FROM notices WHERE notices.account_id = accounts.id AND notices.read_at IS NULL)", Integer
)
"""How many unread notices an account has, read with the statement that finds who is signed in: an index alone answers.
Written out, because every page asks it: SQLAlchemy's own subquery costs more to recognise than to run.
"""
COLUMNS: tuple[Any, ...] = (Notice, Appeal.uid, Appeal.number, Appeal.lead_unit_id)


class Line(NamedTuple):
    """A notice with as much of its appeal as this person sees: its title only while the appeal is theirs to see."""

    notice: Notice
    appeal_uid: str | None
    number: str | None
    lead_unit_id: int | None
    title: str | None


def own_notice(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> Notice:
    """Somebody else's is not there."""
    statement = select(Notice).where(col(Notice.uid) == uid, col(Notice.account_id) == actor.account_id)
    found = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound("no_such_notice")
    return found


def counts(session: Session, actor: Actor) -> tuple[int, int]:
    """All and unread."""
    unread = func.count().filter(col(Notice.read_at).is_(None))
    found = session.execute(select(func.count(), unread).where(col(Notice.account_id) == actor.account_id)).one()
    return int(found[0]), int(found[1])


def lines(session: Session, actor: Actor, *, is_unread: bool, limit: int, offset: int = 0) -> Sequence[Line]:
    """One page: unread first, then the newest. One statement."""
    statement = _lines(actor).order_by(col(Notice.read_at).is_not(None), col(Notice.id).desc())
    if is_unread:
        statement = statement.where(col(Notice.read_at).is_(None))
    return [Line(*row) for row in session.execute(statement.limit(limit).offset(offset)).all()]


def line_of(session: Session, actor: Actor, notice: Notice) -> Line:
    return Line(*session.execute(_lines(actor).where(col(Notice.id) == notice.id)).one())


def _lines(actor: Actor) -> Select[Any]:
    statement: Select[Any] = (
        select(*COLUMNS, _seen_title(actor))  # type: ignore[call-overload]
        .outerjoin(Appeal, col(Appeal.id) == col(Notice.appeal_id))
        .where(col(Notice.account_id) == actor.account_id)
    )
    return statement


def _seen_title(actor: Actor) -> ColumnElement[str | None]:
    return case((scope(actor), col(Appeal.title)), else_=null())


def newest_id(session: Session, actor: Actor) -> int:
    """Up to where a page shows."""
    return session.exec(select(func.max(Notice.id)).where(col(Notice.account_id) == actor.account_id)).one() or 0
