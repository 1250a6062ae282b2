"""One child process for material from strangers: what hangs, crashes or eats memory there does not stop the web.

Started at the first use, restarted after a crash, a timeout or TASKS_PER_CHILD tasks. The functions it runs
live in small modules of their own, and take and return plain values.
"""

import atexit
import multiprocessing
import os
import resource
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from webapp import turns

T = TypeVar("T")

# The server that forks the children is one for the whole process and loads these once: a child then starts in
# milliseconds. Whoever starts it first decides, so the list names the children of webapp.pdf as well.
PRELOADED: Final = (
    "webapp.image_child", "webapp.pdf_scan", "webapp.pdf_copy", "webapp.sheet_child", "webapp.pdf_child",
)  # fmt: skip
TASKS_PER_CHILD: Final = 50
MEMORY_BYTES: Final = 768 * 2**20  # 25 megapixels in four bytes are 100 MB; libraries and one copy fit several times
CPU_SECONDS: Final = 10
QUEUE_SECONDS: Final = 30  # how long a task may wait for those before it


class ChildFailed(Exception):
    """The child was killed: out of time, memory or processor, or it crashed on the material."""


class ChildBusy(Exception):
    """The child had no time for this task within QUEUE_SECONDS; nothing is known of the material."""


def _restrict() -> None:
    """Runs first in the child: no new files with content, few descriptors, no core dump with somebody's picture."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(function: Callable[..., T], *arguments: Any) -> T:
    """In the child: the task with CPU_SECONDS from now on, whatever earlier tasks have used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, hard))
    return function(*arguments)


class Child:
    """The lazily started child of this process. A forked copy of the process gets a child of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._owner = 0

    def run(self, function: Callable[..., T], *arguments: Any, seconds: float) -> T:
        """What the function answers. Raises ChildFailed after `seconds` of work or a crash, ChildBusy when never begun.

        An exception of the function itself is raised here as it is.
        """
        future = self._started().schedule(_run, (function, *arguments), timeout=seconds)
        try:
            with turns.set_aside():
                return future.result(timeout=seconds + QUEUE_SECONDS)
        except FutureTimeoutError as error:
            # Pebble's own timeout sets the future's result; ours leaves it open.
            if future.done():
                raise ChildFailed("timeout") from error
            future.cancel()
            raise ChildBusy from error
        except (ProcessExpired, MemoryError) as error:
            raise ChildFailed("crashed") from error

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None or self._owner != os.getpid() or not self._pool.active:
                # forkserver: the web process has threads, and a plain fork of it may hang on somebody's lock.
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload(list(PRELOADED))
                self._pool = ProcessPool(
                    max_workers=1, max_tasks=TASKS_PER_CHILD, initializer=_restrict, context=context
                )
                self._owner = os.getpid()
            return self._pool

    def stop(self) -> None:
        """Ends the child at once; the next task starts another."""
        with self._lock:
            if self._pool is not None and self._owner == os.getpid():
                self._pool.stop()
                self._pool.join()
            self._pool = None


CHILD: Final = Child()
atexit.register(CHILD.stop)
