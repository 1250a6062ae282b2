"""CON-4 and DUR-3: a lock that does not come free is 503 with the text kept, a deadlock is tried again; never a 500."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import event, text
from sqlmodel import Session

from models.accounts.tables import Account
from models.appeals.types import State
from tests.support.factories import Story
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.tables import counts
from webapp import access, db
from webapp.db import Database

WAITED = 500
"""Milliseconds that connections wait here instead of eight seconds, or five on PostgreSQL."""
FILING = {
    "appellant_kind": "person", "appellant_name": "周喆珺", "phone": "13873712345", "kind": "complaint",
    "category": "permit_refused", "title": "食品经营许可变更超过承诺时限未出证", "step": "submit",
    "body": "十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。",
    "demands-0": "请告知何时出证。",
}


@contextmanager
def impatient(database: Database) -> Iterator[None]:
    is_sqlite = database.engine.dialect.name == "sqlite"

    def shorten(connection: Any, record: Any, proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={WAITED}" if is_sqlite else f"SET lock_timeout = {WAITED}")
        cursor.close()

    event.listen(database.engine, "checkout", shorten)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", shorten)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Somebody holds what every filing needs, longer than anybody waits."""
    held, done = Event(), Event()

    def hold() -> None:
        with database.session(is_write=True) as session:
            session.execute(text("UPDATE audit_head SET seq = seq"))
            held.set()
            done.wait(30)
            session.rollback()

    holder = Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        holder.join()


def test_a_filing_that_meets_a_lock_comes_back_whole_and_goes_through_later(
    client: PageClient, database: Database
) -> None:
    form = hidden_fields(find_form(client.soup("/appeals/new"))) | FILING
    before = counts(database)
    began = time.monotonic()
    with impatient(database), locked(database):
        answer = client.post("/appeals/new", data=form)
    assert time.monotonic() - began < 5
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    said = answer.get_data(as_text=True)
    kept = ("title", "body", "demands-0", "appellant_name", "phone")
    assert all(FILING[name] in said for name in kept), "something typed is gone"
    assert counts(database) == before
    assert client.post("/appeals/new", data=form).status_code == 303
    assert counts(database)["appeals"] == before["appeals"] + 1


def test_whoever_comes_second_to_the_same_appeal_is_told_so_and_keeps_the_text(
    database: Database, session: Session, sign_in: Any
) -> None:
    """An act that read the appeal before a colleague's became durable: the database refuses the second event."""
    story = Story(session, unit="市监局").to(State.HANDLING)
    account = session.get_one(Account, story.handler.account_id)
    session.commit()
    handler = sign_in(account=account)
    form = find_form(handler.soup(f"/desk/appeals/{story.appeal.uid}"), "/note")
    with database.writing() as other:
        other.execute(
            text(
                "INSERT INTO appeal_events (appeal_id, seq, action, from_state, to_state, round, at, actor_name,"
                " effects, public_note, internal_note) SELECT appeal_id, seq + 1, 'note', to_state, to_state, round,"
                " at, actor_name, '{}', '', '' FROM appeal_events WHERE appeal_id = :id AND seq = :seq"
            ),
            {"id": story.appeal.id, "seq": story.appeal.version},
        )
    answer = handler.post(str(form["action"]), data=hidden_fields(form) | {form.textarea["name"]: "写给同事的话"})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 409, answer.status_code
    assert "写给同事的话" in said and "已经办理过" in said


# ---------------------------------------------------------------- PostgreSQL: deadlock and serialisation failure


@pytest.fixture
def on_postgres(database: Database) -> Database:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: nobody stands in anybody's way")
    with database.writing() as session:
        session.execute(text("INSERT INTO number_series VALUES ('left', 2026, 0), ('right', 2026, 0)"))
    return database


@pytest.fixture
def view(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], str]], None]:
    """Puts a view of the test's own where a harmless one is."""

    def put(act: Callable[[], str]) -> None:
        monkeypatch.setitem(app.view_functions, "public.toggle_large_type", access.public(act))

    return put


def _post(app: Flask, client: Any, **fields: Any) -> Any:
    token = hidden_fields(client.soup("/").find("form", action="/large-type"))
    return client.post("/large-type", data=token | fields, content_type="multipart/form-data")


def test_two_that_lock_each_other_out_both_get_done(app: Flask, on_postgres: Database, view: Any) -> None:
    """A real deadlock: each holds one row and wants the other's; the server gives one up, and it begins anew."""
    meeting, runs = Barrier(2), []

    def crosswise() -> str:
        rows = request.form["rows"].split()
        runs.append(rows)
        for row in rows:
            db.session().execute(text("UPDATE number_series SET last = last + 1 WHERE series = :row"), {"row": row})
            if row == rows[0] and len(runs) <= 2:
                meeting.wait(10)
        return f"{request.files['file'].stream.read()!r}"

    view(crosswise)
    clients = [app.test_client() for _ in range(2)]
    orders = ("left right", "right left")

    def send(number: int) -> Any:
        file = (BytesIO(b"content"), "a.pdf")
        return _post(app, clients[number], rows=orders[number], file=file)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert [(one.status_code, one.text) for one in answers] == [(200, "b'content'")] * 2
    assert len(runs) == 3, "one of the two was given up and came again"
    with on_postgres.reading() as session:
        counted = text("SELECT last FROM number_series WHERE series IN ('left', 'right')")
        assert session.execute(counted).scalars().all() == [2, 2]


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_who_is_given_up_again_and_again_is_told_to_come_later(
    app: Flask, on_postgres: Database, client: PageClient, view: Any, state: str
) -> None:
    runs = []

    def unlucky() -> str:
        runs.append(1)
        db.session().execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = '{state}'; END $$"))
        return "done"

    view(unlucky)
    answer = _post(app, client, title="我的标题")
    assert (answer.status_code, answer.headers["Retry-After"], len(runs)) == (503, "5", 1 + db.RETRIES)
    assert "我的标题" in answer.get_data(as_text=True)


def test_what_is_no_conflict_is_not_tried_again(
    app: Flask, on_postgres: Database, client: PageClient, view: Any
) -> None:
    runs = []

    def refused() -> str:
        runs.append(1)
        db.session().execute(text("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53300'; END $$"))
        return "done"

    view(refused)
    assert (_post(app, client).status_code, len(runs)) == (503, 1)
