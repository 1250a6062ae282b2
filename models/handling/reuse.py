"""What the unit answered before to appeals like this one, to be used again: words of the unit's own, nobody's identity.

Reports (举报) are left out altogether: what was found in one is nothing for another's reply. So is what a main appeal's
reply says to the demands of those merged into it: each of them has a reply of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from models.accounts.types import Actor
from models.appeals.queries import scope
from models.appeals.similar import LOOKED_THROUGH, likeness, pairs_of
from models.appeals.tables import Appeal, Demand
from models.appeals.types import AppealKind
from models.errors import NotFound
from models.handling.tables import Reply, ReplyItem
from models.handling.types import Outcome, ReplyKind, ReplyStatus

SAME_CATEGORY = 0.25
"""What the same category adds to the likeness of two titles."""
LEAST_LIKENESS = 0.2
MOST = 5


@dataclass(frozen=True)
class Block:
    """What an earlier reply said to one demand of the appeal with this number."""

    number: str
    reply_id: int
    demand_id: int
    demand_no: int
    demand_text: str
    outcome: Outcome | None
    facts: str
    basis: str
    actions: str


@dataclass(frozen=True)
class Earlier:
    number: str
    title: str
    published_at: datetime | None
    blocks: tuple[Block, ...]


def earlier(session: Session, actor: Actor, appeal: Appeal) -> list[Earlier]:
    """The unit's own published replies to appeals the actor sees, the most alike first. Two statements."""
    pairs = pairs_of(appeal.title)
    scored = [
        (likeness(pairs, pairs_of(title)) + (SAME_CATEGORY if category == appeal.category else 0), reply_id)
        for reply_id, title, category in session.execute(_candidates(actor, appeal)).all()
    ]
    best = nlargest(MOST, (pair for pair in scored if pair[0] >= LEAST_LIKENESS))
    return _read(session, [reply_id for _, reply_id in best]) if best else []


def block(session: Session, actor: Actor, appeal: Appeal, reply_id: int, demand_id: int) -> Block:
    """One of the blocks that `earlier` may show to this actor; anything else is not there."""
    allowed = _published(actor, appeal).where(col(Reply.id) == reply_id)
    if session.execute(allowed).first() is None:
        raise NotFound("no_such_reply")
    for found in _read(session, [reply_id]):
        for one in found.blocks:
            if one.demand_id == demand_id:
                return one
    raise NotFound("no_such_reply")


def _published(actor: Actor, appeal: Appeal) -> Select[Any, Any, Any]:
    return (
        select(col(Reply.id), col(Appeal.title), col(Appeal.category))
        .join(Appeal, col(Appeal.id) == col(Reply.appeal_id))
        .where(
            scope(actor), col(Appeal.lead_unit_id) == actor.unit_id, col(Appeal.kind) != AppealKind.REPORT,
            col(Appeal.id) != appeal.id, col(Reply.kind) == ReplyKind.FINAL,
            col(Reply.status) == ReplyStatus.PUBLISHED,
        )
    )


def _candidates(actor: Actor, appeal: Appeal) -> Select[Any, Any, Any]:
    return _published(actor, appeal).order_by(col(Reply.id).desc()).limit(LOOKED_THROUGH)


def _read(session: Session, ids: Sequence[int]) -> list[Earlier]:
    """The replies in this order, each with its blocks by demand. One statement."""
    statement = (
        select(Reply, col(Appeal.number), col(Appeal.title), ReplyItem, Demand)
        .join(Appeal, col(Appeal.id) == col(Reply.appeal_id))
        .join(ReplyItem, col(ReplyItem.reply_id) == col(Reply.id))
        .join(Demand, (col(Demand.id) == col(ReplyItem.demand_id)) & (col(Demand.appeal_id) == col(Reply.appeal_id)))
        .where(col(Reply.id).in_(ids))
        .order_by(col(Demand.no))
    )
    found: dict[int, Earlier] = {}
    for reply, number, title, item, demand in session.execute(statement).all():
        known = found.get(reply.id) or Earlier(number, title, reply.published_at, ())
        found[reply.id] = Earlier(number, title, reply.published_at, (*known.blocks, _block(number, item, demand)))
    return [found[id_] for id_ in ids if id_ in found]


def _block(number: str, item: ReplyItem, demand: Demand) -> Block:
    return Block(
        number, item.reply_id, item.demand_id, demand.no, demand.text, item.outcome, item.facts,
        item.basis, item.actions,
    )
