"""What events add up to: the reducer that rebuilds an appeal from its history. Pure."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

from models.errors import Refused
from models.handling.adjustment_types import Adjustment
from models.handling.types import (
    Assistance,
    Effects,
    Happening,
    Milestone,
    MilestoneStatus,
    Projection,
    Stage,
)


def outcome_of(milestone: Milestone, reached_on: date) -> MilestoneStatus:
    """Met on or before the due day, whatever the hour (due at 24:00); overdue only when today > due (domain.md §4
    rule 1).
    """
    return MilestoneStatus.MET if reached_on <= milestone.due_on else MilestoneStatus.MISSED


def reach(now: Projection, stages: Iterable[Stage], on: date) -> Effects:
    """Effects of reaching the pending milestones of these stages on a day: met or missed is written once (rule 8)."""
    among = frozenset(stages)
    return Effects(reached=tuple((one.stage, outcome_of(one, on), on) for one in now.pending if one.stage in among))


def joined(first: Effects, second: Effects) -> Effects:
    """Both, as one event carries them. Of a value that both give the second counts."""
    found: dict[str, Any] = {}
    for one in fields(Effects):
        before, after = getattr(first, one.name), getattr(second, one.name)
        found[one.name] = before + after if isinstance(before, tuple) else before if after is None else after
    return Effects(**found)


def begin(first: Happening) -> Projection:
    return apply(Projection(first.to_state, first.round), first)


def apply(now: Projection, event: Happening) -> Projection:
    """One event further. Data-driven: the event carries its effects, so no act needs a branch here."""
    effects = event.effects
    kept = tuple(_changed(one, event.round, effects) for one in now.milestones)
    return Projection(
        state=event.to_state,
        round=event.round,
        complexity=effects.complexity or (now.complexity if event.round == now.round else None),
        lead_unit_id=effects.lead_unit_id if effects.lead_unit_id is not None else now.lead_unit_id,
        milestones=kept + effects.set_milestones,
        has_question=now.has_question if effects.has_question is None else effects.has_question,
        assignee_id=_assignee(now, effects),
        assistances=_assistances(now, effects),
        links=(now.links | frozenset(effects.linked)) - frozenset(effects.unlinked),
        adjustments=_adjustments(now, effects),
    )


def _adjustments(now: Projection, effects: Effects) -> tuple[Adjustment, ...]:
    by_no = {one.no: one for one in (*now.adjustments, *effects.adjustments)}
    return tuple(by_no[no] for no in sorted(by_no))


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
    extended = dict(effects.extended).get(one.stage, one.extended)
    for stage, due_on, is_provisional in effects.moved:
        if stage is one.stage:
            return replace(one, due_on=due_on, is_provisional=is_provisional, extended=extended)
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
