"""One form makes one appeal, however often and however fast it is sent (DUR-5, F3)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlmodel import func, select

from models.appeals.queries import attachments
from models.appeals.tables import Appeal, StagedUpload
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import FIELDS, NEW, given, hidden, page, picture, post
from tests.webapp.public.test_uploads import file
from webapp.db import Database


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def twin(app: Flask, client: PageClient) -> PageClient:
    """A second client with the same cookies."""
    made = app.test_client()
    with client.session_transaction() as old, made.session_transaction() as new:
        new.update(old)
    return made  # type: ignore[return-value]


def test_the_same_form_sent_again_gives_the_same_receipt(client: PageClient, database: Database) -> None:
    fields = {**FIELDS, **hidden(client)}
    client.post(NEW, data=fields)
    first = given(client)
    client.post("/appeals/receipt/saved", data=fields)
    assert client.post(NEW, data=fields).status_code == 303
    assert given(client) == first and count(database, Appeal) == 1


def test_resending_the_check_page_after_its_files_were_taken_gives_the_same_receipt(
    client: PageClient, database: Database
) -> None:
    checked = page(post(client, step="check", attachments=file(picture())))
    fields = {**hidden_fields(find_form(checked)), "step": "submit"}
    client.post(NEW, data=fields)
    first = given(client)
    assert client.post(NEW, data=fields).status_code == 303
    assert given(client) == first and count(database, Appeal) == 1


def test_another_content_under_the_same_key_is_a_conflict_without_the_code(
    client: PageClient, database: Database
) -> None:
    fields = {**FIELDS, **hidden(client)}
    client.post(NEW, data=fields)
    number, code = given(client)
    response = client.post(NEW, data={**fields, "title": "完全是另一件事", "phone": "13999999999"})
    text = response.get_data(as_text=True)
    assert response.status_code == 409 and count(database, Appeal) == 1
    assert number in text and "完全是另一件事" in text and FIELDS["body"] in text
    assert code not in text and code.replace("-", "") not in text
    again = client.post(NEW, data={**hidden_fields(find_form(page(response))), "step": "edit"})
    assert find_form(page(again)).find(id="title")["value"] == "完全是另一件事"
    submitted = client.post(NEW, data={**FIELDS, **hidden_fields(find_form(page(again)))})
    assert submitted.status_code == 303 and given(client)[0] == "2026-000002"


def test_a_new_file_under_a_used_key_is_a_conflict_and_leaves_nothing(
    client: PageClient, database: Database, app: Flask
) -> None:
    fields = {**FIELDS, **hidden(client)}
    client.post(NEW, data={**fields, "attachments": file(picture())})
    names = set(app.extensions["zhitongche.files"].iter_names())
    assert client.post(NEW, data={**fields, "attachments": file(picture("red"))}).status_code == 409
    assert count(database, StagedUpload) == 0
    assert set(app.extensions["zhitongche.files"].iter_names()) == names


@pytest.mark.parametrize("with_file", [False, True])
def test_parallel_twins_make_one_appeal_and_one_receipt(
    app: Flask, client: PageClient, database: Database, with_file: bool
) -> None:
    store = app.extensions["zhitongche.files"]
    for round_ in range(1, 5):
        before = set(store.iter_names())
        fields = {**FIELDS, **hidden(client), "title": f"第{round_}次同时提交"}
        clients = [twin(app, client) for _ in range(4)]

        def send(one: PageClient, fields: dict[str, Any] = fields) -> tuple[int, tuple[str, str]]:
            more = {"attachments": file(picture())} if with_file else {}
            return one.post(NEW, data={**fields, **more}).status_code, given(one)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(send, clients))
        assert {status for status, _ in answers} == {303}
        assert len({receipt for _, receipt in answers}) == 1
        assert count(database, Appeal) == round_ and count(database, StagedUpload) == 0
        with database.reading() as session:
            appeal = session.exec(select(Appeal).where(Appeal.title == fields["title"])).one()
            rows = attachments(session, appeal)
            kept = {name for one in rows for name in (one.stored_name, one.derivative_name) if name}
        assert set(store.iter_names()) - before == kept and len(rows) == int(with_file)
