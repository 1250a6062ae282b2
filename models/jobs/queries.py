"""Jobs as their owner sees them, and those that need a push."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.errors import NotFound
from models.jobs.tables import Job
from models.jobs.types import SILENT_FOR, UNSEEN_FOR, JobState

SHOWN = 20


def own_job(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> Job:
    """Somebody else's job is not there."""
    statement = select(Job).where(col(Job.uid) == uid, col(Job.account_id) == actor.account_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("no_such_job")
    return found


def jobs_of(session: Session, actor: Actor) -> Sequence[Job]:
    """The newest first, so that a result is found again after its page was left."""
    statement = select(Job).where(col(Job.account_id) == actor.account_id)
    return session.exec(statement.order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(SHOWN)).all()


def job_by_uid(session: Session, uid: str) -> Job:
    return session.exec(select(Job).where(col(Job.uid) == uid)).one()


def overlooked(session: Session, now: datetime) -> Sequence[str]:
    """Jobs that wait although their message should long have come."""
    waits = select(Job.uid).where(col(Job.state) == JobState.QUEUED, col(Job.touched_at) <= now - UNSEEN_FOR)
    return session.exec(waits.order_by(col(Job.id))).all()


def silent(session: Session, now: datetime) -> Sequence[Job]:
    """Running jobs whose process died."""
    runs = select(Job).where(col(Job.state) == JobState.RUNNING, col(Job.touched_at) <= now - SILENT_FOR)
    return session.exec(runs.order_by(col(Job.id)).with_for_update(skip_locked=True)).all()


def outlived(session: Session, finished_before: datetime) -> Sequence[Job]:
    """Jobs whose result is kept no longer."""
    return session.exec(select(Job).where(col(Job.result_name) != "", col(Job.finished_at) < finished_before)).all()
