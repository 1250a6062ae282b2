"""The queue of jobs: huey over SQLite, or over Redis where REDIS_URL names one. Its packages are imported here only.

What goes through it is a uid, signed; results and progress are in the database. Timed acts are the consumer's: each is
done every few minutes by whichever machine comes first, and a second one finds nothing to do.
"""

import signal
from collections.abc import Callable
from threading import Event
from typing import Any, Final

import pysqlite3
from flask import Flask
from huey import Huey, RedisHuey, crontab
from huey.serializer import SignedSerializer
from huey.storage import SqliteStorage
from redis.exceptions import RedisError

from webapp import clock, jobs
from webapp.config import Config
from webapp.sweeping import ACTS, TimedAct

NAME: Final = "zhitongche"
WORKERS: Final = 2
"""Threads: one may be busy with a long batch while another sends mail."""
LONGEST_PAUSE: Final = 2.0
"""Seconds between two looks into an empty SQLite queue."""
GRACE_SECONDS: Final = 30.0


class _Storage(SqliteStorage):
    """Through pysqlite3, as the database itself: the system's SQLite has the WAL-reset bug."""

    integrity_error = pysqlite3.IntegrityError
    operational_error = pysqlite3.OperationalError

    def _create_connection(self) -> Any:
        connection = pysqlite3.connect(self.filename, timeout=self._timeout, check_same_thread=False)
        connection.isolation_level = None
        self._set_journal_mode(connection)
        connection.execute("PRAGMA synchronous=FULL")
        return connection


class Queue:
    """`run(uid)` hands a job in. `unreachable` is what that raises when the queue cannot be reached."""

    unreachable = (OSError, RedisError, pysqlite3.Error)

    def __init__(self, app: Flask, config: Config) -> None:
        self._app = app
        self.huey = _huey(config)
        self.run: Callable[[str], object] = self.huey.task(name="run")(self._inside(jobs.run))
        for act in ACTS:
            every = crontab(minute=f"*/{act.minutes}")
            self.huey.periodic_task(every, name=act.name)(self._inside(_timed(act)))

    def _inside(self, act: Callable[..., object]) -> Callable[..., None]:
        """The act inside an application context of its own. No request is there: sessions come from `db.database()`."""

        def run(*arguments: object) -> None:
            with self._app.app_context():
                act(*arguments)

        return run

    def consume(self, has_ended: Callable[[], bool] = lambda: False) -> None:
        """Works until told to end (TERM, INT, HUP) or until `has_ended`; what is begun ends well or is put back."""
        stop = Event()
        consumer = self.huey.create_consumer(workers=WORKERS, max_delay=LONGEST_PAUSE, shutdown_timeout=GRACE_SECONDS)
        consumer.start()
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, lambda *_: stop.set())
        while not (stop.wait(1.0) or has_ended()):
            consumer.check_worker_health()
        self._app.extensions["zhitongche.jobs"].stopping.set()
        consumer.stop(graceful=True)


def _timed(act: TimedAct) -> Callable[[], object]:
    return lambda: act.run(clock.now())


def _huey(config: Config) -> Huey:
    common = {"results": False, "serializer": SignedSerializer(config.queue_key), "immediate": config.runs_jobs_at_once}
    if config.redis_url:
        return RedisHuey(NAME, url=config.redis_url, **common)
    config.data_dir.mkdir(mode=0o700, exist_ok=True)
    return Huey(NAME, storage_class=_Storage, filename=str(config.queue_file), **common)
