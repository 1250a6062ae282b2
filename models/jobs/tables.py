"""Jobs that somebody ordered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String
from sqlmodel import Field

from models.base import Instant, Table, enum_check, enum_type, new_uid
from models.jobs.types import JobState


class Job(Table, table=True):
    """One long piece of work for one person. `kind` names what does it (webapp.jobs); `facts` is what it needs: ids,
    dates and codes, nothing personal. The row is the truth: a queue that loses a message loses no job.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        enum_check("state", JobState),
        CheckConstraint("total >= 0 AND done >= 0", name="counts"),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished_at"),
        Index("ix_jobs_account_id_created_at", "account_id", "created_at"),
        Index("ix_jobs_state_touched_at", "state", "touched_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: JobState = Field(default=JobState.QUEUED, sa_column=Column(enum_type(JobState), nullable=False))
    total: int = 0
    done: int = 0
    attempts: int = 0
    result_name: str = Field(default="", sa_column=Column(String(120), nullable=False))
    """What the result is called when it is handed out; "" when there is none, or none any more."""
    error_code: str = Field(default="", sa_column=Column(String(40), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    touched_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
