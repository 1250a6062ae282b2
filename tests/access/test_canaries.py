"""A crawl after canaries: everything an insider can reach by links, parts and prints, searched for whom it must not
name (F8, IDN-1). Who may read which canary is the list below; who may, does."""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlmodel import col, select
from werkzeug.test import TestResponse

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, AppellantKind, State, StoredFile
from models.appeals.vault import Identity
from models.handling.commands import Act, accept_and_dispatch
from models.workdays.queries import load_calendar
from tests.access.scene import UNITS, Person, Scene
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.matters import matter
from tests.support.page import hidden_fields
from tests.support.pdfs import laid_open
from tests.support.tables import content
from tests.webapp.public.conftest import FIELDS, NEW
from webapp import clock
from webapp.backups.copying import SqliteCopies
from webapp.backups.making import back_up
from webapp.backups.volumes import unpack
from webapp.files import FileStore, judge, put

CODE = "0123456789ABCDEF"
MOST_PAGES = 45
ALIKE = ("/static", "/help", "/privacy", "/login")
"""Pages that hold no appeal and are the same for everybody."""
OWN = ("/desk/self-registered?month=2026-11", "/office/self-registered/list?month=2026-11")
IDENTITY = ("name", "phone", "address", "enterprise", "credit")

OFFICE = ("clerk", "supervisor", "director")
MATERIAL_SEEN = {"supervisor", "director", "appellant"}
"""Who gets files as they were sent, and who sent them. Everybody else works with copies (IDN-6)."""
BOTH = "accused handler and clerk"
"""A clerk like any other, except for reports against the own unit."""
ALLOWED: dict[str, dict[str, set[str]]] = {
    "open": {"identity": {*OFFICE, "lead handler", "lead approver", BOTH}, "material": MATERIAL_SEEN},
    "report": {"identity": set(OFFICE), "material": MATERIAL_SEEN},
    "confidential": {"identity": set(), "material": MATERIAL_SEEN},
    "own": {"identity": {*OFFICE, "lead handler", "lead approver", BOTH}, "material": set()},
}
"""By appeal: who may see the identity, and who may come upon what the appellant's own files carry. Nobody else may."""
FILED = ("open", "report", "confidential")
"""What the appellant filed; `own` is what a unit received and completed itself (自办件)."""
PEOPLE: dict[str, tuple[tuple[str, ...], str]] = {
    "public": ((), "none"),
    **{role: ((role,), "office") for role in ("clerk", "supervisor", "director", "custodian")},
    **{role: ((role,), "none") for role in ("leader", "auditor", "administrator", "enterprise")},
    **{f"{place} {role}": ((role,), place) for place in ("lead", "accused") for role in ("handler", "approver")},
    "other handler": (("handler",), "other"), "parent approver": (("approver",), "parent"),
    "child handler": (("handler",), "child"), BOTH: (("handler", "clerk"), "accused"),
}


def canaries(appeal: str) -> dict[str, str]:
    """Values like no other text of the system, one for each appeal and place."""
    digit = str(list(ALLOWED).index(appeal) + 1)
    return {
        "name": f"雀名{digit}甲", "phone": f"1391234567{digit}", "address": f"雀巢路{digit}号", "credit":
        f"91350100M000{digit}TGQXM", "enterprise": f"雀企{digit}有限公司", "exif": f"ExifCanary{digit}",
        "author": f"PdfCanary{digit}", "file": f"雀档{digit}",
    }


def photo(mark: str) -> bytes:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x013B] = mark  # Artist
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG", exif=exif)
    return out.getvalue()


def document(mark: str) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": mark})
    writer.write(out)
    return out.getvalue()


def keep(store: FileStore, data: bytes, name: str) -> StoredFile:
    """As an upload is kept."""
    with ExitStack() as cleaning:
        kept = put(data, judge(data, name), store, cleaning)
        cleaning.pop_all()
    return kept


@dataclass
class Told:
    scene: Scene
    numbers: dict[str, str]


@pytest.fixture
def told(scene: Scene, printing: Flask) -> Told:
    """An open complaint, a report and a confidential complaint, each answered, with a photo and a document."""
    numbers = {}
    pepper = scene.app.extensions["zhitongche.config"].receipt_key
    for appeal in FILED:
        mark = canaries(appeal)
        store = scene.app.extensions["zhitongche.files"]
        picture = keep(store, photo(mark["exif"]), f"{mark['file']}.jpg")
        files = (picture, keep(store, document(mark["author"]), "据.pdf"))
        with scene.database.writing() as session:
            accused = unit_by_name(session, UNITS["accused"])
            assert accused is not None
            numbers[appeal] = Story(
                session, unit=UNITS["lead"], against_unit_id=accused.id, files=files,
                kind=AppealKind.REPORT if appeal == "report" else AppealKind.COMPLAINT,
                is_confidential=appeal == "confidential", appellant_kind=AppellantKind.ENTERPRISE,
                receipt_code_hash=receipt.hash_code(pepper, CODE), title=f"许可变更超过承诺时限，第{appeal}件",
                identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
            ).to(State.REPLIED).appeal.number
    mark = canaries("own")
    with scene.database.writing() as session:
        numbers["own"] = matter(
            session, State.CLOSED, unit=UNITS["lead"], receipt_code_hash=receipt.hash_code(pepper, CODE),
            appellant_kind=AppellantKind.ENTERPRISE, title="单位自己办结的一件事",
            identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
        ).number
    return Told(scene, numbers)


@dataclass
class Crawl:
    """Follows every link of our own, fetches every page whole and as its part, prints every slip it is offered."""

    who: Person
    seen: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    prints: set[str] = field(default_factory=set)

    def all(self, *starts: str) -> str:
        waiting = list(starts)
        while waiting and len(self.done) < MOST_PAGES:
            path = waiting.pop(0)
            if path not in self.done:
                self.done.add(path)
                waiting += self.page(path)
        return "\n".join(self.seen)

    def page(self, path: str) -> list[str]:
        answer = self.who.client.get(path, headers={"Accept": "text/html"})
        self.read(answer, path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            target = answer.headers.get("Location", "")
            return [target] if target.startswith("/") else []
        self.read(self.who.client.get(path, headers={"HX-Request": "true"}), path)
        soup = BeautifulSoup(answer.data, "html.parser")
        for form in soup.find_all("form", method="post"):
            self.print(str(form.get("action", "")))
        links = [str(tag["href"]).split("#")[0] for tag in soup.find_all("a", href=True)]
        return [link for link in links if link.startswith("/") and not link.startswith(ALIKE)]

    def print(self, action: str) -> None:
        if re.search(r"/(print|pdf)$", action) and action not in self.prints:
            self.prints.add(action)
            self.read(self.who.client.post(action, data={"csrf_token": self.who.csrf}), action)

    def read(self, answer: TestResponse, path: str) -> None:
        self.seen += [path, str(answer.headers)]
        self.seen.append(answer.data.decode("utf-8", "replace"))
        if answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF"):
            reader = PdfReader(io.BytesIO(answer.data))
            self.seen += [page.extract_text() for page in reader.pages] + [str(reader.metadata)]


def appellant(told: Told, appeal: str) -> str:
    who = told.scene.newcomer(frozenset(), "none")
    form = {"csrf_token": who.csrf, "number": told.numbers[appeal], "code": CODE}
    assert who.client.post("/appeals/track", data=form).status_code == 303
    return Crawl(who).all("/appeals/track")


def found_in(text: str) -> Iterator[tuple[str, str]]:
    """(appeal, kind of canary) of every canary in a text."""
    for appeal in ALLOWED:
        for name, mark in canaries(appeal).items():
            if mark in text:
                yield appeal, "identity" if name in IDENTITY else "material"


def test_canaries_are_seen_by_whom_the_list_allows_and_by_nobody_else(
    told: Told, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="zhitongche")
    texts = {}
    for name, (roles, place) in PEOPLE.items():
        who = told.scene.person(frozenset(map(Role, roles)), place)
        texts[name] = Crawl(who).all("/", "/desk", "/desk?show=all", "/office", "/office/appeals", "/slips", "/custody")
    wrong = [
        f"{name} came upon the {kind} of the {appeal} appeal"
        for name, text in texts.items() for appeal, kind in set(found_in(text)) if name not in ALLOWED[appeal][kind]
    ]
    for appeal in ALLOWED:
        own = appellant(told, appeal)
        assert told.numbers[appeal] in own and {one for one, _ in found_in(own)} <= {appeal}
        wrong += [f"the appellant's page shows the {kind}" for _, kind in found_in(own) if kind == "identity"]
    assert not wrong, sorted(set(wrong))
    assert not list(found_in(caplog.text)), "a canary in the log"
    for appeal, kinds in ALLOWED.items():
        for name in kinds["identity"]:
            lost = [one for one in IDENTITY if canaries(appeal)[one] not in texts[name]]
            assert not lost, f"{name} may know who filed the {appeal} appeal, and is not shown {lost}"
    assert canaries("open")["file"] in texts["supervisor"], "the office does not see what the evidence is called"
    assert "%E8%AF%81%E6%8D%AE2.pdf" in texts["lead handler"], "no PDF was handed to the unit"


def test_what_a_visitor_sends_reaches_the_unit_without_its_author(scene: Scene) -> None:
    """The whole way: the public's form, the office's dispatch, the handler's download."""
    mark, visitor = canaries("open"), scene.newcomer(frozenset(), "none")
    form = BeautifulSoup(visitor.client.get(NEW).data, "html.parser").find("form", attrs={"method": "post"})
    assert form is not None
    files = [(io.BytesIO(photo(mark["exif"])), f"{mark['file']}.jpg"), (io.BytesIO(document(mark["author"])), "据.pdf")]
    sent = {**hidden_fields(form), **FIELDS, "attachments": files}
    assert visitor.client.post(NEW, data=sent, content_type="multipart/form-data").status_code == 303
    with scene.database.writing() as session:
        appeal = session.exec(select(Appeal).order_by(col(Appeal.id).desc()).limit(1)).one()
        unit, clerk = unit_by_name(session, UNITS["lead"]), actor(session, Role.CLERK)
        assert unit is not None
        act = Act(clerk, clock.now(), load_calendar(session))
        accept_and_dispatch(session, appeal, act, lead_unit=unit)
        uid = appeal.uid
    for role, place, area, is_original in (
        (Role.HANDLER, "lead", "desk", False), (Role.CLERK, "none", "office", False),
        (Role.SUPERVISOR, "none", "office", True),
    ):
        who = scene.newcomer(frozenset({role}), place)
        page = BeautifulSoup(who.client.get(f"/{area}/appeals/{uid}").data, "html.parser")
        handed = [who.client.get(str(link["href"])) for link in page.select(".files a")]
        assert [one.mimetype for one in handed] == ["image/jpeg", "application/pdf"]
        found = b"".join(laid_open(one.data) if one.mimetype == "application/pdf" else one.data for one in handed)
        assert [mark[name].encode() in found for name in ("exif", "author")] == [is_original] * 2


def test_no_identity_stands_in_the_database_or_its_journal(told: Told, tmp_path: Path) -> None:
    """IDN-2: the bytes of every file of the database, and of the copy that a backup seals, with the journal written
    back and the pages of what was deleted. PostgreSQL's are not ours to read; there it is every cell.
    """
    database = told.scene.database
    url = database.engine.url
    if url.get_backend_name() != "sqlite":
        pytest.skip("the bytes on the disk belong to the server; tests/webapp/public/test_canaries.py reads the cells")
    path = Path(str(url.database))
    files = list(path.parent.glob(path.name + "*"))
    assert {one.name.removeprefix(path.name) for one in files} >= {"", "-wal"}, "the journal is not there to be read"
    SqliteCopies(path).take(tmp_path / "copy")
    for written in (b"".join(one.read_bytes() for one in files), (tmp_path / "copy").read_bytes()):
        assert told.numbers["open"].encode() in written
        assert not [kind for _, kind in found_in_bytes(written) if kind == "identity"]
        assert not [mark for mark in HIDDEN_IN_FILES if mark.encode() in written]


HIDDEN_IN_FILES = tuple(canaries(appeal)[name] for appeal in FILED for name in ("exif", "author"))
"""What files carry inside is in the files, never in a row. Their names are rows: the office works with them."""


def found_in_bytes(written: bytes) -> Iterator[tuple[str, str]]:
    """Also as UTF-16, as SQLite could keep it, and as JSON escapes it."""
    for appeal in ALLOWED:
        for name, mark in canaries(appeal).items():
            spellings = [mark.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
            if any(one in written for one in (*spellings, json.dumps(mark)[1:-1].encode())):
                yield appeal, "identity" if name in IDENTITY else "material"


def test_a_reveal_and_a_kept_form_name_nobody_outside_the_answer_that_opens_it(
    scene: Scene, caplog: pytest.LogCaptureFixture,
) -> None:
    """IDN-1 to IDN-3: asked, granted, opened, and a form that named somebody left in a dead sign-in."""
    caplog.set_level(logging.DEBUG, logger="zhitongche")
    mark = canaries("confidential")
    with scene.database.writing() as session:
        uid = Story(
            session, unit=UNITS["lead"], is_confidential=True,
            identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
        ).to(State.HANDLING).appeal.uid
    handler, custodian = (
        scene.newcomer(frozenset({role}), place) for role, place in ((Role.HANDLER, "lead"), (Role.CUSTODIAN, "other"))
    )
    page = f"/custody/appeals/{uid}"
    told_nobody = [handler.client.get(page), post(handler, page, reason="需要当面核对材料的原件，不便转达。")]
    [request] = re.findall(r"/custody/([0-9a-f]{32})", custodian.client.get("/custody").get_data(as_text=True))
    told_nobody += [custodian.client.get("/custody"), custodian.client.get(f"/custody/{request}")]
    told_nobody += [post(custodian, f"/custody/{request}", remark="同意。", step="grant"), handler.client.get(page)]
    opened = post(handler, f"{page}/open").get_data(as_text=True)
    assert all(mark[name] in opened for name in IDENTITY)
    post(handler, "/logout")
    told_nobody.append(post(handler, f"/desk/appeals/{uid}/note", remark=f"{mark['name']}来电"))
    texts = [answer.get_data(as_text=True) + str(answer.headers) for answer in told_nobody]
    assert [kind for text in texts for _, kind in found_in(text) if kind == "identity"] == []
    assert not list(found_in(caplog.text)), "a canary in the log"
    stored = repr(content(scene.database))
    assert uid in stored and not [kind for _, kind in found_in(stored) if kind == "identity"]
    assert "kept_forms" in stored and len(content(scene.database)["kept_forms"]) == 1


def post(who: Person, path: str, **fields: str) -> TestResponse:
    data = {"csrf_token": who.csrf, "submission_key": f"canary-key-{abs(hash(path)):020d}", "version": "0"} | fields
    return who.client.post(path, data=data)


def test_reuse_preview_and_the_choice_of_a_colleague_name_nobody(told: Told) -> None:
    """What the desk offers beside its forms: words of earlier replies, the slip drawn, colleagues with their load."""
    with told.scene.database.writing() as session:
        uid = Story(session, unit=UNITS["lead"], title="许可变更超过承诺时限").to(State.HANDLING).appeal.uid
    handler = told.scene.newcomer(frozenset({Role.HANDLER}), "lead")
    page = f"/desk/appeals/{uid}"
    part = handler.client.get(f"{page}/reuse?entry=0", headers={"HX-Request": "true"})
    answers = [part, handler.client.get(f"{page}/assign")]
    answers += [post(handler, f"{page}/reuse", look="0"), post(handler, f"{page}/preview")]
    answers += [post(handler, "/desk/assign", appeal=uid), handler.client.get("/filters/desk")]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    offered = answers[0].get_data(as_text=True)
    assert "第open件" in offered and "第confidential件" in offered and "第report件" not in offered
    assert not [one for answer in answers for one in found_in(answer.get_data(as_text=True) + str(answer.headers))]


def test_a_backup_holds_no_canary_at_all(told: Told, tmp_path: Path) -> None:
    """F8, IDN-2: neither who filed nor what their files carry stands in a backup or beside it, and no work of making
    it is left where the data lie.
    """
    if told.scene.database.engine.dialect.name == "postgresql":
        pytest.skip("tests/webapp/test_backup.py makes one there; what is sealed is sealed by the same lines")
    config = told.scene.app.extensions["zhitongche.config"]
    made = back_up(tmp_path / "backup", config, told.scene.database, now=MORNING)
    assert made.appeals >= len(ALLOWED) and made.files >= 2 * len(FILED)
    written = b"".join(one.read_bytes() for one in sorted((tmp_path / "backup").iterdir()))
    assert not list(found_in_bytes(written))
    assert not any(number.encode() in written for number in told.numbers.values())
    assert not (config.data_dir / "backup-work").exists()
    names = " ".join(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*"))
    assert not list(found_in(names))
    volumes = [tmp_path / "backup" / part.name for part in made.volumes]
    opened = b"".join(data for path in volumes for _, data in unpack(path, config.backup_key))
    assert all(mark.encode() in opened for mark in HIDDEN_IN_FILES), "the files are not in it, so nothing was searched"


def test_a_monthly_report_holds_no_canary_at_all(told: Told, tmp_path: Path) -> None:
    """附件6 leaves the house: masked columns, scanned text, nothing of who made it in the file itself."""
    with told.scene.app.app_context():
        out = tmp_path / "report.xlsx"
        done = told.scene.app.test_cli_runner().invoke(
            args=["appeals", "export", "--month", "2026-11", "--out", str(out)]
        )
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(out) as book:
        text = unescape("\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist()))
    assert "许可变更超过承诺时限，第open件" in text
    assert not list(found_in(text + done.output))
