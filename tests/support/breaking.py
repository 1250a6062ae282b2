"""Throwing behind a flush on purpose, to prove that a request which fails leaves nothing (DUR-4)."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, col, func, select
from werkzeug.test import TestResponse

from models.audit.tables import AuditRow
from models.handling.tables import AppealEvent
from tests.support.page import PageClient
from tests.support.tables import content, counts
from webapp.db import Database

APART = ("limit_counts", "used_proofs")
"""Written in transactions of their own on purpose: a try that fails is a try."""
SEEN = ("login_sessions", *APART)
"""And what merely looking may change, when rows are compared and not counted."""
MOST_FLUSHES = 80


class Broken(RuntimeError):
    """Thrown on purpose behind a flush."""


@dataclass(eq=False)
class Breaker:
    """Lets `left` flushes pass, then throws."""

    left: int
    seen: int = 0

    def __call__(self, session: Session, context: object) -> None:
        self.seen += 1
        if self.seen > self.left:
            raise Broken


@contextmanager
def breaking_after(flushes: int) -> Iterator[Breaker]:
    breaker = Breaker(flushes)
    event.listen(Session, "after_flush", breaker)
    try:
        yield breaker
    finally:
        event.remove(Session, "after_flush", breaker)


def rows(database: Database) -> dict[str, int]:
    return {name: number for name, number in counts(database).items() if name not in APART}


def files(folder: Path) -> set[Path]:
    return {one for one in folder.rglob("*") if one.is_file()}


def broken_everywhere(app: Flask, database: Database, post: Callable[[], TestResponse], what: str) -> TestResponse:
    """Posts again and again, broken one flush later each time, until nothing breaks; the answer of that last time.

    After each break every table has as many rows as before and no file is new; after the first and the last break each
    row is as it was.
    """
    folder = app.extensions["zhitongche.config"].files_dir
    before, kept, told = rows(database), files(folder), content(database, but=SEEN)
    for flushes in range(MOST_FLUSHES):
        with breaking_after(flushes):
            try:
                answer = post()
            except Broken:
                stayed = rows(database).items() ^ before.items()
                assert not stayed, f"{what}, broken behind flush {flushes + 1}: rows stayed: {sorted(stayed)}"
                assert files(folder) == kept, f"{what}, broken behind flush {flushes + 1}: a file stayed"
                assert flushes or content(database, but=SEEN) == told, f"{what}: a row was changed"
                continue
        assert answer.status_code < 400, f"{what}: {answer.status_code} {answer.get_data(as_text=True)[-1500:]}"
        return answer
    raise AssertionError(f"{what} never came through")


def broken_in_portions(app: Flask, database: Database, post: Callable[[], TestResponse], what: str) -> TestResponse:
    """For lists that act on each appeal in a transaction of its own: what stays is whole, an event with its trace."""
    for flushes in range(MOST_FLUSHES):
        before = _events_and_traces(database)
        with breaking_after(flushes):
            try:
                answer = post()
            except Broken:
                after = _events_and_traces(database)
                assert after[0] - before[0] == after[1] - before[1], f"{what}, broken behind flush {flushes + 1}: half"
                continue
        assert answer.status_code < 400, f"{what}: {answer.status_code}"
        return answer
    raise AssertionError(f"{what} never came through")


def _events_and_traces(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        events = session.exec(select(func.count()).select_from(AppealEvent)).one()
        acts = select(func.count()).select_from(AuditRow).where(col(AuditRow.action) != "denied")
        return events, session.exec(acts).one()


@dataclass
class Walk:
    """The endpoints that a `BreakingClient` has posted to. `portions`: those that act on each of several by itself."""

    app: Flask
    database: Database
    portions: frozenset[str] = frozenset()
    visited: set[str] = field(default_factory=set)

    def post(self, path: str, act: Callable[[], TestResponse]) -> TestResponse:
        endpoint, _ = self.app.url_map.bind("localhost").match(path.split("?", maxsplit=1)[0], method="POST")
        self.visited.add(endpoint)
        breaking = broken_in_portions if endpoint in self.portions else broken_everywhere
        return breaking(self.app, self.database, act, endpoint)


class BreakingClient(PageClient):
    """A client whose every POST is first broken behind each of its flushes. Set as the application's client class."""

    walk: Walk

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        def act() -> TestResponse:
            return super(BreakingClient, self).open(*args, **kwargs)

        return self.walk.post(str(args[0]), act) if kwargs.get("method") == "POST" else act()


class SentAgain(io.BytesIO):
    """A file that is sent with every try."""

    def close(self) -> None:
        self.seek(0)
