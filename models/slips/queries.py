"""Reading the register. Slips of an appeal are reached only through an appeal the actor may see."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import scope
from models.appeals.tables import Appeal
from models.errors import NotFound
from models.slips.tables import Slip


def of_appeal(session: Session, appeal: Appeal) -> Sequence[Slip]:
    return session.exec(select(Slip).where(col(Slip.appeal_id) == appeal.id).order_by(col(Slip.id))).all()


def visible_slip(session: Session, actor: Actor, uid: str) -> Slip:
    statement = (
        select(Slip).join(Appeal, col(Appeal.id) == col(Slip.appeal_id)).where(scope(actor), col(Slip.uid) == uid)
    )
    slip = session.exec(statement).one_or_none()
    if slip is None:
        raise NotFound("no_such_slip")
    return slip


def register(session: Session, actor: Actor, *, limit: int, offset: int = 0) -> Sequence[tuple[Slip, Appeal]]:
    """The newest slips first, with the appeal each belongs to."""
    statement = (
        select(Slip, Appeal)
        .join(Appeal, col(Appeal.id) == col(Slip.appeal_id))
        .where(scope(actor))
        .order_by(col(Slip.year).desc(), col(Slip.number).desc())
        .limit(limit)
        .offset(offset)
    )
    return [(slip, appeal) for slip, appeal in session.exec(statement).all()]


def by_verification_code(session: Session, code: str) -> Slip | None:
    """For the public verification page: it shows number, date, unit and hash, nothing else."""
    return session.exec(select(Slip).where(col(Slip.verification_code) == code)).one_or_none()
