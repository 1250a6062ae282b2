"""Which other appeals say the same in much the same words: beside an appeal at triage, a repeat is seen at once."""

import re
from collections.abc import Sequence
from heapq import nlargest

from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import scope, visible_appeals
from models.appeals.tables import Appeal
from models.appeals.text import search_key

LOOKED_THROUGH = 2_000
"""Only the newest are compared, so that the page costs the same in ten years."""
LEAST_LIKENESS = 0.3
_BREAKS = re.compile(r"[\W_]+")


def similar(session: Session, actor: Actor, appeal: Appeal, *, limit: int = 5) -> Sequence[Appeal]:
    """The most alike first, within the actor's scope, without the appeal itself. Two statements."""
    pairs = pairs_of(appeal.title)
    newest = (
        select(Appeal.id, Appeal.title)
        .where(scope(actor), col(Appeal.id) != appeal.id)
        .order_by(col(Appeal.id).desc())
        .limit(LOOKED_THROUGH)
    )
    scored = [(likeness(pairs, pairs_of(title)), id_ or 0) for id_, title in session.exec(newest).all()]
    best = nlargest(limit, (pair for pair in scored if pair[0] >= LEAST_LIKENESS))
    if not best:
        return []
    rows = session.exec(visible_appeals(actor).where(col(Appeal.id).in_([id_ for _, id_ in best]))).all()
    by_id = {row.id: row for row in rows}
    return [by_id[id_] for _, id_ in best]


def pairs_of(title: str) -> frozenset[str]:
    """The pairs of neighbouring characters: Chinese words are mostly two characters."""
    parts = _BREAKS.split(search_key(title))
    return frozenset(part[start : start + 2] for part in parts for start in range(len(part) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared pairs against all pairs of both (Dice): 1.0 for equal titles, 0.0 for nothing in common."""
    together = len(one) + len(other)
    return 2 * len(one & other) / together if together else 0.0
