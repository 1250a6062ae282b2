"""Dates that would move, or that are 暂算, as lines of a list: from which day to which, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlmodel import Session

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.handling import recalculation
from models.handling.recalculation import Move, Preview
from models.handling.types import STAGE_LABELS
from models.workdays.rules import workdays_between
from models.workdays.types import WorkCalendar
from webapp import clock
from webapp.filters import cn_date
from webapp.paging import ROWS, Page, paginate

ASSISTANCE = "送出协办意见"


@dataclass(frozen=True)
class MoveView:
    number: str
    url: str
    title: str
    unit: str
    stage: str
    before_text: str
    before_iso: str
    after_text: str
    after_iso: str
    shift: str
    was_provisional: bool
    is_provisional: bool
    is_late_at_once: bool


@dataclass(frozen=True)
class UnitCount:
    unit: str
    moved: int
    firm: int


@dataclass(frozen=True)
class PreviewView:
    """What an arrangement would do: counts by unit, and one page of the dates."""

    moved: int
    firm: int
    by_unit: tuple[UnitCount, ...]
    moves: tuple[MoveView, ...]
    page: Page


def preview_view(session: Session, actor: Actor, calendar: WorkCalendar, endpoint: str, uid: str) -> PreviewView:
    """Three statements, whatever the number of dates."""
    told, units = recalculation.preview(session, actor, calendar), unit_names(session)
    page = paginate(told.sum.total, endpoint, uid=uid)
    found = recalculation.moves(session, actor, told.moving, limit=ROWS, offset=page.offset)
    return PreviewView(
        told.sum.moved, told.sum.firm, unit_counts(told, units), move_views(found, units, calendar), page
    )


def unit_counts(told: Preview, units: Mapping[int, str]) -> tuple[UnitCount, ...]:
    """The unit with most dates that move first."""
    counted = sorted(told.by_unit.items(), key=lambda item: (-item[1].moved, -item[1].firm, item[0]))
    return tuple(UnitCount(units.get(unit_id, ""), one.moved, one.firm) for unit_id, one in counted)


def move_views(found: Sequence[Move], units: Mapping[int, str], calendar: WorkCalendar) -> tuple[MoveView, ...]:
    return tuple(_move_view(one, units, calendar, clock.today()) for one in found)


def _move_view(one: Move, units: Mapping[int, str], calendar: WorkCalendar, today: date) -> MoveView:
    before, after = one.before, one.after
    return MoveView(
        one.number, url_for("office.show", uid=one.uid), one.title, units.get(one.unit_id or 0, ""),
        STAGE_LABELS[one.stage] if one.stage else ASSISTANCE, cn_date(before.due_on), before.due_on.isoformat(),
        cn_date(after.due_on), after.due_on.isoformat(), shift_text(before.due_on, after.due_on, calendar),
        before.is_provisional, after.is_provisional, after.due_on < today <= before.due_on,
    )


def shift_text(before: date, after: date, calendar: WorkCalendar) -> str:
    """By working days of the new calendar; by days where only days off lie between the two."""
    if before == after:
        return "日期不变"
    word, workdays = ("推迟" if after > before else "提前"), abs(workdays_between(before, after, calendar))
    return f"{word} {workdays} 个工作日" if workdays else f"{word} {abs((after - before).days)} 天"
