"""Enterprise accounts by the administrator: found by username alone, closed, opened, given a one-time password."""

from typing import Any

import pytest
from sqlmodel import select

from models.accounts.tables import Account, LoginSession
from models.accounts.types import Role
from models.audit.tables import AuditRow
from tests.conftest import SignIn
from tests.support import actors
from tests.support.enterprises import enterprise, person
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import page, text_of
from webapp.db import Database

FIND = "/admin/enterprise-accounts"


@pytest.fixture
def account(database: Database) -> Account:
    with database.writing() as session:
        row = person(session, enterprise(session))
        row.username = "luhua"
        session.add(row)
        return row


@pytest.fixture
def boss(sign_in: SignIn) -> PageClient:
    return sign_in(Role.ADMINISTRATOR)


def find(boss: PageClient, username: str) -> Any:
    return boss.send(FIND, {"username": username}, action="/enterprise-accounts")


@pytest.mark.parametrize("username", ["luhua", "LuHua", " luhua "])
def test_the_whole_username_finds_the_account_and_nobody_is_named(
    boss: PageClient, account: Account, username: str
) -> None:
    found = find(boss, username)
    assert (found.status_code, found.headers["Location"]) == (303, f"{FIND}/{account.uid}")
    shown = boss.soup(f"{FIND}/{account.uid}").get_text()
    assert "luhua" in shown and "苏堃" not in shown and "芦花香" not in shown and "13873712345" not in shown


@pytest.mark.parametrize("username", ["luhu", "", "苏堃", "jingban", "%"])
def test_a_part_of_it_a_name_or_a_colleague_of_the_staff_finds_nothing(
    boss: PageClient, account: Account, database: Database, username: str
) -> None:
    with database.writing() as session:
        staff = actors.account(session, Role.CLERK)
        staff.username = "jingban"
        session.add(staff)
    answer = find(boss, username)
    assert answer.status_code == 422 and text_of(page(answer), "username-error")
    assert boss.get(f"{FIND}/{staff.uid}").status_code == 404


def test_closing_ends_every_session_and_opening_lets_in_again(
    boss: PageClient, account: Account, sign_in: SignIn, database: Database
) -> None:
    colleague, path = sign_in(account=account), f"{FIND}/{account.uid}"
    assert boss.send(path, action="/disable").status_code == 303
    assert colleague.get("/enterprise").headers["Location"].startswith("/login")
    assert "已停用" in boss.soup(path).get_text()
    assert boss.send(path, action="/enable").status_code == 303
    assert sign_in(account=account).get("/enterprise").status_code == 200
    with database.reading() as session:
        acts = [one.action for one in session.exec(select(AuditRow).order_by("seq")) if one.object_id == account.uid]
    assert acts == ["account.disable", "account.enable"]


def test_a_one_time_password_is_shown_once_and_must_be_changed(
    app: Any, boss: PageClient, account: Account, sign_in: SignIn
) -> None:
    signed_in = sign_in(account=account)
    shown = boss.send(f"{FIND}/{account.uid}", action="/password")
    password = text_of(page(shown), "one-time-password")
    assert signed_in.get("/enterprise").headers["Location"].startswith("/login")
    client = app.test_client()
    assert client.send("/login", {"username": "luhua", "password": password}).headers["Location"] == "/enterprise"
    assert client.get("/enterprise").headers["Location"] == "/password"
    assert page(shown).find("a", href=f"{FIND}/{account.uid}")


def test_signing_out_everywhere_leaves_the_account_open(
    boss: PageClient, account: Account, sign_in: SignIn, database: Database
) -> None:
    sign_in(account=account)
    assert boss.send(f"{FIND}/{account.uid}", action="/sign-out").status_code == 303
    with database.reading() as session:
        rows = session.exec(select(LoginSession).where(LoginSession.account_id == account.id)).all()
        assert all(row.ended_at for row in rows) and session.get_one(Account, account.id).is_active


def test_an_old_form_meets_the_newer_account(boss: PageClient, account: Account, database: Database) -> None:
    path = f"{FIND}/{account.uid}"
    form = {**hidden(boss, path), "submission_key": "k" * 24}
    boss.send(path, action="/disable")
    assert boss.post(f"{path}/password", data=form).status_code == 409


def hidden(boss: PageClient, path: str) -> dict[str, str]:
    return hidden_fields(find_form(boss.soup(path), "/password"))
