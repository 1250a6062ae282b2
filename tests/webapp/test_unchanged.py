"""Answers are kept exactly as long as the database stands still."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, text

from models.accounts.types import Role
from models.appeals.types import State
from tests.support.factories import Story
from webapp.db import Database
from webapp.unchanged import MOST_ANSWERS, Shelf, kept

COUNT = text("SELECT count(*) FROM appeals")


@pytest.fixture
def on_sqlite(app: Flask, database: Database) -> Iterator[None]:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps nothing")
    with app.app_context():
        yield


def ask(session: Session, asked: list[int], key: str = "count") -> int:
    """The number of appeals, and in `asked` every time it was really counted."""

    def count() -> int:
        asked.append(1)
        return int(session.execute(COUNT).scalar_one())

    return kept(session, key, count)


@pytest.mark.usefixtures("on_sqlite")
def test_the_second_answer_is_the_kept_one_for_each_key(database: Database) -> None:
    asked: list[int] = []
    for key in ("one", "one", "two"):
        with database.reading() as session:
            ask(session, asked, key)
    assert len(asked) == 2


@pytest.mark.usefixtures("on_sqlite")
def test_a_commit_on_any_connection_makes_the_answer_anew(database: Database) -> None:
    asked: list[int] = []
    with database.reading() as session:
        assert ask(session, asked) == 0
    for number in (1, 2):
        with database.reading() as first, database.writing() as other:
            first.connection()  # holds the pool's first connection, so that the other one commits
            Story(other)
        with database.reading() as session:
            assert ask(session, asked) == number
    with database.writing() as same:
        Story(same)
    with database.reading() as session:
        assert ask(session, asked) == 3


@pytest.mark.usefixtures("on_sqlite")
def test_an_open_reader_keeps_its_own_view_and_later_ones_see_the_change(database: Database) -> None:
    asked: list[int] = []
    with database.reading() as open_one:
        assert ask(open_one, asked) == 0
        with database.writing() as other:
            Story(other)
        assert ask(open_one, asked) == 0
    with database.reading() as later:
        assert ask(later, asked) == 1


@pytest.mark.usefixtures("on_sqlite")
def test_a_writing_session_keeps_nothing_so_that_a_rollback_leaves_no_trace(database: Database) -> None:
    asked: list[int] = []
    with database.session(is_write=True) as session:
        Story(session)
        session.flush()
        assert ask(session, asked) == 1
        session.rollback()
    with database.reading() as session:
        assert ask(session, asked) == 0


def test_the_longest_unused_answer_is_dropped_first() -> None:
    shelf = Shelf()
    shelf.put("first", 1, "kept by use")
    shelf.put("second", 1, "dropped")
    for number in range(MOST_ANSWERS - 1):
        shelf.find("first", 1)
        shelf.put(number, 1, number)
    assert shelf.find("first", 1) == ("kept by use",)
    assert shelf.find("second", 1) == ()


def test_two_units_looking_at_the_same_page_see_their_own(database: Database, sign_in) -> None:
    with database.writing() as session:
        Story(session, unit="市监局", title="市监局的件").to(State.DISPATCHED)
    with_it, without = sign_in(Role.HANDLER, unit="市监局"), sign_in(Role.HANDLER, unit="住建局")
    for _ in range(2):
        assert "市监局的件" in with_it.get("/desk").get_data(as_text=True)
        assert "市监局的件" not in without.get("/desk").get_data(as_text=True)


def test_a_kept_queue_carries_nobodys_token(database: Database, sign_in) -> None:
    with database.writing() as session:
        Story(session, unit="市监局").to(State.DISPATCHED)
    first, second = (sign_in(Role.HANDLER, unit="市监局").soup("/desk") for _ in range(2))
    for name in ("csrf_token", "submission_key"):
        one, other = (soup.select_one(f"#sign-many input[name={name}]")["value"] for soup in (first, second))
        assert one and other and one != other


def test_a_queue_made_anew_asks_as_often_for_many_rows_as_for_few(database: Database, sign_in) -> None:
    handler, asked = sign_in(Role.HANDLER, unit="市监局"), []
    handler.get("/desk")  # the first request also loads the calendar
    for more in (2, 10):
        with database.writing() as session:
            for _ in range(more):
                Story(session, unit="市监局").to(State.DISPATCHED)
        statements: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object, into=statements) -> None:
            into.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        soup = handler.soup("/desk")
        event.remove(database.engine, "before_cursor_execute", note)
        asked.append((len(soup.select("a.row-link")), len([one for one in statements if not one.startswith("BEGIN")])))
    assert [rows for rows, _ in asked] == [2, 12]
    assert asked[0][1] == asked[1][1] <= 5, asked
