"""The office's own wording of each kind: what is in use, and a new version of it."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.audit.commands import append
from models.errors import Conflict, Refused
from models.handling.commands import Act
from models.slips.kinds import SlipKind
from models.slips.tables import SlipWording
from models.slips.wording import DEFAULTS, Wording, problems


def current(session: Session, kind: SlipKind) -> Wording:
    """The newest version; the shipped wording as long as the office has written none."""
    found = session.exec(_newest_first(kind).limit(1)).first()
    return _wording(found) if found else DEFAULTS[kind]


def history(session: Session, kind: SlipKind) -> Sequence[SlipWording]:
    """Every version the office has written, the newest first."""
    return session.exec(_newest_first(kind)).all()


def versions(session: Session) -> dict[SlipKind, int]:
    """The version in use of every kind that the office has written one for."""
    found = select(SlipWording.kind, func.max(SlipWording.version)).group_by(col(SlipWording.kind))
    return {SlipKind(kind): version for kind, version in session.exec(found).all()}


def rewrite(session: Session, kind: SlipKind, wording: Wording, act: Act) -> SlipWording | None:
    """A new version for the slips that are issued from here on; None when nothing is different. `wording.version` is
    the one it was written from: a `Conflict` when somebody was faster. The caller has asked who may.
    """
    found = problems(kind, wording)
    if found:
        raise Refused("wording_unusable", problems=found)
    now = current(session, kind)
    if now.version != wording.version:
        raise Conflict("wording_changed_meanwhile", expected=wording.version, found=now.version)
    if wording == now:
        return None
    assert act.actor.account_id is not None
    row = SlipWording(
        kind=kind, version=now.version + 1, opening=wording.opening, demand=wording.demand, closing=wording.closing,
        come_back=wording.come_back, changed_at=act.now, changed_by_id=act.actor.account_id,
    )
    session.add(row)
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action="slip.wording", object_kind="slip_wording",
        object_id=kind.value, facts={"version": row.version},
    )
    return row


def _newest_first(kind: SlipKind) -> SelectOfScalar[SlipWording]:
    return select(SlipWording).where(col(SlipWording.kind) == kind).order_by(col(SlipWording.version).desc())


def _wording(row: SlipWording) -> Wording:
    return Wording(row.opening, row.demand, row.closing, row.come_back, row.version)
