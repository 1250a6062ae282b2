"""The day's call list: who is always on it, how the rest is drawn, and that anybody can derive it again."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from models.followup.drawing import draw, quota
from models.followup.types import Answered, Candidate, Drawn, Terms

SEED = "5f" * 16
TERMS = Terms()


def many(count: int, unit_id: int = 1, answered: Answered = Answered.SOLVED, first: int = 1) -> list[Candidate]:
    return [Candidate(number, 1, unit_id, answered) for number in range(first, first + count)]


def listed(candidates: list[Candidate], terms: Terms = TERMS, seed: str = SEED) -> list[tuple[int, Drawn]]:
    return [(one.candidate.appeal_id, one.drawn) for one in draw(candidates, seed, terms) if one.position]


candidates = st.lists(
    st.builds(
        Candidate, appeal_id=st.integers(1, 500), round=st.integers(1, 2), unit_id=st.integers(1, 5),
        answered=st.sampled_from(Answered), is_low=st.booleans(), was_drawn=st.booleans(), is_new=st.booleans(),
        attempts=st.integers(0, 4),
    ),
    unique_by=lambda one: (one.appeal_id, one.round), max_size=60,
)


@given(candidates, st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_list_whatever_the_order_they_came_in(
    found: list[Candidate], dice: random.Random
) -> None:
    mixed = list(found)
    dice.shuffle(mixed)
    assert draw(found, SEED, TERMS) == draw(mixed, SEED, TERMS)


@given(candidates)
def test_nobody_is_called_more_often_than_allowed_and_everybody_has_a_line(found: list[Candidate]) -> None:
    lines = draw(found, SEED, TERMS)
    assert {one.candidate for one in lines} == set(found)
    on_it = [one for one in lines if one.position]
    assert [one.position for one in on_it] == list(range(1, len(on_it) + 1))
    assert all(one.candidate.attempts < TERMS.attempts_most for one in on_it)


@given(candidates)
def test_low_grades_and_unsolvable_ones_and_whoever_was_not_reached_always_stand_on_it(found: list[Candidate]) -> None:
    on_it = {one.candidate for one in draw(found, SEED, TERMS) if one.position}
    certain = {one for one in found if one.is_low or one.was_drawn or one.answered is Answered.UNSOLVABLE}
    assert {one for one in certain if one.attempts < 3} <= on_it


@given(candidates)
def test_each_unit_has_its_share_of_what_was_not_looked_at_before(found: list[Candidate]) -> None:
    for unit_id in {one.unit_id for one in found}:
        new = [
            one for one in found
            if one.unit_id == unit_id and one.is_new and one.attempts < 3 and not one.is_low and not one.was_drawn
            and one.answered is not Answered.UNSOLVABLE
        ]
        drawn = [
            one for one in draw(found, SEED, TERMS)
            if one.candidate.unit_id == unit_id and one.drawn is Drawn.SAMPLED
        ]
        assert len(drawn) == quota(len(new), TERMS)


def test_a_share_is_rounded_up_and_a_unit_with_one_reply_has_one() -> None:
    assert [quota(count, TERMS) for count in (0, 1, 3, 4, 10, 11)] == [0, 1, 1, 2, 3, 4]
    assert quota(2, replace(TERMS, least_per_unit=5)) == 2
    assert quota(10, replace(TERMS, share_percent=0, least_per_unit=0)) == 0


def test_the_drawn_are_spread_over_the_outcomes_in_proportion() -> None:
    found = many(20) + many(10, answered=Answered.EXPLAINED, first=100)
    on_it = {one.candidate for one in draw(found, SEED, TERMS) if one.position}
    assert len(on_it) == 9
    assert sum(one.answered is Answered.SOLVED for one in on_it) == 6


def test_another_seed_draws_others() -> None:
    found = many(40)
    assert listed(found) != listed(found, seed="ab" * 16)


def test_what_was_looked_at_and_not_drawn_is_not_drawn_later() -> None:
    """Each reply has one chance: otherwise a share drawn every day would come to all of them."""
    assert listed([replace(one, is_new=False) for one in many(20)]) == []


def test_what_bites_comes_first() -> None:
    found = [
        Candidate(1, 1, 1, Answered.SOLVED, was_drawn=True, is_new=False, attempts=1),
        Candidate(2, 1, 2, Answered.SOLVED),
        Candidate(3, 1, 3, Answered.UNSOLVABLE),
        Candidate(4, 1, 4, Answered.SOLVED, is_low=True),
    ]
    assert listed(found) == [(4, Drawn.LOW_GRADE), (3, Drawn.UNSOLVABLE), (1, Drawn.AGAIN), (2, Drawn.SAMPLED)]
