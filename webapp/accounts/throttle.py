"""How fast passwords may be tried (AUT-2): whoever guesses is slowed down, and keeps nobody else out by it (T14).

Counted are a name from one address, the name from everywhere and the address with all its names, alike for names that
exist and that do not (AUT-3). An attempt counts as wrong before the slow hash, so that many at once cannot slip
through, and is taken back when it was right. What waits longest is a minute, ten for a name that is being guessed at.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from threading import BoundedSemaphore, Lock
from typing import Final, NamedTuple

from sqlmodel import Session

from models.accounts import commands, queries
from models.appeals import limits
from webapp import clock, db, sources

TOO_MANY = "密码输错次数过多，请约 {minutes} 分钟后再试；忘记密码的，请联系系统管理员或者市优办重置。"
CROWDED = "从您所在网络登录的人较多，请几秒后再试。"
PACE_SECONDS = 0.25
"""Between two attempts from an address that tries too much, in each process: the hash takes a seventh of it."""
CROWDED_SECONDS: Final = 3
_turn = Lock()
_places = BoundedSemaphore(2)
"""One attempt from such addresses is looked at and one waits: no flood takes all threads of a worker."""


class TooManyTries(Exception):
    """It may be tried again after `seconds`; `message_zh` says so."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.message_zh = message.format(minutes=-(-seconds // 60))


class _Subjects(NamedTuple):
    """Keyed hashes: neither names nor addresses are stored."""

    pair: str
    name: str
    address: str


def signs_in(username: str, is_right: Callable[[], bool]) -> bool:
    """Whether name and password belong together, asked only while there is patience left. Raises TooManyTries."""
    db.release()
    now, subjects = clock.now(), _subjects(username)
    with db.database().reading() as session:
        _require_patience(session, subjects, now)
        is_crowded = bool(queries.seconds_to_wait(session, queries.OF_ADDRESS, subjects.address, now))
        is_known = limits.is_known_place(session, subjects.pair, now)
    with _in_turn() if is_crowded and not is_known else nullcontext():
        if not _tried(subjects, lambda session: _require_patience(session, subjects, now), is_right):
            return False
    with db.database().writing() as session:
        limits.remember_place(session, subjects.pair, now)
    return True


def knows_own(account_uid: str, is_right: Callable[[], bool]) -> bool:
    """Whether somebody signed in knows the password of their own account. Raises TooManyTries."""
    db.release()
    now, subject = clock.now(), sources.keyed("own_password", account_uid)
    return _tried([subject], lambda session: _require(session, queries.OF_PAIR, subject, now), is_right)


def _tried(subjects: Sequence[str], require: Callable[[Session], None], is_right: Callable[[], bool]) -> bool:
    with db.database().writing() as session:
        require(session)
        noted = commands.note_failures(session, subjects, now=clock.now())
    if not is_right():
        return False
    with db.database().writing() as session:
        commands.take_back(session, noted)
    return True


def _require_patience(session: Session, subjects: _Subjects, now: datetime) -> None:
    _require(session, queries.OF_PAIR, subjects.pair, now)
    is_guessed_at = queries.seconds_to_wait(session, queries.OF_NAME, subjects.name, now)
    if is_guessed_at and not limits.is_known_place(session, subjects.pair, now):
        _require(session, queries.PATIENCE, subjects.pair, now)


def _require(session: Session, bound: queries.FailureBound, subject: str, now: datetime) -> None:
    seconds = queries.seconds_to_wait(session, bound, subject, now)
    if seconds:
        raise TooManyTries(TOO_MANY, seconds)


def _subjects(username: str) -> _Subjects:
    address, name = sources.here().key, sources.keyed("login", username)
    return _Subjects(sources.keyed("login_from", f"{address}:{name}"), name, address)


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise TooManyTries(CROWDED, CROWDED_SECONDS)
    try:
        with _turn:
            yield
            time.sleep(PACE_SECONDS)
    finally:
        _places.release()
