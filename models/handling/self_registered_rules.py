"""When and what a unit reports of the matters it received and completed itself (自办件). Pure.

Source: 附件6 备注 (中共沅江市委办公室, 2023-06-27): "1.…每月须报送至少3条（2条、1条）自办件；…所有单位应报尽报。
2.各单位完成自办件任务后，须在5个工作日内报送市优办。" Read together: everything is reported, so a late report is
taken; the five working days are a duty, so it is marked 逾期报送. The day of completion is day zero (民法典 art. 201).
A 举报 is never a unit's own matter: it goes to the office.
"""

from datetime import date, timedelta
from typing import Final

from models.appeals.types import KIND_LABELS, AppealKind
from models.errors import Refused
from models.handling.types import OUTCOME_LABELS, Outcome
from models.workdays.rules import due_date
from models.workdays.types import WorkCalendar

REPORT_WITHIN_WORKDAYS: Final = 5
OLDEST_DAYS: Final = 366
"""A completion longer ago is a slip of the pen in the year."""
KINDS: Final = {kind: label for kind, label in KIND_LABELS.items() if kind is not AppealKind.REPORT}
OUTCOMES: Final = {outcome: label for outcome, label in OUTCOME_LABELS.items() if outcome is not Outcome.IN_PROGRESS}
"""What is still being worked on is not completed."""


def report_due_on(completed_on: date, calendar: WorkCalendar) -> date:
    """The last day on which the report is in time."""
    return due_date(completed_on, REPORT_WITHIN_WORKDAYS, calendar).due_on


def is_late(completed_on: date, registered_on: date, calendar: WorkCalendar) -> bool:
    return registered_on > report_due_on(completed_on, calendar)


def day_problems(received_on: date | None, completed_on: date | None, today: date) -> dict[str, str]:
    """Field → code, for days that cannot be: received, then completed, and not after today."""
    found = {}
    if received_on is None:
        found["received_on"] = "received_on_missing"
    elif received_on > today:
        found["received_on"] = "received_in_future"
    if completed_on is None:
        found["completed_on"] = "completed_on_missing"
    elif completed_on > today:
        found["completed_on"] = "completed_in_future"
    elif completed_on < today - timedelta(days=OLDEST_DAYS):
        found["completed_on"] = "completed_long_ago"
    elif received_on is not None and completed_on < received_on:
        found["completed_on"] = "completed_before_received"
    return found


def month_of(text: str, today: date) -> tuple[date, date]:
    """First and last day of "2026-11"; of this month for anything that is no month of the last hundred years."""
    parts = text.split("-")
    is_month = len(text) == 7 and len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts)
    year, month = (int(part) for part in parts) if is_month else (today.year, today.month)
    if not (1 <= month <= 12 and today.year - 100 < year <= today.year):
        year, month = today.year, today.month
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def require(problems: dict[str, str]) -> None:
    """Raises `Refused` with the first problem: the form has told them all."""
    for code in problems.values():
        raise Refused(code)
