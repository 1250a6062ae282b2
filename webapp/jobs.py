"""Long work beside the requests.

A feature lists what it lets run as `JOBS = (Kind(…), …)`; `order` writes the job's row in the request's transaction and
hands its uid to the queue once that is durable. A message may be lost, come twice or come late: the row decides. The
work begins anew when its process died, so it must bear that. `webapp.job_queue` is the queue, `webapp.progress` the
page that shows how far a job is.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, current_app
from sqlmodel import Session

from models.accounts.types import Actor
from models.errors import DomainError
from models.jobs import commands, queries
from models.jobs.tables import Job
from models.jobs.types import RESULT_KEPT_FOR, JobState
from webapp import clock, db
from webapp.config import Config
from webapp.files import sync

if TYPE_CHECKING:
    from webapp.job_queue import Queue

TOLD_EVERY_SECONDS: Final = 0.5
"""How often a run writes how far it is, and learns that it was cancelled."""


class Stopped(Exception):
    """The run ends here, and what it made is dropped: the job was cancelled or begun anew by another."""


class Interrupted(Exception):
    """The process is told to end: the job waits for the next one."""


class Running:
    """One run of a job, as its work sees it."""

    def __init__(self, job: Job, results: Path, stopping: Event) -> None:
        self.uid, self.account_id, self.attempt = job.uid, job.account_id, job.attempts
        self.facts: Mapping[str, Any] = job.facts
        self.draft = results / f".{job.uid}-{job.attempts}"
        """Where the work writes its result. It is there for others when the work has ended well."""
        self._kept, self._stopping, self._told_at = results / job.uid, stopping, 0.0

    def step(self, done: int, total: int) -> None:
        """Says how far it is. Raises what ends the work early; no transaction may be open (`turns`)."""
        if self._stopping.is_set():
            raise Interrupted
        if done < total and time.monotonic() - self._told_at < TOLD_EVERY_SECONDS:
            return
        with db.database().writing() as session:
            is_mine = commands.advance(session, self.uid, self.attempt, done=done, total=total, now=clock.now())
        self._told_at = time.monotonic()
        if not is_mine:
            raise Stopped

    def keep(self) -> None:
        """The result under its own name, on the disk before the row says so (DUR-1)."""
        sync(self.draft)
        self.draft.rename(self._kept)
        sync(self._kept.parent)


Work = Callable[[Running], str]
"""Does it, asks `step` now and then, writes `draft` and answers what the result is called ("" when there is none).
Raises a DomainError with a code of `webapp.messages`, without facts, for what is the orderer's to know. Reads and
writes through `db.database()`: no request is there.
"""


@dataclass(frozen=True)
class Kind:
    """`label` is what its page is called. `is_secret`: the result holds what may stand nowhere else; it is handed out
    by a POST that leaves a trace, may be deleted at once, and `warning` says so on its page.
    """

    name: str
    label: str
    work: Work
    kept_for: timedelta = RESULT_KEPT_FOR
    is_secret: bool = False
    warning: str = ""


class Jobs:
    """What an application lets run, and its queue, made at first use: its packages cost a server process that orders
    nothing a third of a second.
    """

    def __init__(self, app: Flask, config: Config) -> None:
        self.kinds: dict[str, Kind] = {}
        self.stopping = Event()
        self.results = config.results_dir
        self._app, self._config = app, config
        self._queue: Queue | None = None

    def take_on(self, kinds: Iterable[Kind]) -> None:
        self.kinds |= {kind.name: kind for kind in kinds}

    @property
    def queue(self) -> "Queue":
        if self._queue is None:
            from webapp.job_queue import Queue

            self._queue = Queue(self._app, self._config)
        return self._queue


def init_app(app: Flask, config: Config) -> None:
    app.extensions["zhitongche.jobs"] = Jobs(app, config)


def jobs() -> Jobs:
    return current_app.extensions["zhitongche.jobs"]


def order(session: Session, actor: Actor, kind: str, facts: dict[str, Any], *, total: int = 0) -> Job:
    """In the request's transaction. Its page is `url_for("progress.show", uid=job.uid)`."""
    if kind not in jobs().kinds:
        raise KeyError(kind)
    job = commands.order(session, actor, kind, facts, total=total, now=clock.now())
    db.after_commit(partial(hand_in, job.uid))
    return job


def hand_in(uid: str) -> None:
    """A queue that cannot be reached costs a delay, not the job: what waits is handed in again (`push`)."""
    queue = jobs().queue
    try:
        queue.run(uid)
    except queue.unreachable as error:
        logging.getLogger("zhitongche").warning("queue unreachable", exc_info=error)


def result_path(job: Job) -> Path:
    return jobs().results / job.uid


def run(uid: str) -> None:
    """One message of the queue: the job, if it is still to be done."""
    with db.database().writing() as session:
        if not commands.begin(session, uid, now=clock.now()):
            return
        job = queries.job_by_uid(session, uid)
    jobs().results.mkdir(mode=0o700, exist_ok=True)
    running = Running(job, jobs().results, jobs().stopping)
    name, end = "", partial(commands.fail, code="job_broken")  # for whatever else goes wrong: the log has it
    try:
        name = jobs().kinds[job.kind].work(running)
        end = partial(commands.finish, result_name=name)
    except (Stopped, Interrupted):  # of a stopped run the row is not its own any more: it says nothing
        end = partial(commands.put_back)
    except DomainError as refused:
        end = partial(commands.fail, code=refused.code)
    finally:
        _close(running, end, has_result=bool(name))


def _close(running: Running, end: Callable[..., bool], *, has_result: bool) -> None:
    """The result gets its name before the row says that it is there; a run given up meanwhile leaves nothing."""
    with db.database().writing() as session:
        if end(session, running.uid, running.attempt, now=clock.now()) and has_result:
            running.keep()
    running.draft.unlink(missing_ok=True)


def push(now: datetime) -> int:
    """Jobs of dead processes wait again, and those that wait are handed in again. Returns how many were given up."""
    with db.database().writing() as session:
        given_up = commands.give_up_silent(session, now=now)
        waiting = {job.uid for job in given_up if job.state is JobState.QUEUED}
        waiting.update(queries.overlooked(session, now))
    for uid in sorted(waiting):
        hand_in(uid)
    return len(given_up)


def is_secret(job: Job) -> bool:
    kind = jobs().kinds.get(job.kind)
    return kind is not None and kind.is_secret


def drop_results(uids: Iterable[str]) -> None:
    for uid in uids:
        (jobs().results / uid).unlink(missing_ok=True)
