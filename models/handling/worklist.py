"""The rows of a queue: a tab's condition and the words looked for, what bites first on top."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts.types import Actor
from models.appeals.queries import matching, visible_appeals
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind
from models.handling.queries import by_urgency


def of_kind(
    conditions: Mapping[str, ColumnElement[bool]], kind: AppealKind | None
) -> dict[str, ColumnElement[bool]]:
    """The tabs' conditions, each for one kind of appeal only (None: as they are)."""
    if kind is None:
        return dict(conditions)
    return {name: condition & (col(Appeal.kind) == kind) for name, condition in conditions.items()}


def selection(
    actor: Actor, condition: ColumnElement[bool] | None, words: str = "", kind: AppealKind | None = None
) -> SelectOfScalar[Appeal]:
    """The actor's appeals that meet a tab's condition (None: all of them), are of the kind and hold every word."""
    statement = visible_appeals(actor)
    if kind is not None:
        statement = statement.where(col(Appeal.kind) == kind)
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
