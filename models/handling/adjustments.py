"""Asking the office to return, to extend, to pause, to treat as complex; the office's ruling; the end of a pause.

A handler asks, the unit's approver sends it to the office (an approver's own request goes at once), the office rules
within its own term. Days and numbers are checked when it is sent: what the office takes longer is not the unit's fault.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.accounts.types import SYSTEM, Role
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling import adjustment_rules, queries, rules
from models.handling.adjustment_rules import Asking
from models.handling.adjustment_types import Adjustment, AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.clock import EFFECTS, Moment
from models.handling.commands import NO_TERMS, Act, perform, record
from models.handling.concerned import check_unit
from models.handling.rules import Clock
from models.handling.tables import AdjustmentRow, AppealEvent
from models.handling.types import Action, Effects, Projection
from models.workdays.rules import local_day
from models.workdays.types import WorkCalendar

ASKS = {
    AdjustmentKind.RETURN: Action.ASK_RETURN,
    AdjustmentKind.EXTENSION: Action.ASK_EXTENSION,
    AdjustmentKind.PAUSE: Action.ASK_PAUSE,
    AdjustmentKind.COMPLEX: Action.ASK_COMPLEX,
}
KINDS = {action: kind for kind, action in ASKS.items()}


@dataclass(frozen=True)
class Request:
    """What the unit writes. `workdays`: of an extension or a pause. `proposed`: who should have the appeal instead."""

    kind: AdjustmentKind
    grounds: str
    basis: str = ""
    workdays: int = 0
    reason: PauseReason | None = None
    proposed: Unit | None = None


# ---------------------------------------------------------------- the unit asks


def ask(session: Session, appeal: Appeal, act: Act, request: Request) -> AppealEvent:
    """Writes the request down, for the approver to send; an approver sends it with the same act."""
    now = queries.projection(session, appeal)
    rules.step(now, ASKS[request.kind], act.actor)
    _check(session, appeal, now, act, request.kind, request.workdays, request.reason)
    if request.proposed is not None and request.proposed.id == now.lead_unit_id:
        raise Refused("proposed_is_lead")
    assert now.lead_unit_id is not None
    made = Adjustment(
        len(now.adjustments) + 1, now.round, request.kind, AdjustmentStatus.TO_SIGN_OFF, now.lead_unit_id,
        request.workdays, request.reason,
    )
    event = perform(session, appeal, ASKS[request.kind], act, more=Effects(adjustments=(made,)))
    row = _row(session, appeal, made.no)
    row.grounds, row.basis, row.asked_by_id = request.grounds, request.basis, act.actor.account_id
    row.proposed_unit_id = request.proposed.id if request.proposed else None
    session.add(row)
    if Role.APPROVER in act.actor.roles:
        return send(session, appeal, replace(act, expected_version=None))
    return event


def send(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The approver answers for what leaves the unit; from today on the office has to rule."""
    now = queries.projection(session, appeal)
    rules.step(now, Action.SEND_ADJUSTMENT, act.actor)
    one = _asked(now)
    _check(session, appeal, now, act, one.kind, one.workdays, one.reason)
    sent = replace(one, status=AdjustmentStatus.ASKED, asked_on=local_day(act.now))
    event = perform(session, appeal, Action.SEND_ADJUSTMENT, act, adjustment=sent)
    row = _row(session, appeal, one.no)
    row.sent_by_id = act.actor.account_id
    session.add(row)
    return event


def take_back(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The unit, or its approver before anything was sent, no longer asks."""
    return perform(session, appeal, Action.TAKE_BACK_ADJUSTMENT, act)


def _check(
    session: Session, appeal: Appeal, now: Projection, act: Act, kind: AdjustmentKind, workdays: int,
    reason: PauseReason | None,
) -> None:
    _, terms = queries.policy_of(session, appeal)
    asking = Asking(kind, local_day(act.now), act.calendar, terms.allowances, workdays, reason)
    adjustment_rules.check(now, asking)


# ---------------------------------------------------------------- the office rules


def grant(session: Session, appeal: Appeal, act: Act, *, workdays: int = 0, ruling: str = "") -> AppealEvent:
    """As asked, or for fewer working days. The appellant reads in the act's public note why a date moves."""
    now = queries.projection(session, appeal)
    rules.step(now, Action.GRANT_ADJUSTMENT, act.actor)
    one = _asked(now)
    today, long = local_day(act.now), workdays or one.workdays
    if long > one.workdays:
        raise Refused("more_than_asked", most=one.workdays)
    granted = replace(one, status=AdjustmentStatus.GRANTED, ruled_on=today, workdays=long)
    if one.kind is AdjustmentKind.PAUSE:
        _check(session, appeal, now, act, one.kind, long, one.reason)
        granted = replace(granted, ends_on=adjustment_rules.planned_end(today, long, act.calendar))
    event = perform(session, appeal, Action.GRANT_ADJUSTMENT, act, adjustment=granted)
    _rule(session, appeal, one.no, act, ruling)
    return event


def refuse(session: Session, appeal: Appeal, act: Act, *, ruling: str) -> AppealEvent:
    now = queries.projection(session, appeal)
    rules.step(now, Action.REFUSE_ADJUSTMENT, act.actor)
    one = _asked(now)
    refused = replace(one, status=AdjustmentStatus.REFUSED, ruled_on=local_day(act.now))
    event = perform(session, appeal, Action.REFUSE_ADJUSTMENT, act, adjustment=refused)
    _rule(session, appeal, one.no, act, ruling)
    return event


def rule_return(session: Session, appeal: Appeal, act: Act, *, lead_unit: Unit, ruling: str) -> AppealEvent:
    """Who has the appeal from here on: the unit that asked, or another. That is final; whoever it is signs anew, and
    no promise to the appellant moves.
    """
    now = queries.projection(session, appeal)
    rules.step(now, Action.RULE_RETURN, act.actor)
    check_unit(session, appeal, lead_unit)
    one = _asked(now)
    is_moved = lead_unit.id != now.lead_unit_id
    status = AdjustmentStatus.GRANTED if is_moved else AdjustmentStatus.REFUSED
    ruled = replace(one, status=status, ruled_on=local_day(act.now))
    event = perform(
        session, appeal, Action.RULE_RETURN, act, adjustment=ruled, lead_unit_id=lead_unit.id if is_moved else None
    )
    _rule(session, appeal, one.no, act, ruling, lead_unit)
    return event


def _rule(
    session: Session, appeal: Appeal, no: int, act: Act, ruling: str, unit: Unit | None = None
) -> None:
    row = _row(session, appeal, no)
    row.ruling, row.ruled_by_id = ruling, act.actor.account_id
    row.ruled_unit_id = unit.id if unit else None
    session.add(row)
    session.flush()


# ---------------------------------------------------------------- the end of a pause


def resume(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """Somebody says that what was waited for has come: the clock runs again from tomorrow."""
    return perform(session, appeal, Action.RESUME, act)


def end_pause(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The office finds that nothing is waited for any more: the clock runs again from tomorrow."""
    return perform(session, appeal, Action.END_PAUSE, act)


def end_pauses(session: Session, *, now: datetime, calendar: WorkCalendar) -> int:
    """Every pause whose planned end has passed: the system's own act, once, whenever it is called. No date moves: the
    end was counted with from the beginning. Returns how many ended.
    """
    act = Act(SYSTEM, now, calendar)
    return sum(_end(session, appeal, act) for appeal in queries.paused_beyond(session, local_day(now)))


def _end(session: Session, appeal: Appeal, act: Act) -> bool:
    now = queries.projection(session, appeal)
    if now.pause is None:
        return False
    effects = EFFECTS[Clock.RESUME](now, Moment(local_day(act.now), act.calendar, NO_TERMS))
    record(session, appeal, Action.RESUME, act, effects)
    return True


# ---------------------------------------------------------------- reading


def _asked(now: Projection) -> Adjustment:
    one = now.open_adjustment
    if one is None:
        raise Refused("no_open_adjustment")
    return one


def _row(session: Session, appeal: Appeal, no: int) -> AdjustmentRow:
    found = select(AdjustmentRow).where(col(AdjustmentRow.appeal_id) == appeal.id, col(AdjustmentRow.no) == no)
    return session.exec(found).one()
