"""A server of ours or the bare one, and requests a second through kept connections: wrk where there is one."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import fmean

from tests.support.live import free_port, settings, wait_until_ready
from webapp.config import ROOT

ROUNDS, SECONDS, CONNECTIONS = 8, 1.0, 8
WRK = shutil.which("wrk")


@contextmanager
def served(application: str, folder: Path) -> Iterator[int]:
    """The port of `application` under webapp/gunicorn_conf.py with the database in `folder`."""
    port = free_port()
    environment = settings(folder, port) | {"WEB_WORKERS": "2"}
    with (folder / "bench.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn_conf.py", "--max-requests", "0",
             "--access-logfile", "/dev/null", application],
            cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
        )
    try:
        if application == "wsgi:app":
            wait_until_ready(f"http://127.0.0.1:{port}", process)
        else:
            _wait(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=40)


def memory(port: int) -> float:
    """Megabytes in memory of the server's largest process."""
    named = f"PORT={port}".encode()
    sizes = [
        int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        for folder in Path("/proc").glob("[0-9]*")
        if os.access(folder / "environ", os.R_OK) and named in _environ(folder)
    ]
    return max(sizes)


def _environ(folder: Path) -> list[bytes]:
    try:
        return (folder / "environ").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile
        return []


def _wait(port: int) -> None:
    for _ in range(400):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the reference did not start")


def side_by_side(rates: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The mean of each rate, measured in turn for a second, several times: a slow spell of the machine hits all."""
    for one in rates.values():
        one()
    found: dict[str, list[float]] = {name: [] for name in rates}
    for _ in range(ROUNDS):
        for name, one in rates.items():
            found[name].append(one())
    return {name: fmean(values) for name, values in found.items()}


def pages(port: int, path: str, cookie: str = "") -> Callable[[], float]:
    """Measures GETs answered with 200 a second. Raises when an answer is anything else."""
    cookie = _visit(port, path, cookie)
    return partial(_by_threads if WRK is None else _by_wrk, port, path, cookie)


def _visit(port: int, path: str, cookie: str) -> str:
    """The first look at the page, and the cookie that a browser sends from then on."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise AssertionError(f"{path} answers {answer.status}")
    return (answer.getheader("Set-Cookie") or cookie).split(";")[0]


def _by_wrk(port: int, path: str, cookie: str) -> float:
    address, header = f"http://127.0.0.1:{port}{path}", f"Cookie: {cookie}"
    command = [str(WRK), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS:.0f}s", "-H", header, address]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text:
        raise AssertionError(f"{path}: {text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]


def _by_threads(port: int, path: str, cookie: str) -> float:
    counts, ends = [0] * CONNECTIONS, time.monotonic() + SECONDS

    def ask(slot: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        while time.monotonic() < ends:
            connection.request("GET", path, headers={"Cookie": cookie})
            counts[slot] += connection.getresponse().read() != b""
        connection.close()

    threads = [threading.Thread(target=ask, args=(slot,)) for slot in range(CONNECTIONS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(counts) / SECONDS
