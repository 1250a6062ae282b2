"""What units completed themselves (自办件): the report, its confirmation by the office, its amendment, the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, Filing, State
from models.appeals.vault import Identity, IdentityVault
from models.errors import Refused
from models.handling import commands, queries
from models.handling.commands import Act
from models.handling.self_registered_rules import KINDS, OUTCOMES, day_problems, is_late, require
from models.handling.tables import AppealEvent, Reply, ReplyItem, SelfRegistration
from models.handling.types import Action, Attitude, Outcome, ReplyKind, ReplyStatus
from models.workdays.rules import local_day

GROUPS: Mapping[str, frozenset[State]] = {
    "waiting": frozenset({State.REGISTERED}),
    "to_amend": frozenset({State.TO_AMEND}),
    "recognised": frozenset({State.CLOSED}),
}
"""Names of the address → states."""
COUNTED = (State.REGISTERED, State.CLOSED)
"""What counts towards the month's number: one that was returned counts again when it has been amended."""


@dataclass(frozen=True)
class Report:
    """How the matter ended: the answers go with the appeal's demands, in their order."""

    completed_on: date
    attitude: Attitude
    answers: tuple[tuple[Outcome, str], ...]


@dataclass(frozen=True)
class MonthLine:
    """One unit's month: what counts towards its number, and of all reports those that wait, came back, are confirmed,
    were late.
    """

    unit_id: int
    counted: int
    waiting: int
    to_amend: int
    recognised: int
    late: int


def register(
    session: Session, filing: Filing, identity: Identity | None, vault: IdentityVault, report: Report, act: Act
) -> Appeal:
    """A handler or approver reports the unit's own matter; `filing.paper_received_on` is the day it came to the unit.

    Raises `Refused` for anybody without a unit, for a 举报, impossible days, or demands without an answer.
    """
    actor, today = act.actor, local_day(act.now)
    if not actor.is_unit or actor.unit_id is None:
        raise Refused("not_your_role")
    if filing.kind is AppealKind.REPORT or filing.kind not in KINDS:
        raise Refused("report_is_the_offices")
    require(day_problems(filing.paper_received_on, report.completed_on, today))
    if len(report.answers) != len(filing.demands):
        raise Refused("unknown_demand")
    appeal = commands.self_register(session, filing, identity, vault, now=act.now, unit_id=actor.unit_id)
    session.add(_reply(appeal, act))
    session.flush()
    row = SelfRegistration(
        appeal_id=appeal.id or 0, unit_id=actor.unit_id, registered_on=today, completed_on=report.completed_on,
        attitude=report.attitude,
    )
    _take_down(session, appeal, row, report, act)
    return appeal


def _reply(appeal: Appeal, act: Act) -> Reply:
    return Reply(
        appeal_id=appeal.id or 0, round=appeal.round, kind=ReplyKind.FINAL, status=ReplyStatus.SIGNED_OFF,
        drafted_by_id=act.actor.account_id, updated_at=act.now, version=0,
    )


def _take_down(session: Session, appeal: Appeal, row: SelfRegistration, report: Report, act: Act) -> None:
    """Writes days, attitude and answers; whether the report was late is judged by its first day."""
    if any(outcome not in OUTCOMES or not text for outcome, text in report.answers):
        raise Refused("reply_incomplete")
    row.completed_on, row.attitude = report.completed_on, report.attitude
    row.is_late = is_late(report.completed_on, row.registered_on, act.calendar)
    reply = queries.reply(session, appeal, ReplyKind.FINAL)
    assert reply is not None and reply.id is not None
    items = queries.reply_items(session, reply)
    for demand, (outcome, text) in zip(appeals.demands(session, appeal), report.answers, strict=True):
        item = items.get(demand.id or 0) or ReplyItem(reply_id=reply.id, demand_id=demand.id or 0)
        item.outcome, item.facts = outcome, text
        session.add(item)
    reply.updated_at, reply.version = act.now, reply.version + 1
    session.add_all((reply, row))
    session.flush()


def amend(session: Session, appeal: Appeal, report: Report, act: Act) -> AppealEvent:
    """The unit mends its report; what was said and by whom stays as it was. `act` carries what was mended."""
    if len(report.answers) != len(appeals.demands(session, appeal)):
        raise Refused("unknown_demand")
    event = commands.perform(session, appeal, Action.AMEND, act)  # first: other appeals have no registration
    row = registration(session, appeal)
    require(day_problems(appeal.paper_received_on, report.completed_on, row.registered_on))
    _take_down(session, appeal, row, report, act)
    return event


def recognise(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The office confirms, never somebody of that unit (CLK-6): the matter is closed and its answer stands."""
    event = commands.perform(session, appeal, Action.RECOGNISE, act)
    reply = queries.reply(session, appeal, ReplyKind.FINAL)
    assert reply is not None
    reply.status, reply.published_at, reply.reviewed_by_id = ReplyStatus.PUBLISHED, act.now, act.actor.account_id
    session.add(reply)
    session.flush()
    return event


def return_record(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The office wants something mended; `act` carries what."""
    return commands.perform(session, appeal, Action.RETURN_RECORD, act)


# ---------------------------------------------------------------- reading


def registration(session: Session, appeal: Appeal) -> SelfRegistration:
    return session.get_one(SelfRegistration, appeal.id)


def counted(session: Session, unit_id: int, first: date, last: date) -> int:
    """How many of the unit's reports count for the month. One statement."""
    statement = (
        select(func.count())
        .select_from(SelfRegistration)
        .join(Appeal, col(Appeal.id) == col(SelfRegistration.appeal_id))
        .where(
            col(SelfRegistration.unit_id) == unit_id, col(SelfRegistration.registered_on).between(first, last),
            col(Appeal.state).in_(COUNTED),
        )
    )
    return session.exec(statement).one()


def month_lines(session: Session, actor: Actor, first: date, last: date) -> dict[int, MonthLine]:
    """Every unit that reported anything in the month, by unit id. One statement."""
    columns = [
        _sum(col(Appeal.state).in_(COUNTED)),
        *(_sum(col(Appeal.state).in_(GROUPS[name])) for name in ("waiting", "to_amend", "recognised")),
        _sum(col(SelfRegistration.is_late).is_(True)),
    ]
    statement = (
        select(SelfRegistration.unit_id, *columns)
        .join(Appeal, col(Appeal.id) == col(SelfRegistration.appeal_id))
        .where(appeals.scope(actor), col(SelfRegistration.registered_on).between(first, last))
        .group_by(col(SelfRegistration.unit_id))
    )
    return {row[0]: MonthLine(row[0], *(int(value) for value in row[1:])) for row in session.execute(statement).all()}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@dataclass(frozen=True)
class Listed:
    appeal: Appeal
    row: SelfRegistration


def _asked(
    actor: Actor, first: date, last: date, unit_id: int | None, group: str
) -> list[ColumnElement[bool]]:
    asked = [appeals.scope(actor), col(SelfRegistration.registered_on).between(first, last)]
    if unit_id is not None:
        asked.append(col(SelfRegistration.unit_id) == unit_id)
    if group in GROUPS:
        asked.append(col(Appeal.state).in_(GROUPS[group]))
    if group == "late":
        asked.append(col(SelfRegistration.is_late).is_(True))
    if group == "counted":
        asked.append(col(Appeal.state).in_(COUNTED))
    return asked


def listed(
    session: Session, actor: Actor, first: date, last: date, *, unit_id: int | None = None, group: str = "",
    limit: int, offset: int = 0,
) -> Sequence[Listed]:
    """The list behind a number, the newest first. One statement."""
    statement = (
        appeals.visible_appeals(actor)
        .add_columns(SelfRegistration)
        .join(SelfRegistration, col(SelfRegistration.appeal_id) == col(Appeal.id))
        .where(*_asked(actor, first, last, unit_id, group))
        .order_by(col(SelfRegistration.registered_on).desc(), col(Appeal.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [Listed(appeal, row) for appeal, row in session.execute(statement).all()]


def listed_count(
    session: Session, actor: Actor, first: date, last: date, *, unit_id: int | None = None, group: str = ""
) -> int:
    statement = (
        select(func.count())
        .select_from(SelfRegistration)
        .join(Appeal, col(Appeal.id) == col(SelfRegistration.appeal_id))
        .where(*_asked(actor, first, last, unit_id, group))
    )
    return session.exec(statement).one()
