"""The server around the application, for real: what it logs (LOG-1), believes (WEB-6) and refuses (WEB-1)."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.live import LiveServer, live_server
from webapp.security import HEADERS

pytestmark = pytest.mark.slow
SOURCE = "127.88.77.66"
NAME = "CANARYNAME"
FORGED = '/x%0a[2026-01-01%2000:00:00]%20"POST%20/login%20HTTP/1.1"%20303'
MALFORMED = [
    (b"BAD METHOD /x?q=CANARYNAME HTTP/1.1\r\nHost: x\r\n\r\n", 400, "InvalidRequestLine"),
    (b"GET /x?q=CANARYNAME HTTP/9.9\r\nHost: x\r\n\r\n", 400, "InvalidHTTPVersion"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nCANARY NAME: CANARYNAME\r\n\r\n", 400, "InvalidHeaderName"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00CANARYNAME\r\n\r\n", 400, "InvalidHeader"),
    (b"GET /CANARYNAME" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "LimitRequestLine"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: CANARYNAME" + b"x" * 9_000 + b"\r\n\r\n", 431, "LimitRequestHeaders"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CANARYNAME\r\n\r\n", 501, "UnsupportedTransferCoding"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: CANARYNAME\r\n\r\n", 417, "ExpectationFailed"),
]
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("served")) as live:
        ask(live, "GET /readyz")  # the line about the first one may come after its answer
        yield live


@pytest.fixture
def new_lines(served: LiveServer) -> Lines:
    """What the server has logged since the test began, one object a line."""
    log = served.config.data_dir / "server.log"
    before = len(log.read_bytes())
    return lambda: [json.loads(line) for line in log.read_bytes()[before:].decode().splitlines()]


def send(server: LiveServer, data: bytes, source: str = SOURCE) -> tuple[int, dict[str, str], str]:
    """These very bytes; the answer until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", server.config.port), 20, source_address=(source, 0)) as connection:
        connection.sendall(data)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in rest), body.decode()


def ask(
    server: LiveServer, start: str, headers: dict[str, str] | None = None, body: str = "", source: str = SOURCE
) -> tuple[int, dict[str, str], str]:
    """`start`: method and target."""
    fields = {"Host": f"127.0.0.1:{server.config.port}", "Connection": "close", **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return send(server, f"{start} HTTP/1.1\r\n{lines}\r\n{body}".encode(), source)


def sign_in(server: LiveServer, headers: dict[str, str]) -> int:
    """The status of a stranger's sign-in, its form fetched and sent with these headers from this very machine."""
    _, found, page = ask(server, "GET /login", headers, source="127.0.0.1")
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    body = f"csrf_token={token}&username=nobody&password=nothing-at-all"
    more = {
        "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body)),
        "Cookie": found["Set-Cookie"].partition(";")[0],
    }
    return ask(server, "POST /login", headers | more, body, source="127.0.0.1")[0]


def test_a_path_with_line_ends_forges_no_line(served: LiveServer, new_lines: Lines) -> None:
    assert ask(served, f"GET {FORGED}")[0] == 404
    [line] = new_lines()
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 404)
    assert "login" not in json.dumps(line) and "303" not in line["route"]


@pytest.mark.parametrize(("target", "route"), [
    ("/slips/verify/CANARYCODE?q=CANARYNAME", "/slips/verify/<code>"),
    ("/slips/verify/CANARYCODE/more", "/slips/verify/*/*"),
    ("/CANARYCODE/login", "/*/login"),
    ("/desk/appeals/CANARYCODE?q=CANARYNAME", "/desk/appeals/<uid>"),
    ("/?number=CANARYCODE", "/"),
])
def test_a_line_names_the_route_and_never_what_stands_in_it(
    served: LiveServer, new_lines: Lines, target: str, route: str
) -> None:
    status, _, body = ask(served, f"GET {target}", {"Referer": f"http://127.0.0.1/{NAME}", "Cookie": f"x={NAME}"})
    [line] = new_lines()
    assert (line["route"], line["status"], line["bytes"]) == (route, status, len(body.encode()))
    assert line["ms"] >= 0 and datetime.fromisoformat(line["timestamp"]).tzinfo == UTC
    assert not [word for word in ("CANARY", SOURCE) if word in json.dumps(line)]


def test_a_static_file_is_named_and_a_method_is_one_we_know(served: LiveServer, new_lines: Lines) -> None:
    assert ask(served, "GET /static/css/base.css?v=CANARYNAME")[0] == 200
    ask(served, f"{NAME} /")
    file, odd = new_lines()
    assert file["route"] == "/static/css/base.css" and odd["method"] == "other"
    assert "CANARY" not in json.dumps([file, odd])


@pytest.mark.parametrize(("sent", "status", "kind"), MALFORMED, ids=[kind for _, _, kind in MALFORMED])
def test_what_is_no_request_is_refused_in_chinese_and_logged_by_its_kind(
    served: LiveServer, new_lines: Lines, sent: bytes, status: int, kind: str
) -> None:
    found, headers, body = send(served, sent)
    assert found == status and "请" in body and "CANARY" not in body
    assert headers["Content-Type"] == "text/plain; charset=utf-8" and headers["Cache-Control"] == "no-store"
    assert headers["Content-Length"] == str(len(body.encode())) and headers["Connection"] == "close"
    assert {name: headers[name] for name in HEADERS} == HEADERS
    [line] = new_lines()
    assert (line["event"], line["exception"], line["status"]) == ("invalid request", [kind], status)
    assert not [word for word in ("CANARY", SOURCE) if word in json.dumps(line)]


def test_every_line_is_json_in_utc_from_the_first_to_the_last(tmp_path: Path) -> None:
    """TZ is the office's; start and end are the master's lines."""
    with live_server(tmp_path, TZ="Asia/Shanghai") as live:
        ask(live, "GET /")
    lines = [json.loads(line) for line in (tmp_path / "server.log").read_text(encoding="utf-8").splitlines()]
    assert {datetime.fromisoformat(line["timestamp"]).utcoffset() for line in lines} == {UTC.utcoffset(None)}
    said = [line["event"] for line in lines]
    assert any(event.startswith("Listening at") for event in said) and any("HTTP:" in event for event in said)


@pytest.mark.parametrize("headers", [{"X-Forwarded-Proto": "https"}, {"X-Forwarded-Ssl": "on"}])
def test_nobody_is_believed_to_speak_https_where_no_proxy_stands(served: LiveServer, headers: dict[str, str]) -> None:
    """Believed, Flask-WTF would ask for a Referer and refuse with 400."""
    assert sign_in(served, headers) == 422


def test_our_own_proxy_is_believed_by_the_application(tmp_path: Path) -> None:
    with live_server(tmp_path, TRUSTED_PROXIES="1") as live:
        assert sign_in(live, {"X-Forwarded-Proto": "https, http"}) == 422
        assert sign_in(live, {"X-Forwarded-Proto": "http, https"}) == 400
