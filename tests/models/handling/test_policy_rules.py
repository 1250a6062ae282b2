"""What a policy of the clock may say and from when on; what is dispatched stays under the version it was given."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.appeals.types import AppealKind, Complexity
from models.handling.clock import Allowances
from models.handling.policy_rules import (
    IN_ORDER,
    MOST_WORKDAYS,
    STAGES,
    Provision,
    Span,
    kinds_of,
    kinds_text,
    overlapping,
    problems,
    refused_end,
    refused_start,
)
from models.handling.types import Stage

TODAY = date(2026, 11, 17)
LIMITS = dict(zip(STAGES, (1, 3, 7, 15, 30, 10, 1, 1, 2), strict=True))
SOUND = Provision("3/7/15", "文号", LIMITS)
SOME = frozenset({AppealKind.COMPLAINT})


def day(after: int) -> date:
    return TODAY + timedelta(days=after)


def codes(one: Provision, *, is_default: bool = True) -> dict[str, str]:
    return {name: code for name, (code, _) in problems(one, is_default=is_default).items()}


def test_the_shipped_limits_are_sound_and_every_stage_has_one():
    assert not codes(SOUND) and set(STAGES) == set(Stage)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("workdays", [0, -1, MOST_WORKDAYS + 1, 10**9, None])
def test_every_stage_has_a_limit_of_one_day_at_least(stage, workdays):
    limits = {one: n for one, n in (LIMITS | {stage: workdays}).items() if n is not None}
    assert codes(replace(SOUND, workdays=limits))[stage] == "limit_out_of_range"


@pytest.mark.parametrize(("before", "after"), [*pairwise(IN_ORDER)])
def test_no_later_step_is_due_before_an_earlier_one(before, after):
    told = codes(replace(SOUND, workdays=LIMITS | {before: LIMITS[after] + 1}))
    assert told[after] == "limit_below_the_one_before"
    assert after not in codes(replace(SOUND, workdays=LIMITS | {before: LIMITS[after]}))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.fixed_dictionaries({stage: st.integers(-3, MOST_WORKDAYS + 3) for stage in STAGES}))
def test_what_is_found_sound_rises_from_step_to_step_within_the_bounds(limits):
    is_sound = not codes(replace(SOUND, workdays=limits))
    rising = [limits[stage] for stage in IN_ORDER]
    assert is_sound == (rising == sorted(rising) and all(1 <= n <= MOST_WORKDAYS for n in limits.values()))


@pytest.mark.parametrize(("name", "value"), [
    ("return_workdays", 0), ("return_workdays", 31), ("extensions_most", -1), ("extensions_most", 6),
    ("extension_workdays_most", 0), ("extension_workdays_most", 61), ("pause_workdays_most", 0),
    ("pause_workdays_most", 10**9),
])
def test_allowances_have_bounds(name, value):
    assert codes(replace(SOUND, allowances=replace(Allowances(), **{name: value}))) == {name: "limit_out_of_range"}


def test_no_extension_at_all_is_a_policy_too():
    assert not codes(replace(SOUND, allowances=Allowances(extensions_most=0)))


def test_the_default_is_for_every_appeal_and_any_other_says_for_which():
    assert codes(replace(SOUND, kinds=SOME)) == {"kinds": "default_policy_is_for_all"}
    assert codes(replace(SOUND, complexity=Complexity.COMPLEX)) == {"kinds": "default_policy_is_for_all"}
    assert codes(SOUND, is_default=False) == {"kinds": "policy_kinds_missing"}
    assert codes(replace(SOUND, complexity=Complexity.COMPLEX), is_default=False) == {"kinds": "policy_kinds_missing"}
    assert not codes(replace(SOUND, kinds=frozenset(AppealKind), complexity=Complexity.SIMPLE), is_default=False)


def test_kinds_are_kept_in_the_order_people_read_them():
    text = kinds_text({AppealKind.REPORT, AppealKind.CONSULT})
    assert text == "consult,report"
    assert kinds_of(text) == {AppealKind.REPORT, AppealKind.CONSULT} and kinds_of("") == frozenset()
    assert not replace(SOUND, kinds=frozenset(AppealKind)).is_default


# ---------------------------------------------------------------- from when until when


@pytest.mark.parametrize(("first_on", "newest", "code"), [
    (day(1), None, None),
    (day(0), None, "policy_not_ahead"),
    (day(-1), None, "policy_not_ahead"),
    (date(1, 1, 1), None, "policy_not_ahead"),
    (day(366), None, None),
    (day(367), None, "policy_too_far_ahead"),
    (date(9999, 12, 31), None, "policy_too_far_ahead"),
    (day(1), Span(day(-900)), None),
    (day(30), Span(day(30)), None),
    (day(29), Span(day(30)), "policy_before_newest"),
    (day(60), Span(day(30)), None),
    (day(10), Span(day(-900), day(10)), "policy_still_in_force"),
    (day(11), Span(day(-900), day(10)), None),
    (day(5), Span(day(-900), day(-100)), None),
])
def test_a_version_begins_ahead_and_never_beside_another(first_on, newest, code):
    found = refused_start(first_on, TODAY, newest)
    assert (found[0] if found else None) == code


@pytest.mark.parametrize(("last_on", "newest", "code"), [
    (day(0), Span(day(-900)), None),
    (day(40), Span(day(30)), None),
    (day(-1), Span(day(-900)), "policy_ends_in_the_past"),
    (day(367), Span(day(-900)), "policy_too_far_ahead"),
    (day(20), Span(day(30)), "policy_not_begun"),
    (day(20), Span(day(-900), day(40)), "policy_has_ended"),
])
def test_a_policy_ends_ahead_and_once(last_on, newest, code):
    found = refused_end(last_on, TODAY, newest, is_default=False)
    assert (found[0] if found else None) == code


def test_the_default_never_ends():
    assert refused_end(day(9), TODAY, Span(day(-900)), is_default=True)[0] == "default_policy_stays"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.integers(1, 400), max_size=8))
def test_whatever_starts_are_allowed_one_after_the_other_no_day_has_two_versions(starts):
    """The director's new versions, each made today: what `revise` writes."""
    spans = [Span(day(-900))]
    for start in starts:
        if refused_start(day(start), TODAY, spans[-1]) is None:
            spans[-1] = Span(spans[-1].first_on, day(start - 1))
            spans.append(Span(day(start)))
    assert not overlapping(spans)
    for ahead in range(-900, 420, 7):
        assert sum(one.covers(day(ahead)) for one in spans) == 1
