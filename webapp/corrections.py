"""What an act did to dates that were promised before, in words: from which day to which (domain.md §4 rule 8)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from models.handling.effects_json import effects_from_json
from models.handling.tables import AppealEvent
from models.handling.types import STAGE_LABELS, Action, Effects, Stage
from webapp.filters import cn_date

Promised = dict[Stage | int, date]
"""The day promised last, by stage, and by number for what an assisting unit owes."""


def corrections(events: Iterable[AppealEvent], units: Mapping[int, str]) -> dict[int, str]:
    """What to add to each event that moved a date, of a history told from its beginning, by the event's number."""
    promised: Promised = {}
    found = {}
    for event in events:
        effects = effects_from_json(event.effects, event.round)
        told = [*_moved(effects, promised), *_moved_tasks(event.action, effects, promised, units)]
        if told:
            found[event.seq] = "：" + "，".join(told)
        promised |= {one.stage: one.due_on for one in effects.set_milestones}
        promised |= {stage: due_on for stage, due_on, _ in effects.moved}
        promised |= {one.no: one.due_on for one in effects.assistances}
    return found


def _moved(effects: Effects, promised: Promised) -> Iterator[str]:
    for stage, due_on, _ in effects.moved:
        yield _change(STAGE_LABELS[stage], promised.get(stage), due_on)


def _moved_tasks(
    action: Action, effects: Effects, promised: Promised, units: Mapping[int, str]
) -> Iterator[str]:
    """An assisting unit's date is moved by the calendar alone; its other acts tell of it for other reasons."""
    for one in effects.assistances if action is Action.RECALCULATE else ():
        yield _change(f"{units.get(one.unit_id, '')}协办", promised.get(one.no), one.due_on)


def _change(what: str, before: date | None, after: date) -> str:
    """A day that stays is one that is 暂算 no more, or was never told."""
    if before is None or before == after:
        return f"{what}期限确定为{cn_date(after)}"
    return f"{what}期限由{cn_date(before)}改为{cn_date(after)}"
