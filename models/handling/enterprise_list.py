"""The list of an enterprise's appeals: what waits for the enterprise on top, then the newest. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, true
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.enterprise_queries import Membership
from models.appeals.enterprise_tables import EnterpriseAppeal
from models.appeals.queries import matching, visible_appeals
from models.appeals.tables import Appeal
from models.appeals.types import ENDED_STATES, State
from models.handling.tables import Reply
from models.handling.types import ReplyStatus

CONDITIONS: Final[Mapping[str, ColumnElement[bool]]] = {
    "all": true(),
    "question": col(Appeal.has_question).is_(True),
    "open": col(Appeal.state).not_in(ENDED_STATES),
    "replied": col(Appeal.state).in_([State.REPLIED, State.CLOSED]),
}
"""The list's tabs by name."""


@dataclass(frozen=True)
class ListedAppeal:
    appeal: Appeal
    account_id: int
    """Who put it on the list."""
    is_new_reply: bool
    """A reply that nobody of the enterprise has opened yet."""


def size(session: Session, actor: Actor, tab: str, words: str) -> int:
    statement = matching(visible_appeals(actor).where(CONDITIONS[tab]), words)
    return session.exec(select(func.count()).select_from(statement.subquery())).one()


def rows(
    session: Session, actor: Actor, member: Membership, tab: str, words: str, *, limit: int, offset: int
) -> list[ListedAppeal]:
    """One page, in one statement."""
    statement = (
        matching(visible_appeals(actor).where(CONDITIONS[tab]), words)
        .join(EnterpriseAppeal, col(EnterpriseAppeal.appeal_id) == col(Appeal.id))
        .where(col(EnterpriseAppeal.enterprise_id) == member.enterprise_id)
        .add_columns(col(EnterpriseAppeal.account_id), col(EnterpriseAppeal.seen_at), _replied_at())
        .order_by(col(Appeal.has_question).desc(), col(Appeal.id).desc())
    )
    found = session.execute(statement.limit(limit).offset(offset)).all()
    return [ListedAppeal(appeal, account_id, is_new(replied, seen)) for appeal, account_id, seen, replied in found]


def _replied_at() -> ColumnElement[datetime | None]:
    published = select(func.max(Reply.published_at)).where(
        col(Reply.appeal_id) == col(Appeal.id), col(Reply.status) == ReplyStatus.PUBLISHED
    )
    return published.correlate(Appeal).scalar_subquery()


def is_new(replied_at: datetime | None, seen_at: datetime | None) -> bool:
    return replied_at is not None and (seen_at is None or replied_at > seen_at)


def last_reply_at(session: Session, appeal: Appeal) -> datetime | None:
    """When the appellant was last told a result."""
    statement = select(func.max(Reply.published_at)).where(
        col(Reply.appeal_id) == appeal.id, col(Reply.status) == ReplyStatus.PUBLISHED
    )
    return session.exec(statement).one()
