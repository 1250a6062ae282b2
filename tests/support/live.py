"""The real server for journeys and fault tests: gunicorn with our settings, a database and files of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp import migrate, seed
from webapp.config import ROOT, Config
from webapp.db import Database

START_SECONDS = 40


@dataclass(frozen=True)
class LiveServer:
    url: str
    config: Config
    database: Database
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(folder: Path, port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("FLASK_")},
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONWARNINGS": "ignore",
    }


def start(folder: Path, port: int, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """gunicorn in a process group of its own, so that a test can kill all of it."""
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn_conf.py", "wsgi:app"],
            cwd=ROOT,
            env={**settings(folder, port), **(more or {})},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    try:
        os.killpg(process.pid, how)
    except ProcessLookupError:
        return
    process.wait(timeout=40)


@contextmanager
def live_server(folder: Path, **more: str) -> Iterator[LiveServer]:
    """A served, migrated, seeded installation under `folder`; `more` are its settings beyond the usual."""
    port = free_port()
    config = Config.from_env({"DATA_DIR": str(folder), "PORT": str(port), **more})
    database = Database(config.database_url, config.audit_key)
    migrate.upgrade(database.engine)
    with database.writing() as session:
        seed.install(session)
    process = start(folder, port, more)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, process)
        yield LiveServer(url, config, database, process)
    finally:
        stop(process)
        database.dispose()
