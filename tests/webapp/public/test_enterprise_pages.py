"""An enterprise's list, its appeals and its people, through the pages: what a colleague sees and does, and that nobody
else does.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlmodel import col, select

from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import enterprises
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.types import AppellantKind, State
from models.audit.tables import AuditRow
from models.handling import supplements
from tests.conftest import SignIn
from tests.support.enterprises import CODE, OTHER_CODE, enterprise, member, person
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.statements import counting
from tests.webapp.public.conftest import FIELDS, follow, given, page, post, text_of
from webapp.db import Database
from webapp.public.enterprise_filing import LOST

FILING = {name: value for name, value in FIELDS.items() if name not in ("appellant_kind", "appellant_name", "phone")}
QUESTION = "请补充变更申请的受理通知书照片。"


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def people(database: Database) -> list[Account]:
    """Two colleagues and somebody of another enterprise."""
    with database.writing() as session:
        own, other = enterprise(session), enterprise(session, code=OTHER_CODE, name="沅江市外人有限公司")
        return [
            person(session, own), person(session, own, name="欧阳明", phone="0737-2712345"), person(session, other),
        ]


@pytest.fixture
def listed(database: Database, people: list[Account]) -> Callable[..., Appeal]:
    """`listed(State.HANDLING, asks=True)`: an appeal in that state on the list of the two colleagues."""

    def tell(state: State = State.SUBMITTED, *, asks: bool = False, **changes: Any) -> Appeal:
        with database.writing() as session:
            story = Story(session, **changes).to(state)
            enterprises.link(session, member(session, people[0]), story.appeal, how="file", now=MORNING)
            if asks:
                supplements.ask_appellant(session, story.appeal, story.act(story.handler), question=QUESTION)
            return story.appeal

    return tell


def main(client: PageClient, path: str) -> str:
    return " ".join(client.soup(path).find("main").get_text(" ", strip=True).split())


# ---------------------------------------------------------------- the list


def test_the_list_says_in_plain_words_how_far_each_is_and_what_is_promised(
    sign_in: SignIn, people: list[Account], listed: Any
) -> None:
    listed(State.SUBMITTED, title="刚刚提交的一件")
    listed(State.VERIFYING, title="正在核实的一件")
    asked = listed(State.HANDLING, asks=True, title="要回答的一件")
    listed(State.REPLIED, title="有了答复的一件")
    rows = sign_in(account=people[1]).soup("/enterprise").find("tbody").find_all("tr")
    texts = [" ".join(row.get_text(" ", strip=True).split()) for row in rows]
    assert "要回答的一件" in texts[0] and "等您回答" in texts[0] and asked.number in texts[0], "what waits stands first"
    assert "新答复" in texts[1] and "已经答复" in texts[1] and "计时已结束" in texts[1]
    assert "市监局已签收，正在核实" in texts[2] and "11月20日" in texts[2] and "核实" in texts[2]
    assert "等待市优办受理" in texts[3] and "交办以后起算" in texts[3] and "苏堃" in texts[3]
    assert not [text for text in texts if "见下" in text]


@pytest.mark.parametrize(("query", "found"), [
    ("?show=question", ["乙"]), ("?show=open", ["乙", "甲"]), ("?show=replied", ["丙"]), ("?q=乙", ["乙"]),
    ("?q=2026-000001", ["甲"]), ("?show=replied&q=甲", []), ("?show=?&page=x&q=%00", ["乙", "丙", "甲"]),
])
def test_tabs_and_words_narrow_the_list(
    sign_in: SignIn, people: list[Account], listed: Any, query: str, found: list[str]
) -> None:
    for title, state in (("甲", State.SUBMITTED), ("乙", State.HANDLING), ("丙", State.CLOSED)):
        listed(state, asks=title == "乙", title=f"{title}件")
    soup = sign_in(account=people[0]).soup(f"/enterprise{query}")
    assert [link.get_text()[0] for link in soup.select(".row-link")] == found


def test_a_reply_is_new_until_a_colleague_has_opened_it(sign_in: SignIn, people: list[Account], listed: Any) -> None:
    uid = listed(State.REPLIED).uid
    one, two = sign_in(account=people[0]), sign_in(account=people[1])
    assert "新答复" in one.soup("/enterprise").find("tbody").get_text()
    one.soup(f"/enterprise/appeals/{uid}")
    assert "新答复" not in two.soup("/enterprise").find("tbody").get_text()


def test_the_list_asks_the_database_as_often_for_twenty_as_for_two(
    sign_in: SignIn, people: list[Account], listed: Any, database: Database
) -> None:
    client = sign_in(account=people[0])
    asked = []
    for more in (2, 6):
        for _ in range(more):
            listed(State.DISPATCHED)
        client.get("/enterprise")
        with counting(database) as said:
            assert client.get("/enterprise").status_code == 200
        asked.append(len(said))
    assert asked[0] == asked[1] <= 12, asked


def test_twenty_stand_on_a_page(sign_in: SignIn, people: list[Account], listed: Any, monkeypatch: Any) -> None:
    from webapp.public import enterprise_page

    assert enterprise_page.ROWS == 20
    monkeypatch.setattr(enterprise_page, "ROWS", 2)
    for _ in range(3):
        listed()
    client = sign_in(account=people[0])
    assert len(client.soup("/enterprise").select(".row-link")) == 2
    assert len(client.soup("/enterprise?page=2").select(".row-link")) == 1


# ---------------------------------------------------------------- one appeal


def test_a_colleague_answers_and_the_log_knows_which_account(
    sign_in: SignIn, people: list[Account], listed: Any, database: Database
) -> None:
    appeal = listed(State.HANDLING, asks=True)
    client, path = sign_in(account=people[1]), f"/enterprise/appeals/{appeal.uid}"
    assert QUESTION in main(client, path) and "结束查询" not in main(client, path)
    answer = client.send(path, {"answer": "受理通知书见附件。"}, action="/answer")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "您补充了情况" in main(client, path)
    with database.reading() as session:
        acts = {one.action: one.actor_id for one in session.exec(select(AuditRow)) if one.object_id == appeal.uid}
    assert acts["enterprise.answer"] == people[1].id and acts["appeal.answer"] is None


def test_a_colleague_withdraws_with_a_tick_and_reads_the_slip(
    sign_in: SignIn, people: list[Account], listed: Any, database: Database
) -> None:
    uid, client = listed(State.HANDLING).uid, sign_in(account=people[1])
    path = f"/enterprise/appeals/{uid}"
    assert client.send(path, action="/withdraw").status_code == 422
    assert client.send(path, {"confirmed": "y"}, action="/withdraw").status_code == 303
    assert "您已撤回这件诉求" in main(client, path)
    replied = listed(State.REPLIED)
    forms = client.soup(f"/enterprise/appeals/{replied.uid}").find_all("form")
    slips = [str(one["action"]) for one in forms if "/slips/" in str(one["action"])]
    assert len(slips) == 1 and slips[0].startswith(f"/enterprise/appeals/{replied.uid}/slips/")


def test_another_enterprises_appeal_is_as_absent_as_none(sign_in: SignIn, people: list[Account], listed: Any) -> None:
    uid, stranger = listed(State.REPLIED).uid, sign_in(account=people[2])
    pages = [stranger.get(f"/enterprise/appeals/{one}") for one in (uid, "3" * 32)]
    texts = [one.get_data(as_text=True).replace(uid, "").replace("3" * 32, "") for one in pages]
    assert [one.status_code for one in pages] == [404, 404]
    assert texts[0].split('name="csrf_token"')[0] == texts[1].split('name="csrf_token"')[0]
    assert "还没有诉求" in main(stranger, "/enterprise")


# ---------------------------------------------------------------- filing


def filing(client: PageClient, **changes: str) -> Any:
    form = hidden_fields(find_form(client.soup("/appeals/new")))
    return client.post("/appeals/new", data={**form, **FILING, **prefilled(client), **changes})


def prefilled(client: PageClient) -> dict[str, str]:
    soup = client.soup("/appeals/new")
    return {
        name: str(soup.find(id=name)["value"]) for name in ("enterprise_name", "credit_code", "appellant_name", "phone")
    }


def test_the_form_is_filled_in_and_the_appeal_comes_on_the_list_with_number_and_code(
    app: Flask, sign_in: SignIn, people: list[Account], database: Database
) -> None:
    client = sign_in(account=people[1])
    soup = client.soup("/appeals/new")
    assert "本企业有账号的同事都能看到" in soup.find("main").get_text() and "请退出登录后提交" in soup.get_text()
    assert prefilled(client) == {
        "enterprise_name": "沅江市芦花香食品有限公司", "credit_code": CODE, "appellant_name": "欧阳明",
        "phone": "0737-2712345",
    }
    assert [tag["value"] for tag in soup.find_all("input", attrs={"name": "appellant_kind"})] == ["enterprise"]
    assert "同事都能看到" in filing(client, step="check").get_data(as_text=True)
    assert filing(client).status_code == 303
    number, code = given(client)
    assert number in main(sign_in(account=people[0]), "/enterprise")
    stranger = app.test_client()
    assert follow(stranger, number, code).status_code == 303 and number in main(stranger, "/appeals/track")
    with database.reading() as session:
        appeal = session.exec(select(Appeal).where(col(Appeal.number) == number)).one()
        assert appeal.appellant_kind is AppellantKind.ENTERPRISE
        assert session.get_one(AppellantIdentity, appeal.id).enterprise_index
        row = session.exec(select(AuditRow).where(col(AuditRow.action) == "enterprise.file")).one()
    assert (row.actor_id, row.object_id) == (people[1].id, appeal.uid)


@pytest.mark.parametrize("kind", ["anonymous", "person"])
def test_a_form_opened_without_the_account_stays_without_it(
    client: PageClient, sign_in: SignIn, people: list[Account], kind: str
) -> None:
    """Somebody wrote in confidence; that the account is signed in meanwhile puts nothing before the colleagues."""
    form = hidden_fields(find_form(client.soup("/appeals/new")))
    signed_in = sign_in(account=people[0])
    form["csrf_token"] = hidden_fields(find_form(signed_in.soup("/appeals/new")))["csrf_token"]
    answer = signed_in.post("/appeals/new", data={**form, **FIELDS, "appellant_kind": kind})
    assert answer.status_code == 303 and "还没有诉求" in main(signed_in, "/enterprise")


def test_whoever_filed_in_the_account_and_is_signed_out_is_told_before_anything_is_filed(
    app: Flask, sign_in: SignIn, people: list[Account], database: Database
) -> None:
    client = sign_in(account=people[0])
    form = hidden_fields(find_form(client.soup("/appeals/new")))
    with client.session_transaction() as cookie:
        cookie.pop("_user_id")
    told = client.post("/appeals/new", data={**form, **FIELDS, "appellant_kind": "anonymous"})
    assert told.status_code == 422 and LOST in told.get_data(as_text=True)
    again = {**hidden_fields(find_form(page(told))), **FIELDS, "appellant_kind": "anonymous"}
    assert client.post("/appeals/new", data=again).status_code == 303
    assert "还没有诉求" in main(sign_in(account=people[0]), "/enterprise")


def test_an_appeal_filed_before_is_added_by_number_and_code_alone(
    app: Flask, client: PageClient, sign_in: SignIn, people: list[Account], database: Database
) -> None:
    post(client, appellant_kind="enterprise", enterprise_name="沅江市芦花香食品有限公司", credit_code=CODE)
    number, code = given(client)
    colleague = sign_in(account=people[1])
    assert number not in main(colleague, "/enterprise"), "the code alone is nothing"
    with database.reading() as session:
        uid = session.exec(select(Appeal.uid).where(col(Appeal.number) == number)).one()
    form = hidden_fields(find_form(colleague.soup("/password"))) | {"submission_key": "k" * 24}
    assert colleague.post(f"/enterprise/appeals/{uid}/add", data=form).status_code == 404
    follow(colleague, number, code)
    assert "加进企业账号" in main(colleague, "/appeals/track")
    assert colleague.send("/appeals/track", action="/add").status_code == 303
    assert number in main(sign_in(account=people[0]), "/enterprise")
    follow(colleague, number, code)
    assert "加进企业账号" not in main(colleague, "/appeals/track"), "it is there already"


# ---------------------------------------------------------------- people


def test_the_removed_are_out_at_the_next_request_and_their_cookie_is_dead(
    app: Flask, sign_in: SignIn, people: list[Account], listed: Any
) -> None:
    uid, gone, boss = listed().uid, sign_in(account=people[1]), sign_in(account=people[0])
    with gone.session_transaction() as cookie:
        captured = dict(cookie)
    answer = boss.send("/enterprise/people", action=f"/{people[1].uid}/remove")
    assert answer.status_code == 303 and "欧阳明" not in main(boss, "/enterprise/people")
    replayed = app.test_client()
    with replayed.session_transaction() as fresh:
        fresh.update(captured)
    for client in (gone, replayed):
        for path in ("/enterprise", f"/enterprise/appeals/{uid}", "/enterprise/people", "/account"):
            assert client.get(path).headers["Location"].startswith("/login"), path
        assert client.soup("/appeals/new").find(id="enterprise_name")["value"] == ""


def test_two_who_remove_each_other_do_not_both_succeed(sign_in: SignIn, people: list[Account]) -> None:
    one, two = sign_in(account=people[0]), sign_in(account=people[1])
    forms = [hidden_fields(find_form(who.soup("/enterprise/people"), "/remove")) for who in (one, two)]
    first = one.post(f"/enterprise/people/{people[1].uid}/remove", data=forms[0])
    second = two.post(f"/enterprise/people/{people[0].uid}/remove", data=forms[1])
    assert first.status_code == 303 and second.headers["Location"].startswith("/login")
    assert "苏堃" in main(one, "/enterprise/people")


def test_leaving_wants_a_tick_and_signs_out(sign_in: SignIn, people: list[Account]) -> None:
    client = sign_in(account=people[1])
    refused = client.send("/enterprise/people", action="/leave")
    assert refused.status_code == 422 and "先勾选" in text_of(page(refused), "confirmed-error")
    answer = client.send("/enterprise/people", {"confirmed": "y"}, action="/leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/enterprise").headers["Location"].startswith("/login")
    assert "欧阳明" not in main(sign_in(account=people[0]), "/enterprise/people")


def test_an_invitation_is_shown_once_and_taken_back(sign_in: SignIn, people: list[Account]) -> None:
    client = sign_in(account=people[0])
    form = hidden_fields(find_form(client.soup("/enterprise/people"), "/invitations"))
    shown = client.post("/enterprise/invitations", data=form)
    code = text_of(page(shown), "invitation-code")
    assert shown.status_code == 200 and len(code) == 19
    again = client.post("/enterprise/invitations", data=form)
    assert again.status_code == 303 and code not in client.get("/enterprise/people").get_data(as_text=True)
    assert client.send("/enterprise/people", action="/revoke").status_code == 303
    assert "还没有使用的邀请码" not in main(client, "/enterprise/people")


def test_people_mend_their_own_name_and_number(sign_in: SignIn, people: list[Account]) -> None:
    client = sign_in(account=people[1])
    wrong = client.send("/enterprise/people", {"contact_name": "欧阳新", "phone": "123"}, action="/contact")
    assert wrong.status_code == 422 and page(wrong).find(id="contact_name")["value"] == "欧阳新"
    client.send("/enterprise/people", {"contact_name": "欧阳新", "phone": "１３８00000001"}, action="/contact")
    shown = main(sign_in(account=people[0]), "/enterprise/people")
    assert "欧阳新" in shown and "13800000001" in shown and "欧阳明" not in shown


def test_password_and_devices_are_the_enterprise_s_look_not_the_staff_s(
    sign_in: SignIn, people: list[Account]
) -> None:
    client = sign_in(account=people[0])
    for path in ("/account", "/password", "/help/appellant"):
        soup = client.soup(path)
        assert soup.html is not None and "public" in soup.html["class"] and soup.find("a", href="/enterprise")
        assert not soup.find("a", href="/desk")
    assert "系统管理员修改" not in main(client, "/account")


def test_an_account_of_no_enterprise_is_told_what_to_do(sign_in: SignIn) -> None:
    client = sign_in(Role.ENTERPRISE)
    assert "这个账号现在不属于任何企业" in main(client, "/enterprise")
    assert client.get("/enterprise/people").status_code == 404
    assert client.soup("/appeals/new").find(id="enterprise_name")["value"] == ""


def test_a_one_time_password_fills_in_no_form(sign_in: SignIn, people: list[Account], database: Database) -> None:
    client = sign_in(account=people[0])
    with database.writing() as session:
        row = session.get_one(Account, people[0].id)
        row.must_change_password = True
        session.add(row)
    assert client.get("/enterprise").headers["Location"] == "/password"
    assert client.soup("/appeals/new").find(id="enterprise_name")["value"] == ""


def test_a_saved_receipt_leads_the_account_to_its_list(sign_in: SignIn, people: list[Account]) -> None:
    client = sign_in(account=people[0])
    with client.session_transaction() as cookie:
        cookie["receipt"] = ["2026-000001", "a" * 32, 0]
    saved = client.post("/appeals/receipt/saved", data=hidden_fields(find_form(client.soup("/password"), "/password")))
    assert (saved.status_code, saved.headers["Location"]) == (303, "/enterprise")
