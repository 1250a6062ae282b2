"""How an event keeps its effects: as a JSON document that the reducer reads back, years later."""

from datetime import date
from enum import StrEnum
from typing import Any

from models.appeals.types import Complexity
from models.handling.adjustment_types import adjustment_from_json, adjustment_to_json
from models.handling.types import (
    Assistance,
    AssistanceStatus,
    Effects,
    Link,
    LinkKind,
    Milestone,
    MilestoneStatus,
    Stage,
)


def effects_to_json(effects: Effects) -> dict[str, Any]:
    """Only what the event really did; dates as ISO text."""
    document: dict[str, Any] = {}
    if effects.set_milestones:
        document["set"] = [_milestone_to_json(one) for one in effects.set_milestones]
    if effects.dropped:
        document["dropped"] = [stage.value for stage in effects.dropped]
    if effects.reached:
        document["reached"] = [[stage.value, status.value, on.isoformat()] for stage, status, on in effects.reached]
    if effects.moved:
        document["moved"] = [[stage.value, on.isoformat(), provisional] for stage, on, provisional in effects.moved]
    for name in ("complexity", "lead_unit_id", "policy_id", "calendar_version", "assignee_id", "has_question"):
        value = getattr(effects, name)
        if value is not None:
            document[name] = value.value if isinstance(value, StrEnum) else value
    if effects.extended:
        document["extended"] = [[stage.value, workdays] for stage, workdays in effects.extended]
    if effects.files:
        document["files"] = list(effects.files)
    return document | _others_to_json(effects)


def _milestone_to_json(one: Milestone) -> list[Any]:
    """What every promise has; then its number where it is not the first of its stage, and what became of it where that
    was known at once.
    """
    told: list[Any] = [
        one.stage.value, one.start_on.isoformat(), one.workdays, one.due_on.isoformat(), one.is_provisional,
    ]
    if one.no > 1 or one.reached_on is not None:
        told.append(one.no)
    if one.reached_on is not None:
        told += [one.status.value, one.reached_on.isoformat()]
    return told


NOT_TOLD = (None, None, None, None, None, 1, MilestoneStatus.PENDING, None)


def _milestone_from_json(document: list[Any], round_: int) -> Milestone:
    told = [*document, *NOT_TOLD[len(document):]]
    stage, start, workdays, due, is_provisional, no, status, reached_on = told
    return Milestone(
        round_, Stage(stage), date.fromisoformat(start), workdays, date.fromisoformat(due), is_provisional,
        MilestoneStatus(status), date.fromisoformat(reached_on) if reached_on else None, no,
    )


def _others_to_json(effects: Effects) -> dict[str, Any]:
    """What concerns other units, other appeals and the office's rulings."""
    document: dict[str, Any] = {
        "assist": [_assistance_to_json(one) for one in effects.assistances],
        "adjust": [adjustment_to_json(one) for one in effects.adjustments],
    }
    for name in ("linked", "unlinked"):
        document[name] = [[kind.value, id_] for kind, id_ in getattr(effects, name)]
    return {name: value for name, value in document.items() if value}


def _assistance_to_json(one: Assistance) -> list[Any]:
    return [
        one.no, one.unit_id, one.status.value, one.start_on.isoformat(), one.workdays, one.due_on.isoformat(),
        one.is_provisional, one.clock.value, one.reached_on.isoformat() if one.reached_on else None,
    ]


def assistance_from_json(document: list[Any]) -> Assistance:
    no, unit_id, status, start_on, workdays, due_on, is_provisional, clock, reached_on = document
    return Assistance(
        no, unit_id, AssistanceStatus(status), date.fromisoformat(start_on), workdays, date.fromisoformat(due_on),
        is_provisional, MilestoneStatus(clock), date.fromisoformat(reached_on) if reached_on else None,
    )


def effects_from_json(document: dict[str, Any], round_: int) -> Effects:
    return Effects(
        set_milestones=tuple(_milestone_from_json(one, round_) for one in document.get("set", ())),
        dropped=tuple(Stage(stage) for stage in document.get("dropped", ())),
        reached=tuple(
            (Stage(stage), MilestoneStatus(status), date.fromisoformat(on))
            for stage, status, on in document.get("reached", ())
        ),
        moved=tuple((Stage(stage), date.fromisoformat(on), prov) for stage, on, prov in document.get("moved", ())),
        complexity=Complexity(document["complexity"]) if "complexity" in document else None,
        lead_unit_id=document.get("lead_unit_id"),
        policy_id=document.get("policy_id"),
        calendar_version=document.get("calendar_version"),
        assignee_id=document.get("assignee_id"),
        has_question=document.get("has_question"),
        files=tuple(document.get("files", ())),
        assistances=tuple(assistance_from_json(one) for one in document.get("assist", ())),
        linked=_links(document, "linked"),
        unlinked=_links(document, "unlinked"),
        adjustments=tuple(adjustment_from_json(one) for one in document.get("adjust", ())),
        extended=tuple((Stage(stage), workdays) for stage, workdays in document.get("extended", ())),
    )


def links_told(document: dict[str, Any]) -> tuple[Link, ...]:
    """The other appeals that an event's stored effects tell of."""
    return _links(document, "linked") + _links(document, "unlinked")


def _links(document: dict[str, Any], name: str) -> tuple[Link, ...]:
    return tuple((LinkKind(kind), id_) for kind, id_ in document.get(name, ()))
