"""The acts. Each writes event, projection, milestones and audit row in the caller's one transaction; none commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypedDict, Unpack

from sqlmodel import Session

from models.accounts.queries import handlers_of
from models.accounts.tables import Unit
from models.accounts.types import PUBLIC, SYSTEM, Actor, Role
from models.appeals import commands as appeals
from models.appeals import reveals
from models.appeals.tables import Appeal
from models.appeals.types import ENDED_STATES, Complexity, Filing, State
from models.appeals.vault import Identity, IdentityVault
from models.audit.commands import append
from models.errors import Conflict
from models.handling import queries, recalculation, rules
from models.handling.acting import effects_of, round_after
from models.handling.adjustment_types import Adjustment
from models.handling.clock import WITHOUT_TERMS, Moment, Terms, settle
from models.handling.concerned import check_neutral, check_unit
from models.handling.effects_json import effects_to_json
from models.handling.reducer import apply
from models.handling.storing import store
from models.handling.tables import AppealEvent
from models.handling.types import Action, Effects, Happening, Projection
from models.workdays.rules import local_day
from models.workdays.types import WorkCalendar

NO_EFFECTS = Effects()
NO_TERMS = Terms(0, {})
HANDED_OVER = ("已移送", "处理。")
"""What the appellant is told around the name of the authority that has the matter from here on."""


class Told(TypedDict, total=False):
    """What an act tells the clock: how complex the matter is, which policy was chosen, the day named for the next
    report, what is sent or ruled.
    """

    complexity: Complexity | None
    policy_code: str
    next_on: date | None
    adjustment: Adjustment


@dataclass(frozen=True)
class Act:
    """Who acts, when, by which calendar, and what is said about it."""

    actor: Actor
    now: datetime
    calendar: WorkCalendar
    public_note: str = ""
    internal_note: str = ""
    expected_version: int | None = None
    """The row version the form was made from; None for acts that carry no form (imports, sweeps)."""


@dataclass(frozen=True)
class _Record:
    action: Action
    act: Act
    to_state: State
    effects: Effects = field(default_factory=Effects)
    round: int | None = None


def submit(
    session: Session,
    filing: Filing,
    identity: Identity | None,
    vault: IdentityVault,
    *,
    now: datetime,
    internal_note: str = "",
) -> Appeal:
    """An appeal is filed, by the public or written down by the office: the row, its parts and its first event."""
    return _create(session, filing, identity, vault, Action.SUBMIT, now=now, internal_note=internal_note)


def register(
    session: Session,
    filing: Filing,
    identity: Identity | None,
    vault: IdentityVault,
    *,
    now: datetime,
    note: str,
    internal_note: str = "",
    lead_unit: Unit | None = None,
) -> Appeal:
    """Records a matter that was concluded before it came here: what was answered and, where known, by which unit."""
    effects = Effects(lead_unit_id=lead_unit.id if lead_unit else None)
    return _create(
        session,
        filing,
        identity,
        vault,
        Action.REGISTER,
        now=now,
        note=note,
        internal_note=internal_note,
        effects=effects,
    )


def self_register(
    session: Session, filing: Filing, identity: Identity | None, vault: IdentityVault, *, now: datetime, unit_id: int
) -> Appeal:
    """A unit reports what it received and completed itself. Use `models.handling.self_registered.register`."""
    effects = Effects(lead_unit_id=unit_id)
    return _create(session, filing, identity, vault, Action.SELF_REGISTER, now=now, effects=effects)


def _create(
    session: Session,
    filing: Filing,
    identity: Identity | None,
    vault: IdentityVault,
    action: Action,
    *,
    now: datetime,
    note: str = "",
    internal_note: str = "",
    effects: Effects = NO_EFFECTS,
) -> Appeal:
    state = rules.BEGINNINGS[action]
    appeal = appeals.create(session, filing, identity, vault, now=now, year=local_day(now).year, state=state)
    actor = filing.recorded_by or PUBLIC
    event = AppealEvent(
        appeal_id=_id(appeal),
        seq=1,
        action=action,
        from_state=None,
        to_state=state,
        at=now,
        actor_id=actor.account_id,
        actor_name=actor.display_name,
        unit_id=actor.unit_id,
        effects=effects_to_json(effects),
        public_note=note,
        internal_note=internal_note,
    )
    appeal.version, appeal.lead_unit_id = 1, effects.lead_unit_id
    session.add_all((event, appeal))
    _trace(session, appeal, action, actor, now, {"seq": 1, **event.effects})
    session.flush()
    return appeal


def accept(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    return perform(session, appeal, Action.ACCEPT, act)


def decline(session: Session, appeal: Appeal, act: Act, *, reason_text: str) -> AppealEvent:
    """`reason_text` is the coded reason with the right channel, as the appellant reads it."""
    return perform(session, appeal, Action.DECLINE, replace(act, public_note=reason_text))


def dispatch(
    session: Session, appeal: Appeal, act: Act, *, lead_unit: Unit, policy_code: str = "", is_complex: bool = False
) -> AppealEvent:
    """Sends the appeal to its lead unit and starts the clock: day zero is today (domain.md §4 rule 1).

    `policy_code`: the policy chosen for it, the default unless told. `is_complex`: the office knows it already.
    """
    check_unit(session, appeal, lead_unit)
    complexity = Complexity.COMPLEX if is_complex else None
    return perform(
        session, appeal, Action.DISPATCH, act, lead_unit_id=lead_unit.id, complexity=complexity,
        policy_code=policy_code,
    )


def accept_and_dispatch(
    session: Session, appeal: Appeal, act: Act, *, lead_unit: Unit, policy_code: str = "", is_complex: bool = False
) -> AppealEvent:
    """The morning's usual act: both steps, both events, one transaction."""
    if appeal.state in (State.SUBMITTED, State.AWAITING_SUPPLEMENT):
        accept(session, appeal, replace(act, public_note="", internal_note=""))
        act = replace(act, expected_version=None)
    return dispatch(session, appeal, act, lead_unit=lead_unit, policy_code=policy_code, is_complex=is_complex)


def sign(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """A handler who signs what is assigned to nobody works on it from here on."""
    assignee_id = act.actor.account_id if _takes_over(session, appeal, act.actor) else None
    return perform(session, appeal, Action.SIGN, act, assignee_id=assignee_id)


def _takes_over(session: Session, appeal: Appeal, actor: Actor) -> bool:
    """An approver signs for the unit, but cannot work on the matter; somebody who left works on it no more."""
    if Role.HANDLER not in actor.roles:
        return False
    return appeal.assignee_id is None or appeal.assignee_id not in handlers_of(session, actor.unit_id)


def verify(session: Session, appeal: Appeal, act: Act, *, complexity: Complexity) -> AppealEvent:
    """Facts are established; the matter is simple (7 working days) or complex (15 to a preliminary result)."""
    return perform(session, appeal, Action.VERIFY, act, complexity=complexity)


def redo(session: Session, appeal: Appeal, act: Act, *, lead_unit: Unit | None = None) -> AppealEvent:
    """The office has the matter handled anew, by the same unit unless told: a new round with a new clock under the
    policy of today. The first result stays as a fact (domain.md §4 rule 6).
    """
    if lead_unit is not None:
        check_unit(session, appeal, lead_unit)
    return perform(session, appeal, Action.REDO, act, lead_unit_id=lead_unit.id if lead_unit else None)


def transfer(session: Session, appeal: Appeal, act: Act, *, recipient: str) -> AppealEvent:
    """Hands the matter to a body outside (移送), which the appellant is told. It is the office's last act on it."""
    return perform(session, appeal, Action.TRANSFER, replace(act, public_note=recipient.join(HANDED_OVER)))


def decide(session: Session, appeal: Appeal, act: Act, action: Action) -> AppealEvent:
    """An act of the table that needs nothing but a person: reclassify, close."""
    return perform(session, appeal, action, act)


def perform(
    session: Session,
    appeal: Appeal,
    action: Action,
    act: Act,
    *,
    lead_unit_id: int | None = None,
    assignee_id: int | None = None,
    files: tuple[int, ...] = (),
    more: Effects = NO_EFFECTS,
    **told: Unpack[Told],
) -> AppealEvent:
    """Any act of the workflow table: checked and written in one place. Raises `Refused` or `Conflict`.

    `more` holds what the act does to assistances, links and adjustments beside what the clock does.
    """
    _check_version(appeal, act)
    before = queries.projection(session, appeal)
    step = rules.step(before, action, act.actor)
    check_neutral(session, appeal, step.action, act.actor, is_units=bool(step.roles & rules.UNIT))
    own = Effects(lead_unit_id=lead_unit_id, assignee_id=assignee_id, files=files)
    effects = effects_of(before, step, _moment(session, appeal, act, step.clock, told), own, more)
    if step.clock is rules.Clock.START and appeal.dispatched_on is None:
        appeal.dispatched_on = local_day(act.now)
    to_state, round_ = _target(session, appeal, step), round_after(before, step)
    return _record(session, appeal, before, _Record(action, act, to_state, effects, round_))


def record(
    session: Session, appeal: Appeal, action: Action, act: Act, effects: Effects, *, to_state: State | None = None
) -> AppealEvent:
    """An act that has no row in the workflow: its guards are the caller's. Event, projection and trace like any other;
    the state stays unless told.
    """
    before = queries.projection(session, appeal)
    return _record(session, appeal, before, _Record(action, act, to_state or appeal.state, effects))


def _target(session: Session, appeal: Appeal, step: rules.Step) -> State:
    if not step.goes_back:
        return step.target
    found = queries.merged_from if step.action is Action.UNMERGE else queries.asked_from
    return found(session, appeal)


def recalculate(
    session: Session, appeal: Appeal, *, now: datetime, calendar: WorkCalendar, reason: str = ""
) -> AppealEvent | None:
    """Pending dates get the value that this calendar gives them, visibly and with the reason (rules 3 and 8)."""
    before = queries.projection(session, appeal)
    effects = settle(before, calendar)
    if effects == Effects():
        return None
    act = Act(SYSTEM, now, calendar, public_note=reason)
    return _record(session, appeal, before, _Record(Action.RECALCULATE, act, appeal.state, effects))


def recalculate_all(session: Session, *, now: datetime, calendar: WorkCalendar) -> int:
    """Every date that does not follow this calendar. Returns how many appeals moved or became firm."""
    moved, after = 0, 0
    while found := recalculation.portion(session, calendar, after=after):
        moved += recalculate_some(session, found, now=now, calendar=calendar)
        after = _id(found[-1][0])
    return moved


def recalculate_some(
    session: Session, found: Sequence[tuple[Appeal, str]], *, now: datetime, calendar: WorkCalendar
) -> int:
    """A portion of the appeals whose dates do not follow this calendar, each with its reason."""
    done = [recalculate(session, one, now=now, calendar=calendar, reason=reason) for one, reason in found]
    return sum(event is not None for event in done)


def _moment(session: Session, appeal: Appeal, act: Act, clock: rules.Clock, told: Told) -> Moment:
    """What this act must know. Limits are read where something is promised anew only."""
    known = Moment(
        local_day(act.now), act.calendar, NO_TERMS, told.get("complexity"), next_on=told.get("next_on"),
        adjustment=told.get("adjustment"),
    )
    if clock is rules.Clock.DROP:
        return replace(known, merged_on=queries.merged_on(session, appeal))
    if clock in WITHOUT_TERMS:
        return known
    terms = _terms(session, appeal, known, clock, told.get("policy_code", ""))
    is_first = clock in (rules.Clock.START, rules.Clock.MEET_TRIAGE)
    return replace(known, terms=terms, waiting_since=queries.waiting_since(session, appeal) if is_first else None)


STARTING = frozenset({rules.Clock.START, rules.Clock.START_AGAIN, rules.Clock.MEET_TRIAGE})


def _terms(session: Session, appeal: Appeal, known: Moment, clock: rules.Clock, policy_code: str) -> Terms:
    if clock not in STARTING:
        return queries.policy_of(session, appeal)[1]
    if policy_code:
        return queries.policy_for(session, known.today, appeal.kind, policy_code, known.complexity)[1]
    return queries.policy_in_force(session, known.today)[1]


def _check_version(appeal: Appeal, act: Act) -> None:
    if act.expected_version is not None and act.expected_version != appeal.version:
        raise Conflict("changed_meanwhile", expected=act.expected_version, found=appeal.version)


def _record(session: Session, appeal: Appeal, before: Projection, record: _Record) -> AppealEvent:
    act = record.act
    event = AppealEvent(
        appeal_id=_id(appeal),
        seq=appeal.version + 1,
        action=record.action,
        from_state=appeal.state,
        to_state=record.to_state,
        round=record.round or appeal.round,
        at=act.now,
        actor_id=act.actor.account_id,
        actor_name=act.actor.display_name,
        unit_id=act.actor.unit_id,
        effects=effects_to_json(record.effects),
        public_note=act.public_note,
        internal_note=act.internal_note,
    )
    happening = Happening(event.seq, event.action, event.to_state, event.round, event.at, record.effects)
    after = apply(before, happening)
    session.add(event)
    if record.effects.moved:
        session.flush()  # the database moves a promise only behind the event that tells it
    store(session, appeal, before, after, record.effects, event.seq)
    if after.state in ENDED_STATES:
        reveals.withdraw_open(session, appeal)
    _trace(session, appeal, record.action, act.actor, act.now, {"seq": event.seq, **event.effects})
    session.flush()
    return event


def _trace(
    session: Session, appeal: Appeal, action: Action, actor: Actor, now: datetime, facts: dict[str, object]
) -> None:
    append(
        session,
        at=now,
        actor_id=actor.account_id,
        action=f"appeal.{action.value}",
        object_kind="appeal",
        object_id=appeal.uid,
        facts=facts,
    )


def _id(appeal: Appeal) -> int:
    assert appeal.id is not None
    return appeal.id
