"""Sweeps in processes of their own, all at the same moment: each is told the hour on its standard input and answers
when it is done.

`python -m tests.support.sweepers URL` is such a process.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from models.supervision.sweeping import Sweep
from models.workdays.queries import load_calendar
from models.workdays.types import WorkCalendar
from tests.support.engines import AUDIT_KEY
from tests.support.factories import LETTERHEAD
from webapp import ladder
from webapp.config import ROOT
from webapp.db import Database


class Sweepers:
    """Several processes that sweep at once."""

    def __init__(self, processes: list[subprocess.Popen[str]]) -> None:
        self.processes = processes

    def sweep(self, now: datetime) -> int:
        """How many steps they took together."""
        for one in self.processes:
            assert one.stdin is not None
            one.stdin.write(now.isoformat() + "\n")
            one.stdin.flush()
        return sum(_answer(one) for one in self.processes)


def _answer(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    assert said.isdigit(), f"a sweep failed: {said}"
    return int(said)


@contextmanager
def sweepers(url: str, count: int = 2) -> Iterator[Sweepers]:
    command = [sys.executable, "-m", "tests.support.sweepers", url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    processes = [subprocess.Popen(command, **pipes) for _ in range(count)]  # type: ignore[call-overload]
    try:
        yield Sweepers(processes)
    finally:
        for one in processes:
            one.stdin.close()
            one.wait(timeout=30)
            one.stdout.close()


def _serve(url: str) -> None:
    database = Database(url, AUDIT_KEY)
    calendar: WorkCalendar | None = None
    for line in sys.stdin:
        if calendar is None:
            with database.reading() as session:
                calendar = load_calendar(session)
        swept = ladder.climb(database, Sweep(datetime.fromisoformat(line.strip()), calendar, LETTERHEAD))
        print(swept.total(), flush=True)
    database.dispose()


if __name__ == "__main__":
    _serve(sys.argv[1])
