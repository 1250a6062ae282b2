"""What a reply must hold before it may leave the unit. Pure."""

from collections.abc import Sequence
from datetime import date

from models.handling.types import Outcome, ReplyEntry

Problems = dict[tuple[int, str], str]
"""(demand id, field) → code."""


def problems(entries: Sequence[ReplyEntry], today: date) -> Problems:
    """Each demand gets its own answer: facts always, a date for 正在推进, a reason for 无法解决 (domain.md §3)."""
    found: Problems = {}
    for entry in entries:
        if not entry.facts:
            found[entry.demand_id, "facts"] = "facts_missing"
        if entry.outcome is Outcome.IN_PROGRESS and entry.promised_on is None:
            found[entry.demand_id, "promised_on"] = "promise_missing"
        if entry.promised_on is not None and entry.promised_on <= today:
            found[entry.demand_id, "promised_on"] = "promise_not_ahead"
        if entry.outcome is Outcome.UNSOLVABLE and not entry.basis:
            found[entry.demand_id, "basis"] = "reason_missing"
    return found
