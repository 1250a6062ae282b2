"""Reading what came after replies: ratings, links, calls. Whoever asks has come through the appeal's own door."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.followup.tables import FollowUpCall, RatingLink, SatisfactionRating


def rating(session: Session, appeal: Appeal, round_: int) -> SatisfactionRating | None:
    statement = select(SatisfactionRating).where(
        col(SatisfactionRating.appeal_id) == appeal.id, col(SatisfactionRating.round) == round_
    )
    return session.exec(statement).one_or_none()


def ratings(session: Session, appeal: Appeal) -> Sequence[SatisfactionRating]:
    """Of every round, the newest first."""
    statement = select(SatisfactionRating).where(col(SatisfactionRating.appeal_id) == appeal.id)
    return session.exec(statement.order_by(col(SatisfactionRating.round).desc())).all()


def calls(session: Session, appeal: Appeal, round_: int | None = None) -> Sequence[FollowUpCall]:
    """In the order they were made, of one round or of all."""
    statement = select(FollowUpCall).where(col(FollowUpCall.appeal_id) == appeal.id)
    if round_ is not None:
        statement = statement.where(col(FollowUpCall.round) == round_)
    return session.exec(statement.order_by(col(FollowUpCall.round), col(FollowUpCall.attempt))).all()


def newest_link(session: Session, appeal_id: int, round_: int) -> RatingLink | None:
    statement = select(RatingLink).where(col(RatingLink.appeal_id) == appeal_id, col(RatingLink.round) == round_)
    return session.exec(statement.order_by(col(RatingLink.id).desc()).limit(1)).first()


def link_by_hash(session: Session, token_hash: str, *, lock: bool = False) -> RatingLink | None:
    statement = select(RatingLink).where(col(RatingLink.token_hash) == token_hash)
    return session.exec(statement.with_for_update() if lock else statement).one_or_none()
