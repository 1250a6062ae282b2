"""The row of a job decides who works on it; a queue may lose, repeat or delay what it likes."""

from datetime import UTC, datetime, timedelta

import pytest

from models.accounts.types import Role
from models.errors import NotFound, Refused
from models.jobs import commands, queries
from models.jobs.tables import Job
from models.jobs.types import MOST_ATTEMPTS, RESULT_KEPT_FOR, SILENT_FOR, UNSEEN_FOR, JobState
from tests.support.actors import actor

NOW = datetime(2026, 11, 17, 2, 5, tzinfo=UTC)


@pytest.fixture
def owner(session):
    return actor(session, Role.CLERK)


@pytest.fixture
def job(session, owner) -> Job:
    return commands.order(session, owner, "batch", {"from": "2026-11-01"}, total=3, now=NOW)


def state(session, job: Job) -> tuple[JobState, int, int]:
    session.refresh(job)
    return job.state, job.done, job.attempts


def test_a_message_that_comes_twice_starts_one_run(session, job):
    assert [commands.begin(session, job.uid, now=NOW) for _ in range(2)] == [True, False]
    assert state(session, job) == (JobState.RUNNING, 0, 1)


def test_a_run_tells_how_far_it_is_and_where_its_result_is(session, job):
    commands.begin(session, job.uid, now=NOW)
    assert commands.advance(session, job.uid, 1, done=2, total=4, now=NOW)
    assert state(session, job) == (JobState.RUNNING, 2, 1) and job.total == 4
    assert commands.finish(session, job.uid, 1, result_name="文书.pdf", now=NOW)
    assert state(session, job)[0] is JobState.DONE and (job.result_name, job.finished_at) == ("文书.pdf", NOW)


def test_a_cancelled_job_is_no_longer_its_runs_own(session, job, owner):
    commands.begin(session, job.uid, now=NOW)
    commands.cancel(session, queries.own_job(session, owner, job.uid, lock=True), now=NOW)
    assert not commands.advance(session, job.uid, 1, done=1, total=3, now=NOW)
    assert not commands.finish(session, job.uid, 1, result_name="文书.pdf", now=NOW)
    assert state(session, job) == (JobState.CANCELLED, 0, 1) and job.result_name == ""
    with pytest.raises(Refused, match="job_finished"):
        commands.cancel(session, job, now=NOW)


def test_a_cancelled_job_that_waited_is_not_begun(session, job):
    commands.cancel(session, job, now=NOW)
    assert not commands.begin(session, job.uid, now=NOW)


def test_the_job_of_a_dead_process_begins_anew_and_the_dead_one_is_not_listened_to(session, job):
    commands.begin(session, job.uid, now=NOW)
    assert commands.give_up_silent(session, now=NOW + SILENT_FOR - timedelta(seconds=1)) == []
    later = NOW + SILENT_FOR
    assert commands.give_up_silent(session, now=later) == [job]
    assert state(session, job)[0] is JobState.QUEUED
    assert commands.begin(session, job.uid, now=later)
    assert not commands.finish(session, job.uid, 1, result_name="旧.pdf", now=later)
    assert commands.finish(session, job.uid, 2, result_name="新.pdf", now=later)
    assert state(session, job)[0] is JobState.DONE and job.result_name == "新.pdf"


def test_a_job_whose_process_dies_each_time_has_failed(session, job):
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert commands.begin(session, job.uid, now=now)
        now += SILENT_FOR
        commands.give_up_silent(session, now=now)
        session.refresh(job)
    assert (job.state, job.error_code, job.finished_at) == (JobState.FAILED, "job_interrupted", now)


def test_being_put_back_counts_as_no_attempt(session, job):
    for _ in range(MOST_ATTEMPTS + 1):
        assert commands.begin(session, job.uid, now=NOW)
        assert commands.put_back(session, job.uid, 1, now=NOW)
    assert state(session, job) == (JobState.QUEUED, 0, 0)


def test_a_job_whose_message_was_lost_is_found(session, job):
    assert list(queries.overlooked(session, NOW + UNSEEN_FOR - timedelta(seconds=1))) == []
    assert list(queries.overlooked(session, NOW + UNSEEN_FOR)) == [job.uid]


def test_a_result_is_kept_for_a_week_and_the_job_stays_on_the_list(session, job, owner):
    commands.begin(session, job.uid, now=NOW)
    commands.finish(session, job.uid, 1, result_name="文书.pdf", now=NOW)
    assert commands.forget_results(session, now=NOW + RESULT_KEPT_FOR) == []
    assert commands.forget_results(session, now=NOW + RESULT_KEPT_FOR + timedelta(seconds=1)) == [job.uid]
    assert [one.result_name for one in queries.jobs_of(session, owner)] == [""]


def test_nobody_elses_job_is_there(session, job):
    stranger = actor(session, Role.DIRECTOR)
    assert list(queries.jobs_of(session, stranger)) == []
    with pytest.raises(NotFound):
        queries.own_job(session, stranger, job.uid)
