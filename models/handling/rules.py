"""The workflow as ONE table. Pure. What events add up to: `models.handling.reducer`.

Buttons, guards, the documentation and the exhaustive test all read `WORKFLOW` (domain.md §3).
"""

from dataclasses import dataclass
from enum import StrEnum

from models.accounts.types import PUBLIC, Actor, Role
from models.appeals.types import Complexity, State
from models.errors import Refused
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus
from models.handling.types import (
    Action,
    AssistanceStatus,
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
    MEET_PROGRESS = "meet_progress"
    MEET_TRIAGE = "meet_triage"
    AWAIT_REVIEW = "await_review"
    MEET_REVIEW = "meet_review"
    AWAIT_RULING = "await_ruling"
    MEET_RULING = "meet_ruling"
    DROP_RULING = "drop_ruling"
    ADJUST = "adjust"
    RULE_RETURN = "rule_return"
    RESUME = "resume"
    RESUME_WHEN_SUPPLEMENTED = "resume_when_supplemented"
    START_AGAIN = "start_again"
    DROP = "drop"


class Condition(StrEnum):
    """A fact beside the state that an act asks for."""

    PRELIMINARY_DUE = "preliminary_due"
    STILL_SIMPLE = "still_simple"
    QUESTION_OPEN = "no_open_question"
    ASSISTED = "no_assistance"
    HOLDS_NOTHING = "holds_merged"
    RUNNING = "paused"
    PAUSED = "not_paused"
    NOTHING_ASKED = "adjustment_open"
    SOMETHING_ASKED = "no_open_adjustment"
    TO_SIGN_OFF = "no_adjustment_to_sign_off"
    TO_RULE = "no_adjustment_to_rule"
    NEVER_RETURNED = "returned_before"
    ANSWERED_HERE = "never_answered_here"


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
    conditions: tuple[Condition, ...] = ()
    """All of them; the first that does not hold is the reason for the refusal."""
    asks: bool | None = None
    """True opens a question to the appellant, False closes what is open."""
    goes_back: bool = False
    """Leads to the state in which the appellant was asked, or the appeal merged; `target` names the usual one."""
    closes_asked: AdjustmentStatus | None = None
    """What becomes of a request of the unit that nobody has ruled yet."""


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
    State.RETURN_REQUESTED,
)
WITH_OFFICE = (State.IN_REVIEW, State.RETURN_REQUESTED)
"""The unit has done its part and waits for the office."""
WITH_UNIT = tuple(state for state in DISPATCHED_AND_OPEN if state not in WITH_OFFICE)
"""The unit has the appeal on its desk: it says who of its people works on it."""
BEFORE_A_REPLY = (State.DISPATCHED, *AT_WORK)
"""No reply is on its way to approver or office: a unit may still be asked to assist, another appeal still be merged."""
LAPSED = AdjustmentStatus.LAPSED
RUNNING, LEFT_ALONE = (Condition.RUNNING,), (Condition.RUNNING, Condition.NOTHING_ASKED)
ASKABLE: dict[Action, tuple[tuple[State, ...], tuple[Condition, ...]]] = {
    Action.ASK_RETURN: ((State.DISPATCHED,), (Condition.NOTHING_ASKED, Condition.NEVER_RETURNED)),
    Action.ASK_EXTENSION: (AT_WORK, LEFT_ALONE),
    Action.ASK_PAUSE: (AT_WORK, LEFT_ALONE),
    Action.ASK_COMPLEX: ((State.HANDLING,), (*LEFT_ALONE, Condition.STILL_SIMPLE)),
}
"""What a unit may ask the office for: where, and under which conditions. Days and numbers: `adjustment_rules`."""
_ROWS = (
    Step(State.SUBMITTED, Action.ACCEPT, State.ACCEPTED, CLERKS),
    Step(State.SUBMITTED, Action.DECLINE, State.DECLINED, CLERKS, Clock.MEET_TRIAGE),
    Step(State.ACCEPTED, Action.DECLINE, State.DECLINED, CLERKS, Clock.MEET_TRIAGE),
    Step(State.ACCEPTED, Action.DISPATCH, State.DISPATCHED, CLERKS, Clock.START),
    Step(State.DISPATCHED, Action.SIGN, State.VERIFYING, UNIT, Clock.MEET_SIGN, closes_asked=LAPSED),
    Step(State.VERIFYING, Action.VERIFY, State.HANDLING, HANDLERS, Clock.MEET_VERIFY, RUNNING),
    Step(
        State.HANDLING, Action.RECLASSIFY, State.HANDLING, REVIEWERS, Clock.TURN_COMPLEX,
        (Condition.STILL_SIMPLE, *LEFT_ALONE),
    ),
    Step(
        State.HANDLING, Action.PROPOSE_PRELIMINARY, State.PRELIMINARY_SIGN_OFF, HANDLERS, Clock.DROP_RULING,
        (Condition.PRELIMINARY_DUE, *RUNNING), closes_asked=LAPSED,
    ),
    Step(
        State.HANDLING, Action.PROPOSE_REPLY, State.REPLY_SIGN_OFF, HANDLERS, Clock.DROP_RULING, RUNNING,
        closes_asked=LAPSED,
    ),
    Step(State.PRELIMINARY_SIGN_OFF, Action.SIGN_OFF, State.CONTINUING, APPROVERS, Clock.MEET_PRELIMINARY),
    Step(State.PRELIMINARY_SIGN_OFF, Action.SEND_BACK, State.HANDLING, APPROVERS),
    Step(
        State.CONTINUING, Action.PROPOSE_REPLY, State.REPLY_SIGN_OFF, HANDLERS, Clock.DROP_RULING, RUNNING,
        closes_asked=LAPSED,
    ),
    Step(State.REPLY_SIGN_OFF, Action.SIGN_OFF, State.IN_REVIEW, APPROVERS, Clock.AWAIT_REVIEW),
    Step(State.REPLY_SIGN_OFF, Action.SEND_BACK, State.HANDLING, APPROVERS),
    Step(State.IN_REVIEW, Action.REJECT, State.HANDLING, REVIEWERS, Clock.MEET_REVIEW),
    Step(State.IN_REVIEW, Action.PUBLISH, State.REPLIED, REVIEWERS, Clock.MEET_CONCLUSION),
    Step(State.REPLIED, Action.CLOSE, State.CLOSED, OFFICE),
    Step(State.REPLIED, Action.REDO, State.DISPATCHED, REVIEWERS, Clock.START_AGAIN),
    Step(State.CLOSED, Action.REDO, State.DISPATCHED, REVIEWERS, Clock.START_AGAIN, (Condition.ANSWERED_HERE,)),
    *(
        Step(state, Action.ASK_SUPPLEMENT, State.AWAITING_SUPPLEMENT, CLERKS, Clock.MEET_TRIAGE, asks=True)
        for state in (State.SUBMITTED, State.ACCEPTED)
    ),
    Step(
        State.AWAITING_SUPPLEMENT, Action.ANSWER, State.SUBMITTED, APPELLANT, conditions=(Condition.QUESTION_OPEN,),
        asks=False, goes_back=True,
    ),
    Step(State.AWAITING_SUPPLEMENT, Action.ACCEPT, State.ACCEPTED, CLERKS, asks=False),
    Step(State.AWAITING_SUPPLEMENT, Action.DECLINE, State.DECLINED, CLERKS, asks=False),
    *(Step(state, Action.ASK_APPELLANT, state, HANDLERS, asks=True) for state in AT_WORK),
    *(
        Step(
            state, Action.ANSWER, state, APPELLANT, Clock.RESUME_WHEN_SUPPLEMENTED, (Condition.QUESTION_OPEN,),
            asks=False,
        )
        for state in (*AT_WORK, State.PRELIMINARY_SIGN_OFF, State.REPLY_SIGN_OFF, State.IN_REVIEW)
    ),
    *(
        Step(state, Action.WITHDRAW, State.WITHDRAWN, APPELLANT, Clock.DROP, asks=False, closes_asked=LAPSED)
        for state in (*NOT_DISPATCHED, *DISPATCHED_AND_OPEN)
    ),
    *(
        Step(
            state, Action.REPORT_PROGRESS, state, HANDLERS,
            Clock.MEET_PROGRESS if state is State.CONTINUING else Clock.NOTHING,
        )
        for state in AT_WORK
    ),
    *(Step(state, Action.ASSIGN, state, UNIT) for state in WITH_UNIT),
    *(Step(state, Action.NOTE, state, OFFICE) for state in NOT_DISPATCHED),
    *(Step(state, Action.NOTE, state, UNIT | OFFICE) for state in DISPATCHED_AND_OPEN),
    *(Step(state, Action.ASSIST, state, CLERKS) for state in BEFORE_A_REPLY),
    *(Step(state, Action.END_ASSISTANCE, state, CLERKS, conditions=(Condition.ASSISTED,)) for state in BEFORE_A_REPLY),
    *(
        Step(state, asked, state, UNIT, conditions=conditions)
        for asked, (states, conditions) in ASKABLE.items() for state in states
    ),
    *(
        Step(
            state, Action.SEND_ADJUSTMENT, State.RETURN_REQUESTED if state is State.DISPATCHED else state, APPROVERS,
            Clock.AWAIT_RULING, (Condition.TO_SIGN_OFF,),
        )
        for state in BEFORE_A_REPLY
    ),
    *(
        Step(
            state, Action.TAKE_BACK_ADJUSTMENT, State.DISPATCHED if state is State.RETURN_REQUESTED else state, UNIT,
            Clock.DROP_RULING, (Condition.SOMETHING_ASKED,), closes_asked=AdjustmentStatus.TAKEN_BACK,
        )
        for state in (*BEFORE_A_REPLY, State.RETURN_REQUESTED)
    ),
    *(Step(state, Action.GRANT_ADJUSTMENT, state, REVIEWERS, Clock.ADJUST, (Condition.TO_RULE,)) for state in AT_WORK),
    *(
        Step(state, Action.REFUSE_ADJUSTMENT, state, REVIEWERS, Clock.MEET_RULING, (Condition.TO_RULE,))
        for state in AT_WORK
    ),
    Step(
        State.RETURN_REQUESTED, Action.RULE_RETURN, State.DISPATCHED, REVIEWERS, Clock.RULE_RETURN,
        (Condition.TO_RULE,),
    ),
    *(Step(state, Action.RESUME, state, UNIT, Clock.RESUME, (Condition.PAUSED,)) for state in AT_WORK),
    *(Step(state, Action.END_PAUSE, state, REVIEWERS, Clock.RESUME, (Condition.PAUSED,)) for state in AT_WORK),
    *(
        Step(
            state, Action.TRANSFER, State.TRANSFERRED, REVIEWERS, Clock.DROP, (Condition.HOLDS_NOTHING,),
            asks=False, closes_asked=LAPSED,
        )
        for state in (*NOT_DISPATCHED, *DISPATCHED_AND_OPEN)
    ),
    *(
        Step(
            state, Action.MERGE, State.MERGED, OFFICE, Clock.DROP_RULING,
            (Condition.HOLDS_NOTHING, *RUNNING), closes_asked=LAPSED,
        )
        for state in (*NOT_DISPATCHED, *BEFORE_A_REPLY)
    ),
    Step(State.MERGED, Action.UNMERGE, State.SUBMITTED, OFFICE, goes_back=True),
    Step(State.MERGED, Action.ANSWER, State.MERGED, APPELLANT, conditions=(Condition.QUESTION_OPEN,), asks=False),
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
    asked = now.open_adjustment.status if now.open_adjustment else None
    return {
        Condition.PRELIMINARY_DUE: any(one.stage is Stage.PRELIMINARY for one in now.pending),
        Condition.STILL_SIMPLE: now.complexity is Complexity.SIMPLE,
        Condition.QUESTION_OPEN: now.has_question,
        Condition.ASSISTED: any(one.status in UNSENT for one in now.assistances),
        Condition.HOLDS_NOTHING: not now.merged_ids,
        Condition.RUNNING: now.pause is None,
        Condition.PAUSED: now.pause is not None,
        Condition.NOTHING_ASKED: asked is None,
        Condition.SOMETHING_ASKED: asked is not None,
        Condition.TO_SIGN_OFF: asked is AdjustmentStatus.TO_SIGN_OFF,
        Condition.TO_RULE: asked is AdjustmentStatus.ASKED,
        Condition.NEVER_RETURNED: not any(
            one.kind is AdjustmentKind.RETURN and one.round == now.round for one in now.adjustments
        ),
        Condition.ANSWERED_HERE: bool(now.milestones) or now.main_id is not None,
    }[condition]


def step(now: Projection, action: Action, actor: Actor) -> Step:
    """The row that this act follows. Raises `Refused` with the reason: wrong state, wrong role, or a fact that is
    missing.
    """
    row = WORKFLOW.get((now.state, action))
    if row is None:
        raise Refused("not_in_this_state", state=now.state, action=action)
    _check_actor(row, now, actor)
    missing = next((one for one in row.conditions if not holds(one, now)), None)
    if missing is not None:
        raise Refused(missing.value, action=action)
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
