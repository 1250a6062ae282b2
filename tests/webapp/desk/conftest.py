"""A unit's desk on Tuesday 2026-11-17, 11:00: appeals in any state, a handler and an approver at their browsers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import event
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.handling import queries
from models.handling.tables import AppealEvent
from tests.support.factories import Story
from tests.support.page import PageClient
from webapp.db import Database

ELEVEN = datetime(2026, 11, 17, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def eleven_o_clock() -> Iterator[None]:
    with time_machine.travel(ELEVEN, tick=False):
        yield


@dataclass
class Desk:
    """What a test needs of a desk: make appeals, look at them, count statements."""

    database: Database
    handler: PageClient
    approver: PageClient

    def appeal(self, state: State = State.DISPATCHED, **changes: Any) -> str:
        """The uid of a new appeal in that state."""
        with self.database.writing() as session:
            story = Story(session, **changes)
            story.to(state)
            return story.appeal.uid

    def change(self, uid: str, act: Callable[..., Any], **arguments: Any) -> None:
        """Somebody else acts directly, behind the browser's back: `act(session, appeal, **arguments)`."""
        with self.database.writing() as session:
            act(session, self._row(session, uid), **arguments)

    def row(self, uid: str) -> Appeal:
        with self.database.reading() as session:
            return self._row(session, uid)

    def events(self, uid: str) -> list[AppealEvent]:
        with self.database.reading() as session:
            return list(queries.events(session, self._row(session, uid)))

    def log(self, action: str) -> list[AuditRow]:
        with self.database.reading() as session:
            return list(session.exec(select(AuditRow).where(AuditRow.action == action)).all())

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        found: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if not statement.startswith("BEGIN"):
                found.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        yield found
        event.remove(self.database.engine, "before_cursor_execute", note)

    @staticmethod
    def _row(session: Any, uid: str) -> Appeal:
        return session.exec(select(Appeal).where(Appeal.uid == uid)).one()


@pytest.fixture
def desk(database: Database, sign_in: Callable[..., PageClient]) -> Desk:
    return Desk(database, sign_in(Role.HANDLER, unit="市监局"), sign_in(Role.APPROVER, unit="市监局"))
