"""Who looked at the signal of a campaign, and at what was written about a unit. No commit here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from models.accounts.tables import Account
from models.accounts.types import Actor
from models.ratings.result_tables import RatingLook
from models.ratings.result_types import LookKind

ONE_LOOK: Final = timedelta(minutes=10)
"""Within them it is the same look."""


@dataclass(frozen=True, order=True)
class Look:
    campaign_id: int
    kind: LookKind
    unit_id: int | None = None


@dataclass(frozen=True)
class Noted:
    name: str
    at: datetime


def is_noted(session: Session, actor: Actor, look: Look, now: datetime) -> bool:
    statement = select(RatingLook.id).where(
        col(RatingLook.campaign_id) == look.campaign_id, col(RatingLook.kind) == look.kind,
        col(RatingLook.unit_id).is_(None) if look.unit_id is None else col(RatingLook.unit_id) == look.unit_id,
        col(RatingLook.account_id) == actor.account_id, col(RatingLook.at) > now - ONE_LOOK,
    )
    return session.exec(statement.limit(1)).first() is not None


def note(session: Session, actor: Actor, look: Look, now: datetime) -> None:
    assert actor.account_id is not None
    session.add(
        RatingLook(
            campaign_id=look.campaign_id, unit_id=look.unit_id, kind=look.kind, account_id=actor.account_id, at=now
        )
    )


def of_campaign(session: Session, campaign_id: int, kind: LookKind, *, limit: int) -> Sequence[Noted]:
    """The newest first, with the name of who looked."""
    rows = session.exec(
        select(Account.display_name, RatingLook.at)
        .join(RatingLook, col(RatingLook.account_id) == col(Account.id))
        .where(col(RatingLook.campaign_id) == campaign_id, col(RatingLook.kind) == kind)
        .order_by(col(RatingLook.id).desc())
        .limit(limit)
    ).all()
    return [Noted(name, at) for name, at in rows]
