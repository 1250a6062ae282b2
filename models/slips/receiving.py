"""What comes back of a slip: the unit's electronic signature, and scans of receipts on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.appeals.types import FileWarning
from models.errors import Conflict, NotFound, Refused
from models.handling.commands import Act
from models.slips.kinds import SlipStatus
from models.slips.queries import locked
from models.slips.registering import trace
from models.slips.tables import Slip, SlipReceipt, SlipScan

MOST_SCANS = 10


@dataclass(frozen=True)
class ScannedFile:
    """A file that has been judged and lies in the store."""

    stored_name: str
    display_name: str
    kind: str
    size: int
    sha256: str
    warning: FileWarning = FileWarning.NONE


def sign_for(session: Session, slip: Slip, act: Act) -> SlipReceipt:
    """The unit that a slip went to confirms that it has it: once, with time and name."""
    slip, actor = locked(session, slip), act.actor
    if slip.unit_id is None or actor.unit_id != slip.unit_id or not actor.is_unit or actor.account_id is None:
        raise Refused("slip_not_to_your_unit")
    if slip.status is SlipStatus.VOID:
        raise Refused("slip_is_void")
    assert slip.id is not None
    if session.get(SlipReceipt, slip.id) is not None:
        raise Conflict("slip_signed_already")
    receipt = SlipReceipt(
        slip_id=slip.id, unit_id=slip.unit_id, signed_at=act.now, signed_by_id=actor.account_id,
        signed_name=actor.display_name,
    )
    session.add(receipt)
    session.flush()
    trace(session, "slip.sign", slip, act)
    return receipt


def add_scan(session: Session, slip: Slip, file: ScannedFile, act: Act) -> SlipScan:
    """Keeps the scan of a receipt beside its slip, a void one too: what was signed on paper was signed."""
    slip = locked(session, slip)
    assert slip.id is not None and act.actor.account_id is not None
    no = session.exec(select(func.count()).where(col(SlipScan.slip_id) == slip.id)).one() + 1
    if no > MOST_SCANS:
        raise Refused("too_many_scans", most=MOST_SCANS)
    row = SlipScan(
        slip_id=slip.id, no=no, stored_name=file.stored_name, display_name=file.display_name, kind=file.kind,
        size=file.size, sha256=file.sha256, warning=file.warning, added_at=act.now, added_by_id=act.actor.account_id,
    )
    session.add(row)
    session.flush()
    trace(session, "slip.scan", slip, act, sha256=file.sha256)
    return row


def receipt_of(session: Session, slip: Slip) -> SlipReceipt | None:
    return session.get(SlipReceipt, slip.id)


def scans_of(session: Session, slip: Slip) -> Sequence[SlipScan]:
    return session.exec(select(SlipScan).where(col(SlipScan.slip_id) == slip.id).order_by(col(SlipScan.no))).all()


def scan(session: Session, slip: Slip, uid: str) -> SlipScan:
    wanted = select(SlipScan).where(col(SlipScan.slip_id) == slip.id, col(SlipScan.uid) == uid)
    found = session.exec(wanted).one_or_none()
    if found is None:
        raise NotFound("no_such_scan")
    return found
