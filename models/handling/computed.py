"""With which calendar a promised date was computed, as the events tell it: what explains the date explains it for ever.

The same version stands in the milestone's row, which is projected from these events.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from models.handling.tables import AppealEvent
from models.handling.types import Action, Milestone


def milestone_version(history: Sequence[AppealEvent], one: Milestone) -> int | None:
    """Of the event that set the date or moved it last; None where no event tells of it."""
    stage = one.stage.value
    telling = (
        event.effects for event in reversed(history)
        if event.round == one.round and _names(event.effects, ("set", "moved"), stage)
    )
    return _version(telling)


def dispatched_under(history: Sequence[AppealEvent]) -> int | None:
    """The id of the policy that the running round was dispatched under; None before the first dispatch."""
    started = (event.effects for event in reversed(history) if event.action in (Action.DISPATCH, Action.REDO))
    return next((effects["policy_id"] for effects in started if "policy_id" in effects), None)


def assistance_version(history: Sequence[AppealEvent], no: int) -> int | None:
    """The same for what an assisting unit owes."""
    return _version(event.effects for event in reversed(history) if _names(event.effects, ("assist",), no))


def _names(effects: dict[str, Any], lists: Iterable[str], key: object) -> bool:
    return any(item[0] == key for name in lists for item in effects.get(name, ()))


def _version(telling: Iterable[dict[str, Any]]) -> int | None:
    """An act that tells of a date without computing it, as every step of an assistance does, carries no version."""
    return next((effects["calendar_version"] for effects in telling if "calendar_version" in effects), None)
