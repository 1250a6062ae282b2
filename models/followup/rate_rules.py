"""The rates of follow-up, each with numerator and denominator, never rounded up (domain.md §8). Pure.

Who was not reached and who was not asked is in no numerator: they stand in columns of their own. A call's result is no
rating and never enters the rate of satisfaction.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from models.followup.types import CallResult, Grade

LEAST_CELL = 5
"""A smaller number says too much about one person (IDN-5)."""


@dataclass(frozen=True)
class Round:
    """One published reply and what came after it. `unit_id`: who answered. `grade` is None until it is rated;
    `result` and `is_solved` are of the last call that reached somebody.
    """

    appeal_id: int
    round: int
    unit_id: int
    replied_on: date
    grade: Grade | None = None
    is_excluded: bool = False
    calls: int = 0
    is_reached: bool = False
    result: CallResult | None = None
    is_solved: bool | None = None
    has_case: bool = False


@dataclass(frozen=True)
class Rate:
    part: int
    whole: int

    @property
    def text(self) -> str:
        """One decimal, cut: 999 of 1,000 is not 100 %."""
        return f"{self.part * 1000 // self.whole / 10:.1f}%" if self.whole else "—"


@dataclass(frozen=True)
class Rates:
    """`satisfied` counts every rating; `satisfied_without` leaves out those whose exclusion two people agreed on."""

    replied: int
    asked: Rate
    reached: Rate
    satisfied: Rate
    satisfied_without: Rate
    solved: Rate
    excluded: int
    unreached: int
    not_asked: int
    called_satisfied: Rate
    cases: int


def is_satisfied(grade: Grade | None) -> bool:
    return grade is not None and grade >= Grade.BASICALLY_SATISFIED


def is_asked(one: Round) -> bool:
    """They spoke themselves, or somebody tried to call them."""
    return one.grade is not None or one.calls > 0


SHOWN: Mapping[str, Callable[[Round], bool]] = {
    "replied": lambda one: True,
    "rated": lambda one: one.grade is not None,
    "satisfied": lambda one: is_satisfied(one.grade),
    "low": lambda one: one.grade is not None and not is_satisfied(one.grade),
    "excluded": lambda one: one.is_excluded,
    "rated_without": lambda one: one.grade is not None and not one.is_excluded,
    "satisfied_without": lambda one: is_satisfied(one.grade) and not one.is_excluded,
    "asked": is_asked,
    "called": lambda one: one.calls > 0,
    "reached": lambda one: one.is_reached,
    "unreached": lambda one: one.calls > 0 and not one.is_reached,
    "not_asked": lambda one: not is_asked(one),
    "told_solved": lambda one: one.is_solved is not None,
    "solved": lambda one: one.is_solved is True,
    "called_satisfied": lambda one: one.result is CallResult.SATISFIED,
    "called_judged": lambda one: one.result not in (None, CallResult.NO_COMMENT),
    "cases": lambda one: one.has_case,
}
"""Names of the address → which replies: the list behind every number."""


def rates(rounds: Iterable[Round]) -> Rates:
    found = list(rounds)

    def count(name: str) -> int:
        return sum(1 for one in found if SHOWN[name](one))

    return Rates(
        replied=len(found),
        asked=Rate(count("asked"), len(found)),
        reached=Rate(count("reached"), count("called")),
        satisfied=Rate(count("satisfied"), count("rated")),
        satisfied_without=Rate(count("satisfied_without"), count("rated_without")),
        solved=Rate(count("solved"), count("told_solved")),
        excluded=count("excluded"),
        unreached=count("unreached"),
        not_asked=count("not_asked"),
        called_satisfied=Rate(count("called_satisfied"), count("called_judged")),
        cases=count("cases"),
    )


@dataclass(frozen=True)
class PublicRate:
    """A rate as anybody may read it. `text` is a bound where an exact figure would show a handful of people."""

    text: str
    whole: int
    is_hidden: bool = False
    is_bound: bool = False


def for_the_public(rate: Rate) -> PublicRate:
    """Cells under five are shown neither directly nor by subtraction (IDN-5)."""
    part, whole = rate.part, rate.whole
    if whole < LEAST_CELL:
        return PublicRate("—", whole, is_hidden=True)
    rest = whole - part
    if 0 < rest < LEAST_CELL:
        return PublicRate(f"{Rate(max(0, whole - LEAST_CELL + 1), whole).text}以上", whole, is_bound=True)
    if 0 < part < LEAST_CELL:
        most = -(-(LEAST_CELL - 1) * 1000 // whole) / 10
        return PublicRate(f"{most:.1f}%以下", whole, is_bound=True)
    return PublicRate(rate.text, whole)
