"""What the clock counts with: marked days, the calendar they make, due dates and their explanation."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

FIRST_YEAR = 1949
LAST_YEAR = 2100

FIXED_STATUTORY_DAYS: Mapping[tuple[int, int], str] = MappingProxyType({
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
})
"""Days off by law on a fixed date, in any year (全国年节及纪念日放假办法, art. 2, as revised for 2025)."""


class DayKind(enum.StrEnum):
    """What an arrangement says of a day: a day off, or a working day on what would be a weekend (调休上班)."""

    OFF = "off"
    WORK = "work"


class ArrangementStatus(enum.StrEnum):
    """What became of a proposed arrangement. Stale: another came into force before it was decided."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day the State Council's arrangement names. `source` is the notice, printed as the basis."""

    on: date
    kind: DayKind
    name: str
    source: str


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, 1949–2100. Built once for each calendar version, then only read.

    `statutory` holds the days off by law of years without an arrangement; the fixed ones need no entry.
    `working` lists the ordinals of all working days in order, so that a count is one binary search.
    """

    marked: Mapping[date, MarkedDay]
    arranged_years: frozenset[int]
    version: int
    statutory: Mapping[date, str]
    working: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        strays = sorted({day.year for day in self.marked} - self.arranged_years)
        if strays:
            raise ValueError(f"days marked in years without an arrangement: {strays}")
        object.__setattr__(self, "marked", MappingProxyType(dict(self.marked)))
        object.__setattr__(self, "statutory", MappingProxyType(dict(self.statutory)))
        object.__setattr__(self, "working", _working_ordinals(self))

    def __hash__(self) -> int:
        """So that what was worked out with a calendar can be kept under it. Equality still compares every day."""
        return hash(self.version)


@dataclass(frozen=True, slots=True)
class DueDate:
    """A promised date: due at 24:00 Asia/Shanghai of `due_on`. Provisional (暂算) while a year has no arrangement."""

    start_on: date
    workdays: int
    due_on: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days on which the clock stands (中止计时): those after `after`, up to and with `through`. As with every term, the
    day on which something happens is not counted with what it brings: the clock stands from the day after the approval
    and runs again from the day after the end.
    """

    after: date
    through: date
    why: str = ""

    def covers(self, day: date) -> bool:
        return self.after < day <= self.through


@dataclass(frozen=True, slots=True)
class DayNote:
    """One line of an explanation. `number` is the working day's number, 0 for the start, None when not counted."""

    on: date
    counts: bool
    number: int | None
    reason: str
    suspended_for: str = ""
    """Why the clock stood on a working day that is not counted."""

    @property
    def text(self) -> str:
        """The line as people read it: "10-10 周六 调休上班 第3日"."""
        return f"{self.on:%m-%d} {self.reason}"


def build_calendar(
    days: Iterable[MarkedDay], *, version: int, statutory: Mapping[date, str], arranged_years: Iterable[int] = ()
) -> WorkCalendar:
    """A calendar of these days. The years they lie in count as arranged, with any named besides."""
    marked = {day.on: day for day in days}
    years = frozenset(arranged_years) | {day.year for day in marked}
    return WorkCalendar(marked, years, version, statutory)


def _working_ordinals(calendar: WorkCalendar) -> tuple[int, ...]:
    marked: dict[int, dict[int, bool]] = {}
    for day, mark in calendar.marked.items():
        marked.setdefault(day.year, {})[day.toordinal()] = mark.kind is DayKind.WORK
    moving: dict[int, set[int]] = {}
    for day in calendar.statutory:
        moving.setdefault(day.year, set()).add(day.toordinal())
    return tuple(chain.from_iterable(
        _arranged_year(year, marked.get(year, {})) if year in calendar.arranged_years
        else _unarranged_year(year, frozenset(moving.get(year, ())))
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    ))


def _arranged_year(year: int, worked: Mapping[int, bool]) -> tuple[int, ...]:
    return tuple(number for number in _ordinals(year) if worked.get(number, _is_weekday(number)))


@lru_cache(maxsize=1024)
def _unarranged_year(year: int, moving: frozenset[int]) -> tuple[int, ...]:
    off = moving | {date(year, month, day).toordinal() for month, day in FIXED_STATUTORY_DAYS}
    return tuple(number for number in _ordinals(year) if _is_weekday(number) and number not in off)


def _ordinals(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


def _is_weekday(ordinal: int) -> bool:
    """Monday to Friday. Ordinal 1 (0001-01-01) is a Monday."""
    return (ordinal - 1) % 7 < 5
