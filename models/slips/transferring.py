"""The transfer letter beside the act that it goes with: none leaves the office for a matter that went nowhere."""

from dataclasses import replace

from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling.commands import Act
from models.slips import commands
from models.slips.concern import check_neutral
from models.slips.facts import handed_to, transfer_act, transfer_source
from models.slips.kinds import SlipKind
from models.slips.paper import Paper
from models.slips.registering import Letterhead
from models.slips.tables import Slip
from models.slips.transfer_letter import TransferAct, TransferFacts

KIND = SlipKind.TRANSFER_LETTER


def begun(session: Session, appeal: Appeal, act: TransferAct) -> TransferFacts:
    """What of the letter stands in the appeal already."""
    return TransferFacts(handed_to(session, appeal), appeal.title[:60], transfer_source(appeal), "", act=act)


def issue(session: Session, appeal: Appeal, content: TransferFacts, act: Act, letterhead: Letterhead) -> Slip:
    """Refused("transfer_letter_needs_act") where the appeal was neither handed over nor declined for discipline
    inspection; what the ladder sends there has its letter with its record. The caller holds the appeal's row.
    """
    said = _said(session, appeal, content)
    check_neutral(session, appeal, act.actor)
    unit = unit_by_name(session, content.body)
    return commands.issue(session, KIND, said, act, letterhead, appeal=appeal, unit=unit)


def preview(session: Session, appeal: Appeal, content: TransferFacts, act: Act, letterhead: Letterhead) -> Paper:
    """What `issue` would print. Writes nothing."""
    return commands.preview(session, KIND, _said(session, appeal, content), act, letterhead, appeal=appeal)


def _said(session: Session, appeal: Appeal, content: TransferFacts) -> TransferFacts:
    found = transfer_act(session, appeal)
    if found is None:
        raise Refused("transfer_letter_needs_act")
    return replace(content, act=found)
