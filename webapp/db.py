"""Engine, sessions, and the one place that commits.

A request has one session. Unsafe methods open a writing transaction (`BEGIN IMMEDIATE` on SQLite, DUR-3) and commit
before
the answer leaves (DUR-1); safe methods never commit (WEB-4). An error, or an answer of 400 and above, rolls
everything back.
"""

import secrets
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import pysqlite3
from flask import Flask, Response, current_app, g, request
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

import models.tables
from webapp import turns
from webapp.config import Config

assert models.tables.metadata is not None
BUSY_TIMEOUT_MS = 8_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=1",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA trusted_schema=0",
    "PRAGMA secure_delete=1",  # what is deleted is overwritten, not only forgotten: identities, drafts, envelopes
    "PRAGMA recursive_triggers=1",  # or INSERT OR REPLACE deletes rows behind the back of our DELETE guards
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
)
RETRIED: Final = frozenset({"40001", "40P01"})
"""PostgreSQL gave up one of several transactions that were in each other's way: serialisation failure, deadlock."""
RETRIES: Final = 3
LONGEST_PAUSE_MS: Final = 80
Result = TypeVar("Result")
POSTGRES_OPTIONS = "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"


def make_engine(url: str) -> Engine:
    """SQLite through pysqlite3 (the system's 3.40 has the WAL-reset bug) or PostgreSQL through psycopg 3.

    `hide_parameters` keeps people's data out of error messages.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=True,
            connect_args={"options": POSTGRES_OPTIONS},
        )
    engine = create_engine(parsed, module=pysqlite3, hide_parameters=True, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A reader's BEGIN waits for nobody; a writer's waits for its turn among the writers, and lets pages be drawn
    meanwhile.
    """
    driver: Any = connection.connection.driver_connection
    if not connection.get_execution_options().get("is_write", False):
        driver.execute("BEGIN")
        return
    with turns.set_aside():
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class _Session(Session):
    """Answers `connection()` without asking anew whose it is: a page's statements go through one connection."""

    _known: Connection | None = None

    def connection(self, *arguments: Any, **options: Any) -> Connection:
        if arguments or options:
            return super().connection(*arguments, **options)
        if self._known is None or self._known.closed:
            self._known = super().connection()
        return self._known


class Database:
    """An engine with its two faces: reading and writing sessions."""

    def __init__(self, url: str, audit_key: bytes) -> None:
        self.engine = make_engine(url)
        self._writing = self.engine.execution_options(is_write=True)
        self._audit_key = audit_key
        self.sends_mail = False
        """Whether whoever is told something is also written to; where mail goes is `webapp.smtp`'s to know."""
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    def session(self, *, is_write: bool) -> Session:
        bind = self._writing if is_write else self.engine
        info = {"audit_key": self._audit_key, "sends_mail": self.sends_mail}
        return _Session(bind, info=info, expire_on_commit=False, autoflush=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.session(is_write=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction outside a request, or a short one of its own beside it. Commits at the end, rolls back on
        error.
        """
        with self.session(is_write=True) as session:
            yield session
            with turns.set_aside():
                session.commit()

    def dispose(self) -> None:
        self.engine.dispose()


def database() -> Database:
    return current_app.extensions["zhitongche.db"]


def session() -> Session:
    """The request's session, opened at first use."""
    if "session" not in g:
        g.session = database().session(is_write=request.method not in SAFE_METHODS)
    return g.session


def release() -> None:
    """Ends the request's transaction early, keeping nothing: before a PDF is rendered, so that no lock is held
    (PDF-2).
    """
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()


def commit_now() -> None:
    """Commits the request's transaction before a slow answer is made."""
    if "session" in g:
        with turns.set_aside():
            g.session.commit()
        release()


def is_alone(session: Session, name: str) -> bool:
    """Whether this transaction is the only one doing what is called so: two machines do the same timed acts. SQLite
    has one writer at a time in any case.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    key = zlib.crc32(name.encode())
    return bool(session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}).scalar_one())


def drop_journal() -> None:
    """Nothing of what was committed so far stays in SQLite's journal; while somebody reads it stays until next time."""
    if database().is_sqlite:
        with database().engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def after_commit(act: Callable[[], object]) -> None:
    """Runs once the transaction is durable: dropping files that a committed row no longer names, for one."""
    g.setdefault("after_commit", []).append(act)


def again(act: Callable[[], Result]) -> Result:
    """A view, and once more from its beginning when the database gave its transaction up for another's; at most three
    times (DUR-3). Nothing of the failed attempt is kept: what it wrote was rolled back, files sent are read anew.
    """
    for _ in range(RETRIES):
        try:
            return act()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") not in RETRIED:
                raise
            _begin_anew()
    return act()


def _begin_anew() -> None:
    g.pop("after_commit", None)
    release()
    for files in request.files.listvalues():
        for file in files:
            file.stream.seek(0)
    time.sleep(secrets.randbelow(LONGEST_PAUSE_MS) / 1000)  # so that two do not meet again at once


def init_app(app: Flask, config: Config) -> None:
    made = Database(config.database_url, config.audit_key)
    made.sends_mail = bool(config.smtp_url)
    app.extensions["zhitongche.db"] = made
    app.teardown_request(_close)


def finish(response: Response) -> Response:
    """Commits or rolls back the request. Called by the application after every view, before hooks that only read the
    answer.
    """
    opened: Session | None = g.get("session")
    if opened is None:
        return response
    if request.method not in SAFE_METHODS and response.status_code < 400:
        opened.commit()
        for act in g.pop("after_commit", []):
            act()
    else:
        opened.rollback()
    return response


def _close(error: BaseException | None) -> None:
    g.pop("after_commit", None)
    release()
