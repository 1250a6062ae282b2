"""The snapshot that a record rests on: promises, days, numbers of events. Facts only: no name, no word of the matter.

Kept as canonical JSON, so that what was known on the day can be shown years later, whatever has changed since.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.base import plain
from models.handling.responsibility import Holder, Pause, spans, totals
from models.handling.types import Happening, Milestone
from models.supervision.ladder_types import RecordKind, StepDue, Taken
from models.workdays.rules import local_day
from models.workdays.types import WorkCalendar


@dataclass(frozen=True)
class Facts:
    """What is known of an appeal when a step is taken."""

    number: str
    state: str
    version: int
    unit_id: int
    milestones: Sequence[Milestone]
    """The unit's own promises."""
    history: Sequence[Happening]
    pauses: Sequence[Pause]
    earlier: Mapping[RecordKind, int]
    """Records of each kind on this appeal so far: which reminder this is."""


def canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(plain(dict(values)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(evidence: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(evidence)
    return found


def held_since(history: Iterable[Happening], unit_id: int) -> date | None:
    """The day on which the appeal came to this unit, if it still leads: what it is answerable for (domain.md §4 rule
    4).
    """
    since, leads = None, None
    for event in history:
        lead = event.effects.lead_unit_id
        if lead is not None and lead != leads:
            leads, since = lead, local_day(event.at)
    return since if leads == unit_id else None


def snapshot(facts: Facts, today: date, calendar: WorkCalendar, step: tuple[Taken, StepDue] | None = None) -> str:
    since = held_since(facts.history, facts.unit_id)
    days = totals(spans(facts.history, today, calendar, facts.pauses))
    told: dict[str, Any] = {
        "appeal": facts.number,
        "state": facts.state,
        "last_event": facts.version,
        "held_since": since,
        "held_workdays": days.get((Holder.UNIT, facts.unit_id), 0),
        "others_workdays": sum(count for whose, count in days.items() if whose != (Holder.UNIT, facts.unit_id)),
        "milestones": [_milestone(one) for one in facts.milestones],
        "earlier": {kind.value: count for kind, count in facts.earlier.items()},
    }
    if step is not None:
        taken, due = step
        told["promise"] = {
            "round": taken.round, "stage": taken.stage, "due_on": taken.promised_on, "for_on": due.for_on,
            "workdays_over": due.workdays_over,
        }
    return canonical(told)


def _milestone(one: Milestone) -> dict[str, Any]:
    return {
        "round": one.round, "stage": one.stage, "start_on": one.start_on, "workdays": one.workdays,
        "due_on": one.due_on, "status": one.status, "reached_on": one.reached_on,
    }
