"""Answers kept while the database has not changed: an exact memory for pages that many people open again and again.

SQLite tells each connection whether anybody else has committed (`PRAGMA data_version`) and how many rows it changed
itself (`total_changes`). While neither number moves, what was read through that connection is still what stands there,
so nothing is ever out of date and nothing has to be thrown away by hand. A writing request keeps nothing: what it sees
may be rolled back. PostgreSQL has no such numbers; there every answer is made anew.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from flask import current_app
from sqlmodel import Session

MOST_ANSWERS = 128
TOKEN, SHELF = "zhitongche.token", "zhitongche.unchanged"
Answer = TypeVar("Answer")


class Shelf:
    """The answers of one worker process, the longest unused dropped first. Each remembers the state it was made in."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable, state: Hashable) -> tuple[Any, ...]:
        """The answer in a tuple of one, or nothing."""
        with self._lock:
            made_in, answer = self._answers.get(key, (None, None))
            if made_in != state:
                return ()
            self._answers.move_to_end(key)
            return (answer,)

    def put(self, key: Hashable, state: Hashable, answer: Any) -> None:
        with self._lock:
            self._answers[key] = (state, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)


def kept(session: Session, key: Hashable, make: Callable[[], Answer]) -> Answer:
    """What `make` answered for this key, as long as nothing at all was written since.

    The key must name everything beside the database that the answer depends on: who asks, the day, the filters. The
    answer must hold plain values, never rows of the session.
    """
    state = _state(session)
    if state is None:
        return make()
    token, moment = state
    shelf: Shelf = current_app.extensions.setdefault(SHELF, Shelf())
    found = shelf.find((token, key), moment)
    if found:
        return found[0]
    answer = make()
    shelf.put((token, key), moment, answer)
    return answer


def _state(session: Session) -> tuple[object, Hashable] | None:
    """The connection's own token and its two numbers; None where an answer may not be kept."""
    connection = session.connection()
    if connection.dialect.name != "sqlite" or connection.get_execution_options().get("is_write"):
        return None
    raw = connection.connection.dbapi_connection
    assert raw is not None
    token = connection.info.setdefault(TOKEN, object())
    [version] = raw.execute("PRAGMA data_version").fetchone()
    return token, (version, raw.total_changes)
