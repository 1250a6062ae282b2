"""Registering an enterprise and joining it, through the pages: what is asked, what is only told, what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlmodel import select

from models.accounts.tables import Account, LoginSession
from models.appeals import enterprises
from models.appeals.enterprise_tables import Enterprise, EnterpriseMember
from tests.support.enterprises import CODE, enterprise, member, person
from tests.support.factories import MORNING
from tests.support.page import PageClient
from tests.webapp.public.conftest import page, text_of
from webapp.db import Database
from webapp.public import enterprise_limits

REGISTER, JOIN = "/enterprise/register", "/enterprise/join"
PASSWORD = "芦苇荡里的三只白鹭飞"
FIRST = {
    "enterprise_name": "沅江市芦花香食品有限公司", "credit_code": "91430981MA4L000011", "contact_name": "苏堃",
    "phone": "138 7371 2345", "step": "check",
}
SECOND = {"username": "luhua", "password": PASSWORD, "repeated": PASSWORD, "step": "submit"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


def first(client: PageClient, **changes: str) -> Any:
    return client.send(REGISTER, {**FIRST, **changes}, action="/register")


def second(client: PageClient, before: Any, **changes: str) -> Any:
    form = page(before).find("main").find("form")
    kept = {tag["name"]: tag.get("value", "") for tag in form.find_all("input", type="hidden")}
    return client.post(REGISTER, data={**kept, **SECOND, **changes})


def people(database: Database) -> int:
    with database.reading() as session:
        return len(session.exec(select(EnterpriseMember)).all())


def test_two_pages_lead_to_the_enterprises_own(client: PageClient, database: Database) -> None:
    looked = first(client)
    assert looked.status_code == 200 and "13873712345" in page(looked).find("dl").get_text()
    done = second(client, looked)
    assert (done.status_code, done.headers["Location"]) == (303, "/enterprise")
    assert client.soup("/enterprise").find("h1").get_text(strip=True) == FIRST["enterprise_name"]
    with database.reading() as session:
        row = session.exec(select(Enterprise)).one()
    assert row.code_index and FIRST["credit_code"] not in row.code_index


def test_a_wrong_check_digit_is_told_and_never_in_the_way(client: PageClient, database: Database) -> None:
    looked = first(client, credit_code=CODE)
    assert looked.status_code == 200 and "校验位不符" in looked.get_data(as_text=True)
    assert second(client, looked).status_code == 303 and people(database) == 1


def test_a_code_in_order_is_not_doubted(client: PageClient) -> None:
    from models.appeals.credit_code import check_digit

    looked = first(client, credit_code="91430981MA4L00001" + check_digit("91430981MA4L00001"))
    assert looked.status_code == 200 and "校验位" not in looked.get_data(as_text=True)


@pytest.mark.parametrize(("field", "value", "told"), [
    ("credit_code", "91430981MA4L00001", "应为 18 位"), ("credit_code", "91430981MA4L00001I", "不使用 I、O、S、V、Z"),
    ("credit_code", "", "请填写统一社会信用代码"), ("enterprise_name", " ", "请填写企业名称"),
    ("enterprise_name", "企" * 81, "最多可填 80 个字"), ("contact_name", "", "请填写联系人姓名"),
    ("phone", "12345678", "请填写 11 位手机号"), ("contact_name", "苏\u202e堃", "看不见的特殊字符"),
])
def test_what_is_no_answer_is_told_beside_the_field_and_the_rest_stays(
    client: PageClient, field: str, value: str, told: str
) -> None:
    answer = first(client, **{field: value})
    assert answer.status_code == 422 and told in text_of(page(answer), f"{field}-error")
    for name in set(FIRST) - {field, "step"}:
        assert page(answer).find(id=name)["value"]


@pytest.mark.parametrize(("changes", "field", "told"), [
    ({"username": "芦花"}, "username", "用户名用小写字母开头"), ({"username": "13873712345"}, "username", "字母开头"),
    ({"username": "a13873712345"}, "username", "不要用电话号码"), ({"username": "abc"}, "username", "4至30个"),
    ({"password": "太短", "repeated": "太短"}, "password", "10至128个字符"),
    ({"password": "luhua-luhua-1", "repeated": "luhua-luhua-1"}, "password", "太容易被猜到"),
    ({"repeated": PASSWORD + "！"}, "repeated", "两次输入的密码不一样"),
])
def test_what_signs_in_is_judged_and_nothing_made(
    client: PageClient, database: Database, changes: dict[str, str], field: str, told: str
) -> None:
    answer = second(client, first(client), **changes)
    assert answer.status_code == 422 and told in text_of(page(answer), f"{field}-error")
    assert people(database) == 0
    assert second(client, answer).status_code == 303, "what was typed before is still there"


def test_an_enterprise_that_is_here_sends_the_newcomer_to_the_colleagues(
    client: PageClient, database: Database
) -> None:
    with database.writing() as session:
        person(session, enterprise(session))
    for spelling in (CODE, CODE.lower(), f"{CODE[:4]} {CODE[4:]}"):
        answer = first(client, credit_code=spelling)
        assert answer.status_code == 422
        assert "向本企业已有账号的同事要邀请码" in text_of(page(answer), "credit_code-error")
        assert "市优办电话" in text_of(page(answer), "credit_code-error")


def test_the_same_form_sent_twice_makes_one_account(client: PageClient, database: Database) -> None:
    looked = first(client)
    assert second(client, looked).status_code == 303
    with client.session_transaction() as cookie:
        cookie.pop("_user_id", None)
    form = page(looked).find("main").find("form")
    kept = {tag["name"]: tag.get("value", "") for tag in form.find_all("input", type="hidden")}
    kept["csrf_token"] = client.soup(REGISTER).find("input", attrs={"name": "csrf_token"})["value"]
    again = client.post(REGISTER, data={**kept, **SECOND})
    assert (again.status_code, again.headers["Location"]) == (303, "/login") and people(database) == 1
    assert "账号已经建好" in client.soup("/login").get_text()


def test_who_registers_on_a_shared_computer_signs_the_last_one_out(client: PageClient, database: Database) -> None:
    second(client, first(client))
    looked = first(client, credit_code="91430981MA4L000022")
    assert second(client, looked, username="second").status_code == 303
    with database.reading() as session:
        ended = [row.ended_at is not None for row in session.exec(select(LoginSession).order_by(LoginSession.id))]
    assert ended == [True, False]


def at_most(monkeypatch: Any, name: str, most: int, less: int) -> None:
    """The limit stands as written; the test waits for fewer."""
    limit = getattr(enterprise_limits, name)
    assert limit.most == most
    monkeypatch.setattr(enterprise_limits, name, replace(limit, most=less))


def test_thirty_questions_an_hour_whether_an_enterprise_is_here(
    client: PageClient, clock: Any, monkeypatch: Any
) -> None:
    at_most(monkeypatch, "CODES", 30, 3)
    asked = [first(client, credit_code=f"91430981MA4L{n:04d}1X").status_code for n in range(4)]
    assert asked == [200] * 3 + [429]
    answer = first(client)
    assert answer.headers["Retry-After"] and "分钟后再试" in answer.get_data(as_text=True)
    assert page(answer).find(id="contact_name")["value"] == "苏堃"
    clock.shift(timedelta(hours=1))
    assert first(client).status_code == 200


# ---------------------------------------------------------------- joining


@pytest.fixture
def code(app: Any, database: Database) -> str:
    pepper = app.extensions["zhitongche.config"].receipt_key
    with database.writing() as session:
        return enterprises.invite(session, pepper, member(session, person(session, enterprise(session))), now=MORNING)


def take(database: Database, username: str) -> None:
    with database.writing() as session:
        taken = session.exec(select(Account)).first()
        assert taken is not None
        taken.username = username
        session.add(taken)


JOINING = {"contact_name": "欧阳明", "phone": "0737-2712345", **SECOND}


def join(client: PageClient, code: str, **changes: str) -> Any:
    return client.send(JOIN, {"code": code, **JOINING, **changes}, action="/join")


def test_a_colleague_joins_with_the_code_in_any_spelling(client: PageClient, code: str, database: Database) -> None:
    spelling = " ".join(code[n:n + 4].lower() for n in range(0, 16, 4))
    answer = join(client, spelling)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/enterprise")
    shown = client.soup("/enterprise/people").find("main").get_text(" ", strip=True)
    assert "欧阳明" in shown and "苏堃" in shown


@pytest.mark.parametrize("wrong", ["0123-4567-89AB-CDEF", "x", "邀请码"])
def test_a_wrong_code_is_told_and_the_rest_stays(client: PageClient, code: str, wrong: str, database: Database) -> None:
    answer = join(client, wrong)
    assert answer.status_code == 422 and "邀请码不对" in text_of(page(answer), "code-error")
    assert page(answer).find(id="contact_name")["value"] == "欧阳明" and people(database) == 1
    assert join(client, code).status_code == 303


def test_thirty_wrong_codes_an_hour_and_right_ones_are_not_counted(
    client: PageClient, code: str, database: Database, monkeypatch: Any
) -> None:
    at_most(monkeypatch, "INVITATIONS", 30, 2)
    take(database, "luhua")
    for _ in range(3):
        assert "已有人使用" in text_of(page(join(client, code)), "username-error")
    assert [join(client, f"{n:016d}").status_code for n in range(3)] == [422] * 2 + [429]


def test_ten_accounts_an_hour_from_one_address(client: PageClient, database: Database, monkeypatch: Any) -> None:
    at_most(monkeypatch, "ACCOUNTS", 10, 1)
    assert second(client, first(client)).status_code == 303
    looked = first(client, credit_code="91430981MA4L000022")
    answer = second(client, looked, username="second")
    assert answer.status_code == 429 and people(database) == 1


def test_a_taken_username_is_told_beside_the_field_and_the_code_stays_good(
    client: PageClient, code: str, database: Database
) -> None:
    take(database, "luhua")
    assert "已有人使用" in text_of(page(join(client, code)), "username-error")
    assert join(client, code, username="other").status_code == 303
