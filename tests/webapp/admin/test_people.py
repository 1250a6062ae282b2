"""The administrator's pages of accounts, from the first one-time password to the last sign-out."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from models.accounts import queries, staff
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from tests.support import actors
from tests.support.factories import IDENTITY, Story
from tests.support.page import find_form, hidden_fields

OWN = "湘江北去橘子洲头看万山"

ALLOWED = ("admin.", "accounts.", "notices.", "progress.")
"""Endpoints of an administrator's work, and of what every member of staff has of their own."""


def fields(unit_id: int | str = "", **changes: object) -> dict[str, object]:
    return {"username": "zhaoban", "display_name": "赵经办", "unit": str(unit_id), "roles": ["handler"], **changes}


def shown_password(response) -> str:
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    return BeautifulSoup(response.data, "html.parser").find(id="one-time-password").get_text(strip=True)


def errors(response) -> dict[str, str]:
    soup = BeautifulSoup(response.data, "html.parser")
    return {str(one["id"]).removesuffix("-error"): one.get_text(strip=True) for one in soup.select(".field-error")}


def said(response) -> str:
    return BeautifulSoup(response.data, "html.parser").find(id="main").get_text(" ", strip=True)


def traces(database, kind: str = "account") -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.object_kind) == kind).order_by(col(AuditRow.seq)))
        return [(row.action, row.object_id) for row in rows]


def test_a_new_colleague_signs_in_once_with_the_password_shown_and_chooses_their_own(admin, app, database, unit_id):
    password = shown_password(admin.send("/admin/accounts/new", fields(unit_id)))
    client = app.test_client()
    assert client.send("/login", {"username": "zhaoban", "password": password}).status_code == 303
    assert client.get("/desk").headers["Location"] == "/password", "nothing else before the password is changed"
    changed = client.send("/password", {"current": password, "password": OWN, "repeated": OWN})
    assert changed.status_code == 303
    assert client.send("/login", {"username": "zhaoban", "password": password}).status_code == 422, "single use"
    assert client.send("/login", {"username": "zhaoban", "password": OWN}).headers["Location"] == "/desk"
    with database.reading() as session:
        made = queries.account_by_username(session, "zhaoban")
        rows = session.exec(select(AuditRow)).all()
    assert ("account.create", made.uid) in traces(database)
    assert password not in repr([row.facts for row in rows])


def test_the_same_form_sent_twice_makes_one_account_and_shows_no_password_again(admin, database, unit_id):
    form = find_form(admin.soup("/admin/accounts/new"))
    sent = {**hidden_fields(form), **fields(unit_id)}
    password = shown_password(admin.post("/admin/accounts/new", data=sent))
    again = admin.post("/admin/accounts/new", data=sent, follow_redirects=True)
    assert again.status_code == 200 and password not in again.get_data(as_text=True)
    assert "一次性密码只显示一次" in again.get_data(as_text=True)
    assert len(traces(database)) == 1


@pytest.mark.parametrize(("changes", "field"), [
    ({"username": ""}, "username"), ({"username": "a b"}, "username"), ({"username": "x" * 41}, "username"),
    ({"display_name": " "}, "display_name"), ({"roles": []}, "roles"), ({"unit": ""}, "unit"),
    ({"roles": ["administrator", "clerk"]}, "roles"), ({"roles": ["enterprise"]}, "roles"),
    ({"unit": "999999"}, "unit"),
])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(admin, database, unit_id, changes, field):
    response = admin.send("/admin/accounts/new", {**fields(unit_id), **changes})
    assert response.status_code == 422
    assert list(errors(response)) == [field]
    if field != "display_name":
        assert 'value="赵经办"' in response.get_data(as_text=True)
    assert not [one for one in traces(database) if one[0] == "account.create"]


def test_the_command_line_makes_no_administrator_with_another_role(app, database):
    words = ["users", "create", "--role", "administrator", "--role", "clerk", "--username", "both"]
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code != 0 and "不能兼任" in result.output
    with database.reading() as session:
        assert queries.account_by_username(session, "both") is None


def test_a_name_already_taken_is_refused_beside_the_field(admin, colleague, unit_id):
    response = admin.send("/admin/accounts/new", fields(unit_id, username=colleague.username.upper()))
    assert response.status_code == 422 and "已有人使用" in errors(response)["username"]


def test_new_roles_and_unit_act_on_the_next_request(admin, app, sign_in, colleague, database):
    client = sign_in(account=colleague)
    assert client.get("/desk").status_code == 200
    page = f"/admin/accounts/{colleague.uid}"
    response = admin.send(page, {"display_name": "张督办", "unit": "", "roles": ["supervisor"]})
    assert response.status_code == 303
    assert client.get("/desk").headers["Location"].startswith("/login"), "the old sign-in is dead (SES-1)"
    fresh = sign_in(account=colleague)
    assert (fresh.get("/desk").status_code, fresh.get("/office").status_code) == (403, 200)
    assert ("account.edit", colleague.uid) in traces(database)


def test_a_password_reset_ends_the_old_one_and_the_administrator_does_not_choose(admin, app, sign_in, colleague):
    client = sign_in(account=colleague)
    page = f"/admin/accounts/{colleague.uid}"
    response = admin.send(page, {"password": "chosen-by-the-admin"}, action="/password")
    password = shown_password(response)
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", password)
    assert client.get("/desk").headers["Location"].startswith("/login")
    other = app.test_client()
    wrong = other.send("/login", {"username": colleague.username, "password": "chosen-by-the-admin"})
    assert wrong.status_code == 422
    assert other.send("/login", {"username": colleague.username, "password": password}).status_code == 303
    assert other.get("/desk").headers["Location"] == "/password"


def test_disabling_and_enabling_stand_in_the_log(admin, sign_in, colleague, database):
    client, page = sign_in(account=colleague), f"/admin/accounts/{colleague.uid}"
    assert admin.send(page, action="/disable").status_code == 303
    assert client.get("/desk").headers["Location"].startswith("/login")
    assert "已停用" in said(admin.get(page))
    assert admin.send(page, action="/enable").status_code == 303
    assert traces(database)[-2:] == [("account.disable", colleague.uid), ("account.enable", colleague.uid)]


def test_two_administrators_on_one_account_are_told_apart(admin, sign_in, colleague, database):
    other, page = sign_in(Role.ADMINISTRATOR), f"/admin/accounts/{colleague.uid}"
    form = find_form(admin.soup(page), f"{colleague.uid}")
    sent = {**hidden_fields(form), "display_name": "第一位写的", "unit": "", "roles": ["clerk"]}
    assert other.send(page, action="/disable").status_code == 303
    response = admin.post(page, data=sent)
    assert response.status_code == 409
    assert "已由其他管理员修改过" in said(response) and 'value="第一位写的"' in response.get_data(as_text=True)
    with database.reading() as session:
        assert session.get(Account, colleague.id).display_name == "张经办"


def test_the_conflict_shows_both_texts_and_may_be_sent_again_by_whoever_has_seen_them(
    admin, sign_in, colleague, database
):
    other, page = sign_in(Role.ADMINISTRATOR), f"/admin/accounts/{colleague.uid}"
    form = find_form(admin.soup(page), f"{colleague.uid}")
    sent = {**hidden_fields(form), "display_name": "第一位写的", "unit": "", "roles": ["clerk"]}
    theirs = {"display_name": "第二位写的", "unit": "", "roles": ["clerk", "supervisor"]}
    assert other.send(page, theirs, action=colleague.uid).status_code == 303
    response = admin.post(page, data=sent)
    soup = BeautifulSoup(response.data, "html.parser")
    told = soup.select_one(".notice-soon dl").get_text(" ", strip=True)
    assert response.status_code == 409
    assert "现在是：第二位写的 您填写的：第一位写的" in told
    assert "现在是：受理员、督办员 您填写的：受理员" in told and "所属单位" not in told
    again = {**sent, **hidden_fields(find_form(soup, colleague.uid))}
    assert admin.post(page, data=again).status_code == 303
    with database.reading() as session:
        assert session.get(Account, colleague.id).display_name == "第一位写的"


def test_an_administrator_is_kept_from_their_own_roles_and_acts(admin, sign_in, database):
    with database.writing() as session:
        own = actors.account(session, Role.ADMINISTRATOR)
    client, page = sign_in(account=own), f"/admin/accounts/{own.uid}"
    soup = client.soup(page)
    assert not [form for form in soup.find("main").find_all("form") if str(form["action"]) != page]
    response = client.send(page, {"display_name": own.display_name, "unit": "", "roles": ["clerk"]})
    assert response.status_code == 422 and "另一位系统管理员" in errors(response)["roles"]
    token = hidden_fields(find_form(soup))
    for act in ("disable", "password"):
        sent = token | {"submission_key": f"k{act}".ljust(32, "x")}
        assert client.post(f"{page}/{act}", data=sent).status_code == 422
    with database.reading() as session:
        assert staff.details_of(session, session.get(Account, own.id)).roles == {Role.ADMINISTRATOR}
        assert session.get(Account, own.id).is_active


def test_the_list_is_searched_by_page_and_part(admin, colleague):
    asked = {"": True, "q=张经": True, "q=没有": False, "role=clerk": False, "status=active": True}
    for query, is_there in asked.items():
        for headers in ({}, {"HX-Request": "true"}):
            text = admin.get(f"/admin?{query}", headers=headers).get_data(as_text=True)
            assert ("张经办" in text) == is_there, query
            assert ("<html" in text) == (not headers)
    for odd in ("unit=x", "unit=999999", "role=enterprise", "status=?", "page=x", "q=%00"):
        assert admin.get(f"/admin?{odd}").status_code == 200


def test_an_administrator_sees_no_appeal_and_no_identity(app, admin, database):
    """ACC-2: every address of the house, none of which shows an appeal's text or its author."""
    with database.writing() as session:
        story = Story(session, title="只有市优办能看的标题").to(State.REPLIED)
        uids = [story.appeal.uid, story.slip.uid]
    for rule in app.url_map.iter_rules():
        for uid in uids:
            if "GET" not in rule.methods or rule.endpoint.startswith("public."):
                continue
            path = app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, uid))
            response = admin.get(path)
            text = response.get_data(as_text=True)
            assert "只有市优办能看的标题" not in text and IDENTITY.name not in text, path
            is_open = app.view_functions[rule.endpoint].access.is_public
            assert is_open or rule.endpoint.startswith(ALLOWED) or response.status_code == 403, path


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMINISTRATOR])
def test_nobody_else_reaches_an_act_of_the_administrator(app, sign_in, colleague, role, database):
    client = sign_in(role, unit="市监局")
    before = traces(database)
    for act in ("", "/disable", "/enable", "/password", "/sign-out"):
        page = f"/admin/accounts/{colleague.uid}{act}"
        token = csrf(client)
        assert client.post(page, data={"csrf_token": token, "submission_key": "x" * 32}).status_code == 403, act
    assert traces(database) == before


def csrf(client) -> str:
    tag = client.soup("/account").find("input", attrs={"name": "csrf_token"})
    return str(tag["value"])
