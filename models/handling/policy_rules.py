"""What a policy of the clock may say, and from when on (domain.md §4): limits are data, but not any data. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from models.appeals.types import AppealKind, Complexity
from models.errors import Refused
from models.handling.clock import Allowances
from models.handling.types import STAGE_LABELS, Stage

MOST_WORKDAYS = 250
"""About a year: nothing that an office promises in working days lasts longer."""
FURTHEST_AHEAD = timedelta(days=366)
ONE_DAY = timedelta(days=1)
IN_ORDER = (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE, Stage.PRELIMINARY, Stage.FINAL)
"""Each of these has at least as long as the one before it; all count from the same day zero."""
STAGES = (*IN_ORDER, Stage.PROGRESS, Stage.TRIAGE, Stage.RULING, Stage.REVIEW)
"""As people read them."""
LEAST_AND_MOST: Mapping[str, tuple[int, int]] = {
    "return_workdays": (1, 30), "extensions_most": (0, 5), "extension_workdays_most": (1, 60),
    "pause_workdays_most": (1, 60),
}
"""How far each allowance may go; what the forms of requests take is the end."""
Problem = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Provision:
    """What a version says. No kinds: for every kind, which the default alone has. `complexity`: only for such matters,
    None for both.
    """

    name: str
    basis: str
    workdays: Mapping[Stage, int]
    allowances: Allowances = field(default_factory=Allowances)
    kinds: frozenset[AppealKind] = frozenset()
    complexity: Complexity | None = None

    @property
    def is_default(self) -> bool:
        return not self.kinds and self.complexity is None


@dataclass(frozen=True)
class Span:
    """From when until when a version is in force; both days are in it. One that was replaced before its first day ends
    before it begins: it was never in force.
    """

    first_on: date
    last_on: date | None = None

    @property
    def is_empty(self) -> bool:
        return self.last_on is not None and self.last_on < self.first_on

    def covers(self, day: date) -> bool:
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


def problems(one: Provision, *, is_default: bool) -> dict[str, Problem]:
    """What is wrong, by field (a stage's value, an allowance, "kinds"): code and facts. Nothing when it is sound."""
    return dict((*_limits(one), *_order(one), *_allowances(one), *_reach(one, is_default)))


def _limits(one: Provision) -> Iterator[tuple[str, Problem]]:
    for stage in STAGES:
        if not 1 <= one.workdays.get(stage, 0) <= MOST_WORKDAYS:
            yield stage.value, ("limit_out_of_range", {"least": 1, "most": MOST_WORKDAYS})


def _order(one: Provision) -> Iterator[tuple[str, Problem]]:
    for before, after in pairwise(IN_ORDER):
        least = one.workdays.get(before, 0)
        if 1 <= one.workdays.get(after, 0) < least:
            yield after.value, ("limit_below_the_one_before", {"before": STAGE_LABELS[before], "least": least})


def _allowances(one: Provision) -> Iterator[tuple[str, Problem]]:
    for name, (least, most) in LEAST_AND_MOST.items():
        if not least <= getattr(one.allowances, name) <= most:
            yield name, ("limit_out_of_range", {"least": least, "most": most})


def _reach(one: Provision, is_default: bool) -> Iterator[tuple[str, Problem]]:
    """The default fits every appeal; any other is for some and says for which."""
    if is_default and not one.is_default:
        yield "kinds", ("default_policy_is_for_all", {})
    if not is_default and not one.kinds:
        yield "kinds", ("policy_kinds_missing", {})


def refused_start(first_on: date, today: date, newest: Span | None) -> Problem | None:
    """Why a version may not begin on that day: a day has one version, and today's dispatches have theirs already.
    `newest`: of the same policy. One that has not begun yet may be replaced from its own first day on.
    """
    if first_on <= today:
        return "policy_not_ahead", {}
    if first_on > today + FURTHEST_AHEAD:
        return "policy_too_far_ahead", {"last_on": today + FURTHEST_AHEAD}
    if newest is None:
        return None
    if newest.last_on is not None and first_on <= newest.last_on:
        return "policy_still_in_force", {"last_on": newest.last_on}
    return ("policy_before_newest", {"first_on": newest.first_on}) if first_on < newest.first_on else None


def refused_end(last_on: date, today: date, newest: Span, *, is_default: bool) -> Problem | None:
    """Why a policy may not end with that day. Without the default nothing could be dispatched."""
    if is_default:
        return "default_policy_stays", {}
    if newest.last_on is not None:
        return "policy_has_ended", {"last_on": newest.last_on}
    if last_on < today:
        return "policy_ends_in_the_past", {}
    if last_on > today + FURTHEST_AHEAD:
        return "policy_too_far_ahead", {"last_on": today + FURTHEST_AHEAD}
    return ("policy_not_begun", {"first_on": newest.first_on}) if last_on < newest.first_on else None


def check(found: Mapping[str, Problem]) -> None:
    """Raises `Refused` with the first of the problems."""
    for code, facts in found.values():
        raise Refused(code, **facts)


def overlapping(spans: Iterable[Span]) -> bool:
    """Two versions of one policy in force on a day."""
    in_force = sorted((one for one in spans if not one.is_empty), key=lambda one: one.first_on)
    return any(one.last_on is None or one.last_on >= two.first_on for one, two in pairwise(in_force))


def kinds_text(kinds: Iterable[AppealKind]) -> str:
    """As the column keeps them: in the order people read them."""
    among = frozenset(kinds)
    return ",".join(kind.value for kind in AppealKind if kind in among)


def kinds_of(text: str) -> frozenset[AppealKind]:
    return frozenset(AppealKind(value) for value in text.split(",") if value)
