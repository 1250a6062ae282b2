"""Filing through the real form, and appeals whose receipt code a test knows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from models.appeals import receipt
from models.appeals.queries import by_number
from models.appeals.tables import Appeal
from tests.support.factories import Story
from tests.support.page import PageClient, find_form, hidden_fields
from webapp.db import Database

NEW = "/appeals/new"
CODE = "0123456789ABCDEF"
FIELDS = {
    "appellant_kind": "person",
    "appellant_name": "周喆珺",
    "phone": "13873712345",
    "kind": "complaint",
    "category": "permit_refused",
    "title": "食品经营许可变更超过承诺时限未出证",
    "body": "十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。",
    "demands-0": "请说明变更申请现在到了哪一步。",
    "demands-1": "请告知最迟何时出证。",
    "step": "submit",
}
Fields = dict[str, Any]


def picture(colour: str = "navy") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def hidden(client: PageClient) -> dict[str, str]:
    """The hidden fields of a fresh form."""
    return hidden_fields(find_form(client.soup(NEW)))


def post(client: PageClient, **changes: Any) -> TestResponse:
    """A fresh form with the usual answers and these changes; a value of None leaves the field out."""
    values = {**hidden(client), **FIELDS, **changes}
    return client.post(NEW, data={name: value for name, value in values.items() if value is not None})


def page(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.data, "html.parser")


def text_of(soup: BeautifulSoup, id_: str) -> str:
    found = soup.find(id=id_)
    return found.get_text(" ", strip=True) if found else ""


def given(client: PageClient) -> tuple[str, str]:
    """Number and code on the receipt page."""
    soup = client.soup("/appeals/receipt")
    return text_of(soup, "receipt-number"), text_of(soup, "receipt-code")


def follow(client: PageClient, number: str, code: str) -> TestResponse:
    return client.send("/appeals/track", {"number": number, "code": code}, action="/track")


@pytest.fixture
def setting(app: Flask) -> Iterator[Callable[..., None]]:
    """`setting(intake_limit_per_hour=2)` for this test; several calls add up."""
    before = app.extensions["zhitongche.config"]

    def change(**values: Any) -> None:
        app.extensions["zhitongche.config"] = replace(app.extensions["zhitongche.config"], **values)

    yield change
    app.extensions["zhitongche.config"] = before


@pytest.fixture
def stored(database: Database) -> Callable[[str], Appeal]:
    def read(number: str) -> Appeal:
        with database.reading() as session:
            found = by_number(session, number)
        assert found is not None
        return found

    return read


@pytest.fixture
def code_hash(app: Flask) -> str:
    return receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)


@pytest.fixture
def story(database: Database, code_hash: str) -> Callable[..., Any]:
    """`with story() as told:` a writing session's Story whose code is CODE; committed at the end."""
    from contextlib import contextmanager

    @contextmanager
    def telling(**changes: Any) -> Any:
        with database.writing() as session:
            yield Story(session, receipt_code_hash=code_hash, **changes)

    return telling
