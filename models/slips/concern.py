"""Whom a slip concerns: nobody decides over one that is about their own unit (T4, domain.md §3)."""

from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.accused import accuses
from models.appeals.tables import Appeal
from models.errors import Refused
from models.slips.tables import Slip


def check_neutral(session: Session, appeal: Appeal, actor: Actor) -> None:
    """Nobody issues a slip on what accuses their own unit or kin of it."""
    if actor.unit_path and accuses(session, [appeal], actor.unit_path, is_report=False):
        raise Refused("own_unit_accused")


def check_not_own(session: Session, slip: Slip, appeal: Appeal | None, actor: Actor) -> None:
    """Nobody voids or replaces what went to their own unit, or tells of what it handles."""
    if appeal is not None:
        check_neutral(session, appeal, actor)
    if actor.unit_id is not None and actor.unit_id in (slip.unit_id, appeal.lead_unit_id if appeal else None):
        raise Refused("own_units_slip")
