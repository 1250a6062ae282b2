"""The office on Tuesday 2026-11-17, 11:00, with appeals running under the shipped policies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from sqlmodel import select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.handling.tables import Policy
from tests.support.factories import Story
from tests.support.page import PageClient, find_form, typed
from webapp.db import Database

NOW = datetime(2026, 11, 17, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Terms:
    database: Database
    director: PageClient
    sign_in: Callable[..., PageClient]

    def appeal(self, state, **changes: object) -> str:
        with self.database.writing() as session:
            return Story(session, **changes).to(state).appeal.uid

    def versions(self, code: str = "3-7-15") -> list[Policy]:
        with self.database.reading() as session:
            return list(session.exec(select(Policy).where(Policy.code == code).order_by(Policy.version)).all())

    def all_versions(self) -> int:
        with self.database.reading() as session:
            return len(session.exec(select(Policy)).all())

    def denials(self) -> list[str]:
        with self.database.reading() as session:
            found = session.exec(select(AuditRow).where(AuditRow.action == "denied")).all()
            return [str(one.facts["view"]) for one in found]

    def form(self, path: str = "/office/policies/3-7-15/revise") -> dict[str, object]:
        return typed(find_form(self.director.soup(path)))

    def send(self, path: str = "/office/policies/3-7-15/revise", step: str = "save", **fields: object):
        return self.director.post(path, data=self.form(path) | fields | {"step": step})


@pytest.fixture
def terms(database: Database, sign_in: Callable[..., PageClient]) -> Terms:
    return Terms(database, sign_in(Role.DIRECTOR, unit="市优办"), sign_in)
