"""The day's call list: whom to call, drawn by a stored seed so that anybody can derive it again. Pure.

Low grades and replies that said "cannot be solved" always stand on it, those who were drawn and not reached come again;
of the others, each looked at once, a share of each unit's is drawn, spread over its outcomes.
"""

import hashlib
from collections.abc import Iterable, Iterator
from fractions import Fraction

from models.followup.types import Answered, Candidate, Drawn, Line, Terms

ORDER = (Drawn.LOW_GRADE, Drawn.UNSOLVABLE, Drawn.AGAIN, Drawn.SAMPLED)
"""The order of the list: what bites first."""


def draw(candidates: Iterable[Candidate], seed: str, terms: Terms) -> tuple[Line, ...]:
    """A line for every candidate, those on the list first and in its order. The order of what comes in is no matter."""
    found = sorted(candidates, key=lambda one: (one.appeal_id, one.round))
    sampled = set(_sampled(found, seed, terms))
    drawn = {one: _why(one, terms, one in sampled) for one in found}
    listed = sorted((one for one in found if drawn[one] in ORDER), key=lambda one: _place(one, drawn[one], seed))
    places = {one: number for number, one in enumerate(listed, 1)}
    rest = [one for one in found if one not in places]
    return tuple(Line(one, drawn[one], places.get(one, 0)) for one in (*listed, *rest))


def _why(one: Candidate, terms: Terms, is_sampled: bool) -> Drawn:
    if one.attempts >= terms.attempts_most:
        return Drawn.NOT_DRAWN
    if one.is_low:
        return Drawn.LOW_GRADE
    if one.answered is Answered.UNSOLVABLE:
        return Drawn.UNSOLVABLE
    if one.was_drawn:
        return Drawn.AGAIN
    return Drawn.SAMPLED if is_sampled else Drawn.NOT_DRAWN


def _sampled(candidates: list[Candidate], seed: str, terms: Terms) -> Iterator[Candidate]:
    by_unit: dict[int, list[Candidate]] = {}
    for one in candidates:
        is_certain = one.is_low or one.was_drawn or one.answered is Answered.UNSOLVABLE
        if one.is_new and not is_certain and one.attempts < terms.attempts_most:
            by_unit.setdefault(one.unit_id, []).append(one)
    for of_unit in by_unit.values():
        yield from _spread(of_unit, seed)[: quota(len(of_unit), terms)]


def quota(count: int, terms: Terms) -> int:
    """How many of a unit's are drawn: its share, rounded up, and never fewer than the least while there are any."""
    return min(count, max(terms.least_per_unit, -(-count * terms.share_percent // 100)))


def _spread(of_unit: list[Candidate], seed: str) -> list[Candidate]:
    """In an order whose every beginning holds each outcome in proportion; within an outcome by lot."""
    strata: dict[Answered, list[Candidate]] = {}
    for one in of_unit:
        strata.setdefault(one.answered, []).append(one)
    ranked: list[tuple[Fraction, str, Candidate]] = []
    for stratum in strata.values():
        by_lot = sorted(stratum, key=lambda one: _lot(one, seed))
        ranked += [
            (Fraction(2 * rank + 1, 2 * len(stratum)), _lot(one, seed), one) for rank, one in enumerate(by_lot)
        ]
    return [one for *_, one in sorted(ranked, key=lambda entry: entry[:2])]


def _place(one: Candidate, drawn: Drawn, seed: str) -> tuple[int, str]:
    return ORDER.index(drawn), _lot(one, seed)


def _lot(one: Candidate, seed: str) -> str:
    """The same on every machine and in every year: no generator's state, only the seed and the reply's own name."""
    return hashlib.sha256(f"{seed}:{one.appeal_id}:{one.round}".encode()).hexdigest()
