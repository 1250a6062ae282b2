"""The appellant's rating: once a round, by the appellant alone. There is no other way to write one, and none to change
or remove one (domain.md §6). No commit here.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.audit.commands import append
from models.errors import Refused
from models.followup import cases, queries
from models.followup.answering import Published, published
from models.followup.policies import terms_in_force
from models.followup.rules import check_grade, last_day_to_rate, may_be_appellant, refused_to_rate
from models.followup.tables import SatisfactionRating
from models.followup.types import LOW_GRADES, CaseOrigin, Grade, RatingChannel
from models.workdays.rules import local_day
from models.workdays.types import WorkCalendar


@dataclass(frozen=True)
class Said:
    """What the appellant says of the reply, and by which way they proved to be the appellant."""

    grade: Grade
    reason: str
    channel: RatingChannel


def rate(
    session: Session, appeal: Appeal, said: Said, *, actor: Actor, now: datetime, calendar: WorkCalendar
) -> SatisfactionRating:
    """The caller holds the appeal's row and has checked the appellant's way in. Raises `Refused`: not by the staff,
    nothing to rate, too late, a second time, a low grade without a reason. A low grade opens a case.
    """
    if not may_be_appellant(actor):
        raise Refused("rating_not_by_staff")
    check_grade(said.grade, said.reason)
    reply = rateable(session, appeal, now)
    if queries.rating(session, appeal, reply.round) is not None:
        raise Refused("rated_already")
    made = _write(session, appeal, reply, said, now)
    append(
        session, at=now, actor_id=actor.account_id, action="rating.give", object_kind="appeal", object_id=appeal.uid,
        facts={"round": made.round, "grade": made.grade, "channel": made.channel},
    )
    if said.grade in LOW_GRADES:
        cases.open_case(session, appeal, reply, CaseOrigin.RATING, now=now, calendar=calendar, rating=made)
    return made


def rateable_until(session: Session, appeal: Appeal, now: datetime) -> date | None:
    """The last day on which the reply may still be rated; None when there is none, or it is too late."""
    reply = published(session, appeal)
    terms = terms_in_force(session, local_day(reply.at)) if reply else None
    if reply is None or terms is None or refused_to_rate(appeal.state, reply.at, now, terms):
        return None
    return last_day_to_rate(reply.at, terms)


def rateable(session: Session, appeal: Appeal, now: datetime) -> Published:
    """The reply that may be rated now, by the terms of the day it was given. Raises `Refused` with the reason why none
    may.
    """
    reply = published(session, appeal)
    if reply is None:
        raise Refused("nothing_to_rate")
    refusal = refused_to_rate(appeal.state, reply.at, now, terms_in_force(session, local_day(reply.at)))
    if refusal is not None:
        raise Refused(refusal)
    return reply


def _write(
    session: Session, appeal: Appeal, reply: Published, said: Said, now: datetime
) -> SatisfactionRating:
    assert appeal.id is not None
    made = SatisfactionRating(
        appeal_id=appeal.id, round=reply.round, unit_id=reply.unit_id, grade=said.grade.value,
        reason=said.reason, channel=said.channel, rated_at=now,
    )
    session.add(made)
    session.flush()
    return made
