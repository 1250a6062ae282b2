"""The arithmetic of ratings, each sum written out."""

from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ratings.scoring import (
    FORMULA,
    Ballot,
    Outcome,
    Tally,
    outcome,
    printed,
    printed_interval,
    ranks,
)

UNIT, OTHER = 7, 8
SPEED, MANNER = 1, 2
EVEN = {SPEED: 1, MANNER: 1}


def speed_only(*points: int | None) -> list[Ballot]:
    """One ballot for each, about the unit's speed alone."""
    return [{UNIT: {SPEED: point}} for point in points]


def scored(ballots: Iterable[Ballot], *, least: int = 1) -> Outcome:
    return outcome(list(ballots), UNIT, {SPEED: 1}, least)


def test_59_96_is_below_the_line_and_is_not_printed_as_60() -> None:
    # 24 × 60 + 1 × 59 = 1499; 1499 ÷ 25 = 59.96
    found = scored(speed_only(*[60] * 24, 59))
    assert found.score == Fraction(1499, 25) == Fraction(5996, 100)
    assert found.is_below
    assert printed(found.score) == "59.96"


def test_59_995_is_below_the_line_and_is_cut_off_at_59_99() -> None:
    # 199 × 60 + 59 = 11999; 11999 ÷ 200 = 59.995
    found = scored(speed_only(*[60] * 199, 59))
    assert found.score == Fraction(59995, 1000)
    assert found.is_below
    assert printed(found.score) == "59.99"


def test_exactly_60_is_not_below_the_line() -> None:
    # (59 + 61) ÷ 2 = 60
    found = scored(speed_only(59, 61))
    assert found.score == 60
    assert not found.is_below
    assert printed(found.score) == "60.00"


def test_thirds_are_neither_rounded_up_nor_down_before_they_are_compared() -> None:
    # (60 + 60 + 59) ÷ 3 = 59.666…; three thirds of it are exactly 179
    found = scored(speed_only(60, 60, 59))
    assert found.score is not None and found.score * 3 == 179
    assert found.is_below
    assert printed(found.score) == "59.66"


def test_a_sum_of_weighted_thirds_that_is_exactly_60_is_not_below() -> None:
    # speed: (60 + 60 + 59) ÷ 3 = 59⅔, weight 3; manner: (61 + 61 + 61) ÷ 3 = 61, weight 1: (179 + 61) ÷ 4 = 60.
    # In binary floating point 59⅔ × 3 need not be 179.
    ballots: list[Ballot] = [{UNIT: {SPEED: speed, MANNER: 61}} for speed in (60, 60, 59)]
    found = outcome(ballots, UNIT, {SPEED: 3, MANNER: 1}, 1)
    assert found.score == 60
    assert not found.is_below


def test_the_weights_decide_how_much_a_dimension_counts() -> None:
    # (3 × 80 + 1 × 40) ÷ 4 = 70
    found = outcome([{UNIT: {SPEED: 80, MANNER: 40}}], UNIT, {SPEED: 3, MANNER: 1}, 1)
    assert found.score == 70


def test_who_does_not_know_stands_in_neither_sum_nor_number() -> None:
    # speed: (80 + 60) ÷ 2 = 70 of two; manner: 50 of one; (70 + 50) ÷ 2 = 60. The third ballot knows nothing.
    ballots: list[Ballot] = [
        {UNIT: {SPEED: 80, MANNER: None}},
        {UNIT: {SPEED: 60, MANNER: 50}},
        {UNIT: {SPEED: None, MANNER: None}},
    ]
    found = outcome(ballots, UNIT, EVEN, 1)
    assert found.tallies == {SPEED: Tally(140, 2), MANNER: Tally(50, 1)}
    assert found.score == 60
    assert (found.asked, found.count) == (3, 2)


def test_a_dimension_without_an_opinion_takes_its_weight_with_it() -> None:
    # Only speed is known: 90, not (90 + 0) ÷ 2.
    found = outcome([{UNIT: {SPEED: 90, MANNER: None}}], UNIT, EVEN, 1)
    assert found.score == 90


def test_a_unit_that_nobody_knows_has_no_score_and_nothing_follows() -> None:
    found = outcome([{UNIT: {SPEED: None, MANNER: None}}] * 40, UNIT, EVEN, 1)
    assert found.score is None
    assert (found.asked, found.count, found.is_enough, found.is_below) == (40, 0, False, False)


def test_one_ballot_too_few_is_too_small_a_sample_however_bad_it_is() -> None:
    four, five = scored(speed_only(0, 0, 0, 0), least=5), scored(speed_only(0, 0, 0, 0, 0), least=5)
    assert (four.is_enough, four.is_below) == (False, False)
    assert (five.is_enough, five.is_below) == (True, True)


def test_those_who_do_not_know_do_not_make_the_sample_large_enough() -> None:
    found = scored(speed_only(10, 10, 10, 10, None, None), least=5)
    assert (found.asked, found.count, found.is_enough) == (6, 4, False)


def test_a_unit_added_mid_way_is_measured_by_the_ballots_that_showed_it() -> None:
    # Ten ballots before it came say nothing of it; two after give (90 + 50) ÷ 2 = 70, of two and not of twelve.
    before: list[Ballot] = [{OTHER: {SPEED: 100}}] * 10
    after: list[Ballot] = [{UNIT: {SPEED: 90}, OTHER: {SPEED: 100}}, {UNIT: {SPEED: 50}, OTHER: {SPEED: 100}}]
    found = outcome(before + after, UNIT, {SPEED: 1}, 1)
    assert (found.score, found.asked, found.count) == (70, 2, 2)
    assert outcome(before + after, OTHER, {SPEED: 1}, 1).count == 12


def test_two_campaigns_that_print_alike_are_still_told_apart() -> None:
    # 11999 ÷ 200 = 59.995 and 23999 ÷ 400 = 59.9975 print as 59.99 both; the second is higher.
    first, second = scored(speed_only(*[60] * 199, 59)), scored(speed_only(*[60] * 399, 59))
    assert first.score is not None and second.score is not None
    assert printed(first.score) == printed(second.score) == "59.99"
    assert first.score < second.score
    assert second.score - first.score == Fraction(1, 400)


def test_equal_scores_share_a_place_and_the_next_place_stays_empty() -> None:
    scores = {1: Fraction(90), 2: Fraction(160, 2), 3: Fraction(80), 4: Fraction(70)}
    assert ranks(scores) == {1: 1, 2: 2, 3: 2, 4: 4}


def test_a_third_of_a_point_decides_a_place() -> None:
    # 239 ÷ 3 = 79.66… is behind 80, though both would print as 80 without decimals.
    assert ranks({1: Fraction(239, 3), 2: Fraction(80)}) == {1: 2, 2: 1}


def test_below_thirty_ballots_no_interval_is_given() -> None:
    assert scored(speed_only(*[60, 80] * 14, 70)).margin is None
    assert scored(speed_only(*[60, 80] * 15)).margin is not None


def test_the_interval_is_1_96_standard_errors_to_each_side_widened_to_hundredths() -> None:
    # 30 ballots, half 60 and half 80: mean 70, squares 30 × 100 = 3000, variance 3000 ÷ 29, standard error
    # √(3000 ÷ 29 ÷ 30) = √(100 ÷ 29) = 1.85695…; × 1.96 = 3.63962…, so 3.64.
    found = scored(speed_only(*[60, 80] * 15))
    assert found.margin == 364
    assert found.score is not None
    assert printed_interval(found.score, found.margin) == ("66.36", "73.64")


def test_the_interval_does_not_reach_beyond_what_a_score_can_be() -> None:
    assert printed_interval(Fraction(99), 364) == ("95.36", "100.00")
    assert printed_interval(Fraction(1), 364) == ("0.00", "4.64")


def test_no_sample_too_small_gets_an_interval() -> None:
    assert scored(speed_only(*[60, 80] * 15), least=31).margin is None


@pytest.mark.parametrize("said", ["不计入", "样本不足", "严格小于60分", "不进位", "并列"])
def test_the_printed_formula_says_what_is_done(said: str) -> None:
    assert any(said in sentence for sentence in FORMULA)


opinions = st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=40)


@given(opinions)
def test_a_score_lies_between_the_lowest_and_the_highest_opinion(points: list[int | None]) -> None:
    found, known = scored(speed_only(*points)), [one for one in points if one is not None]
    assert (found.score is None) == (not known)
    if found.score is not None:
        assert min(known) <= found.score <= max(known)


@given(opinions)
def test_the_order_of_the_ballots_changes_nothing(points: list[int | None]) -> None:
    assert scored(speed_only(*points)) == scored(speed_only(*reversed(points)))


@given(st.fractions(0, 100))
def test_print_never_lifts_a_score_over_the_line(score: Fraction) -> None:
    shown = Fraction(printed(score))
    assert 0 <= score - shown < Fraction(1, 100)
    assert (shown < 60) == (score < 60)
