"""Sentences about dates that several pages share."""

from datetime import date
from types import SimpleNamespace

import pytest

from models.workdays.shipped import shipped_calendar
from webapp.presenting import started_text

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
    milestones = [SimpleNamespace(start_on=FRIDAY)]
    assert started_text(milestones, today, shipped_calendar()) == f"11月20日(周五)交办，{said}"
