""" "今天反映，最迟哪天有结果": the clock of the office, for anybody to try."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.appeals.text import canonical_digits
from models.errors import Refused
from models.handling.queries import policy_in_force
from models.handling.types import Stage
from models.workdays.rules import due_date
from webapp import presenting
from webapp.calendar import calendar_for
from webapp.filters import cn_date
from webapp.messages import message

BAD_DATE = "请填写交办日期，例如 2026-09-30"
MATTERS: Mapping[str, Stage] = {"simple": Stage.CONCLUDE, "complex": Stage.PRELIMINARY}
PROMISES = {"simple": "办结", "complex": "有明确初步结果"}
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """A due date as it is told, with the days that explain it."""

    date_text: str
    iso: str
    promise: str
    workdays: int
    is_provisional: bool
    days: tuple[presenting.DayView, ...]


@dataclass(frozen=True)
class Calculation:
    """What the form holds and either the answer or what is wrong with the date."""

    start: str
    matter: str
    labels: tuple[tuple[str, str], ...]
    answer: Answer | None = None
    error: str = ""


def calculate(session: Session, start: str, matter: str, today: date) -> Calculation:
    """For whatever came in the address: no text leads to more than a sentence beside the field."""
    _, terms = policy_in_force(session, today)
    labels = (
        ("simple", f"简单事项（{terms.workdays[Stage.CONCLUDE]} 个工作日）"),
        ("complex", f"复杂事项（{terms.workdays[Stage.PRELIMINARY]} 个工作日）"),
    )
    matter = matter if matter in MATTERS else "simple"
    start = start.strip() or today.isoformat()
    day = parse_date(start)
    if day is None:
        return Calculation(start[:40], matter, labels, error=BAD_DATE)
    calendar = calendar_for(session)
    workdays = terms.workdays[MATTERS[matter]]
    try:
        due = due_date(day, workdays, calendar)
        days = presenting.explanation(day, workdays, calendar)
    except Refused as refused:
        return Calculation(day.isoformat(), matter, labels, error=message(refused.code))
    answer = Answer(cn_date(due.due_on), due.due_on.isoformat(), PROMISES[matter], workdays, due.is_provisional, days)
    return Calculation(day.isoformat(), matter, labels, answer)


def parse_date(text: str) -> date | None:
    """2026-09-30, 2026/9/30, 2026年9月30日, also in full-width digits; None for no date at all."""
    found = _DATE.fullmatch(canonical_digits(text))
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
