"""Who of the lead unit works on an appeal (经办): given by hand, or taken by whoever signs. No date moves for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Integer, bindparam, func
from sqlmodel import Session, col, select

from models.accounts.queries import handlers_of, working
from models.accounts.tables import Account
from models.accounts.types import Actor
from models.appeals.queries import scope
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling import commands, worklist
from models.handling.commands import Act
from models.handling.queries import BY_URGENCY
from models.handling.rules import WITH_UNIT
from models.handling.tables import AppealEvent
from models.handling.types import Action


def assign(session: Session, appeal: Appeal, act: Act, *, assignee_id: int | None) -> AppealEvent:
    """Gives the appeal to a handler of its lead unit. Refuses whoever is disabled, of another unit or no handler
    (`not_a_colleague`), and whoever has it already (`already_assigned`).
    """
    people = handlers_of(session, appeal.lead_unit_id)
    if assignee_id is None or assignee_id not in people:
        raise Refused("not_a_colleague")
    if appeal.assignee_id == assignee_id:
        raise Refused("already_assigned")
    said = replace(act, internal_note=f"由{people[assignee_id]}经办。")
    return commands.perform(session, appeal, Action.ASSIGN, said, assignee_id=assignee_id)


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be given the unit's work, and how many of its appeals they have in hand."""

    id: int
    name: str
    in_hand: int


def colleagues(session: Session, unit_id: int | None) -> list[Colleague]:
    """In the order they came, one statement."""
    works = (col(Appeal.assignee_id) == col(Account.id)) & (col(Appeal.lead_unit_id) == unit_id)
    statement = (
        select(Account.id, Account.display_name, func.count(col(Appeal.id)))
        .outerjoin(Appeal, works & col(Appeal.state).in_(WITH_UNIT))
        .where(working(unit_id))
        .group_by(col(Account.id), col(Account.display_name))
        .order_by(col(Account.id))
    )
    return [Colleague(id_ or 0, name, count) for id_, name, count in session.exec(statement).all()]


_ASSIGNEE = select(col(Account.display_name)).where(
    col(Account.id) == bindparam("assignee_id"), working(bindparam("unit_id", type_=Integer))
)


def assignee_name(session: Session, appeal: Appeal) -> str:
    """Who works on it; "" for nobody, and for somebody who has left the unit or its work."""
    if appeal.assignee_id is None:
        return ""
    found = session.connection().execute(_ASSIGNEE, {"assignee_id": appeal.assignee_id, "unit_id": appeal.lead_unit_id})
    return found.scalar_one_or_none() or ""


def chosen(session: Session, actor: Actor, uids: Sequence[str]) -> list[tuple[worklist.Line, str]]:
    """Those of these appeals that the actor sees, each with who works on it now."""
    statement = select(col(Appeal.id)).where(scope(actor), col(Appeal.uid).in_(uids)).order_by(*BY_URGENCY)
    return [(line, line.handler or "") for line in worklist.read(session, worklist.listed(statement), len(uids))]
