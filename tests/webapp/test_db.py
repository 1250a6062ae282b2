"""What connections are set to, how a transaction begins, what whoever meets a lock is told (DUR-2, DUR-3, CON-4)."""

import multiprocessing
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from models.accounts.types import Role
from models.audit.commands import append
from models.audit.queries import verdict
from models.audit.tables import AuditHead
from tests.support.engines import AUDIT_KEY
from tests.support.page import hidden_fields
from webapp import clock
from webapp.db import Database

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
PRAGMAS = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "recursive_triggers": 1,
    "busy_timeout": 8000, "secure_delete": 1,
}
PROCESSES, TURNS = 8, 200


@pytest.fixture
def is_sqlite(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


def test_every_pool_connection_is_durable_and_checks_references(database, is_sqlite):
    if not is_sqlite:
        pytest.skip("pragmas are SQLite's")
    opened = [database.engine.connect() for _ in range(40)]
    for connection in opened:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
        assert found == PRAGMAS
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        assert tuple(map(int, version.split("."))) >= (3, 51, 3), "the WAL-reset bug"
    for connection in opened:
        connection.close()


def test_every_postgres_connection_limits_its_waits_and_commits_durably(database, is_sqlite):
    if is_sqlite:
        pytest.skip("settings of PostgreSQL")
    with database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in (
                "lock_timeout", "idle_in_transaction_session_timeout", "fsync", "synchronous_commit", "TimeZone",
            )
        }
    assert found == {
        "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s", "fsync": "on", "synchronous_commit": "on",
        "TimeZone": "UTC",
    }


@pytest.fixture
def transactions(database: Database) -> Iterator[list[list[str]]]:
    """Every transaction as the statements it was made of, BEGIN first."""
    seen: list[list[str]] = []
    current: dict[int, list[str]] = {}

    def record(connection, cursor, statement, *rest):
        key = id(connection.connection.dbapi_connection)
        if statement.startswith("BEGIN"):
            current[key] = []
            seen.append(current[key])
        current.setdefault(key, []).append(statement)

    event.listen(database.engine, "before_cursor_execute", record)
    yield seen
    event.remove(database.engine, "before_cursor_execute", record)


def test_nothing_is_written_in_a_deferred_transaction(app, database, is_sqlite, transactions, sign_in):
    """DUR-3: signing in, being refused, changing a password, looking at pages: each write begins IMMEDIATE."""
    if not is_sqlite:
        pytest.skip("BEGIN IMMEDIATE is SQLite's")
    client = sign_in(Role.HANDLER, unit="市监局")
    for path in ("/", "/desk", "/office", "/appeals/new", "/login", "/password", "/slips"):
        client.get(path)
    client.send("/login", {"username": "nobody", "password": "wrong wrong"})
    client.post("/logout", data=hidden_fields(client.soup("/password").find("form", method="post")))
    written = [one for one in transactions if any(statement.lstrip().upper().startswith(WRITES) for statement in one)]
    assert len(written) >= 3
    assert [one for one in written if one[0] != "BEGIN IMMEDIATE"] == []


def _add_one(session, count: int) -> None:
    """A read, then a write of what was read: what fails at once in a deferred transaction."""
    for _ in range(count):
        append(session, at=clock.now(), actor_id=None, action="probe", object_kind="test")
        session.flush()


def _read_then_write(url: str, results: "multiprocessing.Queue[int]") -> None:
    database, failures = Database(url, AUDIT_KEY), 0
    for _ in range(TURNS):
        try:
            with database.writing() as session:
                _add_one(session, 1)
        except OperationalError:
            failures += 1
    database.dispose()
    results.put(failures)


@pytest.mark.slow
def test_eight_processes_that_read_then_write_meet_no_lock_error(database, database_url):
    with database.reading() as session:
        before = session.get(AuditHead, 1).seq
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["webapp.db", "models.audit.commands"])
    results = context.Queue()
    workers = [context.Process(target=_read_then_write, args=(database_url, results)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    failures = [results.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    assert failures == [0] * PROCESSES
    with database.reading() as session:
        assert session.get(AuditHead, 1).seq == before + PROCESSES * TURNS
        assert verdict(session, AUDIT_KEY).kind == "ok"


@pytest.fixture
def locked(database: Database) -> Iterator[Database]:
    """Somebody holds the lock that every act needs, longer than anybody waits here."""
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
    yield database
    done.set()
    holder.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, database: Database, is_sqlite: bool) -> None:
    """Connections that wait half a second instead of eight."""

    def shorten(connection, branch) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=500" if is_sqlite else "SET lock_timeout = 500")
        cursor.close()

    event.listen(database.engine, "checkout", lambda connection, record, proxy: shorten(connection, proxy))


def test_whoever_meets_a_lock_is_told_to_try_again_and_keeps_the_text(app: Flask, client, impatient, locked):
    """CON-4: 503 with Retry-After, what was typed on the page, never 500."""
    soup = client.soup("/login")
    form = hidden_fields(soup.find("main").find("form"))
    began = time.monotonic()
    typed = {"username": "somebody", "password": "wrong wrong", "title": "我的标题"}
    response = client.post("/login", data=form | typed)
    assert time.monotonic() - began < 5
    assert response.status_code == 503 and response.headers["Retry-After"] == "5"
    assert "我的标题" in response.get_data(as_text=True)
    assert "wrong wrong" not in response.get_data(as_text=True)


def test_a_signed_in_page_of_a_database_that_is_gone_is_an_answer_too(app: Flask, sign_in, tmp_path):
    """The error page asks who is signed in; that question must not fail a second time."""
    client = sign_in(Role.CLERK)
    kept = app.extensions["zhitongche.db"]
    app.extensions["zhitongche.db"] = Database(f"sqlite:///{tmp_path}/empty.db", AUDIT_KEY)
    try:
        for path in ("/office", "/", "/no-such-page"):
            response = client.get(path)
            assert response.status_code in (200, 404, 503), path
    finally:
        app.extensions["zhitongche.db"].dispose()
        app.extensions["zhitongche.db"] = kept


def test_a_failed_commit_is_a_503_and_never_a_receipt(app: Flask, database: Database, client, monkeypatch):
    """DUR-1: the answer is made of what the commit said."""
    from sqlmodel import Session

    def refuse(self: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    fields = hidden_fields(client.soup("/").find("form", action="/large-type"))
    assert fields.get("csrf_token")
    monkeypatch.setattr(Session, "commit", refuse)
    monkeypatch.setitem(app.view_functions, "public.toggle_large_type", _writing_view())
    response = client.post("/large-type", data=fields)
    assert response.status_code == 503 and "Retry-After" in response.headers


def _writing_view():
    from webapp import access, db

    @access.public
    def view():
        append(db.session(), at=clock.now(), actor_id=None, action="probe", object_kind="test")
        return "receipt"

    return view
