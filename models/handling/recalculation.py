"""Which promised dates another calendar moves: a preview before it comes into force, what is left to do afterwards.

Few promises are different: a date follows from its start and its limit alone, so all pending ones of the house come
down to some hundred spans. The calendar is asked once for each of them, and the database finds the appeals; no more
than a page, or a portion, of those is ever read. `commands.recalculate` does what is found here, appeal by appeal, by
the very rule (`clock.settle`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, String, case, cast, func, literal, null, select, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col

from models.accounts.types import Actor
from models.appeals.queries import scope
from models.appeals.tables import Appeal
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus
from models.handling.tables import AdjustmentRow, AssistanceRow, MilestoneRow
from models.handling.types import UNIT_STAGES, MilestoneStatus, Stage
from models.workdays.queries import Notice, notices
from models.workdays.rules import due_date
from models.workdays.types import DueDate, Suspension, WorkCalendar

ASSISTANCE = "assistance"
PORTION = 200
"""Appeals recomputed in one transaction: about a second of the writers' time."""
PUBLISHED = "国务院办公厅公布了放假安排，按实际工作日重新计算"
CHANGED = "放假安排有调整，按调整后的工作日重新计算"


class Span(NamedTuple):
    """What a promised date follows from, and what it says now. `workdays` with what an extension added; `pauses`: the
    days on which the clock stood, as `_suspensions` reads them.
    """

    start_on: date
    workdays: int
    due_on: date
    is_provisional: bool
    pauses: str = ""


Moving = Mapping[Span, DueDate]
"""Spans that get another date, or become firm, with what they will say."""


@dataclass(frozen=True)
class Count:
    """How many dates of a unit change the day, and how many only become firm (暂算 → 确定)."""

    moved: int = 0
    firm: int = 0

    @property
    def total(self) -> int:
        return self.moved + self.firm


@dataclass(frozen=True)
class Preview:
    """What a calendar would do to the dates that an actor may see. By unit: that of the date, lead or assisting."""

    moving: Moving
    by_unit: Mapping[int, Count]

    @property
    def sum(self) -> Count:
        counts = self.by_unit.values()
        return Count(sum(one.moved for one in counts), sum(one.firm for one in counts))


@dataclass(frozen=True)
class Move:
    """One date that changes. `stage` is None for what an assisting unit owes."""

    uid: str
    number: str
    title: str
    unit_id: int | None
    stage: Stage | None
    before: Span
    after: DueDate


@dataclass(frozen=True)
class Left:
    """An appeal with dates that do not follow the calendar yet: since which version, and between which years."""

    appeal_id: int
    since: int | None
    first_year: int
    last_year: int
    was_provisional: bool


def _pauses() -> ColumnElement[str]:
    """The pauses of the running round as one text, "2026-11-17/2026-11-20;…", for what they let stand: the unit's
    promises. Empty for nearly all.
    """
    one = AdjustmentRow
    spans = func.aggregate_strings(func.concat_ws("/", one.ruled_on, one.ends_on), ";")
    granted = (col(one.kind) == AdjustmentKind.PAUSE) & (col(one.status) == AdjustmentStatus.GRANTED)
    mine = (col(one.appeal_id) == col(Appeal.id)) & (col(one.round) == col(Appeal.round))
    found = select(spans).where(mine, granted).correlate(Appeal).scalar_subquery()
    is_units = col(Appeal.has_adjustment) & col(MilestoneRow.stage).in_(UNIT_STAGES)
    return case((is_units, func.coalesce(found, "")), else_="")


def _suspensions(pauses: str) -> list[Suspension]:
    spans = [one.split("/") for one in pauses.split(";") if one]
    return [Suspension(date.fromisoformat(after), date.fromisoformat(through)) for after, through in spans]


def _pending() -> Any:
    """Every pending date: of the running round of an appeal, and of assisting units."""
    one, other = MilestoneRow, AssistanceRow
    columns: tuple[ColumnElement[Any], ...] = (
        col(one.appeal_id).label("appeal_id"), col(Appeal.lead_unit_id).label("unit_id"),
        cast(col(one.stage), String).label("stage"), col(one.start_on).label("start_on"),
        (col(one.workdays) + col(one.extended_workdays)).label("workdays"), col(one.due_on).label("due_on"),
        col(one.is_provisional).label("is_provisional"), _pauses().label("pauses"),
        col(one.calendar_version).label("version"),
    )
    milestones = (
        select(*columns)
        .join(Appeal, (col(Appeal.id) == col(one.appeal_id)) & (col(Appeal.round) == col(one.round)))
        .where(col(one.status) == MilestoneStatus.PENDING, col(one.stage) != Stage.PROGRESS)
    )
    assistances = select(
        col(other.appeal_id), col(other.unit_id), literal(ASSISTANCE, String), col(other.start_on),
        col(other.workdays), col(other.due_on), col(other.is_provisional), literal("", String), cast(null(), Integer),
    ).where(col(other.clock) == MilestoneStatus.PENDING)
    return union_all(milestones, assistances).subquery("pending")


PENDING = _pending()
SPAN: tuple[Any, ...] = (
    PENDING.c.start_on, PENDING.c.workdays, PENDING.c.due_on, PENDING.c.is_provisional, PENDING.c.pauses,
)


def preview(session: Session, actor: Actor, calendar: WorkCalendar) -> Preview:
    """What this calendar would do, in one statement: the pending dates counted by span and unit."""
    counted = (
        select(*SPAN, PENDING.c.unit_id, func.count())
        .join(Appeal, col(Appeal.id) == PENDING.c.appeal_id)
        .where(scope(actor))
        .group_by(*SPAN, PENDING.c.unit_id)
    )
    rows = session.connection().execute(counted).all()
    moving = _moving((Span(*row[:5]) for row in rows), calendar)
    by_unit: dict[int, Count] = {}
    for *span, unit_id, number in rows:
        before = Span(*span)
        if before in moving:
            so_far, is_moved = by_unit.get(unit_id or 0, Count()), moving[before].due_on != before.due_on
            by_unit[unit_id or 0] = Count(so_far.moved + number * is_moved, so_far.firm + number * (not is_moved))
    return Preview(moving, by_unit)


def _moving(spans: Iterable[Span], calendar: WorkCalendar) -> Moving:
    found = {}
    for span in set(spans):
        after = due_date(span.start_on, span.workdays, calendar, _suspensions(span.pauses))
        if (after.due_on, after.is_provisional) != (span.due_on, span.is_provisional):
            found[span] = after
    return found


def _among(moving: Moving) -> ColumnElement[bool]:
    return tuple_(*SPAN).in_([tuple(span) for span in moving])


def moves(session: Session, actor: Actor, moving: Moving, *, limit: int, offset: int = 0) -> list[Move]:
    """One page of the dates that change, unit by unit, what falls due first on top."""
    if not moving:
        return []
    return [_move(row, moving[Span(*row[5:])]) for row in _listed(session, actor, _among(moving), limit, offset)]


def provisional(session: Session, actor: Actor, *, limit: int, offset: int = 0) -> list[Move]:
    """One page of the dates that wait for an arrangement (domain.md §4 rule 3)."""
    found = _listed(session, actor, PENDING.c.is_provisional, limit, offset)
    return [_move(row, DueDate(*row[5:9])) for row in found]


def provisional_count(session: Session, actor: Actor) -> int:
    counted = (
        select(func.count()).select_from(PENDING).join(Appeal, col(Appeal.id) == PENDING.c.appeal_id)
        .where(scope(actor), PENDING.c.is_provisional)
    )
    return int(session.connection().execute(counted).scalar_one())


def _listed(
    session: Session, actor: Actor, condition: ColumnElement[bool], limit: int, offset: int
) -> list[tuple[Any, ...]]:
    statement = (
        select(col(Appeal.uid), col(Appeal.number), col(Appeal.title), PENDING.c.unit_id, PENDING.c.stage, *SPAN)
        .select_from(PENDING)
        .join(Appeal, col(Appeal.id) == PENDING.c.appeal_id)
        .where(scope(actor), condition)
        .order_by(PENDING.c.unit_id, PENDING.c.due_on, PENDING.c.appeal_id, PENDING.c.stage)
    )
    return [tuple(row) for row in session.connection().execute(statement.limit(limit).offset(offset)).all()]


def _move(row: tuple[Any, ...], after: DueDate) -> Move:
    uid, number, title, unit_id, stage, *span = row
    return Move(uid, number, title, unit_id, None if stage == ASSISTANCE else Stage(stage), Span(*span), after)


def left(session: Session, calendar: WorkCalendar, *, limit: int, after: int = 0) -> list[Left]:
    """Appeals whose dates do not follow this calendar yet, in order of their ids; none when all is done."""
    spans = session.connection().execute(select(*SPAN).distinct()).all()
    moving = _moving((Span(*row) for row in spans), calendar)
    if not moving:
        return []
    found = (
        select(
            PENDING.c.appeal_id, func.min(PENDING.c.version), func.min(PENDING.c.start_on, type_=Date),
            func.max(PENDING.c.due_on, type_=Date), func.max(cast(PENDING.c.is_provisional, Integer)),
        )
        .where(_among(moving), PENDING.c.appeal_id > after)
        .group_by(PENDING.c.appeal_id)
        .order_by(PENDING.c.appeal_id)
        .limit(limit)
    )
    return [
        Left(id_, since, first.year, last.year, bool(was_provisional))
        for id_, since, first, last, was_provisional in session.connection().execute(found).all()
    ]


def portion(
    session: Session, calendar: WorkCalendar, *, after: int = 0, limit: int = PORTION
) -> list[tuple[Appeal, str]]:
    """Some of those appeals, locked and read anew, each with the reason why its dates move. What was recomputed is
    found no more, so that a portion may be asked for again after any interruption.
    """
    session.flush()
    found = left(session, calendar, limit=limit, after=after)
    if not found:
        return []
    locked = select(Appeal).where(col(Appeal.id).in_([one.appeal_id for one in found])).with_for_update()
    rows = session.scalars(locked.order_by(col(Appeal.id)), execution_options={"populate_existing": True}).all()
    brought = notices(session)
    reasons = {one.appeal_id: reason(one, brought, calendar.version) for one in found}
    return [(row, reasons[row.id or 0]) for row in rows]


def left_count(session: Session, calendar: WorkCalendar) -> int:
    """How many dates do not follow this calendar yet."""
    counted = select(*SPAN, func.count()).group_by(*SPAN)
    rows = session.connection().execute(counted).all()
    moving = _moving((Span(*row[:5]) for row in rows), calendar)
    return sum(row[5] for row in rows if Span(*row[:5]) in moving)


def reason(one: Left, brought: Iterable[Notice], version: int) -> str:
    """Why an appeal's dates move, for whoever reads it: the notices that brought its years since it was promised."""
    since = version - 1 if one.since is None else one.since
    years = range(one.first_year, one.last_year + 2)  # a date may move into the year behind its own
    sources = [
        notice.source for notice in brought if since < notice.version <= version and set(years) & set(notice.years)
    ]
    basis = "；".join(dict.fromkeys(source for source in sources if source))
    return (PUBLISHED if one.was_provisional else CHANGED) + (f"（依据：{basis}）" if basis else "") + "。"
