"""Leaving a rating out of the second rate: asked by one person of the office, decided by another, neither of a unit
that handled the matter. The rating stays as it is, and stays in the first rate. No commit here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, func, select

from models.accounts.types import OFFICE_ROLES, Actor
from models.appeals.queries import accuses_no_kin, not_kept_from
from models.appeals.tables import Appeal
from models.audit.commands import append
from models.errors import NotFound, Refused
from models.followup.answering import handling_units
from models.followup.rules import REVIEWERS
from models.followup.tables import RatingExclusion, SatisfactionRating
from models.followup.types import ExclusionReason, ExclusionStatus
from models.handling.commands import Act
from models.handling.concerned import check_neutral
from models.handling.types import Action


@dataclass(frozen=True)
class Asked:
    """A request with what it is about."""

    exclusion: RatingExclusion
    rating: SatisfactionRating
    appeal: Appeal


def ask(
    session: Session, appeal: Appeal, rating: SatisfactionRating, reason: ExclusionReason, evidence: str, act: Act
) -> RatingExclusion:
    """Raises `Refused`: not by this person, or while another request stands. The caller holds the appeal's row."""
    if not act.actor.roles & OFFICE_ROLES:
        raise Refused("not_your_role", action=Action.CLOSE)
    check_person(session, appeal, act.actor)
    if standing(session, rating) is not None:
        raise Refused("exclusion_stands")
    assert rating.id is not None and act.actor.account_id is not None
    made = RatingExclusion(
        rating_id=rating.id, reason=reason, evidence=evidence, asked_by_id=act.actor.account_id,
        asked_by_name=act.actor.display_name, asked_at=act.now,
    )
    session.add(made)
    session.flush()
    _trace(session, appeal, made, act, "exclusion.ask")
    return made


def decide(session: Session, asked: Asked, act: Act, *, is_granted: bool, remark: str) -> None:
    """By a second person. Raises `Refused` when it is decided already, or not by this person."""
    refusal = refused_to_decide(session, asked, act.actor)
    if refusal is not None:
        raise Refused(refusal)
    check_person(session, asked.appeal, act.actor)
    row = asked.exclusion
    row.status = ExclusionStatus.GRANTED if is_granted else ExclusionStatus.REFUSED
    row.decided_by_id, row.decided_by_name = act.actor.account_id, act.actor.display_name
    row.decided_at, row.remark = act.now, remark
    session.add(row)
    session.flush()
    _trace(session, asked.appeal, row, act, f"exclusion.{row.status.value}")


def refused_to_decide(session: Session, asked: Asked, actor: Actor) -> str | None:
    """Why this person may not decide, as a code: told on the page before anything is typed."""
    if asked.exclusion.status is not ExclusionStatus.ASKED:
        return "exclusion_decided"
    if not actor.roles & REVIEWERS:
        return "not_your_role"
    if actor.account_id == asked.exclusion.asked_by_id:
        return "exclusion_second_person"
    try:
        check_person(session, asked.appeal, actor)
    except Refused as refused:
        return refused.code
    return None


def check_person(session: Session, appeal: Appeal, actor: Actor) -> None:
    """Nobody of a unit that had a hand in it, nor of one that it is about."""
    if actor.unit_id is not None and actor.unit_id in handling_units(session, appeal):
        raise Refused("own_unit_handled", action=Action.CLOSE)
    check_neutral(session, appeal, Action.CLOSE, actor)


def _trace(session: Session, appeal: Appeal, row: RatingExclusion, act: Act, action: str) -> None:
    append(
        session, at=act.now, actor_id=act.actor.account_id, action=action, object_kind="appeal", object_id=appeal.uid,
        facts={"exclusion": row.uid, "reason": row.reason},
    )


# ---------------------------------------------------------------- reading


def standing(session: Session, rating: SatisfactionRating) -> RatingExclusion | None:
    """The request that is asked or granted; one that was refused bars nobody from asking anew."""
    statement = select(RatingExclusion).where(
        col(RatingExclusion.rating_id) == rating.id, col(RatingExclusion.status) != ExclusionStatus.REFUSED
    )
    return session.exec(statement).one_or_none()


def of_appeal(session: Session, appeal: Appeal) -> Sequence[RatingExclusion]:
    statement = (
        select(RatingExclusion)
        .join(SatisfactionRating, col(SatisfactionRating.id) == col(RatingExclusion.rating_id))
        .where(col(SatisfactionRating.appeal_id) == appeal.id)
    )
    return session.exec(statement.order_by(col(RatingExclusion.id))).all()


def visible(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> Asked:
    """One request, for whoever reads everything. Invisible and nonexistent look the same (ACC-3)."""
    statement = _asked(actor).where(col(RatingExclusion.uid) == uid)
    if not actor.may_read_all:
        raise NotFound("no_such_exclusion")
    found = session.exec(statement.with_for_update(of=RatingExclusion) if lock else statement).one_or_none()
    if found is None:
        raise NotFound("no_such_exclusion")
    return Asked(*found)


def _asked(actor: Actor) -> Any:
    return (
        select(RatingExclusion, SatisfactionRating, Appeal)
        .join(SatisfactionRating, col(SatisfactionRating.id) == col(RatingExclusion.rating_id))
        .join(Appeal, col(Appeal.id) == col(SatisfactionRating.appeal_id))
        .where(_readable(actor))
    )


def _readable(actor: Actor) -> ColumnElement[bool]:
    """What is not kept from this person; to nobody who sits in a unit what was said of its own answers (T6)."""
    if actor.unit_id is None:
        return not_kept_from(actor)
    return not_kept_from(actor) & (col(SatisfactionRating.unit_id) != actor.unit_id)


def to_decide(session: Session, actor: Actor) -> list[Asked]:
    """What waits for this person: not what they asked themselves, nor what their own unit answered or is about."""
    statement = _asked(actor).where(*_waiting(actor)).order_by(col(RatingExclusion.asked_at))
    return [Asked(*row) for row in session.exec(statement).all()]


def to_decide_count(session: Session, actor: Actor) -> int:
    statement = (
        select(func.count()).select_from(RatingExclusion)
        .join(SatisfactionRating, col(SatisfactionRating.id) == col(RatingExclusion.rating_id))
        .join(Appeal, col(Appeal.id) == col(SatisfactionRating.appeal_id))
        .where(_readable(actor), *_waiting(actor))
    )
    return session.exec(statement).one()


def _waiting(actor: Actor) -> list[ColumnElement[bool]]:
    return [
        col(RatingExclusion.status) == ExclusionStatus.ASKED, col(RatingExclusion.asked_by_id) != actor.account_id,
        accuses_no_kin(actor),
    ]
