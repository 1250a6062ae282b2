"""The rates of follow-up: what counts in numerator and denominator, and what the public may read."""

from datetime import date

import pytest

from models.followup.rate_rules import SHOWN, Rate, Round, for_the_public, rates
from models.followup.types import CallResult, Grade

DAY = date(2026, 11, 20)


def one(number: int = 1, **facts: object) -> Round:
    return Round(number, 1, 1, DAY, **facts)  # type: ignore[arg-type]


def test_who_was_not_reached_or_not_asked_is_not_satisfied() -> None:
    found = rates([
        one(1, grade=Grade.SATISFIED), one(2, calls=3), one(3),
        one(4, calls=1, is_reached=True, result=CallResult.SATISFIED, is_solved=True),
    ])
    assert (found.satisfied, found.satisfied_without) == (Rate(1, 1), Rate(1, 1))
    assert (found.unreached, found.not_asked) == (1, 1)
    assert (found.asked, found.reached) == (Rate(3, 4), Rate(1, 2))
    assert (found.called_satisfied, found.solved) == (Rate(1, 1), Rate(1, 1))


@pytest.mark.parametrize(("grade", "counts"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1)])
def test_from_basically_satisfied_up_it_counts_as_satisfied(grade: int, counts: int) -> None:
    assert rates([one(grade=Grade(grade))]).satisfied == Rate(counts, 1)


def test_an_excluded_rating_stays_in_the_first_rate() -> None:
    found = rates([one(1, grade=Grade.VERY_DISSATISFIED, is_excluded=True), one(2, grade=Grade.SATISFIED)])
    assert (found.satisfied, found.satisfied_without, found.excluded) == (Rate(1, 2), Rate(1, 1), 1)


def test_who_says_nothing_about_it_is_in_no_judgement() -> None:
    found = rates([one(calls=1, is_reached=True, result=CallResult.NO_COMMENT)])
    assert (found.called_satisfied, found.solved, found.reached) == (Rate(0, 0), Rate(0, 0), Rate(1, 1))


def test_a_rate_is_cut_and_never_rounded_up() -> None:
    assert (Rate(999, 1000).text, Rate(5996, 10000).text, Rate(0, 0).text) == ("99.9%", "59.9%", "—")


def test_every_number_has_the_list_behind_it() -> None:
    rows = [one(1, grade=Grade.DISSATISFIED, has_case=True), one(2, calls=2), one(3)]
    found = rates(rows)
    sizes = {name: sum(1 for row in rows if shown(row)) for name, shown in SHOWN.items()}
    assert (sizes["rated"], sizes["low"], sizes["cases"]) == (found.satisfied.whole, 1, found.cases)
    assert (sizes["unreached"], sizes["not_asked"]) == (found.unreached, found.not_asked)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (3, 4, "—"), (5, 5, "100.0%"), (0, 5, "0.0%"), (86, 90, "95.5%以上"), (85, 90, "94.4%"), (4, 90, "4.5%以下"),
        (1, 5, "20.0%以上"), (0, 0, "—"),
    ],
)
def test_the_public_reads_no_cell_under_five_not_even_by_subtraction(part: int, whole: int, text: str) -> None:
    """A bound holds for every number of the hidden cell, so it tells none of them."""
    assert for_the_public(Rate(part, whole)).text == text


@pytest.mark.parametrize("whole", range(5, 60))
def test_what_is_bounded_reads_the_same_for_one_to_four(whole: int) -> None:
    unsatisfied = {for_the_public(Rate(whole - few, whole)) for few in (1, 2, 3, 4) if whole - few >= 5}
    satisfied = {for_the_public(Rate(few, whole)) for few in (1, 2, 3, 4) if whole - few >= 5}
    assert len(unsatisfied) <= 1 and len(satisfied) <= 1
