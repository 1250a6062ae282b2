"""Every look of the staff at an appeal is noted, and the appellant reads how many there were (AUD-3, IDN)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.tables import AppealView
from models.appeals.types import State, ViewerGroup
from tests.conftest import SignIn
from tests.support.factories import Story
from tests.support.page import PageClient
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
CODE = "0123456789ABCDEF"


@pytest.fixture(autouse=True)
def a_wednesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def uid(app: Flask, database: Database) -> str:
    known = receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)
    with database.writing() as session:
        return Story(session, receipt_code_hash=known).to(State.REPLIED).appeal.uid


def looks(database: Database) -> list[tuple[ViewerGroup, datetime]]:
    with database.reading() as session:
        return [(one.viewer_group, one.at) for one in session.exec(select(AppealView).order_by(AppealView.id)).all()]


def test_looks_of_one_person_within_ten_minutes_are_one(
    sign_in: SignIn, database: Database, uid: str, a_wednesday: time_machine.Traveller
) -> None:
    handler = sign_in(Role.HANDLER, unit="市监局")
    for _ in range(3):
        handler.soup(f"/desk/appeals/{uid}")
    assert looks(database) == [(ViewerGroup.UNIT, NOW)]
    a_wednesday.shift(timedelta(minutes=10))
    handler.soup(f"/desk/appeals/{uid}")
    assert [at for _, at in looks(database)] == [NOW, NOW + timedelta(minutes=10)]


def test_every_person_and_every_group_counts(sign_in: SignIn, database: Database, uid: str) -> None:
    for role in (Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER, Role.AUDITOR):
        sign_in(role).soup(f"/office/appeals/{uid}")
    found = [group for group, _ in looks(database)]
    assert found == [ViewerGroup.OFFICE, ViewerGroup.OFFICE, ViewerGroup.LEADER, ViewerGroup.AUDITOR]


def test_triage_and_a_print_are_looks_too(sign_in: SignIn, database: Database, uid: str) -> None:
    with database.writing() as session:
        waiting = Story(session).appeal.uid
    sign_in(Role.CLERK).soup(f"/office/triage/{waiting}")
    assert len(looks(database)) == 1
    supervisor = sign_in(Role.SUPERVISOR)
    assert supervisor.send(f"/office/appeals/{uid}", action="/print").status_code == 200
    assert len(looks(database)) == 3, "page and print of one person are looks of two kinds"
    office = sign_in(Role.DIRECTOR)
    assert office.send("/slips", action="/print").status_code == 200
    assert len(looks(database)) == 4


def test_an_act_that_shows_another_page_is_no_look_and_no_lock(sign_in: SignIn, database: Database) -> None:
    with database.writing() as session:
        uid = Story(session).to(State.DISPATCHED).appeal.uid
    handler = sign_in(Role.HANDLER, unit="市监局")
    assert handler.send(f"/desk/appeals/{uid}", action="/sign").status_code == 303
    assert len(looks(database)) == 1


def test_who_may_not_see_the_appeal_leaves_no_look(sign_in: SignIn, database: Database, uid: str) -> None:
    assert sign_in(Role.HANDLER, unit="住建局").get(f"/desk/appeals/{uid}").status_code == 404
    assert looks(database) == []


def test_the_appellant_reads_how_often_and_by_whom_but_no_name(
    client: PageClient, sign_in: SignIn, uid: str
) -> None:
    client.send("/appeals/track", {"number": "2026-000001", "code": CODE}, action="/track")

    def told() -> str:
        return client.soup("/appeals/track").select_one(".view-counts").get_text(" ", strip=True)

    assert told() == "您的信息被查看 0 次"
    sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{uid}")
    for role in (Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR):
        sign_in(role).soup(f"/office/appeals/{uid}")
    assert told() == "您的信息被查看 4 次：市优办 3，承办单位 1"


def test_what_cannot_be_noted_is_not_shown(
    sign_in: SignIn, uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def locked(session: Session, *args: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    handler = sign_in(Role.HANDLER, unit="市监局")
    monkeypatch.setattr("models.appeals.views.note", locked)
    answer = handler.get(f"/desk/appeals/{uid}")
    assert answer.status_code == 503 and "食品经营许可" not in answer.get_data(as_text=True)
