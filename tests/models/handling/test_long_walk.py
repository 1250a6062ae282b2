"""100,000 acts of anybody on appeals in memory (CON-2): no illegal state, and nothing moves that may not.

The rules walk here without a database, as the acts use them: `rules.step`, `adjustment_rules.check`, `effects_of`, the
event's JSON and `apply`. What is stored of it: test_replay.py, with fewer acts.
"""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from models.accounts.types import PUBLIC, Actor, Role
from models.appeals.types import ENDED_STATES, Complexity, State
from models.errors import Refused
from models.handling import adjustment_rules, rules
from models.handling.acting import effects_of, round_after
from models.handling.adjustment_rules import Asking
from models.handling.adjustment_types import Adjustment, AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.adjustments import KINDS
from models.handling.clock import Allowances, Moment, Terms, settle
from models.handling.effects_json import effects_from_json, effects_to_json
from models.handling.reducer import apply, begin, replay
from models.handling.types import (
    DISPATCH_STAGES,
    Action,
    Effects,
    Happening,
    LinkKind,
    Milestone,
    MilestoneStatus,
    Projection,
    Stage,
)
from models.workdays.shipped import shipped_calendar, shipped_days, statutory_days
from models.workdays.types import build_calendar
from tests.models.handling.arrangements import days_of
from tests.models.handling.test_workflow import TABLE
from webapp.seed import DEFAULT_LIMITS

ACTS_WALKED = int(os.environ.get("WALKED_ACTS", "100000"))
UNIT, OTHER = 7, 8
PROVISIONAL = shipped_calendar()
ARRANGED = build_calendar(
    [*shipped_days(), *days_of(2027)], version=PROVISIONAL.version + 1, statutory=statutory_days()
)
PEOPLE = (
    *(Actor(number, "甲", frozenset({role}), unit) for number, (role, unit) in enumerate(
        ((role, unit) for role in Role for unit in (UNIT, OTHER, None)), start=10
    )),
    Actor(1, "乙", frozenset({Role.HANDLER, Role.SUPERVISOR}), UNIT), Actor(2, "丙", frozenset(Role), OTHER), PUBLIC,
)
RARE = {
    Action.WITHDRAW: 0.04, Action.TRANSFER: 0.03, Action.DECLINE: 0.03, Action.CLOSE: 0.1, Action.NOTE: 0.2,
    Action.MERGE: 0.05, Action.ASSIGN: 0.1, Action.REPORT_PROGRESS: 0.1, Action.TAKE_BACK_ADJUSTMENT: 0.3,
}
"""What ends an appeal, or is possible always, is done less often: the share of the times it is thought of."""
Key = tuple[int, Stage, int]


@dataclass
class Matter:
    """One appeal in memory, and what may never change of it."""

    dice: Random
    now: datetime
    calendar: object = PROVISIONAL
    history: list[Happening] = field(default_factory=list)
    seen: dict[Key, Milestone] = field(default_factory=dict)
    received_at: datetime | None = None
    dispatched_on: date | None = None

    def __post_init__(self) -> None:
        self.received_at = self.now
        self.history.append(Happening(1, Action.SUBMIT, State.SUBMITTED, 1, self.now))
        self.standing = begin(self.history[0])

    # ------------------------------------------------------------ an act, as the commands compose it

    @property
    def today(self) -> date:
        return self.now.date()

    def attempt(self, action: Action, who: Actor) -> bool:
        """True when it was done. A refusal leaves everything as it is."""
        before = self.standing
        try:
            row = rules.step(before, action, who)
            said, more = self._said(action)
            moment = self._moment(row, said)
            effects = effects_of(before, row, moment, self._own(action, who, said), more)
        except Refused:
            assert self.standing is before
            return False
        self._record(action, self._target(row), round_after(before, row), effects)
        target, roles = TABLE[before.state, action]
        assert row.goes_back or self.standing.state is target
        assert (who.roles & roles) if roles else who == PUBLIC
        return True

    def _record(self, action: Action, to_state: State, round_: int, effects: Effects) -> None:
        told = effects_from_json(effects_to_json(effects), round_)
        assert told == effects
        event = Happening(len(self.history) + 1, action, to_state, round_, self.now, told)
        before, self.standing = self.standing, apply(self.standing, event)
        self.history.append(event)
        if action is Action.DISPATCH:
            assert self.dispatched_on is None
            self.dispatched_on = self.today
        self._look(before, told)

    def _said(self, action: Action) -> tuple[Adjustment | None, Effects]:
        """What the act tells the clock of a request, and what it adds to the list."""
        if action in KINDS:
            kind = KINDS[action]
            workdays = self.dice.choice((1, 3, 10, 11, 30)) if kind in _LONG else 0
            reason = self.dice.choice(list(PauseReason)) if kind is AdjustmentKind.PAUSE else None
            self._check(kind, workdays, reason)
            made = Adjustment(
                len(self.standing.adjustments) + 1, self.standing.round, kind, AdjustmentStatus.TO_SIGN_OFF, UNIT,
                workdays, reason,
            )
            return None, Effects(adjustments=(made,))
        more = Effects()
        if action is Action.MERGE:
            more = Effects(linked=((LinkKind.INTO, 99),))
        elif action is Action.UNMERGE:
            more = Effects(unlinked=((LinkKind.INTO, 99),))
        return self._ruled(action), more

    def _ruled(self, action: Action) -> Adjustment | None:
        one = self.standing.open_adjustment
        if one is None:
            return None
        if action is Action.SEND_ADJUSTMENT:
            self._check(one.kind, one.workdays, one.reason)
            return replace(one, status=AdjustmentStatus.ASKED, asked_on=self.today)
        if action is Action.REFUSE_ADJUSTMENT:
            return replace(one, status=AdjustmentStatus.REFUSED, ruled_on=self.today)
        if action not in (Action.GRANT_ADJUSTMENT, Action.RULE_RETURN):
            return None
        granted = replace(one, status=AdjustmentStatus.GRANTED, ruled_on=self.today)
        if one.kind is not AdjustmentKind.PAUSE or action is Action.RULE_RETURN:
            return granted
        self._check(one.kind, one.workdays, one.reason)
        return replace(granted, ends_on=adjustment_rules.planned_end(self.today, one.workdays, self.calendar))

    def _check(self, kind: AdjustmentKind, workdays: int, reason: PauseReason | None) -> None:
        asking = Asking(kind, self.today, self.calendar, Allowances(), workdays, reason)
        adjustment_rules.check(self.standing, asking)

    def _own(self, action: Action, who: Actor, said: Adjustment | None) -> Effects:
        if action is Action.DISPATCH:
            return Effects(lead_unit_id=UNIT)
        if action is Action.RULE_RETURN and said is not None and self.dice.random() < 0.3:
            return Effects(lead_unit_id=OTHER if self.standing.lead_unit_id == UNIT else UNIT)
        return Effects(assignee_id=who.account_id) if action is Action.ASSIGN else Effects()

    def _moment(self, row: rules.Step, said: Adjustment | None) -> Moment:
        is_first = row.clock in (rules.Clock.START, rules.Clock.MEET_TRIAGE)
        complexity = self.dice.choice(list(Complexity)) if row.action in (Action.VERIFY, Action.DISPATCH) else None
        return Moment(
            self.today, self.calendar, Terms(1, DEFAULT_LIMITS), complexity, self._merged_on(),
            self.received_at.date() if is_first and self.received_at else None,
            self.today + timedelta(days=9) if row.action is Action.SIGN_OFF else None, said,
        )

    def _merged_on(self) -> date | None:
        merged = [one for one in self.history if one.action is Action.MERGE]
        return merged[-1].at.date() if self.standing.state is State.MERGED else None

    def _target(self, row: rules.Step) -> State:
        if not row.goes_back:
            return row.target
        found = Action.MERGE if row.action is Action.UNMERGE else Action.ASK_SUPPLEMENT
        seq = next(one.seq for one in reversed(self.history) if one.action is found)
        state = self.history[seq - 2].to_state
        is_answered = row.action is Action.UNMERGE and state is State.AWAITING_SUPPLEMENT
        return State.SUBMITTED if is_answered and not self.standing.has_question else state

    # ------------------------------------------------------------ time and calendars

    def sleep(self) -> None:
        """Hours or days pass; a pause whose planned end has passed is ended by the system; next year is arranged."""
        self.now += timedelta(minutes=self.dice.choice((1, 1, 30, 60, 300, 1_500, 6_000)))
        pause = self.standing.pause
        if pause is not None and adjustment_rules.is_ended(pause, self.today):
            row = next(one for one in rules.WORKFLOW.values() if one.action is Action.RESUME)
            moment = Moment(self.today, self.calendar, Terms(0, {}))
            effects = effects_of(self.standing, replace(row, asks=None), moment, Effects())
            self._record(Action.RESUME, self.standing.state, self.standing.round, effects)
        if self.dice.random() < 0.02:
            self.calendar = ARRANGED
            effects = settle(self.standing, ARRANGED)
            if effects != Effects():
                self._record(Action.RECALCULATE, self.standing.state, self.standing.round, effects)
                assert settle(self.standing, ARRANGED) == Effects()

    # ------------------------------------------------------------ what must hold

    def _look(self, before: Projection, effects: Effects) -> None:
        told = {stage for stage, *_ in effects.moved}
        assert self.standing.round >= before.round
        for one in self.standing.milestones:
            known = self.seen.setdefault((one.round, one.stage, one.no), one)
            assert (known.start_on, known.workdays, known.first_due_on) == (
                one.start_on, one.workdays, one.first_due_on
            )
            if one.stage in DISPATCH_STAGES and one.round == 1 and one.no == 1:
                assert one.start_on == self.dispatched_on
            assert known.due_on == one.due_on or (one.stage in told and known.status is MilestoneStatus.PENDING)
            if known.status is not MilestoneStatus.PENDING:
                assert known == one, f"{one.stage} was written twice"
            if one.reached_on is not None:
                assert (one.status is MilestoneStatus.MISSED) == (one.reached_on > one.due_on)
            self.seen[one.round, one.stage, one.no] = one
        assert len({(one.round, one.stage, one.no) for one in self.standing.milestones}) == len(
            self.standing.milestones
        )
        if self.standing.state in ENDED_STATES:
            assert not self.standing.pending and self.standing.pause is None and not self.standing.open_adjustment

    def end(self) -> None:
        assert self.history[0].at == self.received_at
        assert replay(self.history) == self.standing


_LONG = frozenset({AdjustmentKind.EXTENSION, AdjustmentKind.PAUSE})
ACTS = sorted({action for _, action in rules.WORKFLOW} - {Action.ASSIST, Action.END_ASSISTANCE})
OF_STATE = {state: [act for of, act in rules.WORKFLOW if of is state and act in ACTS] for state in State}


def possible(matter: Matter, who: Actor) -> list[Action]:
    found = []
    for action in OF_STATE[matter.standing.state]:
        try:
            rules.step(matter.standing, action, who)
        except Refused:
            continue
        found.append(action)
    return found


def turn(matter: Matter, dice: Random) -> tuple[Action, bool]:
    """One in four tries anything; otherwise somebody does what is possible, or thinks better of it."""
    if dice.random() < 0.25:
        action = dice.choice(ACTS)
        return action, matter.attempt(action, dice.choice(PEOPLE))
    while True:
        who = dice.choice(PEOPLE)
        acts = possible(matter, who)
        action = dice.choice(acts) if acts else None
        if action and dice.random() < RARE.get(action, 1):
            return action, matter.attempt(action, who)


def test_a_hundred_thousand_acts_of_anybody_lead_to_no_illegal_state() -> None:
    dice, walked, matters = Random(20261127), Counter[tuple[State, Action]](), 0
    left = ACTS_WALKED
    while left:
        matters += 1
        start = datetime(2026, 1, 5, 1, tzinfo=UTC) + timedelta(days=dice.randrange(400))
        matter = Matter(dice, start, dice.choice((PROVISIONAL, ARRANGED)))
        for _ in range(min(left, 400)):
            before, left = matter.standing.state, left - 1
            action, is_done = turn(matter, dice)
            walked[before, action] += is_done
            if dice.random() < 0.15:
                matter.sleep()
            if not OF_STATE[matter.standing.state]:
                break
        matter.end()
    print(f"{ACTS_WALKED} acts tried, {sum(walked.values())} done, {matters} appeals")
    wanted = {(state, act) for state, act in TABLE if act in ACTS and state not in (State.REGISTERED, State.TO_AMEND)}
    assert ACTS_WALKED < 100_000 or wanted <= set(+walked), f"never walked: {wanted - set(+walked)}"
