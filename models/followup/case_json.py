"""How an event of a case keeps its effects, and a row its standing: both ways, years later."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.base import plain
from models.followup.case_rules import Effects, Happening
from models.followup.tables import DissatisfactionCase, DissatisfactionEvent
from models.followup.types import CaseStanding, Kept, Promise

DATES = ("due_on", "done_on", "first_due_on")


def to_json(effects: Effects) -> dict[str, Any]:
    found: dict[str, Any] = plain(effects)
    return found


def from_json(document: Mapping[str, Any]) -> Effects:
    return {name: _value(name.rpartition(".")[2], value) for name, value in document.items()}


def _value(name: str, value: Any) -> Any:
    if name in DATES and value is not None:
        return date.fromisoformat(value)
    return Kept(value) if name == "kept" else value


def happening(event: DissatisfactionEvent) -> Happening:
    return Happening(event.seq, event.to_state, from_json(event.effects))


def standing(row: DissatisfactionCase) -> CaseStanding:
    contact = Promise(
        row.contact_due_on, row.contact_first_due_on, row.contact_workdays, row.contact_is_provisional,
        row.contact_kept, row.contact_done_on,
    )
    put_right = Promise(
        row.put_right_due_on, row.put_right_first_due_on, row.put_right_workdays, row.put_right_is_provisional,
        row.put_right_kept, row.put_right_done_on,
    )
    return CaseStanding(
        row.state, row.opened_on, contact, put_right, row.is_extended, row.redo_round, row.version
    )


def project(row: DissatisfactionCase, now: CaseStanding) -> None:
    """The row as its events add up; what never changes is written when it is made."""
    row.state, row.is_extended, row.redo_round, row.version = now.state, now.is_extended, now.redo_round, now.version
    row.contact_due_on, row.contact_is_provisional = now.contact.due_on, now.contact.is_provisional
    row.contact_kept, row.contact_done_on = now.contact.kept, now.contact.done_on
    row.put_right_workdays = now.put_right.workdays
    row.put_right_due_on, row.put_right_is_provisional = now.put_right.due_on, now.put_right.is_provisional
    row.put_right_kept, row.put_right_done_on = now.put_right.kept, now.put_right.done_on


def first_effects(now: CaseStanding) -> Effects:
    """What the first event tells: both promises as they were made."""
    found: Effects = {}
    for name in ("contact", "put_right"):
        promise: Promise = getattr(now, name)
        found |= {
            f"{name}.due_on": promise.due_on, f"{name}.workdays": promise.workdays,
            f"{name}.is_provisional": promise.is_provisional,
        }
    return found


def first_standing(row: DissatisfactionCase, event: DissatisfactionEvent) -> CaseStanding:
    """The case as its first event says it began; what every later event adds to."""
    told = from_json(event.effects)

    def promise(name: str) -> Promise:
        due_on: date = told[f"{name}.due_on"]
        return Promise(due_on, due_on, told[f"{name}.workdays"], told[f"{name}.is_provisional"])

    return CaseStanding(event.to_state, row.opened_on, promise("contact"), promise("put_right"), version=event.seq)
