"""What must hold for an appeal after any act, and what may never change between two acts."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.queries import events, milestones, projection, replayed
from models.handling.tables import AppealEvent
from models.handling.types import Action, MilestoneStatus, Projection, Stage, effects_from_json
from models.workdays.rules import local_day

Key = tuple[int, Stage]


def ordered(one: Projection) -> Projection:
    return replace(one, milestones=tuple(sorted(one.milestones, key=lambda two: (two.round, two.stage))))


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
    """Rules 8 and 10. The signature alone: nobody owes it while the appeal is merged into another."""
    due_on = {(one.round, one.stage): one.due_on for one in rebuilt.milestones}
    for event in history:
        for stage in effects_from_json(event.effects, event.round).dropped:
            was_merged = State.MERGED in (event.from_state, event.to_state)
            is_excused = stage is Stage.SIGN and was_merged
            assert is_excused or due_on[event.round, stage] >= local_day(event.at), f"{stage} was overdue"


@dataclass
class Witness:
    """Remembers one appeal and finds what moved that may not."""

    session: Session
    appeal: Appeal
    received_at: datetime
    dispatched_on: date | None = None
    firm: dict[Key, date] = field(default_factory=dict)
    starts: dict[Key, tuple[date, int]] = field(default_factory=dict)
    written: dict[Key, tuple[MilestoneStatus, date | None]] = field(default_factory=dict)

    def look(self) -> None:
        check(self.session, self.appeal)
        assert self.appeal.received_at == self.received_at
        self._dispatch()
        for one in milestones(self.session, self.appeal):
            key = (one.round, one.stage)
            assert self.starts.setdefault(key, (one.start_on, one.workdays)) == (one.start_on, one.workdays)
            assert one.start_on == self.dispatched_on
            if not one.is_provisional:
                assert self.firm.setdefault(key, one.due_on) == one.due_on, f"{one.stage} moved"
            if one.status is not MilestoneStatus.PENDING:
                now = (one.status, one.reached_on)
                assert self.written.setdefault(key, now) == now, f"{one.stage} was written twice"

    def _dispatch(self) -> None:
        happened = [event for event in events(self.session, self.appeal) if event.action is Action.DISPATCH]
        assert len(happened) <= 1
        self.dispatched_on = self.dispatched_on or (local_day(happened[0].at) if happened else None)
        assert self.appeal.dispatched_on == self.dispatched_on
