"""Taking a slip out of force, and issuing another in its place."""

from dataclasses import replace

from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.errors import Conflict, Refused
from models.handling.commands import Act
from models.slips.commands import issue_of_appeal
from models.slips.concern import check_not_own
from models.slips.kinds import SPECS, SlipStatus
from models.slips.paper import Paper, content_of
from models.slips.queries import appeal_of, locked
from models.slips.registering import Issue, Letterhead, Place, enter, trace
from models.slips.tables import Slip


def void(session: Session, slip: Slip, act: Act, *, reason: str) -> None:
    """Takes a slip out of force: its number stays taken, its bytes stay as they are, register and verification tell."""
    slip = locked(session, slip)
    check_not_own(session, slip, appeal_of(session, slip), act.actor)
    if slip.status is SlipStatus.VOID:
        raise Conflict("slip_void_already")
    if not reason.strip():
        raise Refused("void_reason_missing")
    slip.status, slip.void_reason = SlipStatus.VOID, reason.strip()
    slip.voided_at, slip.voided_by_id = act.now, act.actor.account_id
    session.add(slip)
    session.flush()
    trace(session, "slip.void", slip, act)


def reissue(session: Session, slip: Slip, act: Act, letterhead: Letterhead) -> Slip:
    """A slip with a number of its own in the place of a void one, once. What is read from an appeal is read again and
    worded as the office words it now; of the others the body stays as it was.
    """
    slip = locked(session, slip)
    appeal = appeal_of(session, slip)
    check_not_own(session, slip, appeal, act.actor)
    if slip.status is not SlipStatus.VOID:
        raise Refused("slip_not_void")
    if session.exec(select(Slip.id).where(col(Slip.replaces_id) == slip.id)).first() is not None:
        raise Conflict("slip_reissued_already")
    if SPECS[slip.kind].is_drawn_anew and appeal is not None:
        return issue_of_appeal(session, slip.kind, appeal, act, letterhead, replaces=slip)
    return _with_same_body(session, slip, appeal, act, letterhead)


def _with_same_body(session: Session, slip: Slip, appeal: Appeal | None, act: Act, letterhead: Letterhead) -> Slip:
    unit = session.get(Unit, slip.unit_id) if slip.unit_id else None
    old = content_of(slip.content)
    assert isinstance(old, Paper)

    def draw(given: Issue) -> Paper:
        return replace(
            old, number=given.number, signer=given.signer, issued_on=given.issued_on, replaces=given.replaces,
            verification_code=given.code, verification_url=f"{letterhead.verification_base}{given.code}",
        )

    return enter(session, slip.kind, draw, act, Place(appeal, unit, slip))
