"""What time alone does to dissatisfaction cases (`webapp.sweeping`): each in a short transaction of its own."""

from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.accounts.types import SYSTEM
from models.followup import case_queries, cases
from models.handling.commands import Act
from models.workdays.queries import load_calendar
from webapp import db
from webapp.notifying import telling_of_cases


def run(now: datetime) -> int:
    """How many things were written: days that moved with the calendar, days that were missed."""
    database = db.database()
    with database.reading() as session:
        found, act = case_queries.with_running_clocks(session), Act(SYSTEM, now, load_calendar(session))
    written = 0
    for appeal_id, case_id in found:
        try:
            with database.writing() as session:
                written += _one(session, appeal_id, case_id, act)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") not in db.RETRIED:
                raise
    return written


def _one(session: Session, appeal_id: int, case_id: int, act: Act) -> int:
    case, appeal = case_queries.locked(session, appeal_id, case_id)
    with telling_of_cases(session, appeal):
        return cases.sweep(session, case, act)
