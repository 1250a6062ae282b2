"""What may be done with a dissatisfaction case as ONE table: state × action → state, roles, what it needs. Pure.

The office decides, the unit only answers (domain.md §6). Buttons, guards, reducer and the exhaustive test read `ACTS`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from models.accounts.types import OFFICE_ROLES, UNIT_ROLES, Actor, Role
from models.errors import Refused
from models.followup.types import CaseAction, CaseStanding, CaseState, Kept, Promise, Terms
from models.workdays.rules import due_date, is_overdue
from models.workdays.types import WorkCalendar

REVIEWERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
NOBODY: frozenset[Role] = frozenset()
"""Time alone."""


class Needs(StrEnum):
    """A fact beside the state that an act asks for."""

    NOTHING = "nothing"
    RUNNING = "case_term_settled"
    NOT_EXTENDED = "case_extended_before"
    ANSWERED_AGAIN = "redo_not_answered"
    CONTACTED = "case_not_contacted"


@dataclass(frozen=True)
class ActRow:
    state: CaseState
    action: CaseAction
    target: CaseState
    roles: frozenset[Role]
    needs: tuple[Needs, ...] = ()


ACT, STATE = CaseAction, CaseState
WORKED_ON = (STATE.OPEN, STATE.REDOING, STATE.NOT_REDONE)
UNCLOSED = (*WORKED_ON, STATE.PUT_RIGHT)
_ROWS = (
    *(ActRow(state, ACT.CONTACT, state, OFFICE_ROLES) for state in UNCLOSED),
    *(ActRow(state, ACT.TRY_CONTACT, state, OFFICE_ROLES) for state in UNCLOSED),
    ActRow(STATE.OPEN, ACT.DECIDE_REDO, STATE.REDOING, REVIEWERS),
    ActRow(STATE.OPEN, ACT.DECIDE_NOT, STATE.NOT_REDONE, REVIEWERS),
    *(
        ActRow(state, ACT.EXTEND, state, REVIEWERS, (Needs.RUNNING, Needs.NOT_EXTENDED))
        for state in (STATE.OPEN, STATE.REDOING)
    ),
    ActRow(STATE.REDOING, ACT.PUT_RIGHT, STATE.PUT_RIGHT, REVIEWERS, (Needs.ANSWERED_AGAIN,)),
    ActRow(STATE.NOT_REDONE, ACT.PUT_RIGHT, STATE.PUT_RIGHT, REVIEWERS),
    ActRow(STATE.PUT_RIGHT, ACT.CLOSE, STATE.CLOSED, REVIEWERS, (Needs.CONTACTED,)),
    ActRow(STATE.NOT_REDONE, ACT.CLOSE, STATE.CLOSED, REVIEWERS, (Needs.CONTACTED,)),
    *(ActRow(state, ACT.ANSWER, state, UNIT_ROLES) for state in WORKED_ON),
    *(ActRow(state, ACT.MISS_CONTACT, state, NOBODY) for state in UNCLOSED),
    *(ActRow(state, ACT.MISS_PUT_RIGHT, state, NOBODY) for state in WORKED_ON),
    *(ActRow(state, ACT.RECALCULATE, state, NOBODY) for state in UNCLOSED),
)
ACTS: dict[tuple[CaseState, CaseAction], ActRow] = {(row.state, row.action): row for row in _ROWS}


@dataclass(frozen=True)
class About:
    """What a case's rules know beside the case: who handled the matter, and whether the round it was redone in has
    been answered.
    """

    unit_id: int
    handling_units: frozenset[int]
    is_answered_again: bool = False


def step(now: CaseStanding, action: CaseAction, actor: Actor, about: About) -> ActRow:
    """The row that this act follows. Raises `Refused` with the reason: wrong state, role, unit, or a fact missing."""
    row = ACTS.get((now.state, action))
    if row is None:
        raise Refused("case_moved_on", action=action)
    if not actor.roles & row.roles:
        raise Refused("not_your_role", action=action)
    if row.roles == UNIT_ROLES and actor.unit_id != about.unit_id:
        raise Refused("not_your_unit", action=action)
    if row.roles != UNIT_ROLES and actor.unit_id in about.handling_units:
        raise Refused("own_unit_handled", action=action)
    missing = next((one for one in row.needs if not holds(one, now, about)), None)
    if missing is not None:
        raise Refused(missing.value, action=action)
    return row


def holds(needs: Needs, now: CaseStanding, about: About) -> bool:
    return {
        Needs.NOTHING: True,
        Needs.RUNNING: now.put_right.kept is Kept.PENDING,
        Needs.NOT_EXTENDED: not now.is_extended,
        Needs.ANSWERED_AGAIN: about.is_answered_again,
        Needs.CONTACTED: now.contact.done_on is not None,
    }[needs]


def allowed(now: CaseStanding, actor: Actor, about: About) -> tuple[CaseAction, ...]:
    """What the page shows as buttons, in the order of the enum."""
    return tuple(action for action in CaseAction if _is_allowed(now, action, actor, about))


def _is_allowed(now: CaseStanding, action: CaseAction, actor: Actor, about: About) -> bool:
    try:
        step(now, action, actor, about)
    except Refused:
        return False
    return True


def roles_of(action: CaseAction) -> frozenset[Role]:
    """Everybody who may do this to some case."""
    return frozenset[Role]().union(*(row.roles for row in _ROWS if row.action is action))


# ---------------------------------------------------------------- what acts do to a case

Effects = dict[str, Any]
"""What an event changes, by the names of `CaseStanding` with "contact." and "put_right." before a promise's own."""


def opened(opened_on: date, terms: Terms, calendar: WorkCalendar) -> CaseStanding:
    """Both clocks start with the day the appellant said so: that day is day zero (domain.md §4 rules 1 and 2)."""
    return CaseStanding(
        CaseState.OPEN, opened_on, _promise(opened_on, terms.contact_workdays, calendar),
        _promise(opened_on, terms.put_right_workdays, calendar),
    )


def _promise(start_on: date, workdays: int, calendar: WorkCalendar) -> Promise:
    due = due_date(start_on, workdays, calendar)
    return Promise(due.due_on, due.due_on, workdays, due.is_provisional)


def effects(
    now: CaseStanding, action: CaseAction, today: date, *, redo_round: int | None = None
) -> Effects:
    """What an act does by itself; an extension and a correction say more (`extended`, `settled`)."""
    if action is CaseAction.CONTACT:
        return _done("contact", now.contact, today)
    if action is CaseAction.PUT_RIGHT:
        return _done("put_right", now.put_right, today)
    if action is CaseAction.CLOSE and now.put_right.kept is Kept.PENDING:
        return {"put_right.kept": Kept.MISSED if is_overdue(today, now.put_right.due_on) else Kept.DROPPED}
    if action is CaseAction.DECIDE_REDO:
        return {"redo_round": redo_round}
    missed = {CaseAction.MISS_CONTACT: "contact", CaseAction.MISS_PUT_RIGHT: "put_right"}.get(action)
    return {f"{missed}.kept": Kept.MISSED} if missed else {}


def _done(name: str, promise: Promise, today: date) -> Effects:
    """Met or missed is written once; the day it was done is kept also when it came too late, the first one."""
    found: Effects = {} if promise.done_on is not None else {f"{name}.done_on": today}
    if promise.kept is Kept.PENDING:
        found[f"{name}.kept"] = Kept.MISSED if is_overdue(today, promise.due_on) else Kept.MET
    return found


def extended(now: CaseStanding, workdays: int, terms: Terms, calendar: WorkCalendar) -> Effects:
    """`workdays` altogether, counted from the same day zero: more than now, at most what the policy allows."""
    if not now.put_right.workdays < workdays <= terms.put_right_workdays_most:
        raise Refused("case_extension_range", least=now.put_right.workdays + 1, most=terms.put_right_workdays_most)
    due = due_date(now.opened_on, workdays, calendar)
    return {
        "is_extended": True, "put_right.workdays": workdays, "put_right.due_on": due.due_on,
        "put_right.is_provisional": due.is_provisional,
    }


def settled(now: CaseStanding, calendar: WorkCalendar) -> Effects:
    """New dates of pending promises under another calendar (domain.md §4 rules 3 and 8); empty when none moves."""
    found: Effects = {}
    for name in ("contact", "put_right"):
        promise: Promise = getattr(now, name)
        due = due_date(now.opened_on, promise.workdays, calendar)
        same = (promise.due_on, promise.is_provisional) == (due.due_on, due.is_provisional)
        if promise.kept is Kept.PENDING and not same:
            found |= {f"{name}.due_on": due.due_on, f"{name}.is_provisional": due.is_provisional}
    return found


def overdue(now: CaseStanding, today: date) -> tuple[CaseAction, ...]:
    """What time has to write down."""
    clocks = ((CaseAction.MISS_CONTACT, now.contact), (CaseAction.MISS_PUT_RIGHT, now.put_right))
    return tuple(
        action for action, promise in clocks
        if (now.state, action) in ACTS and promise.kept is Kept.PENDING and is_overdue(today, promise.due_on)
    )


# ---------------------------------------------------------------- what events add up to


@dataclass(frozen=True)
class Happening:
    """An event as the reducer sees it. The first one carries the whole standing in its effects."""

    seq: int
    to_state: CaseState
    effects: Mapping[str, Any]


def apply(now: CaseStanding, event: Happening) -> CaseStanding:
    """Data-driven: the event carries its effects, so no act needs a branch here."""
    own = {name: value for name, value in event.effects.items() if "." not in name}
    changed = replace(now, state=event.to_state, version=event.seq, **own)
    for name in ("contact", "put_right"):
        prefix = f"{name}."
        told = {key.removeprefix(prefix): value for key, value in event.effects.items() if key.startswith(prefix)}
        if told:
            changed = replace(changed, **{name: replace(getattr(changed, name), **told)})
    return changed


def replay(first: CaseStanding, rest: Iterable[Happening]) -> CaseStanding:
    now = first
    for event in rest:
        now = apply(now, event)
    return now
