"""Reading the register. A slip is reached only by whom it concerns: the office and its readers; the unit it went to;
the lead unit of its appeal, as far as it tells that unit anything; the appellant.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import false, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import OF_APPEAL, Narrowed, accuses_no_kin, not_reported, of, scope, visible_appeals
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.slips.kinds import TOLD_TO_APPELLANT, TOLD_TO_EVERY_UNIT, TOLD_TO_LEAD, SlipKind, SlipStatus
from models.slips.tables import Slip, SlipReceipt

MOST_ORDERS = 100
"""Dispatch orders issued in one act."""
_OF_APPEAL = select(Slip).where(col(Slip.appeal_id) == OF_APPEAL).order_by(col(Slip.id))
_FOR_APPELLANT = _OF_APPEAL.where(col(Slip.kind).in_(TOLD_TO_APPELLANT), col(Slip.status) == SlipStatus.ISSUED)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may see a slip, in a selection that has `Appeal` joined from outside.

    A report against a unit, or kin of it, is hidden from that unit with every slip of it, whoever it went to.
    """
    no_appeal = col(Slip.appeal_id).is_(None)
    if actor.may_read_all:
        return or_(no_appeal, scope(actor))
    if not actor.is_unit:
        return false()
    own = (col(Slip.unit_id) == actor.unit_id) & or_(no_appeal, not_reported(actor))
    told = col(Slip.unit_id).is_(None) & col(Slip.kind).in_(TOLD_TO_LEAD) & scope(actor)
    return or_(own, told, no_appeal & col(Slip.kind).in_(TOLD_TO_EVERY_UNIT))


def of_appeal(session: Session, actor: Actor, appeal: Appeal) -> Sequence[Slip]:
    """The slips of an appeal that this actor may see, in the order they were issued."""
    joined = _OF_APPEAL.outerjoin(Appeal, col(Appeal.id) == col(Slip.appeal_id)).where(visible(actor))
    return session.exec(joined, params=of(appeal)).all()


def for_appellant(session: Session, appeal: Appeal) -> Sequence[Slip]:
    """The valid slips that are addressed to the appellant. The caller has checked who asks."""
    return session.exec(_FOR_APPELLANT, params=of(appeal)).all()


def valid_of_appeal(session: Session, appeal: Appeal, kind: SlipKind) -> Slip | None:
    """The valid slip of this kind in the running round. For the house's own use."""
    statement = _OF_APPEAL.where(
        col(Slip.kind) == kind, col(Slip.status) == SlipStatus.ISSUED, col(Slip.round) == appeal.round
    )
    return session.exec(statement.limit(1), params=of(appeal)).first()


def visible_slip(session: Session, actor: Actor, uid: str) -> Slip:
    """Invisible and nonexistent raise the same `NotFound`."""
    statement = select(Slip).outerjoin(Appeal, col(Appeal.id) == col(Slip.appeal_id))
    slip = session.exec(statement.where(visible(actor), col(Slip.uid) == uid)).one_or_none()
    if slip is None:
        raise NotFound("no_such_slip")
    return slip


def appeal_of(session: Session, slip: Slip) -> Appeal | None:
    """Of a slip that the caller may see, or has a reason of its own to look at."""
    return session.get(Appeal, slip.appeal_id) if slip.appeal_id else None


def locked(session: Session, slip: Slip) -> Slip:
    """The row as it stands now, held until the transaction ends."""
    fresh = session.exec(select(Slip).where(col(Slip.id) == slip.id).with_for_update()).one()
    session.refresh(fresh)
    return fresh


def by_id(session: Session, slip_id: int) -> Slip | None:
    """The slip that one which the caller may see stands in the place of: the same appeal, the same addressee."""
    return session.get(Slip, slip_id)


def replaced_by(session: Session, slip: Slip) -> Slip | None:
    """The slip that was issued in the place of this void one."""
    return session.exec(select(Slip).where(col(Slip.replaces_id) == slip.id)).one_or_none()


@dataclass(frozen=True)
class Period:
    """Days of issue, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True)
class Wanted:
    """Which slips a list is asked for; empty: all. `standing`: "" all, "unsigned", "signed", "void"."""

    period: Period | None = None
    kind: SlipKind | None = None
    standing: str = ""


@dataclass(frozen=True)
class Registered:
    """A line of the register."""

    slip: Slip
    appeal: Appeal | None
    signed_at: datetime | None
    signed_name: str | None


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [visible(actor)]
    if wanted.period:
        found.append(col(Slip.issued_on).between(wanted.period.first_on, wanted.period.last_on))
    if wanted.kind:
        found.append(col(Slip.kind) == wanted.kind)
    return found + _standing(wanted.standing)


def _standing(name: str) -> list[ColumnElement[bool]]:
    is_void, is_signed = col(Slip.status) == SlipStatus.VOID, col(SlipReceipt.slip_id).is_not(None)
    table: dict[str, list[ColumnElement[bool]]] = {
        "unsigned": [col(Slip.unit_id).is_not(None), ~is_signed, ~is_void], "signed": [is_signed], "void": [is_void],
    }
    return table.get(name, [])


def _joined(statement: Narrowed) -> Narrowed:
    return statement.outerjoin(Appeal, col(Appeal.id) == col(Slip.appeal_id)).outerjoin(
        SlipReceipt, col(SlipReceipt.slip_id) == col(Slip.id)
    )


def register(
    session: Session, actor: Actor, wanted: Wanted, *, limit: int, offset: int = 0
) -> Sequence[Registered]:
    """The newest slips first, with the appeal each belongs to and who signed for it."""
    columns: Any = select_columns(Slip, Appeal, col(SlipReceipt.signed_at), col(SlipReceipt.signed_name))
    asked = columns.select_from(Slip)
    newest = _joined(asked).where(*_conditions(actor, wanted)).order_by(col(Slip.issued_at).desc(), col(Slip.id).desc())
    return [Registered(*row) for row in session.execute(newest.limit(limit).offset(offset)).all()]


def register_count(session: Session, actor: Actor, wanted: Wanted) -> int:
    """How many slips the register holds for this actor."""
    counted = _joined(select(func.count()).select_from(Slip)).where(*_conditions(actor, wanted))
    return int(session.execute(counted).scalar_one())


def to_print(session: Session, actor: Actor, wanted: Wanted, *, limit: int) -> Sequence[Slip]:
    """The valid slips of a list, in the order of their numbers: what a batch prints."""
    chosen = _joined(select(Slip).select_from(Slip)).where(
        *_conditions(actor, wanted), col(Slip.status) == SlipStatus.ISSUED
    )
    ordered = chosen.order_by(col(Slip.kind), col(Slip.year), col(Slip.number)).limit(limit)
    return [row[0] for row in session.execute(ordered).all()]


def issued_between(session: Session, period: Period, kinds: Collection[SlipKind]) -> Sequence[Slip]:
    """Valid slips in the order of their numbers. Not scoped: for the command line of the office's own server."""
    statement = (
        select(Slip)
        .where(
            col(Slip.issued_on).between(period.first_on, period.last_on),
            col(Slip.kind).in_(kinds), col(Slip.status) == SlipStatus.ISSUED,
        )
        .order_by(col(Slip.kind), col(Slip.year), col(Slip.number))
    )
    return session.exec(statement).all()


def without_order(session: Session, actor: Actor, today: date, *, lock: bool = False) -> Sequence[Appeal]:
    """Appeals that were dispatched today and have no valid dispatch order of this round, oldest first; not what accuses
    the actor's own unit.
    """
    ordered = select(Slip.id).where(
        col(Slip.appeal_id) == col(Appeal.id), col(Slip.kind) == SlipKind.DISPATCH_ORDER,
        col(Slip.status) == SlipStatus.ISSUED, col(Slip.round) == col(Appeal.round),
    )
    found = visible_appeals(actor).where(
        col(Appeal.dispatched_on) == today, col(Appeal.lead_unit_id).is_not(None), accuses_no_kin(actor),
        ~ordered.exists(),
    ).order_by(col(Appeal.id)).limit(MOST_ORDERS)
    return session.exec(found.with_for_update(of=Appeal) if lock else found).all()


def by_verification_code(session: Session, code: str) -> Slip | None:
    """For the public verification page: it shows number, date, unit and hash, nothing else."""
    return session.exec(select(Slip).where(col(Slip.verification_code) == code)).one_or_none()
