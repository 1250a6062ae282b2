"""Who of the lead unit works on an appeal (经办): given by hand, or taken by whoever signs. No date moves for it."""

from dataclasses import replace

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.queries import handlers_of, working
from models.accounts.tables import Account
from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling import commands
from models.handling.commands import Act
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


def is_mine(actor: Actor) -> ColumnElement[bool]:
    return col(Appeal.assignee_id) == actor.account_id


def is_unassigned(actor: Actor) -> ColumnElement[bool]:
    """Nobody works on it: never assigned, or to somebody who has left the unit or its work since."""
    people = select(Account.id).where(working(actor.unit_id))
    return col(Appeal.assignee_id).is_(None) | col(Appeal.assignee_id).not_in(people)
