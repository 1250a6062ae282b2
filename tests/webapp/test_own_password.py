"""Changing one's own password: another one than now, and no place to guess the present one at (AUT-2, AUT-4, AUD-4)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlmodel import col, select

from models.accounts import commands, queries
from models.accounts.tables import Account
from models.accounts.types import Role
from models.audit.tables import AuditRow

NOW = datetime(2026, 11, 17, 2, tzinfo=UTC)
PASSWORD, ANOTHER = "湘江北去橘子洲头看万山", "独立寒秋看万类霜天竞"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture(params=[True, False], ids=["one-time", "own"])
def account(request, database) -> Account:
    with database.writing() as session:
        unit = queries.unit_by_name(session, "市监局")
        return commands.create_account(
            session, "lizi", "李子", PASSWORD, [Role.HANDLER], now=NOW, unit=unit, is_one_time=request.param
        )


@pytest.fixture
def person(client, account):
    client.send("/login", {"username": "lizi", "password": PASSWORD})
    return client


def change(client, current: str = PASSWORD, password: str = ANOTHER, repeated: str | None = None):
    sent = {"current": current, "password": password, "repeated": password if repeated is None else repeated}
    return client.send("/password", sent, action="/password")


def error(answer, name: str) -> str:
    found = BeautifulSoup(answer.data, "html.parser").find(id=f"{name}-error")
    return found.get_text(strip=True) if found else ""


def logged(database, action: str) -> list[AuditRow]:
    with database.reading() as session:
        return list(session.exec(select(AuditRow).where(col(AuditRow.action) == action)).all())


def test_the_same_password_again_is_no_change(person, app):
    answer = change(person, password=PASSWORD)
    assert answer.status_code == 422 and "新密码不能与现在的密码相同" in error(answer, "password")
    assert change(person).status_code == 303


def test_wrong_guesses_at_the_present_password_wait_and_stay_in_the_log(person, account, database, clock):
    answers = [change(person, current=f"guess number {number}") for number in range(7)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 2
    assert "现在的密码不对" in error(answers[0], "current")
    assert answers[5].headers["Retry-After"] == "60" and "约 1 分钟后再试" in answers[5].get_data(as_text=True)
    rows = logged(database, "password.failed")
    assert [(row.actor_id, row.object_id) for row in rows] == [(account.id, account.uid)] * 5
    assert change(person).status_code == 429, "even the right one waits"
    clock.shift(timedelta(seconds=61))
    assert change(person).status_code == 303
    assert len(logged(database, "password.change")) == 1


def test_a_new_password_that_will_not_do_costs_no_guess(person, database):
    for _ in range(7):
        answer = change(person, password="short", repeated="other")
        assert answer.status_code == 422 and error(answer, "password") and error(answer, "repeated")
        assert not error(answer, "current")
    assert logged(database, "password.failed") == []
    assert change(person).status_code == 303


def test_guesses_here_keep_nobody_from_signing_in(person, app):
    for number in range(6):
        change(person, current=f"guess number {number}")
    other = app.test_client()
    answer = other.send("/login", {"username": "lizi", "password": PASSWORD})
    with_one_time = person.get("/desk").status_code == 303
    assert answer.status_code == (422 if with_one_time else 303)
