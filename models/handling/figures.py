"""The figures that the home page shows: this month's, each with its denominator (domain.md §4 rule 10)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.tables import MilestoneRow
from models.handling.types import MilestoneStatus, Stage
from models.workdays.rules import end_of_day

PROMISED = (Stage.CONCLUDE, Stage.PRELIMINARY)
"""What counts as "in time" for the public: a simple matter concluded, a complex one with a preliminary result."""


@dataclass(frozen=True)
class MonthFigures:
    """`received` by the day of filing, `replied` of those; `on_time` of `finished_or_overdue`.

    Open and not yet due is in neither. What units completed themselves and reported afterwards (自办件) is in none of
    the four: it would only raise them.
    """

    received: int
    replied: int
    on_time: int
    finished_or_overdue: int


def month_figures(session: Session, today: date) -> MonthFigures:
    """From the first of the month (Asia/Shanghai) to this moment, in two statements."""
    first = today.replace(day=1)
    is_replied = col(Appeal.state).in_([State.REPLIED, State.CLOSED])
    filed = select(func.count(), _sum(is_replied)).where(
        col(Appeal.filed_at) >= end_of_day(first - timedelta(days=1)), ~col(Appeal.is_self_registered)
    )
    is_met = col(MilestoneRow.status) == MilestoneStatus.MET
    is_over = and_(col(MilestoneRow.status) == MilestoneStatus.PENDING, col(MilestoneRow.due_on) < today)
    is_finished = and_(
        col(MilestoneRow.status).in_([MilestoneStatus.MET, MilestoneStatus.MISSED]),
        col(MilestoneRow.reached_on) >= first,
    )
    promises = select(func.count(), _sum(is_met)).where(
        col(MilestoneRow.stage).in_(PROMISED), or_(is_over, is_finished)
    )
    received, replied = session.execute(filed.select_from(Appeal)).one()
    counted, on_time = session.execute(promises.select_from(MilestoneRow)).one()
    return MonthFigures(int(received), int(replied), int(on_time), int(counted))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
