"""What is said along the way without deciding anything: internal notes, and progress told to the appellant."""

from dataclasses import replace

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.handling.commands import Act, perform
from models.handling.tables import AppealEvent
from models.handling.types import Action


def note(session: Session, appeal: Appeal, act: Act, *, text: str) -> AppealEvent:
    """For the colleagues of unit and office only: the appellant never sees it."""
    return perform(session, appeal, Action.NOTE, replace(act, public_note="", internal_note=text))


def report_progress(session: Session, appeal: Appeal, act: Act, *, text: str) -> AppealEvent:
    """Told to the appellant at once. Neither state nor clock changes."""
    return perform(session, appeal, Action.REPORT_PROGRESS, replace(act, public_note=text, internal_note=""))
