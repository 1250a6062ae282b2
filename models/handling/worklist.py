"""The rows of a queue: a tab's condition and the words looked for, what bites first on top."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts.types import Actor
from models.appeals.queries import matching, visible_appeals
from models.appeals.tables import Appeal
from models.handling.queries import by_urgency


def selection(actor: Actor, condition: ColumnElement[bool] | None, words: str = "") -> SelectOfScalar[Appeal]:
    """The actor's appeals that meet a tab's condition (None: all of them) and hold every word."""
    statement = visible_appeals(actor)
    if condition is not None:
        statement = statement.where(condition)
    return matching(statement, words)


def size(session: Session, statement: SelectOfScalar[Appeal]) -> int:
    return session.exec(select(func.count()).select_from(statement.subquery())).one()


def rows(
    session: Session, statement: SelectOfScalar[Appeal], *, limit: int, offset: int = 0, newest_first: bool = False,
) -> Sequence[Appeal]:
    """One page. `newest_first` for appeals whose promises have ended."""
    ordered = statement.order_by(col(Appeal.id).desc()) if newest_first else by_urgency(statement)
    return session.exec(ordered.limit(limit).offset(offset)).all()
