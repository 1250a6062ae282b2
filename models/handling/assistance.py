"""Assisting units (协办): asked by the office, each with a task and a date of its own; what they send goes to the
lead unit.

An assisting unit has its own narrow door, beside `appeals.queries.scope` and never through it: the lead's page,
replies, drafts, notes, slips and the appellant's identity are behind the other one. Here it finds its task, the
appellant's statement and copies of the files while the matter runs, its own contribution afterwards, and nothing once
the office has taken the task back or the appeal ended without it (need to know, domain.md §9).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.appeals.queries import not_reported
from models.appeals.tables import Appeal
from models.appeals.types import ENDED_STATES
from models.errors import Conflict, NotFound, Refused
from models.handling import assistance_rules, queries
from models.handling.commands import Act, perform, record
from models.handling.concerned import SEEN, check_unit
from models.handling.rules import UNSENT
from models.handling.tables import AppealEvent, AssistanceRow
from models.handling.types import Action, Assistance, AssistanceStatus, Effects, MilestoneStatus, Projection, Stage
from models.workdays.rules import due_date, local_day

LEADS_OWN = (Stage.CONCLUDE, Stage.PRELIMINARY, Stage.FINAL)


@dataclass(frozen=True)
class Task:
    """What a unit is asked for, and how many working days it gets. `is_late_meant`: past the lead's own date on
    purpose.
    """

    unit: Unit
    text: str
    workdays: int
    is_late_meant: bool = False


# ---------------------------------------------------------------- the office asks


def assist(session: Session, appeal: Appeal, act: Act, task: Task) -> AppealEvent:
    """Asks a unit to assist, from today on. Refuses the lead unit, a unit that still owes a contribution, kin of a unit
    that a report accuses, be it this one or merged into it, and a date after the lead's own that is not said to be
    meant (`assistance_after_lead` with both dates).
    """
    now = queries.projection(session, appeal)
    assert task.unit.id is not None
    _check_unit(session, appeal, now, task.unit)
    start_on = local_day(act.now)
    due = due_date(start_on, task.workdays, act.calendar)
    _check_due(now, due.due_on, task)
    made = Assistance(
        len(now.assistances) + 1, task.unit.id, AssistanceStatus.TO_SIGN, start_on, task.workdays, due.due_on,
        due.is_provisional,
    )
    said = replace(act, internal_note=task.text)
    more = Effects(assistances=(made,), calendar_version=act.calendar.version)
    event = perform(session, appeal, Action.ASSIST, said, more=more)
    row = _row(session, appeal, made.no)
    row.task = task.text
    session.add(row)
    return event


def _check_unit(session: Session, appeal: Appeal, now: Projection, unit: Unit) -> None:
    if unit.id == now.lead_unit_id:
        raise Refused("assisting_is_lead")
    if any(one.unit_id == unit.id and one.status in UNSENT for one in now.assistances):
        raise Refused("already_assisting")
    check_unit(session, appeal, unit)


def _check_due(now: Projection, due_on: date, task: Task) -> None:
    lead_due = lead_due_on(now)
    if lead_due is not None and due_on > lead_due and not task.is_late_meant:
        raise Refused("assistance_after_lead", due_on=due_on, lead_due_on=lead_due)


def lead_due_on(now: Projection) -> date | None:
    """By when the lead unit must have a result: an assisting unit's word that comes later comes too late."""
    pending = [
        one.due_on for one in now.milestones
        if one.stage in LEADS_OWN and one.status is MilestoneStatus.PENDING and one.round == now.round
    ]
    return min(pending, default=None)


def end(session: Session, appeal: Appeal, act: Act, *, no: int) -> AppealEvent:
    """The office takes a task back that is not answered yet."""
    found = [one for one in queries.assistances(session, appeal) if one.no == no and one.status in UNSENT]
    if not found:
        raise Refused("no_assistance")
    more = Effects(assistances=(assistance_rules.ended(found[0], local_day(act.now)),))
    return perform(session, appeal, Action.END_ASSISTANCE, act, more=more)


# ---------------------------------------------------------------- the assisting unit works


def sign(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    event, _ = _carry_out(session, appeal, Action.SIGN_ASSISTANCE, act)
    return event


def propose(session: Session, appeal: Appeal, act: Act, *, text: str) -> AppealEvent:
    """The handler's contribution, to the unit's own approver."""
    event, row = _carry_out(session, appeal, Action.PROPOSE_CONTRIBUTION, act)
    row.contribution, row.written_by_id = text, act.actor.account_id
    session.add(row)
    return event


def send(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """Signed off: it goes to the lead unit, and the unit's own date is met or missed."""
    event, row = _carry_out(session, appeal, Action.SEND_CONTRIBUTION, act)
    row.sent_at, row.sent_by_id = act.now, act.actor.account_id
    session.add(row)
    return event


def send_back(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    event, _ = _carry_out(session, appeal, Action.RETURN_CONTRIBUTION, act)
    return event


def _carry_out(session: Session, appeal: Appeal, action: Action, act: Act) -> tuple[AppealEvent, AssistanceRow]:
    """`act.expected_version` is the assistance's own: what the lead unit does meanwhile is no conflict here."""
    row = own(session, appeal, act.actor)
    if act.expected_version is not None and act.expected_version != row.version:
        raise Conflict("changed_meanwhile", expected=act.expected_version, found=row.version)
    one = queries.as_assistance(row)
    step = assistance_rules.step(one, appeal.state, action, act.actor)
    changed = assistance_rules.moved(one, step, local_day(act.now))
    return record(session, appeal, action, act, Effects(assistances=(changed,))), row


# ---------------------------------------------------------------- who sees it


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """Deny by default: a task of the actor's own unit that is still shown, and no report against it (ACC-4)."""
    mine = (col(AssistanceRow.unit_id) == actor.unit_id) & col(AssistanceRow.status).in_(sorted(SEEN))
    return mine & not_reported(actor)


def visible_appeal(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> Appeal:
    """The appeal this actor's unit assists in; anything else is `NotFound`, as if it did not exist (ACC-3)."""
    tasks = select(AssistanceRow.appeal_id).where(col(AssistanceRow.unit_id) == actor.unit_id)
    statement = select(Appeal).where(
        col(Appeal.uid) == uid,
        col(Appeal.id).in_(tasks.where(col(AssistanceRow.status).in_(sorted(SEEN)))),
        not_reported(actor),
    )
    if lock:
        statement = statement.with_for_update(of=Appeal)
    appeal = session.exec(statement).one_or_none() if actor.is_unit else None
    if appeal is None:
        raise NotFound("no_such_appeal")
    return appeal


def visible_statement(session: Session, actor: Actor, uid: str) -> Appeal:
    """The same while the appellant's own words and files may be read: until the appeal has ended."""
    appeal = visible_appeal(session, actor, uid)
    if not shows_statement(appeal):
        raise NotFound("no_such_appeal")
    return appeal


def shows_statement(appeal: Appeal) -> bool:
    return appeal.state not in ENDED_STATES


def own(session: Session, appeal: Appeal, actor: Actor) -> AssistanceRow:
    """The actor's unit's task, the newest when it was asked twice."""
    return own_rows(session, appeal, actor)[-1]


def own_rows(session: Session, appeal: Appeal, actor: Actor) -> Sequence[AssistanceRow]:
    found = [one for one in queries.assistance_rows(session, appeal) if one.unit_id == actor.unit_id]
    shown = [one for one in found if one.status in SEEN]
    if not shown:
        raise NotFound("no_such_appeal")
    return shown


def conditions(today: date) -> dict[str, ColumnElement[bool]]:
    """The tabs of a unit's list of tasks."""
    is_open = col(AssistanceRow.status).in_(sorted(UNSENT))
    return {
        "open": is_open,
        "overdue": is_open & (col(AssistanceRow.due_on) < today),
        "sent": col(AssistanceRow.status) == AssistanceStatus.SENT,
    }


def tasks(
    session: Session, actor: Actor, condition: ColumnElement[bool], *, limit: int, offset: int = 0
) -> Sequence[tuple[AssistanceRow, Appeal]]:
    """The unit's tasks, the first due first."""
    statement = (
        select(AssistanceRow, Appeal)
        .join(Appeal, col(Appeal.id) == col(AssistanceRow.appeal_id))
        .where(_theirs(actor), condition)
        .order_by(col(AssistanceRow.due_on), col(AssistanceRow.id))
    )
    return [(row, appeal) for row, appeal in session.exec(statement.limit(limit).offset(offset)).all()]


def counts(session: Session, actor: Actor, wanted: dict[str, ColumnElement[bool]]) -> dict[str, int]:
    """How many of the unit's tasks meet each condition, in one statement over the unit's own rows."""
    columns = [func.count().filter(condition) for condition in wanted.values()]
    statement = select(*columns).select_from(AssistanceRow).join(Appeal, col(Appeal.id) == col(AssistanceRow.appeal_id))
    row = session.execute(statement.where(_theirs(actor))).one()
    return dict(zip(wanted, (int(value) for value in row), strict=True))


def is_late(today: date) -> ColumnElement[bool]:
    """Appeals in which an assisting unit is overdue: for the office's board. The inner list is read once."""
    late = select(AssistanceRow.appeal_id).where(
        col(AssistanceRow.status).in_(sorted(UNSENT)), col(AssistanceRow.due_on) < today
    )
    return col(Appeal.id).in_(late)


def _row(session: Session, appeal: Appeal, no: int) -> AssistanceRow:
    found = select(AssistanceRow).where(col(AssistanceRow.appeal_id) == appeal.id, col(AssistanceRow.no) == no)
    return session.exec(found).one()


