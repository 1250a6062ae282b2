"""Long work beside the requests: ordered with an act, seen on its page, stopped, found again; and the real consumer."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import url_for

from models.accounts import queries
from models.accounts.types import Role
from models.errors import Refused
from models.jobs import commands
from models.jobs.queries import job_by_uid
from models.jobs.types import SILENT_FOR, JobState
from tests.support import actors
from tests.support.live import free_port
from webapp import clock, create_app, db, jobs
from webapp.config import ROOT, Config
from webapp.db import Database
from webapp.job_queue import _huey
from webapp.jobs import Kind, Running
from webapp.sweeping import ACTS


def counted(running: Running) -> str:
    """Three steps, then a file that says what it was asked for."""
    for number in range(3):
        running.step(number, 3)
    running.step(3, 3)
    running.draft.write_text(str(running.facts["word"]))
    return "结果.csv"


def refusing(running: Running) -> str:
    raise Refused("no_such_slip")


def breaking(running: Running) -> str:
    running.draft.write_text("half")
    raise ValueError("周喆珺")


def told_to_end(running: Running) -> str:
    jobs.jobs().stopping.set()
    try:
        running.step(0, 3)
    finally:
        jobs.jobs().stopping.clear()
    raise AssertionError("it went on")


def cancelled_meanwhile(running: Running) -> str:
    with db.database().writing() as session:
        commands.cancel(session, job_by_uid(session, running.uid), now=clock.now())
    running.draft.write_text("nobody wants it")
    running.step(1, 3)
    raise AssertionError("it went on")


WORKS = (counted, refusing, breaking, told_to_end, cancelled_meanwhile)


@pytest.fixture
def desk(app, database):
    """`desk(work)` orders it and answers its uid; `desk.client()` is whoever ordered."""
    app.extensions["zhitongche.jobs"].take_on(Kind(work.__name__, "试验任务", work) for work in WORKS)
    with database.writing() as session:
        account = actors.account(session, Role.CLERK, unit="市优办")
    return Desk(app, account)


class Desk:
    def __init__(self, app, account):
        self.app, self.account = app, account

    def __call__(self, work, **facts) -> str:
        with self.app.test_request_context("/", method="POST"):
            session = db.session()
            actor = queries.actor_of(session, self.account)
            uid = jobs.order(session, actor, work.__name__, facts, total=3).uid
            db.finish(self.app.response_class())
        return uid


def row(database, uid):
    with database.reading() as session:
        return job_by_uid(session, uid)


def test_an_ordered_job_is_done_and_its_result_is_found_again(desk, sign_in):
    uid = desk(counted, word="甲乙")
    client = sign_in(account=desk.account)
    page = client.soup(f"/jobs/{uid}")
    assert "已完成" in page.get_text() and "hx-get" not in str(page.find(id="job-state"))
    answer = client.get(page.find("a", string="下载结果")["href"])
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "甲乙")
    assert "filename*=UTF-8''%E7%BB%93%E6%9E%9C.csv" in answer.headers["Content-Disposition"]
    assert f"/jobs/{uid}" in str(client.soup("/jobs"))


def test_a_job_is_not_handed_in_before_its_order_is_durable(app, desk, database):
    with app.test_request_context("/", method="POST"):
        session = db.session()
        jobs.order(session, queries.actor_of(session, desk.account), "counted", {"word": "x"})
        db.finish(app.response_class(status=422))
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM jobs").scalar() == 0


def test_nobody_else_sees_the_job_or_its_result(desk, sign_in):
    uid = desk(counted, word="甲乙")
    other = sign_in(Role.DIRECTOR, unit="市优办")
    assert [other.get(f"/jobs/{uid}{rest}").status_code for rest in ("", "/state", "/result")] == [404] * 3
    assert uid not in other.get("/jobs").get_data(as_text=True)


def test_a_refusal_is_told_in_words(desk, sign_in, database):
    uid = desk(refusing)
    assert row(database, uid).error_code == "no_such_slip"
    assert "没有找到这份文书" in sign_in(account=desk.account).get(f"/jobs/{uid}").get_data(as_text=True)


def test_a_broken_job_has_failed_leaves_no_file_and_says_what_to_do(app, desk, sign_in, database, caplog):
    uid = desk(breaking)
    assert (row(database, uid).state, row(database, uid).error_code) == (JobState.FAILED, "job_broken")
    assert "请重新提交" in sign_in(account=desk.account).get(f"/jobs/{uid}").get_data(as_text=True)
    assert not list(app.extensions["zhitongche.jobs"].results.glob(f"*{uid}*"))
    assert "Unhandled exception in task" in caplog.text


def test_a_job_whose_process_is_told_to_end_waits_for_the_next(desk, database):
    assert row(database, desk(told_to_end)).state is JobState.QUEUED


def test_what_was_cancelled_goes_no_further_and_keeps_nothing(app, desk, database):
    uid = desk(cancelled_meanwhile)
    assert row(database, uid).state is JobState.CANCELLED
    assert not list(app.extensions["zhitongche.jobs"].results.glob(f"*{uid}*"))


def waiting(database, account) -> str:
    """Ordered, and its message lost."""
    with database.writing() as session:
        actor = queries.actor_of(session, account)
        return commands.order(session, actor, "counted", {"word": "丙"}, total=3, now=clock.now()).uid


def test_an_open_job_is_asked_for_every_two_seconds_and_has_a_link_without_script(desk, database, sign_in):
    uid = waiting(database, desk.account)
    client = sign_in(account=desk.account)
    page = client.soup(f"/jobs/{uid}")
    assert page.find(id="job-state")["hx-trigger"] == "every 2s"
    assert page.find("a", string="刷新进度")["href"] == f"/jobs/{uid}"
    part = client.get(f"/jobs/{uid}/state", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="job-state"') and "<html" not in part


def test_cancelling_ends_a_waiting_job_and_twice_is_no_harm(desk, database, sign_in):
    uid = waiting(database, desk.account)
    client = sign_in(account=desk.account)
    form = {"csrf_token": client.soup(f"/jobs/{uid}").find("input", {"name": "csrf_token"})["value"]}
    answers = [client.post(f"/jobs/{uid}/cancel", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert row(database, uid).state is JobState.CANCELLED
    assert "已取消" in client.get(f"/jobs/{uid}").get_data(as_text=True)


def test_a_job_that_the_queue_lost_is_handed_in_again_by_the_sweep(app, desk, database):
    uid = waiting(database, desk.account)
    later = (clock.now() + timedelta(minutes=2)).isoformat()
    assert app.test_cli_runner().invoke(args=["sweep", "--now", later]).exit_code == 0
    assert row(database, uid).state is JobState.DONE


def test_a_job_of_an_unknown_kind_is_not_ordered(app, desk):
    with app.test_request_context("/", method="POST"), pytest.raises(KeyError):
        jobs.order(db.session(), queries.actor_of(db.session(), desk.account), "nothing", {})


def test_no_message_of_a_stranger_is_run(tmp_path):
    """Whoever can write to the queue must not choose what we run: messages are pickles, so they are signed."""
    queues = [_huey(settings(tmp_path, secret_key=key * 32)) for key in (b"a", b"b")]
    ours, theirs = (one.serializer for one in queues)
    with pytest.raises(ValueError, match="mismatch"):
        ours.deserialize(theirs.serialize(("run", "uid")))


def settings(folder: Path, **changes) -> Config:
    keys = dict.fromkeys(("secret_key", "identity_key", "audit_key", "backup_key"), b"k" * 32)
    return Config(**{"database_url": "sqlite://", "data_dir": folder, **keys, **changes})


def test_a_redis_that_does_not_answer_costs_a_delay_and_not_the_order(tmp_path, database_url, caplog):
    url = f"redis://127.0.0.1:{free_port()}/0"
    app = create_app(settings(tmp_path, database_url=database_url, redis_url=url))
    with app.app_context():
        jobs.hand_in("0" * 32)
    app.extensions["zhitongche.db"].dispose()
    assert "queue unreachable" in caplog.text


def test_the_page_of_a_job_is_where_orders_lead(app):
    with app.test_request_context():
        assert url_for("progress.show", uid="0" * 32) == f"/jobs/{'0' * 32}"


# ---------------------------------------------------------------- timed acts


def test_every_timed_act_has_a_name_of_its_own_and_a_line_of_the_sweep():
    assert len({act.name for act in ACTS}) == len(ACTS)
    assert all(act.said.count("{}") == 1 and 60 % act.minutes == 0 for act in ACTS)


def test_the_consumer_does_each_timed_act_every_few_minutes(app):
    registry = app.extensions["zhitongche.jobs"].queue.huey._registry
    assert {type(task).__name__ for task in registry.periodic_tasks} >= {act.name for act in ACTS}


# ---------------------------------------------------------------- the real process

CONSUMER = """
import sys, time
from pathlib import Path
from webapp import create_app
from webapp.config import Config
from webapp.job_queue import _huey
from webapp.jobs import Kind, jobs

def slow(running):
    for number in range(int(running.facts["steps"])):
        running.step(number, int(running.facts["steps"]))
        Path(sys.argv[1], "begun").touch()
        time.sleep(0.1)
    running.draft.write_text("done")
    return "结果.csv"

app = create_app(Config.from_env())
app.extensions["zhitongche.jobs"].take_on([Kind("slow", "慢任务", slow)])
with app.app_context():
    jobs().queue.consume()
"""


class Process:
    """`flask jobs run` with one more kind of work, over the test's database."""

    def __init__(self, folder: Path, url: str, **more: str) -> None:
        self.folder = folder
        self.env = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": url, "PYTHONWARNINGS": "ignore", **more}

    def __enter__(self):
        self.running = subprocess.Popen([sys.executable, "-c", CONSUMER, str(self.folder)], cwd=ROOT, env=self.env)
        return self

    def __exit__(self, *_):
        self.running.kill()
        self.running.wait()

    def end(self, how: signal.Signals) -> int:
        self.running.send_signal(how)
        return self.running.wait(timeout=30)


@pytest.fixture
def installed(tmp_path, database_url):
    """(Config of the process, database) with somebody who orders."""
    config = Config.from_env({"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url})
    database = Database(config.database_url, config.audit_key)
    yield config, database
    database.dispose()


def ordered(config: Config, database: Database, steps: int) -> str:
    """As a web process would: the row, then the message."""
    with database.writing() as session:
        actor = queries.actor_of(session, actors.account(session, Role.CLERK))
        uid = commands.order(session, actor, "slow", {"steps": steps}, total=steps, now=clock.now()).uid
    app = create_app(config)
    with app.app_context():
        jobs.hand_in(uid)
    app.extensions["zhitongche.jobs"].queue.huey.storage.close()
    app.extensions["zhitongche.db"].dispose()
    return uid


def until(is_so, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_consumer_told_to_end_puts_back_what_it_works_on_and_ends_well(installed, tmp_path, database_url, how):
    config, database = installed
    uid = ordered(config, database, 300)
    with Process(tmp_path, database_url) as consumer:
        until((tmp_path / "begun").exists)
        assert consumer.end(how) == 0
    assert row(database, uid).state is JobState.QUEUED


@pytest.mark.slow
def test_a_job_outlives_the_kill_of_its_consumer(installed, tmp_path, database_url):
    config, database = installed
    uid = ordered(config, database, 3)
    with Process(tmp_path, database_url) as consumer:
        until((tmp_path / "begun").exists)
        consumer.end(signal.SIGKILL)
    assert row(database, uid).state is JobState.RUNNING, "killed half-way"
    with database.writing() as session:  # ten silent minutes
        job = job_by_uid(session, uid)
        job.touched_at -= SILENT_FOR
        session.add(job)
    with Process(tmp_path, database_url):
        until(lambda: row(database, uid).state is JobState.DONE)
    assert (config.results_dir / uid).read_text() == "done"


@pytest.fixture
def redis(tmp_path):
    """The address of a Redis of this test's own, which keeps nothing."""
    socket = tmp_path / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        until(socket.exists)
        yield f"unix://{socket}"
        server.terminate()


@pytest.mark.slow
def test_redis_carries_the_queue_where_it_is_named(installed, tmp_path, database_url, redis):
    config, database = installed
    uid = ordered(replace(config, redis_url=redis), database, 3)
    with Process(tmp_path, database_url, REDIS_URL=redis):
        until(lambda: row(database, uid).state is JobState.DONE)
    assert (config.results_dir / uid).read_text() == "done" and not config.queue_file.exists()


def test_a_redis_that_does_not_answer_refuses_nobody(installed, tmp_path):
    config, database = installed
    uid = ordered(replace(config, redis_url=f"unix://{tmp_path}/nobody.sock"), database, 3)
    assert row(database, uid).state is JobState.QUEUED


@pytest.mark.slow
def test_a_consumer_ends_with_the_process_it_runs_beside(tmp_path):
    with subprocess.Popen(["sleep", "60"]) as beside:
        consumer = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run", "--beside", str(beside.pid)],
            cwd=ROOT, env={**os.environ, "DATA_DIR": str(tmp_path), "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        time.sleep(3)
        assert consumer.poll() is None
        beside.kill()
    said = consumer.communicate(timeout=20)
    assert consumer.returncode == 0, said
