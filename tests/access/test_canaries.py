"""A crawl after canaries: everything an insider can reach by links, parts and prints, searched for whom it must not
name (F8, IDN-1). Who may read which canary stands in canaries.py; who may, does."""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import count
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, AppellantKind, Complexity, State, StoredFile
from models.appeals.vault import Identity
from models.followup import exclusions, links
from models.followup.types import ExclusionReason
from models.handling.commands import Act, accept_and_dispatch
from models.ratings import publishing
from models.ratings.result_types import PublicScope
from models.ratings.types import ConductQuestion, Half
from models.slips import commands, receiving
from models.slips.kinds import SlipKind
from models.slips.receiving import ScannedFile
from models.supervision.ladder_types import RecordKind
from models.supervision.work_error_types import Circumstance, Grade, Source
from models.workdays.queries import load_calendar
from tests.access.canaries import (
    ALLOWED,
    CODE,
    ELSEWHERE,
    FILED,
    IDENTITY,
    KINDS,
    MATERIAL,
    PEOPLE,
    STARTS,
    Crawl,
    canaries,
    document,
    found_in,
    gets_of,
    keep,
    photo,
)
from tests.access.scene import UNITS, Person, Scene, ask_to_assist
from tests.access.things import made
from tests.models.slips.facts import TRANSFER
from tests.support import followed, rated, ratings, supervised
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, MORNING, Story
from tests.support.matters import matter
from tests.support.page import hidden_fields
from tests.support.pdfs import laid_open
from tests.support.tables import content
from tests.support.work_errors import work_error
from tests.webapp.public.conftest import FIELDS, NEW
from webapp import clock
from webapp.backups.copying import SqliteCopies
from webapp.backups.making import back_up
from webapp.backups.volumes import unpack

_years = count(2040)
LINK = links.token_of(b"s" * 32, "canaries")


@dataclass
class Told:
    scene: Scene
    numbers: dict[str, str]
    hidden: list[str]


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
            story = Story(
                session, unit=UNITS["lead"], against_unit_id=accused.id, files=files,
                kind=AppealKind.REPORT if appeal == "report" else AppealKind.COMPLAINT,
                is_confidential=appeal == "confidential", appellant_kind=AppellantKind.ENTERPRISE,
                receipt_code_hash=receipt.hash_code(pepper, CODE), title=f"许可变更超过承诺时限，第{appeal}件",
                identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
            ).to(State.REPLIED)
            numbers[appeal] = story.appeal.number
            _follow_up(story, appeal)
            _issue(story, keep(store, photo("a receipt"), "回执.jpg"))
    mark = canaries("own")
    with scene.database.writing() as session:
        numbers["own"] = matter(
            session, State.CLOSED, unit=UNITS["lead"], receipt_code_hash=receipt.hash_code(pepper, CODE),
            appellant_kind=AppellantKind.ENTERPRISE, title="单位自己办结的一件事",
            identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
        ).number
        matter(
            session, State.TO_AMEND, unit=UNITS["lead"], appellant_kind=AppellantKind.ENTERPRISE,
            title="待补正的一件事",
            identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
        )
        _register_error(session, numbers["report"])
        _rate(session)
    return Told(scene, numbers, _at_work(scene))


def _follow_up(story: Story, appeal: str) -> None:
    """Two are rated low, so that there are cases; one of these ratings is asked to be left out. The third may still be
    rated, through a link.
    """
    if appeal == "confidential":
        links.make(story.session, story.appeal, LINK, now=story.at)
        return
    rating = followed.rate(story, 1)
    if appeal == "open":
        act = followed.act(story)
        exclusions.ask(story.session, story.appeal, rating, ExclusionReason.OTHER_MATTER, "另一件事。", act)


def _register_error(session: Session, number: str) -> None:
    """The report proved true: an error of the accused unit, whose people read the entry and not what is behind it."""
    appeal = session.exec(select(Appeal).where(col(Appeal.number) == number)).one()
    work_error(
        session, UNITS["accused"], Grade.LARGER, source=Source.APPEAL, circumstances=(Circumstance.ART_7_4,),
        appeal_id=appeal.id,
    )


def _rate(session: Session) -> None:
    """A rating of the accused unit that was counted and published, one that is set up and one that runs."""
    yes, year = {ConductQuestion.ROUGH: 5}, next(_years)
    counted = rated.counted(session, {UNITS["accused"]: rated.Got([50] * 6, yes)}, Half.SECOND, year=year, spent=6)
    director = actor(session, Role.DIRECTOR)
    publishing.publish(session, counted, PublicScope.SCORES, rated.act(director), reasons="会议决定。")
    ratings.rating(session, year=year, half=Half.FIRST)
    ratings.rating(session, year=next(_years)).open()


def _issue(story: Story, receipt: StoredFile) -> None:
    """A slip to the lead unit, with a scanned receipt, and one to another body, as the office prints them."""
    act = story.act(story.supervisor)
    slip = commands.issue_of_appeal(story.session, SlipKind.DISPATCH_ORDER, story.appeal, act, LETTERHEAD)
    scan = ScannedFile(receipt.stored_name, receipt.display_name, receipt.kind, receipt.size, receipt.sha256)
    receiving.add_scan(story.session, slip, scan, act)
    commands.issue(story.session, SlipKind.TRANSFER_LETTER, TRANSFER, act, LETTERHEAD, appeal=story.appeal)
    unit = story.session.get_one(Unit, story.appeal.lead_unit_id)
    supervised.record(story.session, RecordKind.SUPERVISION_ORDER, unit, story.appeal)


def _at_work(scene: Scene) -> list[str]:
    """Confidential appeals that somebody works on: told, given to the unit, handled with another one's help, and that
    one asked to be opened. Addresses that no link leads to.
    """
    mark, uids = canaries("confidential"), []
    who = Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"])
    with scene.database.writing() as session:
        for state in (State.SUBMITTED, State.DISPATCHED, State.HANDLING):
            files = (keep(scene.app.extensions["zhitongche.files"], document(mark["author"]), f"{mark['file']}.pdf"),)
            story = Story(
                session, unit=UNITS["lead"], is_confidential=True, identity=who, complexity=Complexity.COMPLEX,
                files=files, title=f"还在办理的一件{state}",
            ).to(State.SUBMITTED if state is State.SUBMITTED else State.DISPATCHED)
            if state is State.HANDLING:
                ask_to_assist(story, 0)
            uids.append(story.to(state).appeal.uid)
    about = scene.subject("confidential", State.HANDLING)  # on an enterprise's list
    nobody = scene.person(frozenset(), "none")
    account = made(scene, "enterprise account", nobody, about)["uid"]
    registration = made(scene, "registration", nobody, about)["uid"]
    made(scene, "request", nobody, replace(about, uid=uids[-1]))
    clerk = scene.person(frozenset({Role.CLERK}), "office")
    made(scene, "done job", clerk, about)
    made(scene, "job", clerk, about)
    return [
        f"/desk/appeals/{uids[-1]}/preview", f"/desk/appeals/{uids[-1]}/preliminary",
        f"/admin/enterprise-accounts/{account}", f"/admin/enterprises/{registration}", "/filters/desk",
        f"/appeals/rate/{LINK}", f"/appeals/rate/{LINK}/qr.svg",
    ]


def appellant(told: Told, appeal: str) -> str:
    who = told.scene.newcomer(frozenset(), "none")
    form = {"csrf_token": who.csrf, "number": told.numbers[appeal], "code": CODE}
    assert who.client.post("/appeals/track", data=form).status_code == 303
    return Crawl(who).all("/appeals/track")


def test_canaries_are_seen_by_whom_the_list_allows_and_by_nobody_else(
    told: Told, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="zhitongche")
    texts, reached = {}, set[str]()
    for name, (roles, place) in PEOPLE.items():
        crawl = Crawl(told.scene.person(frozenset(map(Role, roles)), place))
        texts[name] = crawl.all(*STARTS, *told.hidden)
        reached |= crawl.endpoints()
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
    for name in ("supervisor", "director"):
        lost = {(one, kind) for one in FILED for kind in MATERIAL} - set(found_in(texts[name]))
        assert not lost, f"{name} may see what the appellant sent, and is not shown {lost}"
    missed = gets_of(told.scene.app) - reached
    assert missed <= ELSEWHERE, "; ".join(sorted(missed - ELSEWHERE))
    assert "filename*=UTF-8''证据2.pdf" in texts["lead handler"], "no PDF was handed to the unit"


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
                yield appeal, KINDS[name]


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

    def waiting() -> set[str]:
        listed = custodian.client.get("/custody").get_data(as_text=True)
        return set(re.findall(r"/custody/([0-9a-f]{32})", listed))

    before = waiting()
    told_nobody = [handler.client.get(page), post(handler, page, reason="需要当面核对材料的原件，不便转达。")]
    [request] = waiting() - before
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
