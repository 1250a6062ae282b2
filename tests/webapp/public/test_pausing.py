"""An unfinished form kept on request, without an account: on the server under a code, and nothing on the computer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import select
from werkzeug.test import TestResponse

from models.appeals import kept_forms
from models.appeals.kept_forms import PAUSE_CODES, PAUSES
from models.appeals.tables import Appeal, KeptForm, StagedUpload
from tests.support.page import PageClient, find_form, hidden_fields
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
TYPED = {
    "appellant_kind": "person", "kind": "report", "confidential": "y", "title": "雀题许可变更",
    "body": "雀文一二三，十月下旬提交许可变更，窗口告知五个工作日出证，至今没有消息。",
    "demands-0": "雀求一", "demands-1": "雀求二", "appellant_name": "雀名甲", "phone": "13912345671",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def pause(client: PageClient, **fields: object) -> TestResponse:
    form = hidden_fields(find_form(client.soup("/appeals/new"), "/appeals/new"))
    return client.post("/appeals/new", data={**form, **TYPED, "step": "keep", **fields})


def code_of(answer: TestResponse) -> str:
    found = BeautifulSoup(answer.data, "html.parser").select_one("#resume-code")
    assert found is not None, answer.get_data(as_text=True)[:800]
    return found.get_text().strip()


def resume(client: PageClient, code: str) -> TestResponse:
    return client.send("/appeals/new/resume", {"code": code}, action="/resume")


def test_the_text_comes_back_on_any_computer_and_nothing_is_filed(
    app: Flask, client: PageClient, database: Database
) -> None:
    with client.session_transaction() as cookie:
        before = dict(cookie)
    answer = pause(client, attachments=(BytesIO(b"%PDF-1.7"), "据.pdf"))
    assert answer.status_code == 200 and "照片和文件没有暂存" in answer.get_data(as_text=True)
    code = code_of(answer)
    with client.session_transaction() as cookie:
        assert set(cookie) - set(before) <= {"csrf_token"}, "nothing of it stays in the browser"
    other = app.test_client()
    assert isinstance(other, PageClient)
    page = BeautifulSoup(resume(other, code.lower().replace("-", " ")).data, "html.parser")
    for name in ("title", "body", "demands-0", "demands-1", "appellant_name", "phone"):
        control = page.select_one(f"[name={name}]")
        assert control is not None
        assert (str(control.get("value")) if control.name == "input" else control.get_text().strip()) == TYPED[name]
    assert page.select_one("[name=kind][value=report]").has_attr("checked")  # type: ignore[union-attr]
    assert page.select_one("[name=confidential]").has_attr("checked")  # type: ignore[union-attr]
    with database.reading() as session:
        assert session.exec(select(Appeal)).all() == [] and session.exec(select(StagedUpload)).all() == []


def test_what_came_back_can_be_filed(client: PageClient, database: Database) -> None:
    page = BeautifulSoup(resume(client, code_of(pause(client))).data, "html.parser")
    form = hidden_fields(find_form(page, "/appeals/new"))
    assert client.post("/appeals/new", data={**form, **TYPED, "step": "submit"}).status_code == 303
    with database.reading() as session:
        assert session.exec(select(Appeal)).one().title == TYPED["title"]


def test_neither_the_text_nor_the_code_can_be_read_in_the_database(client: PageClient, database: Database) -> None:
    code = code_of(pause(client)).replace("-", "")
    with database.reading() as session:
        row = session.exec(select(KeptForm)).one()
    stored = row.sealed + row.form_digest.encode()
    assert "雀".encode() not in stored and code.encode() not in stored and row.account_id is None


def test_a_wrong_or_old_code_opens_nothing(client: PageClient, clock: time_machine.Traveller) -> None:
    code = code_of(pause(client))
    for wrong in ("0" * 16, "短", code[:-1] + ("0" if code[-1] != "0" else "1")):
        answer = resume(client, wrong)
        assert answer.status_code == 422 and "没有找到暂存的内容" in answer.get_data(as_text=True)
    clock.shift(timedelta(hours=24))
    assert resume(client, code).status_code == 422


def test_guessing_and_hoarding_are_slowed_down(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (PAUSES.most, PAUSE_CODES.most) == (20, 30)
    monkeypatch.setattr(kept_forms, "PAUSES", replace(PAUSES, most=2))
    monkeypatch.setattr(kept_forms, "PAUSE_CODES", replace(PAUSE_CODES, most=2))
    for _ in range(2):
        assert resume(client, "0" * 16).status_code == 422
        assert pause(client).status_code == 200
    answer = resume(client, "0" * 16)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    answer = pause(client)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 429 and TYPED["title"] in text and "暂存的次数过多" in text


def test_an_empty_form_is_not_kept(client: PageClient, database: Database) -> None:
    form = hidden_fields(find_form(client.soup("/appeals/new"), "/appeals/new"))
    answer = client.post("/appeals/new", data={**form, "kind": "report", "title": " ", "step": "keep"})
    assert answer.status_code == 422 and "还没有填写内容" in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.exec(select(KeptForm)).all() == []
