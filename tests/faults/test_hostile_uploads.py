"""F17 in small: the whole corpus of hostile files sent to a served installation and fetched again.

Nothing is shown inline or under an active type, nothing is a failure of ours, and no worker is started anew.
"""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.commands import create_account
from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.handling.commands import Act, accept_and_dispatch
from models.workdays.queries import load_calendar
from tests.faults.test_malformed_everywhere import workers
from tests.support import actors, hostile, pdfs
from tests.support.crawler import Crawler
from tests.support.hostile import Sent
from tests.support.live import LiveServer, live_server
from tests.support.visitor import Visitor
from webapp import clock

PASSWORD = "芦苇荡里的三只白鹭-2026"
SAFE = ("image/jpeg", "image/png", "application/pdf")
TOGETHER = 4
_address = count(1)
PEOPLE = {"fuzong": (Role.SUPERVISOR, "", "office"), "jingshou": (Role.HANDLER, "市监局", "desk")}
"""Who gets the originals, and who gets copies."""
NO_FILES = {f"called {name!r}" for name in ("", "a.pdf\\")}
"""A form cannot carry a file of this name: what comes is a filing without one."""
Shelf = list[Sent]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("hostile")) as served, served.database.writing() as session:
        for username, (role, unit, _) in PEOPLE.items():
            found = unit_by_name(session, unit) if unit else None
            create_account(
                session, username, "周杰", PASSWORD, [role], now=clock.now(), unit=found, is_one_time=False
            )
        session.commit()
        yield served


def documents() -> Shelf:
    texts = hostile.RUNS | hostile.UNREADABLE | hostile.QUIET | pdfs.PLACES | pdfs.NO_COPY
    return [Sent(f"pdf: {what}", f"{what}.pdf", data) for what, data in texts.items()]


def quoted(name: str) -> str:
    """As browsers write a name into the head of a part."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def multipart(fields: dict[str, str], files: Shelf) -> tuple[str, bytes]:
    mark, parts = uuid4().hex, list[bytes]()
    for name, value in fields.items():
        parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode())
    for one in files:
        head = f'Content-Disposition: form-data; name="attachments"; filename="{quoted(one.name)}"\r\n'
        parts.append(head.encode("utf-8", "surrogatepass") + b"Content-Type: text/html\r\n\r\n" + one.data)
    body = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()
    return f"multipart/form-data; boundary={mark}", body


def file_with(server: LiveServer, files: Shelf) -> tuple[int, str]:
    """A filing with these files by somebody from elsewhere, as sixty files a day come from one address at most: the
    status, and what the page says.
    """
    source = f"127.0.{next(_address)}.1"
    visitor = Visitor(server.config.port, source)
    kind, body = multipart(visitor.form(), files)
    connection = HTTPConnection("127.0.0.1", server.config.port, timeout=40, source_address=(source, 0))
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    try:
        headers = {"Cookie": cookies, "Content-Type": kind, "Accept": "text/html"}
        connection.request("POST", "/appeals/new", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
        visitor.close()


def dispatch_all(server: LiveServer) -> list[str]:
    with server.database.writing() as session:
        clerk, unit = actors.actor(session, Role.CLERK), unit_by_name(session, "市监局")
        assert unit is not None
        found = session.exec(select(Appeal)).all()
        for appeal in found:
            accept_and_dispatch(session, appeal, Act(clerk, clock.now(), load_calendar(session)), lead_unit=unit)
        return [appeal.uid for appeal in found]


def fetched(crawler: Crawler, page: str) -> Iterator[tuple[str, int, dict[str, str], bytes]]:
    """Every file of the appeal's page."""
    status, _, content = crawler.ask("GET", page)
    assert status == 200, f"{page}: {status}"
    for link in BeautifulSoup(content, "html.parser").select(".files a"):
        yield str(link["href"]), *crawler.ask("GET", str(link["href"]))


def is_inert(headers: dict[str, str]) -> bool:
    return (
        headers["content-type"].partition(";")[0] in SAFE
        and headers["content-disposition"].startswith("attachment;")
        and headers["x-content-type-options"] == "nosniff"
        and re.match(r"default-src 'none';.*sandbox", headers["content-security-policy"]) is not None
        and "no-store" in headers["cache-control"]
    )


@pytest.mark.slow
def test_the_corpus_goes_in_and_out_and_nothing_runs(server: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    before, refused, kept = workers(server), hostile.refused(), [*hostile.taken(), *documents()]
    assert len(refused) + len(kept) >= 100
    statuses = {str(one): file_with(server, [one])[0] for one in refused}
    lost = {what for what, status in statuses.items() if status not in (400, 413, 422)}
    assert lost == NO_FILES and {statuses[what] for what in lost} == {303}
    shelves = [kept[start : start + TOGETHER] for start in range(0, len(kept), TOGETHER)]
    for shelf in shelves:
        status, text = file_with(server, shelf)
        assert status == 303, f"{list(map(str, shelf))}: {status} {BeautifulSoup(text, 'html.parser').get_text()[:600]}"
    uids, handed, without = dispatch_all(server), 0, 0
    assert len(uids) == len(shelves) + len(NO_FILES)
    for username, (_, _, area) in PEOPLE.items():
        crawler = Crawler(server.config.port, username, PASSWORD)
        crawler.sign_in()
        for uid in uids:
            for path, status, headers, content in fetched(crawler, f"/{area}/appeals/{uid}"):
                assert status in ((200,) if area == "office" else (200, 422)), f"{username} {path}: {status}"
                handed, without = handed + (status == 200), without + (status != 200)
                assert status != 200 or is_inert(headers), f"{username} {path}: {headers}"
                assert area == "office" or hostile.MARK.encode() not in content
        crawler.visitor.close()
    with capsys.disabled():
        print(f" {len(refused)} refused, {len(kept)} kept, {handed} handed out, {without} have no copy ", end="")
    once = sum(len({one.data for one in shelf}) for shelf in shelves)  # the same bytes twice in a filing are one file
    assert handed + without == len(PEOPLE) * once
    assert workers(server) == before, "a worker was started anew"
    log = (Path(server.config.data_dir) / "server.log").read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in log
