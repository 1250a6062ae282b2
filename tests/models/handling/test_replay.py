"""A random walk of everybody through every act over the end of a year: events add up to what is stored (CON-2)."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import PUBLIC, Actor, Role
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, Complexity, State
from models.audit.queries import verdict
from models.errors import DomainError
from models.handling import (
    adjustments,
    assigning,
    assistance,
    commands,
    linking,
    notes,
    queries,
    replies,
    rules,
    supplements,
)
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.types import Action, Assistance, MilestoneStatus, Projection, ReplyKind
from models.slips.commands import publish_reply
from models.workdays.commands import import_arrangement
from models.workdays.queries import load_calendar
from tests.models.handling.arrangements import days_of
from tests.models.handling.test_workflow import TABLE
from tests.models.handling.witness import Witness, check
from tests.support.actors import actor
from tests.support.engines import AUDIT_KEY
from tests.support.factories import IDENTITY, LETTERHEAD, VAULT, Story, filing

UNITS = ("市监局", "税务局", "")
NEXT_MONTH = timedelta(days=30)


def _draft(story: "Walk", kind: ReplyKind) -> replies.Draft:
    teller = Story.__new__(Story)
    teller.session, teller.appeal = story.session, story.appeal
    ahead = story.now.date() + NEXT_MONTH if kind is ReplyKind.PRELIMINARY else None
    return replace(teller.draft(kind), next_milestone_on=ahead)


def _dispatch(walk: "Walk", act: commands.Act) -> None:
    commands.dispatch(walk.session, walk.appeal, act, lead_unit=walk.unit(), is_complex=walk.choice % 5 == 0)


ACTS = {
    Action.ACCEPT: lambda walk, act: commands.accept(walk.session, walk.appeal, act),
    Action.DECLINE: lambda walk, act: commands.decline(walk.session, walk.appeal, act, reason_text="理由"),
    Action.DISPATCH: _dispatch,
    Action.SIGN: lambda walk, act: commands.sign(walk.session, walk.appeal, act),
    Action.VERIFY: lambda walk, act: commands.verify(
        walk.session, walk.appeal, act, complexity=list(Complexity)[walk.choice % 2],
    ),
    Action.RECLASSIFY: lambda walk, act: commands.decide(walk.session, walk.appeal, act, Action.RECLASSIFY),
    Action.PROPOSE_PRELIMINARY: lambda walk, act: replies.propose(
        walk.session, walk.appeal, _draft(walk, ReplyKind.PRELIMINARY), act,
    ),
    Action.PROPOSE_REPLY: lambda walk, act: replies.propose(
        walk.session, walk.appeal, _draft(walk, ReplyKind.FINAL), act,
    ),
    Action.SIGN_OFF: lambda walk, act: replies.sign_off(walk.session, walk.appeal, act),
    Action.SEND_BACK: lambda walk, act: replies.send_back(walk.session, walk.appeal, act),
    Action.REJECT: lambda walk, act: replies.reject(walk.session, walk.appeal, act),
    Action.PUBLISH: lambda walk, act: publish_reply(walk.session, walk.appeal, act, LETTERHEAD),
    Action.CLOSE: lambda walk, act: commands.decide(walk.session, walk.appeal, act, Action.CLOSE),
    Action.NOTE: lambda walk, act: notes.note(walk.session, walk.appeal, act, text="给同事看"),
    Action.ASK_SUPPLEMENT: lambda walk, act: supplements.ask_supplement(walk.session, walk.appeal, act, question="问"),
    Action.ASK_APPELLANT: lambda walk, act: supplements.ask_appellant(walk.session, walk.appeal, act, question="问"),
    Action.ANSWER: lambda walk, act: commands.perform(walk.session, walk.appeal, Action.ANSWER, act),
    Action.WITHDRAW: lambda walk, act: linking.withdraw(walk.session, walk.appeal, act),
    Action.ASSIST: lambda walk, act: assistance.assist(walk.session, walk.appeal, act, walk.task()),
    Action.END_ASSISTANCE: lambda walk, act: assistance.end(walk.session, walk.appeal, act, no=walk.owed()),
    Action.MERGE: lambda walk, act: linking.merge(walk.session, walk.appeal, act, main=walk.main()),
    Action.UNMERGE: lambda walk, act: linking.unmerge(walk.session, walk.appeal, act),
    Action.REPORT_PROGRESS: lambda walk, act: notes.report_progress(walk.session, walk.appeal, act, text="在办"),
    Action.ASSIGN: lambda walk, act: assigning.assign(
        walk.session, walk.appeal, act, assignee_id=walk.people[walk.choice % len(walk.people)].account_id,
    ),
    **{
        action: (lambda walk, act, kind=kind: adjustments.ask(walk.session, walk.appeal, act, walk.request(kind)))
        for action, kind in adjustments.KINDS.items()
    },
    Action.SEND_ADJUSTMENT: lambda walk, act: adjustments.send(walk.session, walk.appeal, act),
    Action.TAKE_BACK_ADJUSTMENT: lambda walk, act: adjustments.take_back(walk.session, walk.appeal, act),
    Action.GRANT_ADJUSTMENT: lambda walk, act: adjustments.grant(walk.session, walk.appeal, act, ruling="同意"),
    Action.REFUSE_ADJUSTMENT: lambda walk, act: adjustments.refuse(walk.session, walk.appeal, act, ruling="不同意"),
    Action.RULE_RETURN: lambda walk, act: adjustments.rule_return(
        walk.session, walk.appeal, act, lead_unit=walk.unit(), ruling="职责分工",
    ),
    Action.RESUME: lambda walk, act: adjustments.resume(walk.session, walk.appeal, act),
    Action.END_PAUSE: lambda walk, act: adjustments.end_pause(walk.session, walk.appeal, act),
    Action.REDO: lambda walk, act: commands.redo(walk.session, walk.appeal, act),
    Action.TRANSFER: lambda walk, act: commands.transfer(walk.session, walk.appeal, act, recipient="市纪委监委"),
}
WEIGHTS = {
    Action.NOTE: 0.5, Action.REPORT_PROGRESS: 0.5, Action.ASK_APPELLANT: 1, Action.WITHDRAW: 0.2, Action.DECLINE: 1,
    Action.PROPOSE_PRELIMINARY: 25, Action.SIGN_OFF: 15, Action.GRANT_ADJUSTMENT: 15,
    Action.ASSIGN: 0.5, Action.TRANSFER: 0.2, Action.REDO: 10,
}
"""What is possible almost always, or ends an appeal, is walked less often, or nobody would get to the end."""
def owed(now: Projection) -> list[Assistance]:
    return [one for one in now.assistances if one.clock is MilestoneStatus.PENDING]


ENDS = frozenset({Action.WITHDRAW, Action.TRANSFER})
"""Walked last: nothing else of that state would be walked after them."""
VISITED: set[tuple[State, Action]] = set()
STEPS: list[Action] = []


class Walk(RuleBasedStateMachine):
    """One appeal, everybody, any act at any time. The transaction is rolled back at the end of each walk."""

    database = None
    appeal = None

    @initialize(day=st.integers(0, 45), kind=st.sampled_from(AppealKind))
    def file(self, day: int, kind: AppealKind) -> None:
        self.opened = self.database.session(is_write=True)
        self.session = self.opened.__enter__()
        self.choice, self.is_imported = 0, False
        self.held: list[Appeal] = []
        self.kept_main: Appeal | None = None
        self.now = datetime(2026, 11, 16, 1, tzinfo=UTC) + timedelta(days=day)
        self.calendar = load_calendar(self.session)
        self.people = self._everybody()
        self.helping = unit_by_name(self.session, "财政局")
        self.helpers = [actor(self.session, role, unit="财政局") for role in (Role.HANDLER, Role.APPROVER)]
        self._file(kind)

    def _file(self, kind: AppealKind) -> None:
        accused = unit_by_name(self.session, "税务局")
        made = filing(filed_at=self.now, kind=kind, against_unit_id=accused.id if accused else None)
        self.appeal = commands.submit(self.session, made, IDENTITY, VAULT, now=self.now)
        self.witness = Witness(self.session, self.appeal, self.now)
        for other in self.held:
            check(self.session, other)
        self.held = []

    def unit(self) -> Unit:
        found = unit_by_name(self.session, UNITS[self.choice % 2])
        assert found is not None
        return found

    def request(self, kind: AdjustmentKind) -> adjustments.Request:
        reason = list(PauseReason)[self.choice % len(PauseReason)] if kind is AdjustmentKind.PAUSE else None
        long = 1 + self.choice % 12 if kind in (AdjustmentKind.EXTENSION, AdjustmentKind.PAUSE) else 0
        return adjustments.Request(kind, "事由", "依据", long, reason)

    def task(self) -> assistance.Task:
        return assistance.Task(self.helping, "请核对。", 1 + self.choice % 5, is_late_meant=True)

    def owed(self) -> int:
        owed = [one.no for one in queries.assistances(self.session, self.appeal) if one.status in rules.UNSENT]
        return owed[0] if owed else 1

    def main(self) -> Appeal:
        """One that another may be merged into, of a unit that nobody accuses; the same for a whole walk."""
        if self.kept_main is None:
            story = Story(self.session, unit="人社局", at=self.now, calendar=self.calendar)
            self.kept_main = story.to(State.DISPATCHED).appeal
        return self.kept_main

    def _everybody(self) -> list[Actor]:
        found = [actor(self.session, role, unit=unit) for role in Role for unit in UNITS]
        both = actor(self.session, Role.HANDLER, Role.SUPERVISOR, unit=UNITS[0])
        return [*found, PUBLIC, both, actor(self.session, *Role, unit=UNITS[1])]

    @precondition(lambda self: self.appeal is not None)
    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.appeal is not None)
    @rule(action=st.sampled_from(sorted(ACTS)), choice=st.integers(0, 10_000))
    def somebody_tries(self, action: Action, choice: int) -> None:
        self._try(action, self.people[choice % len(self.people)], choice)

    @precondition(lambda self: self.appeal is not None)
    @rule(dice=st.integers(0, 10**9), minutes=st.integers(1, 1_000), times=st.integers(1, 8))
    def somebody_does_what_is_next(self, dice: int, minutes: int, times: int) -> None:
        """Nobody would get past the door if all only tried at random. An ended appeal is followed by another."""
        thrown = Random(dice)
        for _ in range(times):
            self.now += timedelta(minutes=minutes)
            self._others_act(thrown)
            now = queries.projection(self.session, self.appeal)
            possible = {(action, who): action for who in self.people for action in rules.allowed(now, who)}
            if not possible:
                self._file(thrown.choice(list(AppealKind)))
                continue
            acts = sorted(set(possible.values()))
            walked = {one for _, one in VISITED}
            fresh = [one for one in acts if (self.appeal.state, one) not in VISITED]
            fresh = [one for one in fresh if one not in walked] or fresh
            fresh = [one for one in fresh if one not in ENDS] or fresh
            weights = [WEIGHTS.get(one, 5) for one in acts]
            action = thrown.choice(fresh) if fresh and thrown.random() < 0.8 else thrown.choices(acts, weights)[0]
            self._try(action, thrown.choice([who for one, who in possible if one is action]), thrown.randrange(1000))

    def _others_act(self, thrown: Random) -> None:
        """An assisting unit works, another appeal is merged into this one: whatever they do, neither its state nor its
        dates move.
        """
        if self.appeal.has_assistance and thrown.random() < 0.2:
            does = partial(self._help, thrown)
        elif not self.held and thrown.random() < 0.02:
            does = self._merge_another
        else:
            return
        before = (self.appeal.state, queries.milestones(self.session, self.appeal))
        with suppress(DomainError):
            does()
        assert (self.appeal.state, queries.milestones(self.session, self.appeal)) == before

    def _help(self, thrown: Random) -> None:
        act = commands.Act(thrown.choice(self.helpers), self.now, self.calendar)
        propose = partial(assistance.propose, text="属实。")
        thrown.choice((assistance.sign, propose, assistance.send, assistance.send_back))(self.session, self.appeal, act)

    def _merge_another(self) -> None:
        clerk = next(one for one in self.people if one.roles == {Role.CLERK} and one.unit_id is None)
        other = commands.submit(self.session, filing(filed_at=self.now), IDENTITY, VAULT, now=self.now)
        linking.merge(self.session, other, commands.Act(clerk, self.now, self.calendar), main=self.appeal)
        self.held = [other]

    @precondition(lambda self: self.appeal is not None and not self.is_imported)
    @rule()
    def the_next_year_is_arranged(self) -> None:
        """CLK-5: visible, final, and only when somebody waits for it."""
        before, waits = self.appeal.version, queries.projection(self.session, self.appeal)
        import_arrangement(self.session, days_of(2027), at=self.now)
        self.calendar, self.is_imported = load_calendar(self.session), True
        moved = commands.recalculate_all(self.session, now=self.now, calendar=self.calendar)
        is_told = self.appeal.is_provisional or any(one.is_provisional for one in (*waits.pending, *owed(waits)))
        assert self.appeal.version == before + is_told and moved >= is_told
        self.witness.look()

    def _try(self, action: Action, who: Actor, choice: int) -> None:
        self.choice = choice
        STEPS.append(action)
        before = (self.appeal.state, self.appeal.version)
        try:
            ACTS[action](self, commands.Act(who, self.now, self.calendar))
        except DomainError:
            self.session.flush()
            assert (self.appeal.state, self.appeal.version) == before
        else:
            VISITED.add((before[0], action))
            target, roles = TABLE[before[0], action]
            goes_back = {
                (State.AWAITING_SUPPLEMENT, Action.ANSWER): {State.SUBMITTED, State.ACCEPTED},
                (State.MERGED, Action.UNMERGE): {one for one, act in TABLE if act is Action.MERGE},
            }
            asked = goes_back.get((before[0], action), {target})
            is_sent_at_once = action is Action.ASK_RETURN and Role.APPROVER in who.roles
            assert self.appeal.state in asked | ({State.RETURN_REQUESTED} if is_sent_at_once else set())
            acts = 1 + (action in adjustments.KINDS and Role.APPROVER in who.roles)
            assert (who.roles & roles if roles else who == PUBLIC) and self.appeal.version == before[1] + acts
        self.witness.look()

    def teardown(self) -> None:
        if self.appeal is None:
            return
        self.session.flush()
        for other in self.held:
            check(self.session, other)
        assert verdict(self.session, AUDIT_KEY).kind == "ok"
        self.opened.close()


@pytest.mark.slow
def test_any_walk_of_anybody_leaves_events_and_stored_dates_in_agreement(database, request):
    """Every act of the table on SQLite (every row: test_long_walk.py); on PostgreSQL, where the rules are the same, a
    few walks.
    """
    is_whole = request.config.getoption("--engine") == "sqlite"
    chosen = settings(
        max_examples=80 if is_whole else 20, stateful_step_count=40, deadline=None, derandomize=True, database=None,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )
    VISITED.clear()
    STEPS.clear()
    run_state_machine_as_test(type("Walk", (Walk,), {"database": database}), settings=chosen)
    print(f"{len(STEPS)} acts tried")
    assert len(STEPS) >= (1_500 if is_whole else 200)
    if not is_whole:
        return
    own = {Action.RECOGNISE, Action.RETURN_RECORD, Action.AMEND}  # of a unit's own matters: test_self_registered.py
    walked = {action for _, action in VISITED}
    assert {action for _, action in TABLE} - own <= walked, f"never walked: {set(ACTS) - walked}"
