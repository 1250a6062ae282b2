"""The workflow as ONE table, and the reducer that rebuilds an appeal from its events. Pure.

Buttons, guards, the documentation and the exhaustive test all read `WORKFLOW` (domain.md §3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from models.accounts.types import PUBLIC, Actor, Role
from models.appeals.types import Complexity, State
from models.errors import Refused
from models.handling.types import (
    Action,
    Assistance,
    AssistanceStatus,
    Effects,
    Happening,
    Milestone,
    MilestoneStatus,
    Projection,
    Stage,
)


class Clock(StrEnum):
    """What an act does to the clock."""

    NOTHING = "nothing"
    START = "start"
    MEET_SIGN = "meet_sign"
    MEET_VERIFY = "meet_verify"
    TURN_COMPLEX = "turn_complex"
    MEET_PRELIMINARY = "meet_preliminary"
    MEET_CONCLUSION = "meet_conclusion"
    DROP = "drop"


class Condition(StrEnum):
    """A fact beside the state that an act asks for."""

    NONE = "none"
    PRELIMINARY_DUE = "preliminary_due"
    STILL_SIMPLE = "still_simple"
    QUESTION_OPEN = "no_open_question"
    ASSISTED = "no_assistance"
    HOLDS_NOTHING = "holds_merged"


CLERKS = frozenset({Role.CLERK, Role.DIRECTOR})
REVIEWERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
OFFICE = frozenset({Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR})
UNIT = frozenset({Role.HANDLER, Role.APPROVER})
HANDLERS = frozenset({Role.HANDLER})
APPROVERS = frozenset({Role.APPROVER})
APPELLANT: frozenset[Role] = frozenset()
"""Nobody of the staff: the appellant's own acts, by whoever has proved number and code."""


UNSENT = frozenset({AssistanceStatus.TO_SIGN, AssistanceStatus.AT_WORK, AssistanceStatus.TO_SIGN_OFF})
"""An assisting unit still owes its contribution."""


@dataclass(frozen=True)
class Step:
    """One row of the workflow: from `state`, `action` by one of `roles` leads to `target`. No roles: the appellant."""

    state: State
    action: Action
    target: State
    roles: frozenset[Role]
    clock: Clock = Clock.NOTHING
    condition: Condition = Condition.NONE
    asks: bool | None = None
    """True opens a question to the appellant, False closes what is open."""
    goes_back: bool = False
    """Leads to the state in which the appellant was asked, or the appeal merged; `target` names the usual one."""


NOT_DISPATCHED = (State.SUBMITTED, State.ACCEPTED, State.AWAITING_SUPPLEMENT)
AT_WORK = (State.VERIFYING, State.HANDLING, State.CONTINUING)
"""The unit works on the matter itself: it reports progress and may ask the appellant."""
DISPATCHED_AND_OPEN = (
    State.DISPATCHED,
    State.VERIFYING,
    State.HANDLING,
    State.PRELIMINARY_SIGN_OFF,
    State.CONTINUING,
    State.REPLY_SIGN_OFF,
    State.IN_REVIEW,
)
WITH_UNIT = tuple(state for state in DISPATCHED_AND_OPEN if state is not State.IN_REVIEW)
"""The unit has the appeal on its desk: it says who of its people works on it."""
BEFORE_A_REPLY = (State.DISPATCHED, *AT_WORK)
"""No reply is on its way to approver or office: a unit may still be asked to assist, another appeal still be merged."""
_ROWS = (
    Step(State.SUBMITTED, Action.ACCEPT, State.ACCEPTED, CLERKS),
    Step(State.SUBMITTED, Action.DECLINE, State.DECLINED, CLERKS),
    Step(State.ACCEPTED, Action.DECLINE, State.DECLINED, CLERKS),
    Step(State.ACCEPTED, Action.DISPATCH, State.DISPATCHED, CLERKS, Clock.START),
    Step(State.DISPATCHED, Action.SIGN, State.VERIFYING, UNIT, Clock.MEET_SIGN),
    Step(State.VERIFYING, Action.VERIFY, State.HANDLING, HANDLERS, Clock.MEET_VERIFY),
    Step(State.HANDLING, Action.RECLASSIFY, State.HANDLING, REVIEWERS, Clock.TURN_COMPLEX, Condition.STILL_SIMPLE),
    Step(
        State.HANDLING,
        Action.PROPOSE_PRELIMINARY,
        State.PRELIMINARY_SIGN_OFF,
        HANDLERS,
        condition=Condition.PRELIMINARY_DUE,
    ),
    Step(State.HANDLING, Action.PROPOSE_REPLY, State.REPLY_SIGN_OFF, HANDLERS),
    Step(State.PRELIMINARY_SIGN_OFF, Action.SIGN_OFF, State.CONTINUING, APPROVERS, Clock.MEET_PRELIMINARY),
    Step(State.PRELIMINARY_SIGN_OFF, Action.SEND_BACK, State.HANDLING, APPROVERS),
    Step(State.CONTINUING, Action.PROPOSE_REPLY, State.REPLY_SIGN_OFF, HANDLERS),
    Step(State.REPLY_SIGN_OFF, Action.SIGN_OFF, State.IN_REVIEW, APPROVERS),
    Step(State.REPLY_SIGN_OFF, Action.SEND_BACK, State.HANDLING, APPROVERS),
    Step(State.IN_REVIEW, Action.REJECT, State.HANDLING, REVIEWERS),
    Step(State.IN_REVIEW, Action.PUBLISH, State.REPLIED, REVIEWERS, Clock.MEET_CONCLUSION),
    Step(State.REPLIED, Action.CLOSE, State.CLOSED, OFFICE),
    *(
        Step(state, Action.ASK_SUPPLEMENT, State.AWAITING_SUPPLEMENT, CLERKS, asks=True)
        for state in (State.SUBMITTED, State.ACCEPTED)
    ),
    Step(
        State.AWAITING_SUPPLEMENT,
        Action.ANSWER,
        State.SUBMITTED,
        APPELLANT,
        condition=Condition.QUESTION_OPEN,
        asks=False,
        goes_back=True,
    ),
    Step(State.AWAITING_SUPPLEMENT, Action.ACCEPT, State.ACCEPTED, CLERKS, asks=False),
    Step(State.AWAITING_SUPPLEMENT, Action.DECLINE, State.DECLINED, CLERKS, asks=False),
    *(Step(state, Action.ASK_APPELLANT, state, HANDLERS, asks=True) for state in AT_WORK),
    *(
        Step(state, Action.ANSWER, state, APPELLANT, condition=Condition.QUESTION_OPEN, asks=False)
        for state in (*AT_WORK, State.PRELIMINARY_SIGN_OFF, State.REPLY_SIGN_OFF, State.IN_REVIEW)
    ),
    *(
        Step(state, Action.WITHDRAW, State.WITHDRAWN, APPELLANT, Clock.DROP, asks=False)
        for state in (*NOT_DISPATCHED, *DISPATCHED_AND_OPEN)
    ),
    *(Step(state, Action.REPORT_PROGRESS, state, HANDLERS) for state in AT_WORK),
    *(Step(state, Action.ASSIGN, state, UNIT) for state in WITH_UNIT),
    *(Step(state, Action.NOTE, state, OFFICE) for state in NOT_DISPATCHED),
    *(Step(state, Action.NOTE, state, UNIT | OFFICE) for state in DISPATCHED_AND_OPEN),
    *(Step(state, Action.ASSIST, state, CLERKS) for state in BEFORE_A_REPLY),
    *(Step(state, Action.END_ASSISTANCE, state, CLERKS, condition=Condition.ASSISTED) for state in BEFORE_A_REPLY),
    *(
        Step(state, Action.MERGE, State.MERGED, OFFICE, condition=Condition.HOLDS_NOTHING)
        for state in (*NOT_DISPATCHED, *BEFORE_A_REPLY)
    ),
    Step(State.MERGED, Action.UNMERGE, State.SUBMITTED, OFFICE, goes_back=True),
    Step(State.MERGED, Action.ANSWER, State.MERGED, APPELLANT, condition=Condition.QUESTION_OPEN, asks=False),
    Step(State.MERGED, Action.WITHDRAW, State.WITHDRAWN, APPELLANT, Clock.DROP, asks=False),
    Step(State.MERGED, Action.NOTE, State.MERGED, UNIT | OFFICE),
    Step(State.REGISTERED, Action.RECOGNISE, State.CLOSED, REVIEWERS),
    Step(State.REGISTERED, Action.RETURN_RECORD, State.TO_AMEND, REVIEWERS),
    Step(State.TO_AMEND, Action.AMEND, State.REGISTERED, UNIT),
)
WORKFLOW: dict[tuple[State, Action], Step] = {(row.state, row.action): row for row in _ROWS}

BEGINNINGS: dict[Action, State] = {
    Action.SUBMIT: State.SUBMITTED,
    Action.REGISTER: State.CLOSED,
    Action.SELF_REGISTER: State.REGISTERED,
}
"""Acts that make an appeal: the public's filing, the record of a matter concluded before it came here, and a unit's
report of what it received and completed itself, which the office confirms: no unit closes its own matter (CLK-6)."""


def holds(condition: Condition, now: Projection) -> bool:
    pending = {one.stage for one in now.milestones if one.status is MilestoneStatus.PENDING}
    return {
        Condition.NONE: True,
        Condition.PRELIMINARY_DUE: Stage.PRELIMINARY in pending,
        Condition.STILL_SIMPLE: now.complexity is Complexity.SIMPLE,
        Condition.QUESTION_OPEN: now.has_question,
        Condition.ASSISTED: any(one.status in UNSENT for one in now.assistances),
        Condition.HOLDS_NOTHING: not now.merged_ids,
    }[condition]


def step(now: Projection, action: Action, actor: Actor) -> Step:
    """The row that this act follows. Raises `Refused` with the reason: wrong state, wrong role, or a fact that is
    missing.
    """
    row = WORKFLOW.get((now.state, action))
    if row is None:
        raise Refused("not_in_this_state", state=now.state, action=action)
    _check_actor(row, now, actor)
    if not holds(row.condition, now):
        raise Refused(row.condition.value, action=action)
    return row


def _check_actor(row: Step, now: Projection, actor: Actor) -> None:
    acting = actor.roles & row.roles
    if (actor != PUBLIC) if row.roles == APPELLANT else not acting:
        raise Refused("not_your_role", action=row.action)
    if row.roles == APPELLANT:
        return
    if acting <= UNIT and actor.unit_id != now.lead_unit_id:
        raise Refused("not_your_unit", action=row.action)
    if not row.roles & UNIT and now.lead_unit_id is not None and actor.unit_id == now.lead_unit_id:
        raise Refused("own_case", action=row.action)


def allowed(now: Projection, actor: Actor) -> tuple[Action, ...]:
    """The acts this actor may do now, in the table's order: what the page shows as buttons."""
    found = []
    for state, action in WORKFLOW:
        if state is now.state and _is_allowed(now, action, actor):
            found.append(action)
    return tuple(found)


def _is_allowed(now: Projection, action: Action, actor: Actor) -> bool:
    try:
        step(now, action, actor)
    except Refused:
        return False
    return True


def outcome_of(milestone: Milestone, reached_on: date) -> MilestoneStatus:
    """Met on or before the due day, whatever the hour (due at 24:00); overdue only when today > due (domain.md §4
    rule 1).
    """
    return MilestoneStatus.MET if reached_on <= milestone.due_on else MilestoneStatus.MISSED


def reach(now: Projection, stages: Iterable[Stage], on: date) -> Effects:
    """Effects of reaching the pending milestones of these stages on a day: met or missed is written once (rule 8)."""
    reached = tuple(
        (one.stage, outcome_of(one, on), on)
        for one in now.milestones
        if one.stage in frozenset(stages) and one.status is MilestoneStatus.PENDING and one.round == now.round
    )
    return Effects(reached=reached)


def begin(first: Happening) -> Projection:
    return apply(Projection(first.to_state, first.round), first)


def apply(now: Projection, event: Happening) -> Projection:
    """One event further. Data-driven: the event carries its effects, so no act needs a branch here."""
    effects = event.effects
    kept = tuple(_changed(one, event.round, effects) for one in now.milestones)
    return Projection(
        state=event.to_state,
        round=event.round,
        complexity=effects.complexity or now.complexity,
        lead_unit_id=effects.lead_unit_id if effects.lead_unit_id is not None else now.lead_unit_id,
        milestones=kept + effects.set_milestones,
        has_question=now.has_question if effects.has_question is None else effects.has_question,
        assignee_id=_assignee(now, effects),
        assistances=_assistances(now, effects),
        links=(now.links | frozenset(effects.linked)) - frozenset(effects.unlinked),
    )


def _assistances(now: Projection, effects: Effects) -> tuple[Assistance, ...]:
    """The event tells those it changed as they are now."""
    by_no = {one.no: one for one in (*now.assistances, *effects.assistances)}
    return tuple(by_no[no] for no in sorted(by_no))


def _assignee(now: Projection, effects: Effects) -> int | None:
    """Whoever was named last; nobody once another unit leads: its people are not the former unit's."""
    if effects.assignee_id is not None:
        return effects.assignee_id
    is_moved = effects.lead_unit_id not in (None, now.lead_unit_id)
    return None if is_moved else now.assignee_id


def _changed(one: Milestone, round_: int, effects: Effects) -> Milestone:
    if one.round != round_ or one.status is not MilestoneStatus.PENDING:
        return one
    if one.stage in effects.dropped:
        return replace(one, status=MilestoneStatus.DROPPED)
    for stage, status, on in effects.reached:
        if stage is one.stage:
            return replace(one, status=status, reached_on=on)
    for stage, due_on, is_provisional in effects.moved:
        if stage is one.stage:
            return replace(one, due_on=due_on, is_provisional=is_provisional)
    return one


def replay(events: Iterable[Happening]) -> Projection:
    """Rebuilds an appeal from its whole history. Raises `Refused("no_events")` for an appeal without a first event."""
    history = list(events)
    if not history:
        raise Refused("no_events")
    projection = begin(history[0])
    for event in history[1:]:
        projection = apply(projection, event)
    return projection
