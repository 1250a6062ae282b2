"""What an assisting unit (协办单位) may do, as a table of its own: status × act → status. Pure.

It stands beside the workflow of the appeal, whose state and promised dates none of these acts touches (domain.md §4
rule 4). What leaves the unit is signed off by its approver (§2).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from models.accounts.types import Actor, Role
from models.appeals.types import State
from models.errors import Refused
from models.handling.rules import APPROVERS, DISPATCHED_AND_OPEN, HANDLERS, OFFICE, UNIT, UNSENT, WORKFLOW
from models.handling.types import Action, Assistance, AssistanceStatus, MilestoneStatus

TO_SIGN, AT_WORK, TO_SIGN_OFF, SENT = (
    AssistanceStatus.TO_SIGN, AssistanceStatus.AT_WORK, AssistanceStatus.TO_SIGN_OFF, AssistanceStatus.SENT,
)  # fmt: skip


@dataclass(frozen=True)
class AssistanceStep:
    status: AssistanceStatus
    action: Action
    target: AssistanceStatus
    roles: frozenset[Role]


_ROWS = (
    AssistanceStep(TO_SIGN, Action.SIGN_ASSISTANCE, AT_WORK, UNIT),
    AssistanceStep(AT_WORK, Action.PROPOSE_CONTRIBUTION, TO_SIGN_OFF, HANDLERS),
    AssistanceStep(TO_SIGN_OFF, Action.SEND_CONTRIBUTION, SENT, APPROVERS),
    AssistanceStep(TO_SIGN_OFF, Action.RETURN_CONTRIBUTION, AT_WORK, APPROVERS),
)
ASSISTANCE: dict[tuple[AssistanceStatus, Action], AssistanceStep] = {(row.status, row.action): row for row in _ROWS}
LINKERS = {Action.LINK: OFFICE, Action.UNLINK: OFFICE}
"""Linking has no effect on the state, so it has no row in the workflow."""


def roles_of(action: Action) -> frozenset[Role]:
    """Everybody who may do this act in some state: who may enter its view at all."""
    rows = [row.roles for row in WORKFLOW.values() if row.action is action]
    rows += [row.roles for row in ASSISTANCE.values() if row.action is action]
    return frozenset[Role]().union(*rows, LINKERS.get(action, frozenset()))


def step(one: Assistance, state: State, action: Action, actor: Actor) -> AssistanceStep:
    """The row that this act follows. Raises `Refused`: appeal or task have moved on, or it is not theirs."""
    row = ASSISTANCE.get((one.status, action))
    if row is None or state not in DISPATCHED_AND_OPEN:
        raise Refused("not_in_this_state", state=state, action=action)
    if not actor.roles & row.roles:
        raise Refused("not_your_role", action=action)
    if actor.unit_id != one.unit_id:
        raise Refused("not_your_unit", action=action)
    return row


def allowed(one: Assistance, state: State, actor: Actor) -> tuple[Action, ...]:
    """What the page shows as buttons."""
    if state not in DISPATCHED_AND_OPEN or actor.unit_id != one.unit_id:
        return ()
    return tuple(row.action for row in _ROWS if row.status is one.status and actor.roles & row.roles)


def moved(one: Assistance, row: AssistanceStep, today: date) -> Assistance:
    """One act further. Sending the contribution meets or misses the unit's own date, once (rule 8)."""
    if row.target is not SENT:
        return replace(one, status=row.target)
    return replace(one, status=SENT, clock=_outcome(one, today), reached_on=today)


def ended(one: Assistance, today: date) -> Assistance:
    """Taken back by the office: what was overdue stays so."""
    return _stopped(one, AssistanceStatus.ENDED, today)


def lapsed(assistances: Iterable[Assistance], today: date) -> tuple[Assistance, ...]:
    """The appeal ended before these were sent: nobody waits for them, and what was overdue stays so."""
    return tuple(_stopped(one, AssistanceStatus.LAPSED, today) for one in assistances if one.status in UNSENT)


def _stopped(one: Assistance, status: AssistanceStatus, today: date) -> Assistance:
    is_missed = _outcome(one, today) is MilestoneStatus.MISSED
    clock = MilestoneStatus.MISSED if is_missed else MilestoneStatus.DROPPED
    return replace(one, status=status, clock=clock, reached_on=today if is_missed else None)


def _outcome(one: Assistance, today: date) -> MilestoneStatus:
    return MilestoneStatus.MET if today <= one.due_on else MilestoneStatus.MISSED
