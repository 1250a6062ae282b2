"""Who held an appeal, for how many working days, and what they were doing: so that a late arrival is blamed on whoever
held it (domain.md §4 rule 4). Pure; worked out from the events, never stored.

Days are counted as the clock counts them: the day something arrives is day zero (民法典 art. 201), the day it is handed
on is the giver's. So every working day is somebody's, and the days of all of them add up to the days gone by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from models.appeals.types import State
from models.handling.types import Happening
from models.workdays.rules import local_day, workdays_between
from models.workdays.types import WorkCalendar


class Holder(StrEnum):
    """`NOBODY`: the clock stands, or the matter is answered or handled with another one."""

    OFFICE = "office"
    UNIT = "unit"
    APPELLANT = "appellant"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Holding:
    """Whose turn it is in a state, and for what."""

    holder: Holder
    doing: str


HOLDINGS: Final[dict[State, Holding]] = {
    State.SUBMITTED: Holding(Holder.OFFICE, "受理"),
    State.AWAITING_SUPPLEMENT: Holding(Holder.APPELLANT, "等待补充"),
    State.ACCEPTED: Holding(Holder.OFFICE, "交办"),
    State.DISPATCHED: Holding(Holder.UNIT, "签收"),
    State.VERIFYING: Holding(Holder.UNIT, "核实"),
    State.HANDLING: Holding(Holder.UNIT, "办理"),
    State.PRELIMINARY_SIGN_OFF: Holding(Holder.UNIT, "签发初步结果"),
    State.CONTINUING: Holding(Holder.UNIT, "继续办理"),
    State.REPLY_SIGN_OFF: Holding(Holder.UNIT, "签发答复"),
    State.IN_REVIEW: Holding(Holder.OFFICE, "审核"),
    State.RETURN_REQUESTED: Holding(Holder.OFFICE, "裁定退回"),
    State.REGISTERED: Holding(Holder.OFFICE, "认定自办件"),
    State.TO_AMEND: Holding(Holder.UNIT, "补正自办件"),
    State.MERGED: Holding(Holder.NOBODY, "随主件办理"),
    State.DECLINED: Holding(Holder.NOBODY, "不予受理"),
    State.WITHDRAWN: Holding(Holder.NOBODY, "已撤回"),
    State.REPLIED: Holding(Holder.NOBODY, "已答复"),
    State.CLOSED: Holding(Holder.NOBODY, "已归档"),
    State.TRANSFERRED: Holding(Holder.NOBODY, "已移送其他机关"),
}
"""Every state has its line. What nobody holds at the end of a history is not part of it."""


@dataclass(frozen=True)
class Pause:
    """The clock stood from the day after `from_on` to the end of `until_on` (None: it still stands). By default
    nobody's time; the appellant's where their supplement was waited for.
    """

    from_on: date
    until_on: date | None = None
    holding: Holding = Holding(Holder.NOBODY, "中止计时")


Whose = tuple[Holder, int | None]
"""A holder, and which unit where it is one."""


@dataclass(frozen=True)
class Span:
    """`unit_id` where a unit held it. `to_on`: the day it was handed on; None while it is still there."""

    holder: Holder
    unit_id: int | None
    doing: str
    from_on: date
    to_on: date | None
    workdays: int

    @property
    def whose(self) -> Whose:
        return self.holder, self.unit_id


def spans(
    history: Iterable[Happening], today: date, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> tuple[Span, ...]:
    """One after the other, from the first event until somebody had answered, or today. Steps of the same holder with
    the same task are one. `pauses` do not overlap.
    """
    held = _until_the_end(_held(history))
    pieces = _joined(piece for span in held for piece in _cut(span, pauses, today))
    return tuple(replace(one, workdays=_days(one, today, calendar)) for one in pieces)


def totals(found: Iterable[Span]) -> dict[Whose, int]:
    """Working days by holder, whoever held it first in front."""
    days: dict[Whose, int] = {}
    for span in found:
        days[span.whose] = days.get(span.whose, 0) + span.workdays
    return days


def _held(history: Iterable[Happening]) -> list[Span]:
    """Whose turn each event made it, without days. A clock that went back moves nothing before what came first."""
    found: list[Span] = []
    unit_id: int | None = None
    for event in history:
        unit_id = event.effects.lead_unit_id if event.effects.lead_unit_id is not None else unit_id
        day = local_day(event.at)
        if found:
            day = max(day, found[-1].from_on)
            found[-1] = replace(found[-1], to_on=day)
        holding = HOLDINGS[event.to_state]
        found.append(_span(holding, unit_id if holding.holder is Holder.UNIT else None, day, None))
    return found


def _span(holding: Holding, unit_id: int | None, from_on: date, to_on: date | None) -> Span:
    return Span(holding.holder, unit_id, holding.doing, from_on, to_on, 0)


def _cut(span: Span, pauses: Sequence[Pause], today: date) -> Iterator[Span]:
    """The span with the pauses that lie in it. What nobody holds cannot stand still."""
    now, end = span, _end(span, today)
    for pause in sorted(pauses, key=lambda one: one.from_on) if span.holder is not Holder.NOBODY else ():
        first, last = max(now.from_on, pause.from_on), min(end, pause.until_on or end)
        if first >= last:
            continue
        if first > now.from_on:
            yield replace(now, to_on=first)
        goes_on = pause.until_on is None and span.to_on is None
        yield _span(pause.holding, None, first, None if goes_on else last)
        if goes_on or (last == end and span.to_on is not None):
            return
        now = replace(now, from_on=last)
    yield now


def _end(span: Span, today: date) -> date:
    return span.to_on or max(today, span.from_on)


def _joined(pieces: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for piece in pieces:
        if found and (found[-1].whose, found[-1].doing) == (piece.whose, piece.doing):
            found[-1] = replace(found[-1], to_on=piece.to_on)
        else:
            found.append(piece)
    return found


def _until_the_end(held: list[Span]) -> list[Span]:
    """Answered, declined, withdrawn, merged: from there on nobody's time goes by."""
    last = len(held)
    while last and held[last - 1].holder is Holder.NOBODY:
        last -= 1
    return held[:last]


def _days(span: Span, today: date, calendar: WorkCalendar) -> int:
    return workdays_between(span.from_on, _end(span, today), calendar)
