"""An appeal with people around it, and what each of them was told."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, col, select

from models.accounts.tables import Account
from models.accounts.types import Actor
from models.notices.tables import Notice
from models.notices.telling import main_of, tell_since
from tests.support.factories import Story


class Ears:
    """`told(story, act)` carries the act out as a request does and answers (name, kind) of everybody told of it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __call__(self, story: Story, act: Callable[[], object]) -> set[tuple[str, str]]:
        before = self._last()
        version, main = story.appeal.version, main_of(self.session, story.appeal)
        act()
        tell_since(self.session, story.appeal, version, main)
        return self.since(before)

    def since(self, before: int) -> set[tuple[str, str]]:
        statement = select(Account.display_name, Notice.kind).join(Notice, col(Notice.account_id) == col(Account.id))
        return set(self.session.exec(statement.where(col(Notice.id) > before)).all())

    def _last(self) -> int:
        return max(self.session.exec(select(Notice.id)).all(), default=0)

    def of(self, actor: Actor) -> list[str]:
        mine = select(Notice.kind).where(col(Notice.account_id) == actor.account_id).order_by(col(Notice.id))
        return list(self.session.exec(mine).all())


@pytest.fixture
def told(session: Session) -> Ears:
    return Ears(session)
