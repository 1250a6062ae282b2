"""How ballots become scores: rules, version 1. Pure and exact: fractions of whole numbers, no floating point anywhere.

Printed with every result in the words of `FORMULA`. Source: domain.md §6; what the sources leave open (the mean over
those who have an opinion, ties, what is cut off in print) is fixed here once, and its version is frozen with each
result, so that a later version changes no earlier campaign.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Final

FORMULA_VERSION: Final = 1
FORMULA: Final = (
    "每一项评价用0至100的整数打分，或者选五个等次（很满意100分、满意80分、基本满意60分、不满意40分、很不满意20分）；"
    "选“不了解”的，不计入分子，也不计入分母。",
    "一个单位某一维度的得分，是对这一维度作出评价的全部评议票的平均分。",
    "单位得分＝各维度的“权重×得分”之和÷权重之和；没有人评价的维度，得分和权重都不计入。",
    "有效票数，是对该单位至少一个维度作出评价的评议票数；达不到最低票数（评议开始前设定，无论怎样设定都不少于5张）的，只注明“样本不足”，不公布得分，不排名，不提出约谈。",
    "排名和60分线都按没有四舍五入的得分计算，严格小于60分才算低于60分；得分相同的名次并列，其后的名次空出。",
    "印出的得分保留两位小数，后面的数字直接舍去，不进位：59.996印作59.99。",
)
"""The words of version 1, a sentence each."""
LINE: Final = 60
"""Strictly below it: an interview is proposed."""
LEAST_SHOWN: Final = 5
"""A cell that fewer ballots stand behind is not shown by itself (reliability.md T2)."""
LEAST_FOR_INTERVAL: Final = 30
Z_HUNDREDTHS: Final = 196
"""1.96 standard errors to each side: 95 of 100 such intervals hold the mean."""

Marks = Mapping[int, int | None]
"""What one ballot says of one unit, by dimension: 0 to 100, or None for 不了解."""
Ballot = Mapping[int, Marks]
"""One ballot, by unit: only the units that it was asked about."""


@dataclass(frozen=True)
class Tally:
    """One unit in one dimension: the points of all ballots that have an opinion, and how many those are."""

    total: int = 0
    count: int = 0

    @property
    def mean(self) -> Fraction | None:
        return Fraction(self.total, self.count) if self.count else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.total + other.total, self.count + other.count)


@dataclass(frozen=True)
class Outcome:
    """One unit in one campaign. `score` is None when no ballot has an opinion on it; `is_enough` says whether it may be
    shown. `asked` are the ballots that showed the unit, `count` those with an opinion in at least one dimension.
    `margin` is half of the interval of the mean in hundredths of a point, rounded up; None below `LEAST_FOR_INTERVAL`.
    """

    tallies: Mapping[int, Tally]
    score: Fraction | None
    asked: int
    count: int
    is_enough: bool
    margin: int | None = None

    @property
    def is_below(self) -> bool:
        """Strictly, and unrounded: 59.996 is below, 60 is not. Never on too few ballots."""
        return self.is_enough and self.score is not None and self.score < LINE


def outcome(ballots: Iterable[Ballot], unit_id: int, weights: Mapping[int, int], least: int) -> Outcome:
    """`weights` by dimension, whole and positive; `least` is the smallest number of ballots that makes a result."""
    told = [ballot[unit_id] for ballot in ballots if unit_id in ballot]
    heard = [marks for marks in told if _has_opinion(marks, weights)]
    tallies = {dimension: _tally(heard, dimension) for dimension in weights}
    score = weighted({dimension: tally.mean for dimension, tally in tallies.items()}, weights)
    is_enough = len(heard) >= max(least, 1)
    return Outcome(tallies, score, len(told), len(heard), is_enough, _margin(heard, weights) if is_enough else None)


def _has_opinion(marks: Marks, weights: Mapping[int, int]) -> bool:
    return any(marks.get(dimension) is not None for dimension in weights)


def _tally(heard: Iterable[Marks], dimension: int) -> Tally:
    points = [mark for marks in heard if (mark := marks.get(dimension)) is not None]
    return Tally(sum(points), len(points))


def weighted(means: Mapping[int, Fraction | None], weights: Mapping[int, int]) -> Fraction | None:
    """Over the dimensions that somebody has an opinion on; None where nobody has any."""
    known = {dimension: mean for dimension, mean in means.items() if mean is not None}
    weight = sum(weights[dimension] for dimension in known)
    return sum((weights[one] * mean for one, mean in known.items()), Fraction(0)) / weight if weight else None


def _margin(heard: Sequence[Marks], weights: Mapping[int, int]) -> int | None:
    """From the spread of what each ballot by itself would give the unit."""
    count = len(heard)
    if count < LEAST_FOR_INTERVAL:
        return None
    single = [_alone(marks, weights) for marks in heard]
    mean = sum(single, Fraction(0)) / count
    squares = sum(((one - mean) ** 2 for one in single), Fraction(0))
    return _root_up(squares / (count - 1) / count * Z_HUNDREDTHS**2)


def _alone(marks: Marks, weights: Mapping[int, int]) -> Fraction:
    points = weighted({one: None if mark is None else Fraction(mark) for one, mark in marks.items()}, weights)
    assert points is not None, "a ballot without an opinion has no score"
    return points


def _root_up(value: Fraction) -> int:
    """The least whole number whose square is not smaller."""
    whole = -(-value.numerator // value.denominator)
    root = isqrt(whole)
    return root if root * root == whole else root + 1


def ranks(scores: Mapping[int, Fraction]) -> dict[int, int]:
    """Who stands where: equal scores share a place, and the places after it stay empty (1, 2, 2, 4)."""
    every = sorted(scores.values(), reverse=True)
    return {unit_id: every.index(score) + 1 for unit_id, score in scores.items()}


def printed(score: Fraction) -> str:
    """Two decimals, the rest cut off: no score is printed higher than it is."""
    hundredths = score.numerator * 100 // score.denominator
    return f"{hundredths // 100}.{hundredths % 100:02}"


def printed_interval(score: Fraction, margin: int) -> tuple[str, str]:
    """The interval of the mean, not beyond what a score can be, widened to two decimals."""
    low, high = max(Fraction(0), score - Fraction(margin, 100)), min(Fraction(100), score + Fraction(margin, 100))
    return printed(low), printed(Fraction(-(-high.numerator * 100 // high.denominator), 100))
