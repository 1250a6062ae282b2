"""What must hold for an appeal after any act, and what may never change between two acts."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.effects_json import effects_from_json
from models.handling.queries import events, milestones, projection, replayed
from models.handling.tables import AppealEvent
from models.handling.types import DISPATCH_STAGES, Action, Milestone, MilestoneStatus, Projection, Stage
from models.workdays.rules import local_day

Key = tuple[int, Stage, int]
ORIGINAL = frozenset(DISPATCH_STAGES)
"""What counts from the day of the dispatch, whatever happens later."""


def ordered(one: Projection) -> Projection:
    return replace(one, milestones=tuple(sorted(one.milestones, key=lambda two: (two.round, two.stage, two.no))))


def check(session: Session, appeal: Appeal) -> None:
    """The stored projection and milestones are what the events add up to; met and missed follow from the days."""
    session.flush()
    history = events(session, appeal)
    assert [event.seq for event in history] == list(range(1, appeal.version + 1))
    assert [event.at for event in history] == sorted(event.at for event in history)
    assert [event.from_state for event in history[1:]] == [event.to_state for event in history[:-1]]
    rebuilt = replayed(history)
    stored = projection(session, appeal)
    assert ordered(stored) == ordered(rebuilt)
    nearest = rebuilt.next_milestone
    assert (appeal.next_stage, appeal.next_due_on) == (
        (nearest.stage.value, nearest.due_on) if nearest else (None, None)
    )
    pending = [one for one in rebuilt.milestones if one.status is MilestoneStatus.PENDING]
    owed = [one for one in rebuilt.assistances if one.clock is MilestoneStatus.PENDING]
    assert appeal.is_provisional == any(one.is_provisional for one in (*pending, *owed))
    for one in rebuilt.milestones:
        is_reached = one.status in (MilestoneStatus.MET, MilestoneStatus.MISSED)
        assert is_reached == (one.reached_on is not None)
        if one.reached_on is not None:
            assert (one.status is MilestoneStatus.MISSED) == (one.reached_on > one.due_on)
    _nothing_overdue_is_dropped(rebuilt, history)


def _nothing_overdue_is_dropped(rebuilt: Projection, history: list[AppealEvent]) -> None:
    """Rules 8 and 10. The signature alone: nobody owes it while the appeal is merged into another, or once the unit has
    asked in time to return it.
    """
    promised: dict[tuple[int, Stage], date] = {}
    for event in history:
        effects = effects_from_json(event.effects, event.round)
        for stage in effects.dropped:
            was_merged = State.MERGED in (event.from_state, event.to_state)
            is_excused = stage is Stage.SIGN and (was_merged or event.from_state is State.RETURN_REQUESTED)
            assert is_excused or promised[event.round, stage] >= local_day(event.at), f"{stage} was overdue"
        promised |= {(event.round, one.stage): one.due_on for one in effects.set_milestones}
        promised |= {(event.round, stage): due_on for stage, due_on, _ in effects.moved}


@dataclass
class Witness:
    """Remembers one appeal and finds what moved that may not."""

    session: Session
    appeal: Appeal
    received_at: datetime
    dispatched_on: date | None = None
    seen: dict[Key, Milestone] = field(default_factory=dict)
    version: int = 0

    def look(self) -> None:
        """Called after every act. What may move moved only because the act just done tells it."""
        check(self.session, self.appeal)
        assert self.appeal.received_at == self.received_at
        self._dispatch()
        new = [event for event in events(self.session, self.appeal) if event.seq > self.version]
        told = {stage for event in new for stage, *_ in effects_from_json(event.effects, event.round).moved}
        for one in milestones(self.session, self.appeal):
            self._compare(self.seen.setdefault((one.round, one.stage, one.no), one), one, told)
            self.seen[one.round, one.stage, one.no] = one
        self.version = self.appeal.version

    def _compare(self, before: Milestone, now: Milestone, told: set[Stage]) -> None:
        fixed = ("start_on", "workdays", "first_due_on")
        assert [getattr(before, name) for name in fixed] == [getattr(now, name) for name in fixed]
        if now.stage in ORIGINAL and now.no == 1 and now.round == 1:
            assert now.start_on == self.dispatched_on
        if before.due_on != now.due_on:
            assert now.stage in told, f"{now.stage} moved silently"
            assert before.status is MilestoneStatus.PENDING
        if before.status is not MilestoneStatus.PENDING:
            assert (before.status, before.reached_on) == (now.status, now.reached_on), f"{now.stage} was written twice"

    def _dispatch(self) -> None:
        happened = [event for event in events(self.session, self.appeal) if event.action is Action.DISPATCH]
        assert len(happened) <= 1
        self.dispatched_on = self.dispatched_on or (local_day(happened[0].at) if happened else None)
        assert self.appeal.dispatched_on == self.dispatched_on
