"""LOG-1: whatever goes wrong, no log holds what people wrote, who they are or what opens a door."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from models.accounts.types import Role
from tests.support.live import live_server
from tests.support.page import find_form, hidden_fields
from tests.support.visitor import Visitor
from webapp import access, create_app, logs

CANARIES = {
    "appellant_name": "雀麦稞", "phone": "13899990001", "body": "雀麦稞说的事情很长很长", "code": "CANARYCANARY0001",
    "password": "canary-password-芦苇", "address": "琼湖街道雀字巷7号",
}
INJECTED = 'x\r\n{"level": "info", "event": "forged"}'


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the server would write to standard error."""
    root = logging.getLogger()
    kept, level, stream = list(root.handlers), root.level, io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers, root.level = kept, level
    root.setLevel(level)


@pytest.fixture
def failing(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application whose view fails over what was typed, and quotes it in the exception's message."""
    made = create_app(replace(app.extensions["zhitongche.config"], database_url=database_url, data_dir=tmp_path))
    made.testing = False
    made.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)

    @access.public
    def probe() -> str:
        try:
            return str(int(request.form["body"]))
        except ValueError as error:
            raise LookupError("".join(request.form.values()) + INJECTED) from error

    made.add_url_rule("/probe", "probe", probe, methods=["POST"])
    yield made
    made.extensions["zhitongche.db"].dispose()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_failure_is_told_by_kind_and_place_and_never_in_the_words_of_its_message(
    failing: Flask, written: io.StringIO
) -> None:
    client = failing.test_client()
    client.set_cookie("zhitongche", "canary-cookie")
    assert client.post("/probe?q=雀麦稞", data=CANARIES).status_code == 500
    [line] = lines(written)
    assert line["exception"] == ["LookupError", "ValueError"]
    assert any(place.startswith("tests/webapp/test_logs.py:") and place.endswith(" probe") for place in line["places"])
    found = written.getvalue()
    assert not [word for word in (*CANARIES.values(), "canary", "forged") if word in found], found
    assert datetime.fromisoformat(line["timestamp"]).tzinfo == UTC


def test_a_line_end_in_a_message_makes_no_second_line(written: io.StringIO) -> None:
    logging.getLogger("zhitongche").warning("odd: %s", INJECTED)
    [line] = lines(written)
    assert line["event"] == f"odd: {INJECTED}" and line["level"] == "warning"


def test_a_failed_sign_in_and_a_refusal_name_nobody(app: Flask, sign_in: Any, written: io.StringIO) -> None:
    client = sign_in(Role.HANDLER, unit="市监局")
    form = hidden_fields(find_form(client.soup("/password")))
    client.post("/login", data=form | CANARIES | {"username": "雀麦稞"})
    client.post("/password", data=form | {"current": CANARIES["password"], "password": "短", "repeated": "短"})
    client.get("/office/appeals?q=雀麦稞")
    client.get("/desk/appeals/雀麦稞")
    assert not [word for word in CANARIES.values() if word in written.getvalue()]


@pytest.mark.slow
def test_the_server_s_own_lines_hold_neither_address_nor_question(tmp_path: Path) -> None:
    with live_server(tmp_path) as live:
        visitor = Visitor(live.config.port, "127.88.77.66")
        visitor.ask("GET", "/slips/verify?code=CANARYCODE&q=canary")
        hidden = visitor.hidden("/appeals/track")
        visitor.ask("POST", "/appeals/track", hidden | {"number": "2026-000001", "code": CANARIES["code"]})
        visitor.ask("POST", "/login", visitor.hidden("/login") | {"username": "canary", "password": "canary-password"})
        cookie = visitor.cookies["zhitongche"]
        visitor.close()
    said = (tmp_path / "server.log").read_text(encoding="utf-8")
    asked = [(line["method"], line["route"], line["status"]) for line in map(json.loads, said.splitlines())
             if line["event"] == "request"]
    assert ("GET", "/slips/verify", 200) in asked and ("POST", "/login", 422) in asked
    assert not [word for word in ("canary", "CANARY", "127.88.77.66", cookie) if word in said], said
