"""Two who keep the calendar, a standing clock on 24 December 2026, and appeals whose dates cross into 2027."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlmodel import col, select
from werkzeug.test import TestResponse

from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.workdays.queries import calendar_version
from models.workdays.tables import ArrangementRow
from tests.conftest import SignIn
from tests.support import actors
from tests.support.factories import Story
from tests.support.notices import NOTICE_2027
from tests.support.page import PageClient
from webapp.db import Database

DECEMBER = datetime(2026, 12, 24, 2, tzinfo=UTC)
DESK, NEW = "/office/calendar", "/office/calendar/new"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(DECEMBER, tick=False) as traveller:
        yield traveller


class Desk:
    """Two who keep the calendar, and appeals whose dates cross into 2027."""

    def __init__(self, database: Database, sign_in: SignIn, count: int = 1) -> None:
        self.database, self._sign_in = database, sign_in
        self.accounts: dict[Role, Account] = {}
        with database.writing() as session:
            for role, name in ((Role.SUPERVISOR, "王督办"), (Role.DIRECTOR, "刘主任")):
                self.accounts[role] = actors.account(session, role, unit="市优办", name=name)
            for _ in range(count):
                Story(session, at=DECEMBER).to(State.DISPATCHED)
        self.supervisor = sign_in(account=self.accounts[Role.SUPERVISOR])
        self.director = sign_in(account=self.accounts[Role.DIRECTOR])

    def propose(self, who: PageClient | None = None, **fields: object) -> TestResponse:
        said = {"notice_text": NOTICE_2027, "step": "propose"} | fields
        return (who or self.supervisor).send(NEW, said, action="/new")

    def proposed(self) -> str:
        answer = self.propose()
        assert answer.status_code == 303, text_of(answer)
        return answer.headers["Location"]

    def row(self) -> ArrangementRow:
        with self.database.reading() as session:
            return session.exec(select(ArrangementRow).order_by(col(ArrangementRow.id).desc())).first()  # type: ignore[return-value]

    def version(self) -> int:
        with self.database.reading() as session:
            return calendar_version(session)

    def actions(self) -> list[str]:
        with self.database.reading() as session:
            rows = session.exec(select(AuditRow).order_by(col(AuditRow.seq))).all()
            return [row.action for row in rows if row.action.startswith(("calendar.", "denied"))]


@pytest.fixture
def desk(app: Flask, database: Database, sign_in: SignIn) -> Desk:
    return Desk(database, sign_in)


def text_of(answer: TestResponse | Tag) -> str:
    page = answer if isinstance(answer, Tag) else BeautifulSoup(answer.data, "html.parser")
    return " ".join((page.find("main") or page).get_text(" ").split())
