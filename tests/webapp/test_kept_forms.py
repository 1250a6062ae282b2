"""A form that meets a dead sign-in loses nothing, and nobody else reads it (T10)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import Session, col, select

from models.accounts.passwords import hash_password
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import enterprises, kept_forms
from models.appeals.kept_forms import MOST_KEPT, Typed
from models.appeals.tables import Appeal, KeptForm
from models.appeals.types import Complexity, State
from models.appeals.vault import IdentityVault
from models.handling import commands, supplements
from models.workdays.shipped import shipped_calendar
from tests.conftest import SignIn
from tests.support import actors
from tests.support.enterprises import enterprise, member
from tests.support.enterprises import person as enterprise_person
from tests.support.factories import Story
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.writers import PASSWORD, TYPED, enter, form_of, idle, kept, person, told
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def handler(database: Database) -> Account:
    return person(database, "zhang")


@pytest.fixture
def uid(database: Database) -> str:
    return told(database, State.VERIFYING)


def post(client: PageClient, path: str, page: str, data: dict[str, str], **headers: str):  # type: ignore[no-untyped-def]
    return client.post(path, data=data, headers={"Referer": f"http://localhost{page}", **headers})


def test_after_an_idle_half_hour_the_text_waits_in_its_form(
    sign_in: SignIn, database: Database, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/verify")
    idle(clock)
    answer = post(client, f"{page}/verify", page, data | {"facts": TYPED, "complexity": "complex"})
    assert answer.status_code == 303 and answer.headers["Location"] == f"/login?next={page}"
    assert "已为您保留" in client.get("/login").get_data(as_text=True)
    assert enter(client, next_=page) == page
    soup = client.soup(page)
    assert soup.select_one("[name=facts]").get_text().strip() == TYPED  # type: ignore[union-attr]
    assert soup.select_one("[name=complexity][value=complex]").has_attr("checked")  # type: ignore[union-attr]
    assert "您的登录已过期，刚才填写的内容已为您保留" in soup.get_text()
    sent = client.post(f"{page}/verify", data=hidden_fields(find_form(soup, "/verify")) | {
        "facts": TYPED, "complexity": "complex"})
    assert sent.status_code == 303
    assert kept(database) == [] and "已为您保留" not in client.soup("/desk").get_text()


def test_a_whole_reply_comes_back_and_a_colleagues_newer_draft_is_not_overwritten(
    sign_in: SignIn, database: Database, handler: Account, clock: time_machine.Traveller
) -> None:
    uid = told(database, State.HANDLING)
    client, path = sign_in(account=handler), f"/desk/appeals/{uid}/reply"
    data = form_of(client, path, "/reply")
    typed = {"entries-0-facts": TYPED, "entries-1-facts": "第二点" + TYPED, "entries-0-outcome": "explained"}
    idle(clock)
    assert post(client, path, path, data | typed | {"step": "save"}).status_code == 303
    colleague = sign_in(Role.HANDLER, unit="市监局")
    assert colleague.send(path, {"entries-0-facts": "同事写的", "step": "save"}, action="/reply").status_code == 303
    enter(client, next_=path)
    soup = client.soup(path)
    for name, text in typed.items():
        tag = soup.select_one(f"[name={name}]")
        assert tag is not None
        assert (tag.select_one("option[selected]") or tag).get_text().strip() == (
            "解释说明" if name.endswith("outcome") else text)
    answer = client.post(path, data=hidden_fields(find_form(soup, "/reply")) | typed | {"step": "save"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "同事写的" in text and TYPED in text


def test_another_person_at_the_same_computer_never_sees_it(
    sign_in: SignIn, database: Database, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    person(database, "wang")
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/verify")
    idle(clock)
    post(client, f"{page}/verify", page, data | {"facts": TYPED})
    enter(client, "wang", page)
    for path in (page, "/desk", "/account"):
        text = client.get(path).get_data(as_text=True)
        assert TYPED not in text and "已为您保留" not in text
    [row] = kept(database)
    with client.session_transaction() as cookie:
        cookie["kept_form"] = [row.uid, row.form_digest]  # even whoever knew what to ask for
    assert TYPED not in client.get(page).get_data(as_text=True)
    enter(client)
    assert TYPED in client.get(page).get_data(as_text=True)


def test_a_form_left_open_while_signing_out_in_another_tab_is_kept(
    sign_in: SignIn, handler: Account, uid: str
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    assert client.post("/logout", data={"csrf_token": data["csrf_token"]}).status_code == 303
    assert post(client, f"{page}/note", page, data | {"remark": TYPED}).headers["Location"].startswith("/login")
    enter(client, next_=page)
    soup = client.soup(page)
    assert soup.select_one("[name=remark]").get_text().strip() == TYPED  # type: ignore[union-attr]
    assert soup.select_one("[name=remark]").find_parent("details") is None, "folded away"  # type: ignore[union-attr]


def test_a_form_in_a_second_tab_stays_good_when_the_same_person_signs_in_again(
    sign_in: SignIn, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    idle(clock)
    enter(client)
    assert client.post(f"{page}/note", data=data | {"remark": TYPED}).status_code == 303


def test_a_form_of_somebody_who_left_is_refused_to_whoever_sits_there_now(
    sign_in: SignIn, database: Database, handler: Account, uid: str
) -> None:
    person(database, "wang")
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    enter(client, "wang")
    answer = client.post(f"{page}/note", data=data | {"remark": TYPED})
    assert answer.status_code == 400 and TYPED in answer.get_data(as_text=True)
    assert kept(database) == []


def test_an_htmx_post_goes_to_sign_in_as_a_whole_page(
    sign_in: SignIn, database: Database, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    idle(clock)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{page}?from=queue"}
    answer = post(client, f"{page}/note", "/elsewhere", data | {"remark": TYPED}, **headers)
    assert answer.status_code == 200 and answer.data == b""
    assert answer.headers["HX-Redirect"].startswith("/login?next=")
    assert len(kept(database)) == 1


def test_an_enterprises_form_is_kept_alike(
    sign_in: SignIn, database: Database, clock: time_machine.Traveller
) -> None:
    with database.writing() as session:
        row = enterprise_person(session, enterprise(session))
        row.username, row.password_hash = "qiye", hash_password(PASSWORD)
        story = Story(session).to(State.HANDLING)
        enterprises.link(session, member(session, row), story.appeal, how="file", now=NOW)
        act = commands.Act(story.handler, NOW, shipped_calendar())
        supplements.ask_appellant(session, story.appeal, act, question="请补充照片。")
        session.add(row)
        page = f"/enterprise/appeals/{story.appeal.uid}"
    client = sign_in(account=row)
    data = form_of(client, page, "/answer")
    idle(clock)
    assert post(client, f"{page}/answer", page, data | {"answer": TYPED}).headers["Location"] == f"/login?next={page}"
    enter(client, "qiye", page)
    text = client.soup(page).get_text()
    assert "刚才填写的内容已为您保留" in text and TYPED in text


def test_where_the_page_has_no_place_for_it_the_text_stands_beside(
    sign_in: SignIn, database: Database, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/verify")
    idle(clock)
    post(client, f"{page}/verify", page, data | {"facts": TYPED})
    with database.writing() as session:
        appeal = session.exec(select(Appeal).where(col(Appeal.uid) == uid)).one()
        act = commands.Act(actors.actor(session, Role.HANDLER, unit="市监局"), NOW, shipped_calendar())
        commands.verify(session, appeal, act, complexity=Complexity.SIMPLE)
    enter(client)
    assert "回到那一页" in client.soup("/desk").get_text()
    soup = client.soup(page)
    area = soup.select_one("#kept-form-1")
    assert area is not None and area.get_text().strip() == TYPED
    forgotten = client.post("/account/kept/forget", data=hidden_fields(find_kept(soup)))
    assert forgotten.status_code == 303 and forgotten.headers["Location"] == page
    assert kept(database) == []


def find_kept(soup: BeautifulSoup):  # type: ignore[no-untyped-def]
    return soup.find("form", action="/account/kept/forget")


def test_neither_passwords_nor_tokens_nor_files_are_kept_and_the_rest_is_sealed(
    app: Flask, sign_in: SignIn, database: Database, handler: Account, uid: str, clock: time_machine.Traveller,
    vault: IdentityVault,
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    idle(clock)
    secrets = {"password": "密码一二三四五", "new_password": "密码六七八九十", "code": "0123456789ABCDEF"}
    post(client, f"{page}/note", page, data | secrets | {"remark": TYPED, "file": (BytesIO(b"x"), "照片.jpg")})  # type: ignore[dict-item]
    [row] = kept(database)
    typed = Typed.from_json(vault.open_text(row.sealed, bound_to=f"{row.account_id}:{row.uid}"))
    assert dict(typed.fields) == {"version": data["version"], "remark": TYPED} and typed.had_files
    assert TYPED.encode() not in row.sealed and TYPED not in repr(typed)
    post(client, "/password", "/password", {"csrf_token": data["csrf_token"], "current": PASSWORD, "password": "x"})
    assert len(kept(database)) == 1


def test_nothing_is_kept_for_a_stranger_or_a_disabled_account(
    sign_in: SignIn, client: PageClient, database: Database, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    page = f"/desk/appeals/{uid}"
    token = str(client.soup("/login").find("input", attrs={"name": "csrf_token"})["value"])  # type: ignore[index]
    stranger = post(client, f"{page}/note", page, {"csrf_token": token, "remark": TYPED})
    assert stranger.status_code == 401 and TYPED in stranger.get_data(as_text=True)
    known = sign_in(account=handler)
    data = form_of(known, page, "/note")
    with database.writing() as session:
        row = session.get_one(Account, handler.id)
        row.is_active = False
        session.add(row)
    assert post(known, f"{page}/note", page, data | {"remark": TYPED}).status_code == 401
    assert kept(database) == []


def test_a_button_without_text_just_leads_to_sign_in_and_back(
    sign_in: SignIn, database: Database, handler: Account, clock: time_machine.Traveller
) -> None:
    uid = told(database, State.DISPATCHED)
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/sign")
    idle(clock)
    assert post(client, f"{page}/sign", page, data).headers["Location"] == f"/login?next={page}"
    assert kept(database) == []


def test_a_foreign_page_is_no_way_back(
    sign_in: SignIn, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    idle(clock)
    answer = client.post(f"{page}/note", data=data | {"remark": TYPED}, headers={"Referer": "http://evil.example/x"})
    assert answer.headers["Location"] == "/login"


def test_a_few_are_kept_for_an_account_the_newest_of_each_form(session: Session, vault: IdentityVault) -> None:
    account_id = actors.account(session, Role.HANDLER, unit="市监局").id
    assert account_id is not None
    for number in range(MOST_KEPT + 3):
        for text in ("旧", "新"):
            typed = Typed("/desk", (("facts", f"{text}{number}"),))
            kept_forms.keep(session, vault, account_id, f"/form/{number}", typed, now=NOW)
    rows = session.exec(select(KeptForm).order_by(col(KeptForm.id))).all()
    found = [kept_forms.opened(session, vault, account_id, row.uid, NOW) for row in rows]
    assert [one.fields[0][1] for one in found if one] == [f"新{number}" for number in range(3, MOST_KEPT + 3)]
    large = Typed("/desk", (("facts", "字" * 400_000),))
    assert kept_forms.keep(session, vault, account_id, "/form/large", large, now=NOW) is None


def test_what_was_kept_is_gone_after_a_day(
    app: Flask, sign_in: SignIn, database: Database, handler: Account, uid: str, clock: time_machine.Traveller
) -> None:
    client, page = sign_in(account=handler), f"/desk/appeals/{uid}"
    data = form_of(client, page, "/note")
    idle(clock)
    post(client, f"{page}/note", page, data | {"remark": TYPED})
    clock.shift(timedelta(hours=24))
    enter(client)
    assert TYPED not in client.get(page).get_data(as_text=True)
    clock.shift(timedelta(seconds=1))
    said = app.test_cli_runner().invoke(args=["sweep"]).output
    assert "清理到期的暂存内容 1 份" in said and kept(database) == []
