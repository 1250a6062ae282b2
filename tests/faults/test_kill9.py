"""F1: the server is killed again and again while people file; whoever saw a receipt has an appeal, exactly one."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlmodel import select

from models.appeals.tables import Appeal
from tests.support.live import live_server, settings, start, wait_until_ready
from tests.support.visitor import RETRY, Visitor
from webapp.config import ROOT
from webapp.forms import key_digest

CLIENTS, KILLS, SECONDS = 3, 20, 180
DICE = 20261122


class Filer(threading.Thread):
    """Files one appeal after another; after an error sends the same form, with the same key, again."""

    def __init__(self, port: int, stop: threading.Event) -> None:
        super().__init__()
        self.visitor, self.stop = Visitor(port), stop
        self.receipts: dict[str, str] = {}
        self.errors = 0
        self.fault: str = ""

    def run(self) -> None:
        try:
            self._file_until_stopped()
        finally:
            self.visitor.close()

    def _file_until_stopped(self) -> None:
        while not self.stop.is_set():
            form = self._until_done(self.visitor.form)
            if form is None:
                return
            number = self._until_done(lambda form=form: self.visitor.send(form))
            if number is None:
                return
            self.receipts[key_digest(form["submission_key"])] = number

    def _until_done(self, act):
        while not self.stop.is_set():
            try:
                return act()
            except RETRY as error:
                self.errors += 1
                self.fault = str(error)
                time.sleep(0.15)
        return None


def flask(folder, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=ROOT, env=settings(folder, port),
        capture_output=True, text=True, timeout=120,
    )


def _wait_for_receipts(filers: list[Filer], *, until: float) -> None:
    """So that each kill falls into traffic, however slowly this machine starts a server."""
    before = sum(len(filer.receipts) for filer in filers)
    while time.monotonic() < until and sum(len(filer.receipts) for filer in filers) < before + CLIENTS:
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")  # of a server that was killed while answering
def test_no_receipt_is_lost_or_doubled_when_the_server_is_killed(tmp_path):
    thrown, stop = random.Random(DICE), threading.Event()
    with live_server(tmp_path) as served:
        port, process = served.config.port, served.process
        filers = [Filer(port, stop) for _ in range(CLIENTS)]
        for filer in filers:
            filer.start()
        ended, kills = time.monotonic() + SECONDS, 0
        try:
            while kills < KILLS and time.monotonic() < ended:
                _wait_for_receipts(filers, until=time.monotonic() + 4)
                time.sleep(thrown.uniform(0.0, 0.4))
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                process = start(tmp_path, port)
                wait_until_ready(served.url, process)
            time.sleep(1.0)
        finally:
            stop.set()
            for filer in filers:
                filer.join()
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=40)
        receipts = {digest: number for filer in filers for digest, number in filer.receipts.items()}
        with served.database.reading() as session:
            stored = {one.submission_digest: one.number for one in session.exec(select(Appeal)).all()}
    errors = sum(filer.errors for filer in filers)
    print(f"{kills} kills, {len(receipts)} receipts, {errors} retries")
    assert len(receipts) >= 20, f"only {len(receipts)} receipts: {filers[0].fault}"
    assert kills == KILLS
    assert receipts.items() <= stored.items(), "a receipt without its appeal"
    assert len(set(stored.values())) == len(stored)
    assert len(stored) - len(receipts) <= CLIENTS, "more than what was in flight at the end"
    check, verify = flask(tmp_path, port, "check"), flask(tmp_path, port, "audit", "verify")
    assert check.returncode == 0 and check.stdout.strip().endswith("0 problems"), check.stdout + check.stderr
    assert verify.returncode == 0 and verify.stdout.startswith("ok "), verify.stdout + verify.stderr
