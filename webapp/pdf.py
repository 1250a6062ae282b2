"""Makes PDFs in bounded child processes, so that no document can take the web server down (PDF-1, PDF-2).

Workers stay warm between documents. A request waits for at most `patience` seconds and `queue` others; whoever comes
after that is told to come back. Close the database session before calling `render`.
"""

from __future__ import annotations

import atexit
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as RenderTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from models.errors import DomainError
from webapp import turns

GIB: Final = 1 << 30
RECYCLE_AFTER: Final = 500  # documents; the libraries keep a little memory of each
ATTEMPTS: Final = 2
PATIENCE: Final = 30.0
MOST_PAGES: Final = 50  # of one document


@dataclass(frozen=True, slots=True)
class Job:
    """One document to render; `seconds` of processor time and `max_pages` bound it."""

    html: str
    assets: Mapping[str, bytes]
    max_pages: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The PDF, or the code of the refusal with what caused it."""

    pdf: bytes = b""
    refusal: str = ""
    cause: str = ""


def _start(fonts_conf: str, memory: int) -> None:
    from webapp import pdf_child  # here, so that WeasyPrint is loaded by the children only

    pdf_child.start(fonts_conf, memory)


def render_job(job: Job) -> Outcome:
    """Runs in the child."""
    from webapp import pdf_child

    return pdf_child.render(job)


def join_job(job: Job) -> Outcome:
    """Runs in the child: the assets, in the order of their names, as one document."""
    from webapp import pdf_join

    return Outcome(pdf_join.joined(job.assets[name] for name in sorted(job.assets)))


@dataclass(frozen=True, slots=True)
class Portion:
    """Slips, as they are stored, to be drawn into one document. `is_continued`: more will follow."""

    slips: tuple[str, ...]
    css: str
    max_pages: int
    seconds: int
    is_continued: bool = False


def draw_job(portion: Portion) -> Outcome:
    """Runs in the child."""
    from webapp import pdf_child

    return pdf_child.draw(portion)


class PdfBusy(DomainError):
    """All workers are taken and the queue is full: answer 503 with Retry-After. Code `pdf_busy`."""


class PdfRefused(DomainError):
    """This document cannot be printed. Codes: pdf_timeout, pdf_too_large, pdf_too_many_pages, pdf_foreign_address,
    pdf_crashed, pdf_text_too_long."""


Work = TypeVar("Work")
"""What a task of the child is given."""


class PdfRenderer:
    """Prints HTML on `workers` child processes, each limited in time, memory and pages.

    Starts them at the first document, once per process: safe to build before gunicorn forks and to share by threads.
    """

    def __init__(
        self, fonts_conf: Path | None, *, workers: int = 2, timeout: float = 20, memory: int = GIB,
        max_pages: int = MOST_PAGES,
        queue: int = 20,
    ) -> None:
        self._fonts_conf = str(fonts_conf) if fonts_conf and fonts_conf.is_file() else ""
        self._workers, self._timeout, self._memory = workers, timeout, memory
        self._max_pages, self._queue = max_pages, queue
        self._free = BoundedSemaphore(workers)
        self._lock = Lock()
        self._taken = 0
        self._pool: ProcessPool | None = None
        atexit.register(self.close)

    def render(self, html: str, *, assets: Mapping[str, bytes] = {}) -> bytes:
        """The PDF of a page whose only resources are `asset:<name>` of `assets`; equal input, equal bytes.

        Raises PdfBusy when too many wait, PdfRefused when this document cannot be printed.
        """
        with turns.set_aside():
            return self._run(render_job, Job(html, dict(assets), self._max_pages, int(self._timeout)))

    def draw(self, slips: Sequence[str], css: str, *, is_continued: bool = False) -> bytes:
        """Many slips in one PDF, for a quarter of what they cost one by one (`slip_pen`)."""
        with turns.set_aside():
            portion = Portion(tuple(slips), css, self._max_pages, int(self._timeout), is_continued)
            return self._run(draw_job, portion)

    def join(self, parts: Sequence[bytes]) -> bytes:
        """Our own PDFs one behind the other, with their bookmarks."""
        assets = {f"{no:06}": part for no, part in enumerate(parts)}
        with turns.set_aside():
            return self._run(join_job, Job("", assets, self._max_pages, int(self._timeout)))

    def close(self) -> None:
        """Ends the workers; the next document starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def _run(self, task: Callable[[Work], Outcome], job: Work) -> bytes:
        with self._place():
            outcome = self._attempt(task, job)
        if outcome.refusal:
            raise PdfRefused(outcome.refusal, cause=outcome.cause)
        return outcome.pdf

    def _attempt(self, task: Callable[[Work], Outcome], job: Work) -> Outcome:
        """Once more after a death: the worker may have died of something else. A second death is the document's."""
        for _ in range(ATTEMPTS):
            pool = self._started()
            try:
                return pool.schedule(task, args=[job], timeout=self._timeout).result()
            except RenderTimeout:
                return Outcome(refusal="pdf_timeout")
            except MemoryError:
                return Outcome(refusal="pdf_too_large")
            except ProcessExpired:
                continue
            except BrokenProcessPool:
                self._discard(pool)
        return Outcome(refusal="pdf_crashed")

    def _discard(self, pool: ProcessPool) -> None:
        """Drops a pool that lost a worker while it was idle or starting: it never recovers by itself."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.stop()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place in the queue, then a worker."""
        with self._lock:
            if self._taken >= self._workers + self._queue:
                raise PdfBusy("pdf_busy", waiting=self._taken)
            self._taken += 1
        try:
            if not self._free.acquire(timeout=PATIENCE):
                raise PdfBusy("pdf_busy", waiting=self._taken)
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._taken -= 1

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None or not self._pool.active:
                self._pool = ProcessPool(
                    max_workers=self._workers, max_tasks=RECYCLE_AFTER, initializer=_start,
                    initargs=[self._fonts_conf, self._memory], context=_context(),
                )
            return self._pool


def _context() -> multiprocessing.context.ForkServerContext:
    """Children come from a clean single-threaded server that has WeasyPrint loaded: a new one costs milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["webapp.pdf_child"])
    return context
