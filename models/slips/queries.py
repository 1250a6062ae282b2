"""Reading the register. Slips of an appeal are reached only through an appeal the actor may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import OF_APPEAL, of, scope
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.slips.tables import Slip, SlipKind, SlipStatus

_OF_APPEAL = select(Slip).where(col(Slip.appeal_id) == OF_APPEAL).order_by(col(Slip.id))


def of_appeal(session: Session, appeal: Appeal) -> Sequence[Slip]:
    return session.exec(_OF_APPEAL, params=of(appeal)).all()


def visible_slip(session: Session, actor: Actor, uid: str) -> Slip:
    statement = (
        select(Slip).join(Appeal, col(Appeal.id) == col(Slip.appeal_id)).where(scope(actor), col(Slip.uid) == uid)
    )
    slip = session.exec(statement).one_or_none()
    if slip is None:
        raise NotFound("no_such_slip")
    return slip


@dataclass(frozen=True)
class Period:
    """Days of issue, both included."""

    first_on: date
    last_on: date


def _conditions(actor: Actor, period: Period | None) -> list[ColumnElement[bool]]:
    within = [col(Slip.issued_on).between(period.first_on, period.last_on)] if period else []
    return [scope(actor), *within]


def register(
    session: Session, actor: Actor, *, limit: int, offset: int = 0, period: Period | None = None
) -> Sequence[tuple[Slip, Appeal]]:
    """The newest slips first, with the appeal each belongs to."""
    statement = (
        select(Slip, Appeal)
        .join(Appeal, col(Appeal.id) == col(Slip.appeal_id))
        .where(*_conditions(actor, period))
        .order_by(col(Slip.year).desc(), col(Slip.number).desc())
        .limit(limit)
        .offset(offset)
    )
    return [(slip, appeal) for slip, appeal in session.exec(statement).all()]


def register_count(session: Session, actor: Actor, period: Period | None = None) -> int:
    """How many slips the register holds for this actor."""
    joined = select(func.count()).select_from(Slip).join(Appeal, col(Appeal.id) == col(Slip.appeal_id))
    return session.exec(joined.where(*_conditions(actor, period))).one()


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


def by_verification_code(session: Session, code: str) -> Slip | None:
    """For the public verification page: it shows number, date, unit and hash, nothing else."""
    return session.exec(select(Slip).where(col(Slip.verification_code) == code)).one_or_none()
