"""F7 in small: more than 2,000 malformed requests over every route of a served installation with the demo in it.

Every form that any of its people finds on any page gets every kind of strange value in every field; every address gets
odd ids, queries, headers, methods and bodies. No answer is a failure of ours and no worker is started anew.
"""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.faults.conftest import PASSWORD, PEOPLE, STARTS
from tests.faults.test_kill9 import flask
from tests.support.crawler import Crawler, Form, soup_of
from tests.support.live import LiveServer

VALUES = (
    "", " \t\u3000", "a\x00b", "\x01\x1b[31m", "\u202eabc\u2066", "e" + "\u0301" * 5_000, "\U00020000\U0001f600" * 20,
    "长" * 10_000, "9" * 5_000, "²³", str(2**63), str(-(2**70)), "1.5e309", "NaN", "' OR 1=1; DROP TABLE appeals; --",
    "<script>alert(1)</script>", "{{ 7*7 }}${7*7}", "%s%n{0}", "../../../../etc/passwd", "=HYPERLINK(1)",
    json.dumps({"a": [1, {"b": None}]}), "9999-12-31", "0001-01-01", "2026-02-30", "２０２６-０２-０１",
    "a\r\nSet-Cookie: x=1", "\ufffe\uffff", "𠮷" * 300, "0" * 32, "on", "null",
)
PER_FIELD = int(os.environ.get("MALFORMED_PER_FIELD", "1"))
"""Strange values for each field of each form; 31 are all of them."""
PEOPLE_A_ROUTE = int(os.environ.get("MALFORMED_PEOPLE", "2"))
"""By how many people, or queries, the addresses of a route are bent."""
QUERIES = (
    "page=0", "page=-1", f"page={2**63}", f"page={'9' * 5000}", "page=%C2%B2", "page=%00", "q=%ff%fe%ed%a0%80", "q=%00",
    "q=" + "x" * 3_000, "tab=%3Cscript%3E", "unit=99999999999999999999", "unit=%F0%9F%98%80", "state=x&state=y&due=z",
    "next=//evil.invalid", "a[]=1&a.b=2&=&&;", "kind=__class__", "start=9999-12-31", "month=0000-13",
    "month=" + "9" * 500,
)
ODD_IDS = ("0" * 32, "z" * 32, "%00", "..%2f..%2f", "9" * 5_000, str(2**63), "-1", "%F0%9F%98%80", "a%0d%0ab", "{x}")
HEADERS: tuple[dict[str, str], ...] = (
    {"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"},
    {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    {"HX-Request": "true", "HX-Target": "<b>", "HX-Trigger": "x" * 3_000, "HX-Current-URL": "javascript:1"},
    {"If-None-Match": '"' + "x" * 500 + '"', "If-Modified-Since": "yesterday", "Range": "bytes=9-1"},
    {"Accept": "application/x-nothing", "Accept-Language": "xx;q=9"},
    {"X-Forwarded-For": "<x>", "X-Forwarded-Host": "evil"},
)  # fmt: skip
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"title": "x"}'), ("text/plain", b"title=x"), ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("application/x-www-form-urlencoded", b"title=%ff%fe%ed%a0%80&body=%00&=&&;=%"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(3_000))),
)
EXTRA = {"id": "1", "status": "closed", "due_at": "2030-01-01", "unit_id": "1", "state": "closed", "version[]": "1"}
METHODS = ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "HEAD", "PROPFIND")
QUIET = frozenset({"/logout", "/password"})
"""Sending these ends the very sign-in that the test goes on with."""
UNREACHED = frozenset({
    "GET pages.health", "GET pages.ready", "GET desk.preview", "GET office.entered", "POST office.print_entry",
    "POST office.entry_told", "POST accounts.end_others", "POST accounts.forget_kept", "POST admin.activate",
    "POST admin.enable", "GET admin.enterprise_account", "POST admin.disable_enterprise",
    "POST admin.enable_enterprise", "POST admin.reset_enterprise", "POST admin.sign_out_enterprise",
    "GET admin.registration", "POST admin.free_code", "POST custody.open_identity", "GET desk.preliminary",
    "POST desk.preliminary", "POST assisting.propose_contribution", "POST public.add_to_enterprise",
    "POST public.answer", "POST public.revoke_invitation", "POST public.track_slip", "POST office.unmerge",
    "POST office.recognise", "POST office.return_record", "GET public.rate_by_link", "GET public.rating_link_qr",
    "POST public.give_by_link", "POST public.rate", "POST public.rating_link", "POST public.enterprise_rate",
    "POST public.enterprise_rating_link", "GET ratings.edit", "POST ratings.change", "POST ratings.start",
    "POST ratings.uninvite", "POST ratings.send_mails", "POST progress.fetch", "POST progress.discard",
    "POST followup.put_right", "POST followup.close",
    "GET work_errors.file", "POST rating_results.find", "POST calendar_desk.recompute",
})  # fmt: skip
"""Routes to which no page of the demo need lead: they show something once, want a code or an earlier act, or finish
what an approval had no time for. They are bent by their addresses alone (`bend_hidden`).
"""
WANTED = 2_000
APPEALS = ("/desk/appeals/<id>", "/office/appeals/<id>")
TASKS = ("/desk/assist/<id>", "/enterprise/appeals/<id>", "/admin/units/<id>", "/admin/accounts/<id>")
RECORDS = ("/supervision/records/<id>", "/slips/<id>")
DEEP = {
    "jingban": (*APPEALS, *RECORDS), "fuzeren": (*APPEALS, *RECORDS), "duban": RECORDS,
    "zhuren": (*APPEALS, "/supervision/records/<id>", "/slips/appeals/<id>"), "lingdao": APPEALS,
}  # fmt: skip
"""They open every one of these that they see: each state shows other forms. The others open two of a kind."""


def all_of(crawler: Crawler) -> tuple[str, ...]:
    return (*TASKS, *DEEP.get(crawler.username, ()))


class Sender:
    """Sends one request after the other and remembers what went wrong."""

    def __init__(self) -> None:
        self.count, self.faults = 0, list[str]()
        self.checked = 0
        """Requests with a good token that were refused for their token: they prove nothing."""

    def note(self, what: str, status: int, content: bytes) -> None:
        self.count += 1
        text = content.decode("utf-8", "replace")
        if status >= 500:
            self.faults.append(f"{what}: {status}")
        if "Traceback" in text or "sqlalchemy" in text.lower():
            self.faults.append(f"{what}: tells of its inside")


def workers(server: LiveServer) -> set[str]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True)
    return set(found.stdout.split())


def bent(form: Form) -> Iterator[dict[str, str]]:
    """The form with one field strange, missing, or there twice under a stranger's name."""
    fields, values = dict(form.fields), cycle(VALUES)
    for name in fields:
        if name == "csrf_token":
            continue
        for value in islice(values, PER_FIELD):
            yield fields | {name: value}
        yield {key: value for key, value in fields.items() if key != name}
    yield fields | EXTRA


def bend(crawler: Crawler, form: Form, sender: Sender) -> None:
    now = form
    for fields in bent(form):
        changed = {name: value for name, value in fields.items() if value != dict(form.fields).get(name)}
        token = dict(now.fields).get("csrf_token")
        sent = {**dict(now.fields), **changed} if len(fields) >= len(form.fields) else fields
        sent = sent | ({"csrf_token": token} if token else {})
        status, _, content = send(crawler, form, sent)
        sender.note(f"{crawler.username or 'visitor'} {form.method} {form.path} {str(changed)[:90]}", status, content)
        if status == 303:
            fresh = crawler.again(form)
            if fresh is None:
                return
            now = fresh


def send(crawler: Crawler, form: Form, fields: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    if form.method == "POST":
        return crawler.ask("POST", form.path, fields)
    return crawler.ask("GET", f"{form.path.partition('?')[0]}?{urlencode(fields, errors='replace')}"[:7_000])


def raw(
    server: LiveServer, crawler: Crawler, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> tuple[int, bytes]:
    """A request that no browser would send."""
    connection = HTTPConnection("127.0.0.1", server.config.port, timeout=15)
    cookies = "; ".join(f"{name}={value}" for name, value in crawler.visitor.cookies.items())
    try:
        connection.request(method, path, body, {"Cookie": cookies, "Accept": "text/html", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def bend_address(server: LiveServer, crawler: Crawler, path: str, sender: Sender, turn: int) -> None:
    """One address: odd queries, headers, methods and ids, a few of each, the next address gets the next ones."""
    bare = path.partition("?")[0]
    asked = [("GET", f"{bare}?{query}", {}, None) for query in picked(QUERIES, turn, 4)]
    asked += [("GET", path, headers, None) for headers in picked(HEADERS, turn, 2)]
    asked += [(method, bare, {}, None) for method in picked(METHODS, turn, 2)]
    asked += [("POST", bare, {"Content-Type": kind}, body) for kind, body in picked(BODIES, turn, 2)]
    if re.search(r"[0-9a-f]{32}", bare):
        asked += [("GET", re.sub(r"[0-9a-f]{32}", odd, bare, count=1), {}, None) for odd in picked(ODD_IDS, turn, 3)]
    for method, target, headers, body in asked:
        status, content = raw(server, crawler, method, target, headers, body)
        sender.note(f"{crawler.username or 'visitor'} {method} {target[:120]} {str(headers)[:60]}", status, content)


def bend_posting(server: LiveServer, crawler: Crawler, form: Form, sender: Sender, turn: int) -> None:
    """The form's address with its good token: bodies that are no form of ours, and ids that name nothing."""
    fields, path = dict(form.fields), form.path.partition("?")[0]
    token, good = {"X-CSRFToken": fields.get("csrf_token", "")}, urlencode(fields).encode()
    asked = [(path, token | {"Content-Type": kind}, body) for kind, body in picked(BODIES, turn, 3)]
    if re.search(r"[0-9a-f]{32}", path):
        form_type = {"Content-Type": "application/x-www-form-urlencoded"}
        odd = (re.sub(r"[0-9a-f]{32}", one, path, count=1) for one in picked(ODD_IDS, turn, 3))
        asked += [(one, token | form_type, good) for one in odd]
    for target, headers, body in asked:
        status, content = raw(server, crawler, "POST", target, headers, body)
        sender.note(f"{crawler.username or 'visitor'} POST {target[:120]} {body[:40]!r}", status, content)
        sender.checked += status == 400 and "安全校验没有通过".encode() in content


def bend_hidden(
    server: LiveServer, crawler: Crawler, app: Flask, route: str, sender: Sender, turn: int
) -> None:
    """A route that no page leads to: with an id of its kind that somebody has seen, or one of nothing."""
    method, endpoint = route.split()
    rule = next(one for one in app.url_map.iter_rules(endpoint) if method in one.methods)
    seen = re.findall(r"[0-9a-f]{32}", " ".join(crawler.pages.values())) or ["0" * 32]
    values = {name: "1" if name == "number" else seen[turn % len(seen)] for name in rule.arguments}
    path = app.url_map.bind("localhost").build(endpoint, values, method=method)
    if path in QUIET:
        return
    if method == "GET":
        bend_address(server, crawler, path, sender, turn)
    else:
        sent = (pair for form in crawler.forms.values() for pair in form.fields)
        token = next((value for name, value in sent if name == "csrf_token"), "")
        bend_posting(server, crawler, Form(method, path, path, (("csrf_token", token), *EXTRA.items())), sender, turn)


def bend_forms(server: LiveServer, crawler: Crawler, sender: Sender, done: set[str]) -> None:
    """Every form this person has found and nobody before; `done` remembers them."""
    for turn, (kind, form) in enumerate(crawler.forms.items()):
        if kind in done or form.path in QUIET:
            continue
        done.add(kind)
        bend(crawler, crawler.again(form) or form, sender)
        if form.method == "POST":
            bend_posting(server, crawler, crawler.again(form) or form, sender, turn)


def picked(values, turn: int, count: int):
    return islice(cycle(values), turn % len(values), turn % len(values) + count)


@pytest.mark.slow
def test_two_thousand_malformed_requests_break_nothing(
    demo_server: LiveServer, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    sender, before, done = Sender(), workers(demo_server), set[str]()
    crawlers = [Crawler(demo_server.config.port, username, PASSWORD) for username in PEOPLE]
    for crawler in crawlers:  # first of all: what is done to the sign-in form makes its throttle bite
        crawler.sign_in()
    file_and_follow(crawlers[0])
    for crawler in crawlers:
        crawler.crawl(*STARTS, "/appeals/receipt", all_of=all_of(crawler), each=2, at_most=800)
        sender.faults += crawler.failures
    reached = {route for crawler in crawlers for route in routes_met(app, crawler)}
    hidden = sorted(routes_of(app) - reached)
    turns = Counter[str]()
    for crawler in crawlers:
        for turn, path in enumerate(crawler.pages.values()):
            if is_its_turn(turns, endpoint_of(app, "GET", path)):
                bend_address(demo_server, crawler, path, sender, turn)
        for turn, route in enumerate(hidden):
            if crawler.username in DEEP and is_its_turn(turns, route):
                bend_hidden(demo_server, crawler, app, route, sender, turn)
        bend_forms(demo_server, crawler, sender, done)
        crawler.visitor.close()
    with capsys.disabled():
        print(f" {sender.count} malformed requests, {len(done)} forms, {len(reached)} endpoints ", end="")
    assert not sender.faults, "\n".join(sorted(set(sender.faults))[:30])
    assert not sender.checked, "requests with a good token were refused for their token: they prove nothing"
    assert sender.count >= WANTED
    missed = set(hidden)
    assert not missed - UNREACHED, f"no page of the demo leads to {sorted(missed - UNREACHED)}"
    assert routes_of(app) >= UNREACHED, f"no such route any more: {sorted(UNREACHED - routes_of(app))}"
    assert workers(demo_server) == before, "a worker was started anew"
    check = flask(Path(demo_server.config.data_dir), demo_server.config.port, "check")
    assert check.returncode == 0 and check.stdout.strip().endswith("0 problems"), check.stdout + check.stderr


def is_its_turn(turns: Counter[str], route: str) -> bool:
    turns[route] += 1
    return turns[route] <= PEOPLE_A_ROUTE


def routes_of(app: Flask) -> set[str]:
    rules = app.url_map.iter_rules()
    return {f"{method} {rule.endpoint}" for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}


def file_and_follow(stranger: Crawler) -> None:
    """An appeal with its receipt and its open page of progress, so that their forms are met."""
    visitor = stranger.visitor
    number = visitor.send(visitor.form())
    code = soup_of(stranger.ask("GET", "/appeals/receipt")[2]).select_one("#receipt-code")
    assert code is not None
    token = visitor.hidden("/appeals/track")["csrf_token"]
    fields = {"csrf_token": token, "number": number, "code": code.get_text(strip=True)}
    assert stranger.ask("POST", "/appeals/track", fields)[0] == 303


def routes_met(app: Flask, crawler: Crawler) -> set[str]:
    """What this person's pages and forms lead to."""
    met = {f"GET {endpoint_of(app, 'GET', path)}" for path in crawler.pages.values()}
    return met | {f"{form.method} {endpoint_of(app, form.method, form.path)}" for form in crawler.forms.values()}


def endpoint_of(app: Flask, method: str, path: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(path.partition("?")[0], method=method)[0])
    except HTTPException:  # an address that leads nowhere is no endpoint
        return ""
