"""The year at a glance: twelve months, the arrangement behind them, and every version with who made it."""

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import display_names
from models.errors import NotFound
from models.handling import recalculation
from models.workdays import queries
from models.workdays.rules import WEEKDAY_NAMES, is_workday, statutory_name
from models.workdays.tables import ArrangementRow
from models.workdays.types import FIRST_YEAR, LAST_YEAR, ArrangementStatus, DayKind, WorkCalendar
from webapp import access, clock, db
from webapp.calendar import calendar_at, current_calendar
from webapp.filters import cn_datetime
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.year_lines import arranged_lines, days_of_year, statutory_lines

STATUS_LABELS: Mapping[ArrangementStatus, tuple[str, str]] = {
    ArrangementStatus.PROPOSED: ("待批准", "todo"), ArrangementStatus.IN_FORCE: ("已生效", "done"),
    ArrangementStatus.WITHDRAWN: ("已撤回", "ended"), ArrangementStatus.REFUSED: ("未批准", "ended"),
    ArrangementStatus.STALE: ("已过时", "ended"),
}
MOST_DECIDED = 30
OPERATOR = "主机管理员（命令行或随系统安装）"
_WEEKS = months.Calendar(firstweekday=months.MONDAY)
_MARKS = {DayKind.OFF: ("off", "休"), DayKind.WORK: ("work", "班")}


@dataclass(frozen=True)
class Cell:
    """A day. `kind`: off, work (a make-up day), weekend or plain; `mark` is the word in it, `name` why."""

    day: int
    iso: str
    kind: str
    mark: str = ""
    name: str = ""
    is_today: bool = False


@dataclass(frozen=True)
class Month:
    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    workdays: int


@dataclass(frozen=True)
class ArrangementView:
    """A proposal or a version as a line of a list."""

    uid: str
    years: str
    version: int | None
    base_version: int
    source: str
    status_label: str
    status_tone: str
    proposer: str
    proposed_text: str
    decider: str
    decided_text: str
    reason: str
    year: int | None


def arrangement_views(session: Session, rows: list[ArrangementRow]) -> list[ArrangementView]:
    names = display_names(session, [id_ for row in rows for id_ in (row.proposed_by_id, row.decided_by_id)])
    return [_arrangement_view(row, names) for row in rows]


def _arrangement_view(row: ArrangementRow, names: Mapping[int, str]) -> ArrangementView:
    label, tone = STATUS_LABELS[row.status]
    return ArrangementView(
        row.uid, "、".join(f"{year}年" for year in row.year_numbers), row.version, row.base_version, row.source, label,
        tone, names.get(row.proposed_by_id or 0, OPERATOR), cn_datetime(row.proposed_at),
        names.get(row.decided_by_id or 0, ""), cn_datetime(row.decided_at), row.reason,
        row.year_numbers[-1] if row.year_numbers else None,
    )


def show_year() -> Response:
    """`?year=` and, for a calendar as it was, `?version=`; without them this year, and now."""
    session, year, calendar = db.session(), _asked("year", FIRST_YEAR, LAST_YEAR) or clock.today().year, _calendar()
    is_arranged = year in calendar.arranged_years
    shown = tuple(_month(year, number, calendar) for number in range(1, 13))
    return render(
        "calendar_desk/index.html", year=year, calendar=calendar, is_arranged=is_arranged,
        is_earlier=calendar.version != current_calendar().version, months=shown, weekdays=[n[1] for n in WEEKDAY_NAMES],
        workdays=sum(one.workdays for one in shown), lines=list(arranged_lines(year, calendar)),
        statutory=[] if is_arranged else list(statutory_lines(year, calendar)),
        years=sorted({*calendar.arranged_years, clock.today().year, clock.today().year + 1, year}),
        proposals=arrangement_views(session, list(queries.open_proposals(session))),
        decided=arrangement_views(session, list(queries.decided(session, limit=MOST_DECIDED))),
        provisional_count=recalculation.provisional_count(session, access.current_actor()), **left_context(session),
    )


def left_context(session: Session) -> dict[str, Any]:
    """How many dates do not follow the calendar in force yet, and the form that goes on with them."""
    left = recalculation.left_count(session, current_calendar())
    return {"left": left, "left_form": ActForm(formdata=None) if left else None}


def _calendar() -> WorkCalendar:
    version = _asked("version", 1, current_calendar().version)
    return calendar_at(db.session(), version) if version else current_calendar()


def _asked(name: str, least: int, most: int) -> int | None:
    """A number of the address. `NotFound` for a year or a version that there is not."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7 and least <= int(text) <= most):
        raise NotFound("no_such_calendar")
    return int(text)


def _month(year: int, number: int, calendar: WorkCalendar) -> Month:
    weeks = tuple(
        tuple(_cell(date(year, number, day), calendar) if day else None for day in week)
        for week in _WEEKS.monthdayscalendar(year, number)
    )
    worked = sum(is_workday(day, calendar) for day in days_of_year(year) if day.month == number)
    return Month(number, weeks, worked)


def _cell(day: date, calendar: WorkCalendar) -> Cell:
    mark, is_today = calendar.marked.get(day), day == clock.today()
    if mark is not None:
        kind, word = _MARKS[mark.kind]
        return Cell(day.day, day.isoformat(), kind, word, mark.name, is_today)
    if name := statutory_name(day, calendar):
        return Cell(day.day, day.isoformat(), "off", "休", f"{name}（暂算）", is_today)
    return Cell(day.day, day.isoformat(), "weekend" if day.weekday() >= 5 else "plain", is_today=is_today)
