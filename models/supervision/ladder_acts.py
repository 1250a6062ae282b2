"""What may be done with a record of supervision as ONE table: kinds × state × action → state, roles, who besides. Pure.

Buttons, guards and the exhaustive test read `ACTS`. What a unit is told and answers is here too: right of reply and
appeal belong to the ladder (domain.md §5).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.accounts.types import Actor, Role
from models.errors import Refused
from models.supervision.ladder_types import Outcome, RecordAction, RecordKind, RecordState

REVIEWERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
DIRECTORS = frozenset({Role.DIRECTOR})
LEADERS = frozenset({Role.LEADER})
UNIT = frozenset({Role.HANDLER, Role.APPROVER})
NOBODY: frozenset[Role] = frozenset()
"""Time alone."""

KIND = RecordKind
CARDS = frozenset({KIND.BLUE_CARD, KIND.YELLOW_CARD, KIND.RED_CARD})
TIMED = frozenset({KIND.SUPERVISION_ORDER, KIND.INSTRUCTION, KIND.INTERVIEW})
"""With a clock of their own: something has to be put right by a day."""
TOLD_TO_UNIT = frozenset(RecordKind) - {KIND.TRANSFER}
"""A transfer to discipline inspection is confidential: the unit reads nothing of it here."""
CONTESTABLE = CARDS | {KIND.SUPERVISION_ORDER, KIND.BULLETIN_ENTRY}
REVOCABLE = CONTESTABLE | {KIND.REMINDER_SLIP}
CLOSABLE = frozenset({KIND.REMINDER_SLIP, KIND.BULLETIN_ENTRY, KIND.TRANSFER})
"""What the office files when nothing more is to come; what has a clock ends when it is put right, a card stands."""
BY_HAND = frozenset({
    KIND.REMINDER_SLIP, KIND.YELLOW_CARD, KIND.RED_CARD, KIND.SUPERVISION_ORDER, KIND.BULLETIN_ENTRY, KIND.TRANSFER,
})  # fmt: skip
"""What the office issues at its own judgement; an interview is proposed, an instruction written by a leader."""
ON_AN_APPEAL = frozenset({
    KIND.REMINDER_SLIP, KIND.YELLOW_CARD, KIND.RED_CARD, KIND.INSTRUCTION, KIND.TRANSFER,
})  # fmt: skip
"""Makes no sense without one."""
STATE = RecordState
UNTOLD_STATES = frozenset({STATE.PROPOSED, STATE.DECIDED, STATE.DECLINED})


class Needs(StrEnum):
    """A fact beside the state that an act asks for."""

    NOTHING = "nothing"
    WITHIN_TERM = "contest_too_late"
    CONTESTED = "nothing_contested"
    NOT_REPORTED = "already_reported"
    REPORTED = "not_reported"


class Besides(StrEnum):
    """Who of these roles may not."""

    NOBODY = "nobody"
    ISSUER = "issuer_decides_not"


@dataclass(frozen=True)
class Standing:
    """A record as its rules see it. `issued_by_id` is None for what time issued.
    """

    kind: RecordKind
    state: RecordState
    outcome: Outcome
    unit_id: int
    issued_by_id: int | None
    is_contested: bool = False
    was_contested: bool = False
    has_reported: bool = False
    contest_until: date | None = None


@dataclass(frozen=True)
class ActRow:
    """One row: records of `kinds` in `state` become `target` (None: stay) by this act."""

    kinds: frozenset[RecordKind]
    state: RecordState
    action: RecordAction
    target: RecordState | None
    roles: frozenset[Role]
    needs: Needs = Needs.NOTHING
    besides: Besides = Besides.NOBODY


ACT = RecordAction
_WORKED_ON = (*((kind, STATE.IN_FORCE) for kind in (KIND.SUPERVISION_ORDER, KIND.INSTRUCTION)),
              (KIND.INTERVIEW, STATE.HELD))
_INTERVIEW, _INSTRUCTION = frozenset({KIND.INTERVIEW}), frozenset({KIND.INSTRUCTION})
_ROWS = (
    ActRow(_INSTRUCTION, STATE.PROPOSED, ACT.FORWARD, STATE.IN_FORCE, REVIEWERS),
    ActRow(_INTERVIEW, STATE.PROPOSED, ACT.HOLD_INTERVIEW, STATE.DECIDED, DIRECTORS, besides=Besides.ISSUER),
    ActRow(_INTERVIEW, STATE.PROPOSED, ACT.DECLINE, STATE.DECLINED, DIRECTORS, besides=Besides.ISSUER),
    ActRow(_INTERVIEW, STATE.DECIDED, ACT.NOTIFY, STATE.IN_FORCE, REVIEWERS),
    ActRow(_INTERVIEW, STATE.IN_FORCE, ACT.RECORD_MINUTES, STATE.HELD, REVIEWERS),
    *(
        ActRow(TOLD_TO_UNIT - {KIND.REMINDER}, state, ACT.ANSWER, None, UNIT)
        for state in (STATE.IN_FORCE, STATE.HELD)
    ),
    *(ActRow(frozenset({kind}), state, ACT.REPORT, None, UNIT, Needs.NOT_REPORTED) for kind, state in _WORKED_ON),
    *(
        ActRow(CONTESTABLE, state, ACT.CONTEST, None, UNIT, Needs.WITHIN_TERM)
        for state in (STATE.IN_FORCE, STATE.CLOSED)
    ),
    *(
        ActRow(CONTESTABLE, state, ACT.UPHOLD, None, REVIEWERS, Needs.CONTESTED, Besides.ISSUER)
        for state in (STATE.IN_FORCE, STATE.CLOSED)
    ),
    *(
        ActRow(REVOCABLE, state, ACT.REVOKE, STATE.REVOKED, REVIEWERS, besides=Besides.ISSUER)
        for state in (STATE.IN_FORCE, STATE.CLOSED)
    ),
    *(ActRow(frozenset({kind}), state, ACT.FOLLOW_UP, None, REVIEWERS) for kind, state in _WORKED_ON),
    *(
        ActRow(frozenset({kind}), state, ACT.ACCEPT, STATE.CLOSED, REVIEWERS, Needs.REPORTED)
        for kind, state in _WORKED_ON
    ),
    *(ActRow(frozenset({kind}), state, ACT.SEND_BACK, None, REVIEWERS, Needs.REPORTED) for kind, state in _WORKED_ON),
    *(ActRow(frozenset({kind}), state, ACT.MISS, None, NOBODY, Needs.NOT_REPORTED) for kind, state in _WORKED_ON),
    ActRow(CLOSABLE, STATE.IN_FORCE, ACT.CLOSE, STATE.CLOSED, REVIEWERS),
)  # fmt: skip
ACTS: dict[tuple[RecordKind, RecordState, RecordAction], ActRow] = {
    (kind, row.state, row.action): row for row in _ROWS for kind in row.kinds
}
ISSUERS: dict[RecordKind, frozenset[Role]] = {
    **dict.fromkeys(BY_HAND, REVIEWERS), KIND.INTERVIEW: REVIEWERS, KIND.INSTRUCTION: LEADERS,
}
"""Who may begin a record of a kind. What is not here, time alone issues."""


def first_state(kind: RecordKind) -> RecordState:
    return STATE.PROPOSED if kind in _INTERVIEW | _INSTRUCTION else STATE.IN_FORCE


def check_issue(kind: RecordKind, actor: Actor, unit_id: int) -> None:
    """Raises `Refused`: not by this role, or against one's own unit."""
    if not actor.roles & ISSUERS.get(kind, NOBODY):
        raise Refused("not_your_role", action=kind)
    if actor.unit_id == unit_id:
        raise Refused("own_unit_supervised")


def step(one: Standing, action: RecordAction, actor: Actor, today: date) -> ActRow:
    """The row that this act follows. Raises `Refused` with the reason: wrong state, role, person, or a fact missing."""
    row = ACTS.get((one.kind, one.state, action))
    if row is None:
        raise Refused("record_moved_on", action=action)
    if not actor.roles & row.roles:
        raise Refused("not_your_role", action=action)
    if row.roles == UNIT and actor.unit_id != one.unit_id:
        raise Refused("not_your_record")
    if row.roles != UNIT and actor.unit_id == one.unit_id:
        raise Refused("own_unit_supervised")
    if row.besides is Besides.ISSUER and one.issued_by_id is not None and actor.account_id == one.issued_by_id:
        raise Refused(row.besides.value)
    if not holds(row.needs, one, today):
        raise Refused(row.needs.value)
    return row


def holds(needs: Needs, one: Standing, today: date) -> bool:
    return {
        Needs.NOTHING: True,
        Needs.WITHIN_TERM: not one.was_contested and one.contest_until is not None and today <= one.contest_until,
        Needs.CONTESTED: one.is_contested,
        Needs.NOT_REPORTED: not one.has_reported,
        Needs.REPORTED: one.has_reported,
    }[needs]


def allowed(one: Standing, actor: Actor, today: date) -> tuple[RecordAction, ...]:
    """What the page shows as buttons, in the order of the table."""
    return tuple(action for action in RecordAction if _is_allowed(one, action, actor, today))


def _is_allowed(one: Standing, action: RecordAction, actor: Actor, today: date) -> bool:
    try:
        step(one, action, actor, today)
    except Refused:
        return False
    return True


def roles_of(action: RecordAction) -> frozenset[Role]:
    """Everybody who may do this to some record."""
    return frozenset[Role]().union(*(row.roles for row in _ROWS if row.action is action))


def is_told(kind: RecordKind, state: RecordState) -> bool:
    """Whether the unit reads it: not while it is a proposal, and never a transfer."""
    return kind in TOLD_TO_UNIT and state not in UNTOLD_STATES


def kept_or_late(due_on: date | None, reported_on: date | None) -> Outcome:
    """Put right by its day: the day the unit reported it counts, not the day the office looked (CLK-6 in spirit:
    confirmed by the office all the same).
    """
    if due_on is None or reported_on is None:
        raise Refused("not_reported")
    return Outcome.MET if reported_on <= due_on else Outcome.MISSED

