"""What another appeal has in common with this one, the same words or the same people: shown beside it at triage, so
that a repeat is seen at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from sqlmodel import Session, col, or_, select

from models.accounts.types import Actor
from models.appeals.queries import may_see_identity, scope, visible_appeals
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.text import search_key

LOOKED_THROUGH = 2_000
"""Only the newest are compared, so that the page costs the same in ten years."""
LEAST_LIKENESS = 0.3
MOST_SAME = 20
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


@dataclass(frozen=True)
class SameParty:
    """Another appeal of the same enterprise, or left with the same telephone number, or both."""

    appeal: Appeal
    is_enterprise: bool
    is_contact: bool


def same_party(session: Session, actor: Actor, appeal: Appeal) -> Sequence[SameParty]:
    """The newest `MOST_SAME` + 1 that blind indexes join with this one: one more than are told says that there are
    more. At most two statements.

    That two appeals come from one hand is an inference about identity (T2). It is made only between appeals whose
    identity this actor may know anyway: never from, to or between confidential ones, in either direction.
    """
    if not may_see_identity(actor, appeal):
        return []
    other = AppellantIdentity
    own = session.get(other, appeal.id)
    same = {
        name: getattr(other, name) == getattr(own, name)
        for name in ("enterprise_index", "phone_index")
        if own is not None and getattr(own, name)
    }
    if own is None or not same:
        return []
    statement = (
        select(Appeal, other.enterprise_index, other.phone_index)
        .join(other, col(other.appeal_id) == col(Appeal.id))
        .where(or_(*same.values()), scope(actor), col(Appeal.id) != appeal.id, col(Appeal.is_confidential).is_(False))
        .order_by(col(Appeal.id).desc())
        .limit(MOST_SAME + 1)
    )
    return [
        SameParty(
            row, bool(own.enterprise_index) and enterprise == own.enterprise_index,
            bool(own.phone_index) and phone == own.phone_index,
        )
        for row, enterprise, phone in session.exec(statement).all()
        if may_see_identity(actor, row)
    ]
