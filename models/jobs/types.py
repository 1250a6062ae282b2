"""The life of a job, and what counts as given up."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


JOB_STATE_LABELS: Final[dict[JobState, str]] = {
    JobState.QUEUED: "排队中",
    JobState.RUNNING: "正在办理",
    JobState.DONE: "已完成",
    JobState.FAILED: "没有完成",
    JobState.CANCELLED: "已取消",
}
OPEN_STATES: Final = (JobState.QUEUED, JobState.RUNNING)
MOST_ATTEMPTS: Final = 3
"""A job whose process died is begun anew; one that dies so often is broken itself."""
SILENT_FOR: Final = timedelta(minutes=10)
"""A running job that said nothing for so long has lost its process."""
UNSEEN_FOR: Final = timedelta(minutes=1)
"""A job that waited so long was lost between the database and the queue, and is handed in again."""
RESULT_KEPT_FOR: Final = timedelta(days=7)
