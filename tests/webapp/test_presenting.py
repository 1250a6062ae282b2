"""Sentences about dates that several pages share."""

from datetime import date

import pytest

from models.handling.types import Milestone, MilestoneStatus, Stage
from models.workdays.shipped import shipped_calendar
from webapp.presenting import milestone_views, started_text

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (FRIDAY, "今天是交办当日，不计入时限"),
        (date(2026, 11, 22), "还没到第 1 个工作日"),
        (date(2026, 11, 23), "今天是第 1 个工作日"),
        (date(2026, 11, 28), "今天是第 5 个工作日"),
    ],
)
def test_the_days_since_the_dispatch_are_told_also_on_a_day_off(today: date, said: str) -> None:
    milestones = [Milestone(1, Stage.SIGN, FRIDAY, 1, date(2026, 11, 23))]
    assert started_text(milestones, today, shipped_calendar()) == f"11月20日(周五)交办，{said}"


@pytest.mark.parametrize(
    ("status", "said"),
    [(MilestoneStatus.MET, "11月25日(周三)完成，按时"), (MilestoneStatus.MISSED, "超期，计至11月25日(周三)")],
)
def test_a_missed_promise_is_not_said_to_be_completed(status: MilestoneStatus, said: str) -> None:
    """A withdrawal ends what is overdue, too: nothing was completed on that day."""
    one = Milestone(1, Stage.SIGN, FRIDAY, 1, date(2026, 11, 23), status=status, reached_on=date(2026, 11, 25))
    [view] = milestone_views([one], date(2026, 11, 26), shipped_calendar())
    assert view.text == said
