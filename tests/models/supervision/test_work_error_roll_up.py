"""Half a year adds up by article 9: against a second implementation that takes errors three by three, one at a time."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.supervision.work_error_periods import containing
from models.supervision.work_error_rules import TOGETHER, add_up, roll_up
from models.supervision.work_error_types import Grade, RollUp

FIRST, SECOND = containing(date(2026, 3, 1), 6), containing(date(2026, 9, 1), 6)
NUMBERS = st.integers(0, 60)
COUNTS = st.fixed_dictionaries(dict.fromkeys(Grade, NUMBERS))
ORDER = list(Grade)


def standing(found: RollUp) -> dict[Grade, int]:
    return {grade: found.counted(grade) for grade in Grade}


def by_hand(errors: list[Grade], pick: st.DataObject) -> Counter[Grade]:
    """Errors lie on a table. Whoever finds three of a grade, whichever, lays one of the next in their place."""
    table = Counter(errors)
    while True:
        full = [grade for grade in ORDER[:-1] if table[grade] >= 3]
        if not full:
            return table
        grade = pick.draw(st.sampled_from(full))
        table[grade] -= 3
        table[ORDER[ORDER.index(grade) + 1]] += 1


@given(COUNTS, st.data())
def test_it_comes_to_the_same_as_laying_them_out_in_any_order(counts: dict[Grade, int], pick: st.DataObject) -> None:
    laid = by_hand([grade for grade, count in counts.items() for _ in range(count)], pick)
    assert standing(add_up(counts)) == {grade: laid[grade] for grade in Grade}


@given(st.lists(st.sampled_from(ORDER), max_size=60))
def test_it_comes_to_the_same_as_counting_on_with_every_new_error(errors: list[Grade]) -> None:
    """As somebody would keep it who changed the sum with each error of the half-year as it came."""
    kept: Counter[Grade] = Counter()
    for grade in errors:
        kept[grade] += 1
        for full, above in pairwise(ORDER):
            if kept[full] == 3:
                kept[full] = 0
                kept[above] += 1
    assert standing(add_up(Counter(errors))) == {grade: kept[grade] for grade in Grade}


@given(COUNTS)
def test_nothing_is_lost_and_every_step_shows_its_sum(counts: dict[Grade, int]) -> None:
    found = add_up(counts)
    weights = {grade: TOGETHER**place for place, grade in enumerate(Grade)}
    assert sum(weights[grade] * n for grade, n in counts.items()) == sum(
        weights[grade] * n for grade, n in standing(found).items()
    )
    for step, after in pairwise(found.steps):
        assert step.own == counts[step.grade]
        assert step.total == step.makes * TOGETHER + step.left and 0 <= step.left < TOGETHER
        assert after.made == step.makes


@pytest.mark.parametrize(("slight", "general", "left"), [(2, 0, 2), (3, 1, 0), (4, 1, 1), (7, 2, 1)])
def test_three_are_included(slight: int, general: int, left: int) -> None:
    found = add_up({Grade.SLIGHT: slight})
    assert (found.made(Grade.GENERAL), found.counted(Grade.SLIGHT)) == (general, left)


def test_general_ones_made_of_slight_ones_count_on() -> None:
    found = add_up({Grade.SLIGHT: 3, Grade.GENERAL: 2, Grade.LARGER: 2})
    assert standing(found) == {Grade.SLIGHT: 0, Grade.GENERAL: 0, Grade.LARGER: 0, Grade.SERIOUS: 1}


@given(COUNTS, COUNTS)
def test_units_and_half_years_are_never_added_together(one: dict[Grade, int], other: dict[Grade, int]) -> None:
    counts = {(1, FIRST, grade): n for grade, n in one.items()} | {(1, SECOND, grade): n for grade, n in other.items()}
    counts |= {(2, FIRST, grade): n for grade, n in other.items()}
    assert roll_up(counts) == {(1, FIRST): add_up(one), (1, SECOND): add_up(other), (2, FIRST): add_up(other)}
