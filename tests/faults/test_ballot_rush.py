"""One ballot a code, whatever happens at once: eight processes try every code twice; the server is killed while people
vote (DUR-1, DUR-5). In small here; the full figures with BALLOT_CODES=1000 and BALLOT_KILLS=40 (prints them with -s).
"""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from models.errors import Refused
from models.ratings import casting, checks, closing, queries
from models.ratings.vault import RatingVault
from tests.support.engines import AUDIT_KEY
from tests.support.live import live_server, start, wait_until_ready
from tests.support.ratings import TODAY, VAULT, answers, rating
from tests.support.visitor import HIDDEN, RETRY, VALUE, Visitor
from webapp import clock
from webapp.db import Database

CODES = int(os.environ.get("BALLOT_CODES", "48"))
KILLS = int(os.environ.get("BALLOT_KILLS", "3"))
PROCESSES, VOTERS, SECONDS = 8, 4, 120
DICE = 20261127


def vote(url: str, codes: list[str], ready: "multiprocessing.synchronize.Barrier") -> Counter[str]:
    """A process of its own: keeps and casts each of these, and says what came of it."""
    database, said = Database(url, AUDIT_KEY), Counter[str]()
    ready.wait(60)
    for number, code in enumerate(codes):
        while (found := attempt(database, code, number % 101)) == "busy":
            pass  # the page says 503, and the voter tries again
        said[found] += 1
    database.dispose()
    return said


def attempt(database: Database, code: str, value: int) -> str:
    try:
        with database.writing() as session:
            ballot = casting.opened(session, VAULT, code, TODAY, lock=True)
            draft = ballot.draft.with_answers(answers(ballot.campaign, 1, value))
            casting.to_check(session, VAULT, ballot, draft)
        with database.writing() as session:
            casting.cast(session, VAULT, code, TODAY)
    except Refused as refused:
        return refused.code
    except OperationalError:
        return "busy"
    return "cast"


def process(url: str, codes: list[str], ready: object, told: "multiprocessing.Queue[Counter[str]]") -> None:
    told.put(vote(url, codes, ready))  # type: ignore[arg-type]


@pytest.mark.slow
def test_of_two_who_cast_with_one_code_one_is_counted(database_url: str, database: Database) -> None:
    with database.writing() as session:
        made = rating(session, invited=CODES).open().lettered()
    database.dispose()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["webapp.db", "tests.support.ratings"])
    ready, told = context.Barrier(PROCESSES), context.Queue()
    dice = random.Random(DICE)
    halves = [dice.sample(made.codes, CODES) for _ in range(2)]  # every code twice, in two different orders
    shares = [half[at :: PROCESSES // 2] for half in halves for at in range(PROCESSES // 2)]
    running = [context.Process(target=process, args=(database_url, share, ready, told)) for share in shares]
    began = time.monotonic()
    for one in running:
        one.start()
    said = sum((told.get(timeout=600) for _ in running), Counter[str]())
    for one in running:
        one.join(60)
    print(f"{CODES} codes tried twice by {PROCESSES}: {dict(said)} in {time.monotonic() - began:.1f} s")
    assert said["cast"] == CODES and sum(said.values()) == 2 * CODES
    assert set(said) <= {"cast", "code_spent"}
    with database.writing() as session:
        assert list(checks.problems(session)) == []
        row = queries.campaign_row(session, made.row.uid, lock=True)
        assert closing.close(session, row, VAULT, made.act(), reason="试算").ballots == CODES


class Voter(threading.Thread):
    """Votes with one code after another; after an error asks what became of the last and goes on."""

    def __init__(self, port: int, codes: list[str], stop: threading.Event) -> None:
        super().__init__()
        self.port, self.codes, self.stop = port, codes, stop
        self.acknowledged: list[str] = []
        self.errors = 0

    def run(self) -> None:
        for code in self.codes:
            while not self.stop.is_set():
                visitor = Visitor(self.port)
                try:
                    self._vote(visitor, code)
                    break
                except RETRY:
                    self.errors += 1
                    time.sleep(0.15)
                finally:
                    visitor.close()

    def _vote(self, visitor: Visitor, code: str) -> None:
        """Raises what `RETRY` names; a code that was counted although nobody was told is done with."""
        if "评议码已经用过" in self._send(visitor, step="enter", code=code):
            return
        self._send(visitor, step="go", go="1")
        self._send(visitor, step="save", unit="1", go="check", value_1="80")
        if "已投出" in self._send(visitor, step="cast"):
            self.acknowledged.append(code)

    def _send(self, visitor: Visitor, **fields: str) -> str:
        page = self._page(visitor, "GET")
        token = next(VALUE.search(tag)[1].decode() for tag in HIDDEN.findall(page) if b"csrf" in tag)  # type: ignore[index]
        return self._page(visitor, "POST", {"csrf_token": token, **fields}).decode()

    def _page(self, visitor: Visitor, method: str, fields: dict[str, str] | None = None) -> bytes:
        status, headers, content = visitor.ask(method, "/ratings/ballot", fields)
        if status == 303:
            status, headers, content = visitor.ask("GET", headers["location"])
        if status >= 500:
            raise HTTPException(str(status))
        return content


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")  # of a server that was killed while answering
def test_no_ballot_that_was_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    thrown, stop = random.Random(DICE), threading.Event()
    with live_server(tmp_path) as served:
        vault, today = RatingVault(served.config.identity_key), clock.today()
        with served.database.writing() as session:
            made = rating(
                session, invited=VOTERS * KILLS * 60, opens_on=today, closes_on=today, vault=vault
            ).open().lettered()
        voters = [Voter(served.config.port, made.codes[at::VOTERS], stop) for at in range(VOTERS)]
        for voter in voters:
            voter.start()
        running, kills = served.process, 0
        ended = time.monotonic() + SECONDS + KILLS * 5
        try:
            while kills < KILLS and time.monotonic() < ended:
                before = sum(len(one.acknowledged) for one in voters)
                until = time.monotonic() + 8
                while time.monotonic() < until and sum(len(one.acknowledged) for one in voters) < before + VOTERS:
                    time.sleep(0.02)
                time.sleep(thrown.uniform(0.0, 0.4))
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                kills += 1
                running = start(tmp_path, served.config.port)
                wait_until_ready(served.url, running)
            time.sleep(1.0)
        finally:
            stop.set()
            for voter in voters:
                voter.join()
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(timeout=40)
        _judge(served.database, made.row.uid, vault, voters, made.act())


def _judge(database: Database, uid: str, vault: RatingVault, voters: list[Voter], act: object) -> None:
    acknowledged = [code for voter in voters for code in voter.acknowledged]
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {sum(one.errors for one in voters)} retries")
    assert len(acknowledged) >= KILLS * VOTERS and len(set(acknowledged)) == len(acknowledged)
    with database.writing() as session:
        row = queries.campaign_row(session, uid, lock=True)
        spent = {one.code_hash for one, _ in queries.invitations(session, vault, row) if one.is_spent}
        assert {vault.code_hash(code) for code in acknowledged} <= spent, "a ballot that was acknowledged is lost"
        assert list(checks.problems(session)) == []
        counted = closing.close(session, row, vault, act, reason="试算").ballots  # type: ignore[arg-type]
    assert counted == len(spent) and counted - len(acknowledged) <= VOTERS * (KILLS + 1)
