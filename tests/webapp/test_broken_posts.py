"""Every other POST that writes, broken behind each of its flushes: not a row stays (DUR-4). The desk's acts are in
test_transactions.py."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from models.accounts.commands import create_account
from models.accounts.types import Role
from models.appeals.types import State
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient
from tests.support.tables import counts
from tests.webapp.test_transactions import Broken, breaking_after
from webapp.db import Database

PASSWORD = "芦苇荡里的三只白鹭-2026"
SHORT_OF_THEIR_OWN = ("limit_counts",)
"""Counters of tries, kept in a transaction of their own on purpose: a try that fails is a try."""
FILING = {
    "appellant_kind": "person", "appellant_name": "周喆珺", "phone": "13873712345", "kind": "complaint",
    "category": "permit_refused", "title": "食品经营许可变更超过承诺时限未出证", "step": "submit",
    "body": "十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。",
    "demands-0": "请告知何时出证。",
}


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


def rows(database: Database) -> dict[str, int]:
    return {name: number for name, number in counts(database).items() if name not in SHORT_OF_THEIR_OWN}


def fields_of(client: PageClient, page: str) -> dict[str, str]:
    """The hidden fields of every form on a page together: token, key, version."""
    tags = client.soup(page).find_all("input", type="hidden")
    return {str(tag["name"]): str(tag.get("value", "")) for tag in tags if tag.get("name")}


def broken_everywhere(database: Database, post: Callable[[], Any]) -> Any:
    """Posts again and again, broken one flush later each time, until nothing breaks; the answer of that last time."""
    before = rows(database)
    for flushes in range(40):
        with breaking_after(flushes):
            try:
                answer = post()
            except Broken:
                assert rows(database) == before, f"broken behind flush {flushes + 1}: something stayed"
                continue
        assert flushes >= 1, "nothing was broken"
        return answer
    raise AssertionError("it never came through")


@pytest.mark.parametrize(("role", "state", "action", "fields"), [
    (Role.CLERK, State.SUBMITTED, "accept", {}),
    (Role.CLERK, State.SUBMITTED, "dispatch", {"unit": "税务局", "level": "urgent"}),
    (Role.CLERK, State.SUBMITTED, "decline", {"reason": "civil_dispute"}),
    (Role.SUPERVISOR, State.HANDLING, "reclassify", {"reason": "涉及两家单位。"}),
    (Role.SUPERVISOR, State.IN_REVIEW, "reject", {"reason": "请答清第二点。"}),
    (Role.SUPERVISOR, State.IN_REVIEW, "publish", {}),
    (Role.CLERK, State.REPLIED, "close", {}),
])
def test_an_act_of_the_office_leaves_nothing_when_it_breaks(database, sign_in, role, state, action, fields):
    with database.writing() as session:
        appeal = Story(session).to(state).appeal
    client = sign_in(role)
    form = {**fields_of(client, "/password"), "submission_key": "k" * 24, "version": str(appeal.version), **fields}
    answer = broken_everywhere(database, lambda: client.post(f"/office/appeals/{appeal.uid}/{action}", data=form))
    assert answer.status_code == 303


@pytest.mark.parametrize("step", ["save", "propose"])
def test_a_reply_leaves_nothing_when_it_breaks(database, sign_in, step):
    with database.writing() as session:
        uid = Story(session).to(State.HANDLING).appeal.uid
    client, path = sign_in(Role.HANDLER, unit="市监局"), f"/desk/appeals/{uid}/reply"
    answers = {f"entries-{n}-{name}": text for n in (0, 1) for name, text in (
        ("outcome", "solved"), ("facts", "已查明并办理。"), ("basis", "《办法》第三条"),
    )}
    form = fields_of(client, path) | answers | {"step": step}
    assert broken_everywhere(database, lambda: client.post(path, data=form)).status_code == 303


def test_a_filing_leaves_nothing_when_it_breaks(database, client):
    form = fields_of(client, "/appeals/new") | FILING
    answer = broken_everywhere(database, lambda: client.post("/appeals/new", data=form))
    assert (answer.status_code, rows(database)["appeals"]) == (303, 1)


def test_signing_in_and_out_leaves_nothing_when_it_breaks(database, client):
    with database.writing() as session:
        create_account(session, "zhoujie", "周杰", PASSWORD, [Role.CLERK], now=MORNING, is_one_time=False)
    form = fields_of(client, "/login") | {"username": "zhoujie", "password": PASSWORD}
    assert broken_everywhere(database, lambda: client.post("/login", data=form)).status_code == 303
    new = PASSWORD + "新"
    form = fields_of(client, "/password") | {"current": PASSWORD, "password": new, "repeated": new}
    assert broken_everywhere(database, lambda: client.post("/password", data=form)).status_code == 303


def test_a_kept_slip_is_not_recorded_as_printed_when_it_breaks(app, database, sign_in):
    import hashlib

    from models.slips.commands import keep_pdf

    pdf = b"%PDF-1.7 kept\n%%EOF\n"
    with database.writing() as session:
        slip = Story(session).to(State.REPLIED).slip
        name = app.extensions["zhitongche.files"].put(pdf)
        keep_pdf(session, slip, pdf_name=name, pdf_sha256=hashlib.sha256(pdf).hexdigest())
    client = sign_in(Role.CLERK)
    form, before = fields_of(client, "/password"), rows(database)
    with breaking_after(0), pytest.raises(Broken):
        client.post(f"/slips/{slip.uid}/print", data=form)
    assert rows(database) == before
    answer = client.post(f"/slips/{slip.uid}/print", data=form)
    assert (answer.status_code, answer.data) == (200, pdf)
    assert rows(database)["audit_log"] > before["audit_log"]
