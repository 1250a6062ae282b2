"""Pages that are only read take turns; whoever waits for something lets the others go on."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from flask import Flask

from models.accounts.types import Role
from tests.support.page import PageClient
from webapp import access, turns

LONG = 5  # seconds: nobody waits so long unless something is wrong


@pytest.fixture
def is_sqlite(app: Flask) -> bool:
    return bool(app.extensions["zhitongche.db"].is_sqlite)


@pytest.fixture
def busy() -> Iterator[Thread]:
    """Somebody else's page is being drawn until the test says so."""
    begun, go_on = Event(), Event()

    def draw() -> None:
        with turns.taken():
            begun.set()
            go_on.wait(LONG)

    drawing = Thread(target=draw)
    drawing.start()
    assert begun.wait(LONG)
    drawing.go_on = go_on  # type: ignore[attr-defined]
    yield drawing
    go_on.set()
    drawing.join()


def asked(client: PageClient, path: str) -> tuple[Thread, list[int]]:
    answers: list[int] = []
    asking = Thread(target=lambda: answers.append(client.get(path).status_code))
    asking.start()
    return asking, answers


def test_a_page_waits_for_the_page_before_it(client: PageClient, busy: Thread, is_sqlite: bool) -> None:
    asking, answers = asked(client, "/")
    asking.join(0.3)
    assert asking.is_alive() is is_sqlite
    busy.go_on.set()  # type: ignore[attr-defined]
    asking.join(LONG)
    assert answers == [200]


def test_an_act_waits_for_no_page_before_its_body_has_come(client: PageClient, busy: Thread) -> None:
    """Who sends no token is answered while a page is drawn: the turn begins after the check that reads the body."""
    assert client.post("/login", data={}).status_code == 400


def test_static_files_wait_for_no_page(client: PageClient, busy: Thread) -> None:
    answer = client.get("/static/css/tokens.css")
    answer.close()
    assert answer.status_code == 200


def test_a_page_that_waits_for_the_write_lock_lets_others_be_drawn(
    app: Flask, client: PageClient, sign_in, is_sqlite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at an appeal is noted in a transaction of its own: while that waits, the next page is drawn."""
    handler, begun = sign_in(Role.HANDLER, unit="市监局"), Event()
    database = app.extensions["zhitongche.db"]

    def noting() -> str:
        begun.set()
        with database.writing() as second:
            second.connection()
            return "ok"

    monkeypatch.setitem(app.view_functions, "desk.index", access.signed_in(noting))
    with database.writing() as lock:
        lock.connection()  # BEGIN IMMEDIATE
        asking, answers = asked(handler, "/desk")
        assert begun.wait(LONG)
        assert client.get("/healthz").status_code == 200
        assert not is_sqlite or asking.is_alive()
    asking.join(LONG)
    assert answers == [200]


def test_the_turn_comes_back_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), turns.taken(), turns.set_aside():
        raise ZeroDivisionError
    with turns.taken():
        pass
