"""A job as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from models.jobs.tables import Job
from models.jobs.types import JOB_STATE_LABELS, OPEN_STATES, RESULT_KEPT_FOR, JobState
from webapp.filters import cn_datetime
from webapp.jobs import jobs
from webapp.messages import message

TONES = {
    JobState.QUEUED: "todo", JobState.RUNNING: "active", JobState.DONE: "done", JobState.FAILED: "late",
    JobState.CANCELLED: "ended",
}


@dataclass(frozen=True)
class JobView:
    """`error` says why it failed and what to do. `kept_until` is empty where there is no result (any more)."""

    uid: str
    title: str
    state_label: str
    state_tone: str
    is_open: bool
    done: int
    total: int
    ordered_at: datetime
    error: str
    result_name: str
    kept_until: str
    is_secret: bool
    warning: str


def job_view(job: Job) -> JobView:
    kind = jobs().kinds.get(job.kind)
    kept_for = kind.kept_for if kind else RESULT_KEPT_FOR
    kept_until = cn_datetime(job.finished_at + kept_for) if job.finished_at and job.result_name else ""
    return JobView(
        uid=job.uid, title=kind.label if kind else "后台任务", state_label=JOB_STATE_LABELS[job.state],
        state_tone=TONES[job.state], is_open=job.state in OPEN_STATES, done=job.done, total=job.total,
        ordered_at=job.created_at, error=message(job.error_code) if job.state is JobState.FAILED else "",
        result_name=job.result_name, kept_until=kept_until, is_secret=kind is not None and kind.is_secret,
        warning=kind.warning if kind else "",
    )
