"""Pages that are only read take turns within a worker process.

Python runs one thread at a time in any case, but SQLite lets go of the interpreter at every row it steps to: four
threads that draw pages at once hand it to each other some fifty times a page, through the kernel each time. Measured
at four threads: less than half the pages a second, and every one of them later. So a page that only reads keeps its
turn from its first statement to its last, and an act from when its body has come. What waits for something else
sets its turn aside: the write lock, the disk, a child process, a slow hash. Downloads leave without one, and a
database that answers over a network has no turns at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

_turn = Lock()
_mine = local()


@contextmanager
def taken() -> Iterator[None]:
    """This thread's turn, after those who came first; it keeps the one it has."""
    if getattr(_mine, "is_held", False):
        yield
        return
    with _turn:
        _mine.is_held = True
        try:
            yield
        finally:
            _mine.is_held = False


@contextmanager
def set_aside() -> Iterator[None]:
    """Others may go on while this thread waits for something. Nothing happens when it has no turn."""
    if not getattr(_mine, "is_held", False):
        yield
        return
    _mine.is_held = False
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
        _mine.is_held = True
