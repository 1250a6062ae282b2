"""Today's call list: who is to be called, who has been, how far the day is."""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.followup import call_lists
from models.followup.call_lists import Entry
from models.followup.types import DRAWN_LABELS
from models.workdays.rules import is_workday
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.htmx import render


@dataclass(frozen=True)
class CallLine:
    """One line of the day's list."""

    url: str
    number: str
    title: str
    unit: str
    why: str
    calls: int
    state_label: str
    state_tone: str
    is_done: bool


@dataclass(frozen=True)
class Day:
    """How far the day is. `none` says why there is no list."""

    lines: tuple[CallLine, ...] = ()
    done: int = 0
    reached: int = 0
    none: str = ""

    @property
    def total(self) -> int:
        return len(self.lines)


def show() -> Response:
    session, actor = db.session(), access.current_actor()
    return render("followup/index.html", part="followup/_day.html", day=_day(session, actor), on=clock.today())


def _day(session: Session, actor: Actor) -> Day:
    today = clock.today()
    drawn = call_lists.list_of(session, today)
    if drawn is None:
        is_off = not is_workday(today, current_calendar())
        return Day(none="今天不上班，不抽取回访名单。" if is_off else "今天的名单还没有抽取，上班日8点以后自动抽取。")
    entries, units = call_lists.entries(session, actor, drawn), unit_names(session)
    lines = [_line(one, units) for one in entries]
    return Day(
        tuple(sorted(lines, key=lambda one: one.is_done)), sum(one.is_done for one in lines),
        sum(one.is_reached for one in entries),
    )


def _line(one: Entry, units: dict[int, str]) -> CallLine:
    is_done = one.is_done(clock.today())
    label, tone = ("已接通", "done") if one.is_reached else ("今天没有接通", "ended") if is_done else ("待回访", "todo")
    return CallLine(
        url_for("followup.call", uid=one.appeal.uid), one.appeal.number, one.appeal.title,
        units.get(one.candidate.unit_id, ""), DRAWN_LABELS[one.candidate.drawn], one.calls, label, tone, is_done,
    )
