"""Fifty payloads in every text field: on no page do they become an element, an attribute or a script (WEB-7)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from tests.conftest import SignIn
from tests.support.page import PageClient
from tests.webapp.public.conftest import given, post
from webapp.db import Database

MARK = "xss5e1f"
SCRIPTS = (
    "<script>{0}()</script>", "<SCRIPT SRC=//{0}.example></SCRIPT>", "</script><script>{0}()</script>",
    "<img src=x onerror={0}()>", "<svg onload={0}()>", "<svg><script>{0}()</script></svg>", "<body onload={0}()>",
    "<iframe srcdoc='<script>{0}()</script>'>", "<iframe src=javascript:{0}()>", "<a href=javascript:{0}()>点</a>",
    "<details open ontoggle={0}()>", "<input autofocus onfocus={0}()>", "<video><source onerror={0}()></video>",
    "<math href=javascript:{0}()>x</math>", "<object data=javascript:{0}()>", "<embed src=javascript:{0}()>",
    "<form action=javascript:{0}()><button>", "<base href=//{0}.example/>", "<link rel=stylesheet href=//{0}.example>",
    "<meta http-equiv=refresh content=0;url=//{0}.example>", "<style>@import '//{0}.example'</style>",
    "<div style=background:url(//{0}.example)>", "<button hx-get=/{0} hx-trigger=load>", "<div hx-on:load={0}()>",
    "<div data-hx-get=/{0} data-hx-trigger=load>", "<template><script>{0}()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={0}()>'>", "<!--><script>{0}()</script>-->",
    "\"><script>{0}()</script>", "'><script>{0}()</script>", "\" onmouseover={0}() x=\"", "' onmouseover={0}() x='",
    "\" autofocus onfocus={0}() \"", "`onmouseover={0}()`", "</textarea><script>{0}()</script>",
    "</title><script>{0}()</script>", "</option></select><script>{0}()</script>", "]]><script>{0}()</script>",
    "{{{{ {0}.__class__ }}}}", "{{% import os as {0} %}}", "${{{0}()}}", "#{{{0}()}}", "<%= {0} %>",
    "&lt;script&gt;{0}()&lt;/script&gt;", "&#60;script&#62;{0}()&#60;/script&#62;", "＜script＞{0}()＜/script＞",
    "javascript:{0}()", "data:text/html,<script>{0}()</script>", "<scr<script>ipt>{0}()</scr</script>ipt>",
    "<img/src=`%00` onerror={0}()>", "<x contenteditable onblur={0}()>x</x>",
)  # fmt: skip
PAYLOADS = [one.format(MARK) for one in SCRIPTS]


@pytest.fixture(autouse=True)
def _a_wednesday() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 18, 2, tzinfo=UTC), tick=True):
        yield


def is_harmless(text: str) -> None:
    """The payload is text and nothing else: in no tag's name, attribute (but a field's value), script or style."""
    soup = BeautifulSoup(text, "html5lib")
    for tag in soup.find_all(True):
        assert MARK not in tag.name
        if tag.name in ("script", "style", "template", "noscript"):
            assert MARK not in tag.decode()
        for name, value in tag.attrs.items():
            spoken = name in ("value", "title", "aria-label", "content") or (name == "href" and str(value)[:1] in "/#?")
            assert MARK not in name, tag
            assert spoken or MARK not in str(value), tag


def test_there_are_fifty() -> None:
    assert len(set(PAYLOADS)) >= 50


@pytest.fixture
def pages(app: Flask, client: PageClient, sign_in: SignIn, database: Database) -> Any:
    def fetched(payload: str) -> list[str]:
        answer = post(client, **{
            "title": payload[:60], "body": f"{payload} 情况说明，请核实处理。", "demands-0": payload,
            "demands-1": payload, "appellant_name": payload[:40], "address": payload[:100],
        })  # fmt: skip
        if answer.status_code != 303:
            return [answer.get_data(as_text=True)]
        number, code = given(client)
        with database.reading() as session:
            uid = session.exec(select(Appeal.uid).where(Appeal.number == number)).one()
        client.send("/appeals/track", {"number": number, "code": code}, action="/track")
        shown = [client.get("/appeals/track"), client.post("/appeals/track/end", data={})]
        clerk = clerks[0]
        own = (f"/office/appeals/{uid}", f"/office/triage/{uid}")
        paths = (*own, "/office/appeals", f"/office/appeals?q={MARK}")
        return [one.get_data(as_text=True) for one in [*shown, *(clerk.get(path) for path in paths)]]

    clerks = [sign_in(Role.CLERK)]
    return fetched


@pytest.mark.parametrize("group", range(3))
def test_no_payload_becomes_more_than_text(pages: Any, client: PageClient, group: int) -> None:
    for payload in PAYLOADS[group::3]:
        for text in pages(payload):
            is_harmless(text)
        client.delete_cookie("zhitongche")


@pytest.mark.parametrize("payload", PAYLOADS[:4] + PAYLOADS[28:34])
def test_nor_in_what_is_shown_again(client: PageClient, payload: str) -> None:
    for path in ("/appeals/track", "/login"):
        answer = client.send(path, {"number": payload, "code": payload, "username": payload, "password": payload})
        is_harmless(answer.get_data(as_text=True))
    for path in ("/slips/verify", "/"):
        is_harmless(client.get(path, query_string={"code": payload, "start": payload}).get_data(as_text=True))
