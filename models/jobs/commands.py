"""Ordering a job, and its way through the states. Each step asks the row whether it is still due: no commit here.

A job may be begun anew from its beginning, so its work must bear that. `attempt` names the run that speaks: a run that
was given up for dead and speaks again is not listened to.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, update

from models.accounts.types import Actor
from models.errors import Refused
from models.jobs.queries import outlived, silent
from models.jobs.tables import Job
from models.jobs.types import MOST_ATTEMPTS, OPEN_STATES, RESULT_KEPT_FOR, JobState


def order(
    session: Session, actor: Actor, kind: str, facts: dict[str, Any], *, total: int, now: datetime
) -> Job:
    assert actor.account_id is not None
    job = Job(kind=kind, account_id=actor.account_id, facts=facts, total=total, created_at=now, touched_at=now)
    session.add(job)
    session.flush()
    return job


def begin(session: Session, uid: str, *, now: datetime) -> bool:
    """True for the one worker that gets it; a message that came twice, or after a cancellation, starts nothing."""
    statement = update(Job).where(col(Job.uid) == uid, col(Job.state) == JobState.QUEUED)
    begun = {"state": JobState.RUNNING, "attempts": Job.attempts + 1, "done": 0, "touched_at": now}
    return bool(session.execute(statement.values(**begun)).rowcount)  # type: ignore[attr-defined]


def advance(session: Session, uid: str, attempt: int, *, done: int, total: int, now: datetime) -> bool:
    """How far it is. False: it was cancelled or is somebody else's by now, and the run ends."""
    return _while_running(session, uid, attempt, done=done, total=total, touched_at=now)


def finish(session: Session, uid: str, attempt: int, *, result_name: str, now: datetime) -> bool:
    return _while_running(session, uid, attempt, state=JobState.DONE, result_name=result_name, finished_at=now)


def fail(session: Session, uid: str, attempt: int, *, code: str, now: datetime) -> bool:
    return _while_running(session, uid, attempt, state=JobState.FAILED, error_code=code, finished_at=now)


def put_back(session: Session, uid: str, attempt: int, *, now: datetime) -> bool:
    """The process that works on it is told to end: another begins anew, and this attempt does not count."""
    return _while_running(session, uid, attempt, state=JobState.QUEUED, attempts=attempt - 1, touched_at=now)


def cancel(session: Session, job: Job, *, now: datetime) -> None:
    if job.state not in OPEN_STATES:
        raise Refused("job_finished")
    job.state, job.finished_at = JobState.CANCELLED, now
    session.add(job)
    session.flush()


def give_up_silent(session: Session, *, now: datetime) -> Sequence[Job]:
    """Jobs of dead processes wait again; after the third death they have failed."""
    found = silent(session, now)
    for job in found:
        if job.attempts < MOST_ATTEMPTS:
            job.state, job.touched_at = JobState.QUEUED, now
        else:
            job.state, job.error_code, job.finished_at = JobState.FAILED, "job_interrupted", now
        session.add(job)
    session.flush()
    return found


def forget_results(
    session: Session, *, now: datetime, kept_for: Mapping[str, timedelta] = MappingProxyType({})
) -> list[str]:
    """The uids of jobs whose result file may go; the jobs stay on their owner's list. `kept_for`: by kind, where it is
    less than RESULT_KEPT_FOR.
    """
    found = list(outlived(session, now - RESULT_KEPT_FOR))
    for kind, span in kept_for.items():
        found += [job for job in outlived(session, now - span) if job.kind == kind and job not in found]
    for job in found:
        forget_result(session, job)
    return [job.uid for job in found]


def forget_result(session: Session, job: Job) -> None:
    job.result_name = ""
    session.add(job)
    session.flush()


def _while_running(session: Session, uid: str, attempt: int, **values: Any) -> bool:
    is_mine = (col(Job.uid) == uid) & (col(Job.state) == JobState.RUNNING) & (col(Job.attempts) == attempt)
    return bool(session.execute(update(Job).where(is_mine).values(**values)).rowcount)  # type: ignore[attr-defined]
