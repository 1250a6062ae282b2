"""320 histories over 2023–2027, any mix of acts: what the house promises, meets and misses is what a second clock says.

Whatever one of the two refuses, the other refuses too.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from models.accounts.queries import unit_by_name
from models.appeals.types import AppealKind, Complexity
from models.errors import DomainError
from models.handling import adjustments, commands, queries, replies
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.adjustments import Request
from tests.models.handling.witness import check
from tests.models.workdays.test_due_dates import slow_is_workday
from tests.support.factories import Story
from tests.support.second_clock import SecondClock

HISTORIES, AT_ONCE = 320, 20
ACTS = (
    "ask_return", "rule", "sign", "verify", "ask_extension", "ask_pause", "ask_complex", "grant", "refuse", "resume",
    "sweep", "propose", "sign_off", "reject", "publish", "redo",
)
LONG = {"ask_extension": (1, 3, 5, 10, 11), "ask_pause": (1, 4, 10, 25, 31)}
LATER = range(AT_ONCE, HISTORIES, AT_ONCE)
FIRST_DAY = date(2023, 4, 24)
"""The office's policy is in force since the day before."""
DAYS = (date(2027, 11, 30) - FIRST_DAY).days


@dataclass(frozen=True)
class Told:
    """One act of a history: the day, what is done, what is said, and whether the second clock allows it."""

    on: date
    name: str
    words: tuple
    is_allowed: bool


def history(second: SecondClock, dice: Random) -> Iterator[Told]:
    """A filing, a dispatch, then acts: mostly such as are allowed, and some that are not. The second clock has carried
    out what it yields.
    """
    day = FIRST_DAY + timedelta(days=dice.randrange(DAYS))
    filed, policy = day, dice.choice(("3-7-15", "3-7-15", "5-30"))
    yield Told(day, "file", (), True)
    day += timedelta(days=dice.choice((0, 0, 1, 3)))
    policy = policy if day >= date(2023, 6, 27) else "3-7-15"
    yield Told(day, "dispatch", (policy,), second.dispatch(day, filed, policy))
    for _ in range(dice.randrange(10, 30)):
        day += timedelta(days=dice.choice((0, 0, 0, 1, 1, 2, 4)))
        name, words = _choose(second, dice, day)
        yield Told(day, name, words, getattr(second, name)(day, *words))


def _choose(second: SecondClock, dice: Random, day: date) -> tuple[str, tuple]:
    if dice.random() < 0.25:
        return _words(dice, dice.choice(ACTS))
    tried = [_words(dice, name) for name in ACTS if name != "sweep" or second.is_paused]
    allowed = [(name, words) for name, words in tried if getattr(deepcopy(second), name)(day, *words)]
    return dice.choice(allowed or [("sweep", ())])


def _words(dice: Random, name: str) -> tuple[str, tuple]:
    if name in LONG:
        return name, (dice.choice(LONG[name]),)
    return name, (dice.random() < 0.4,) if name == "verify" else ()


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, 5, tzinfo=UTC)


class House:
    """One appeal, and the acts of the second clock as the house does them."""

    def __init__(self, session, day: date) -> None:
        self.session = session
        self.story = Story(session, at=morning(day), kind=AppealKind.COMPLAINT)
        self.ended: dict[tuple[int, str, int], date] = {}

    def carry_out(self, told: Told) -> bool:
        self.story.at = morning(told.on)
        try:
            getattr(self, told.name)(*told.words)
        except DomainError:
            return False
        return True

    def dispatch(self, policy: str) -> None:
        unit = unit_by_name(self.session, "市监局")
        assert unit is not None
        act = self.story.act(self.story.clerk)
        commands.accept_and_dispatch(self.session, self.story.appeal, act, lead_unit=unit, policy_code=policy)

    # ------------------------------------------------------------ the house's acts

    def ask(self, kind: AdjustmentKind, workdays: int = 0, reason: PauseReason | None = None) -> None:
        request = Request(kind, "事由", "依据", workdays, reason)
        adjustments.ask(self.session, self.story.appeal, self.story.act(self.story.approver), request)

    def ask_return(self) -> None:
        self.ask(AdjustmentKind.RETURN)

    def ask_extension(self, workdays: int) -> None:
        self.ask(AdjustmentKind.EXTENSION, workdays)

    def ask_pause(self, workdays: int) -> None:
        self.ask(AdjustmentKind.PAUSE, workdays, PauseReason.APPRAISAL)

    def ask_complex(self) -> None:
        self.ask(AdjustmentKind.COMPLEX)

    def rule(self) -> None:
        unit = unit_by_name(self.session, "市监局")
        act = self.story.act(self.story.supervisor)
        adjustments.rule_return(self.session, self.story.appeal, act, lead_unit=unit, ruling="维持")

    def sign(self) -> None:
        commands.sign(self.session, self.story.appeal, self.story.act(self.story.handler))

    def verify(self, is_complex: bool) -> None:
        complexity = Complexity.COMPLEX if is_complex else Complexity.SIMPLE
        act = self.story.act(self.story.handler)
        commands.verify(self.session, self.story.appeal, act, complexity=complexity)

    def grant(self) -> None:
        adjustments.grant(self.session, self.story.appeal, self.story.act(self.story.supervisor), ruling="同意")

    def refuse(self) -> None:
        adjustments.refuse(self.session, self.story.appeal, self.story.act(self.story.supervisor), ruling="不同意")

    def resume(self) -> None:
        adjustments.resume(self.session, self.story.appeal, self.story.act(self.story.handler))

    def sweep(self) -> None:
        adjustments.end_pauses(self.session, now=self.story.at, calendar=self.story.calendar)

    def propose(self) -> None:
        self.story.propose()

    def sign_off(self) -> None:
        replies.sign_off(self.session, self.story.appeal, self.story.act(self.story.approver))

    def reject(self) -> None:
        replies.reject(self.session, self.story.appeal, self.story.act(self.story.supervisor))

    def publish(self) -> None:
        self.story.publish()

    def redo(self) -> None:
        commands.redo(self.session, self.story.appeal, self.story.act(self.story.supervisor))

    # ------------------------------------------------------------ comparing

    def compare(self, second: SecondClock) -> None:
        """Start, date, first date, what became of it: of every promise of every round."""
        self.session.flush()
        found = {
            (one.round, one.stage.value, one.no): (
                one.start_on, one.due_on, one.first_due_on, one.status.value, one.reached_on,
            )
            for one in queries.milestones(self.session, self.story.appeal)
        }
        for key, one in second.promises.items():
            if one.status == "pending" or key not in self.ended:
                self.ended[key] = second.due(key[1], one)  # what has ended keeps the date it ended with
        assert found == {
            key: (one.start, self.ended[key], one.first, one.status, one.reached)
            for key, one in second.promises.items()
        }
        check(self.session, self.story.appeal)


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.one_engine) for n in LATER)])
def test_the_house_and_the_second_clock_agree(session, first: int) -> None:
    for number in range(first, first + AT_ONCE):
        second = SecondClock(slow_is_workday)
        told = history(second, Random(number))
        house = House(session, next(told).on)
        for one in told:
            assert house.carry_out(one) == one.is_allowed, f"history {number}: {one}"
            house.compare(second)


def test_the_histories_try_every_act_both_ways_in_every_year() -> None:
    """A mix that never got anywhere would prove nothing."""
    told = [one for number in range(HISTORIES) for one in history(SecondClock(slow_is_workday), Random(number))]
    assert {one.name for one in told if one.is_allowed} == {*ACTS, "file", "dispatch"}
    assert {one.name for one in told if not one.is_allowed} == {*ACTS} - {"sweep"}
    assert {one.on.year for one in told} >= {2023, 2024, 2025, 2026, 2027}
    granted = Counter(one.name for one in told if one.is_allowed)
    assert min(granted.values()) >= 40, granted


def test_the_second_clock_knows_the_offices_own_examples() -> None:
    second = SecondClock(slow_is_workday)
    second.dispatch(date(2026, 9, 30), date(2026, 9, 30), "3-7-15")
    dates = {key[1]: second.due(key[1], one) for key, one in second.promises.items()}
    assert (dates["verify"], dates["conclude"]) == (date(2026, 10, 10), date(2026, 10, 15))
