"""Campaigns that were counted, for tests: what each unit got, ballot by ballot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.base import new_uid
from models.handling.commands import Act
from models.ratings import proposals, results
from models.ratings.ballots import to_json
from models.ratings.queries import campaign as campaign_of
from models.ratings.result_queries import result_of
from models.ratings.result_tables import RatingResult
from models.ratings.tables import (
    RatingBallot,
    RatingCampaign,
    RatingDimension,
    RatingInvitation,
    RatingRemark,
    RatingUnit,
)
from models.ratings.types import (
    Answer,
    BallotAnswers,
    CampaignState,
    ConductAnswer,
    ConductQuestion,
    Group,
    Half,
    Returned,
    ReturnRate,
    UnitAnswers,
)
from models.workdays.shipped import shipped_calendar
from tests.support.factories import MORNING

CLOSED_AT = {
    Half.FIRST: datetime(2026, 7, 20, 10, 0, tzinfo=UTC), Half.SECOND: datetime(2026, 11, 16, 10, 0, tzinfo=UTC),
}
TURNOUT = ReturnRate(
    Returned(80, 80, 60), {Group.ENTERPRISE: Returned(60, 60, 48), Group.DEPUTY: Returned(20, 20, 12)}
)


@dataclass(frozen=True)
class Got:
    """`points` of each ballot that showed the unit, None for 不了解; `yes` to a conduct question, by its first ballots;
    what those wrote under it.
    """

    points: Sequence[int | None]
    yes: Mapping[ConductQuestion, int] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def named(session: Session, name: str) -> Unit:
    found = unit_by_name(session, name)
    assert found is not None and found.id is not None
    return found


def counted(
    session: Session, got: Mapping[str, Got], half: Half = Half.FIRST, *, year: int = 2026, minimum: int = 5,
    invited: Sequence[str] = (), spent: int = 0,
) -> RatingCampaign:
    """One dimension; the ballots that the units' points make; figures frozen and proposals made as a closing does.
    `invited`: blind indexes of enterprises. `spent`: codes that were used, for whoever asks whether all adds up.
    """
    at = CLOSED_AT[half]
    row = RatingCampaign(
        year=year, half=half, title=f"{year}年评议", opens_on=date(2026, 1, 5), closes_on=at.date(), minimum_n=minimum,
        asked_conduct=[one.value for one in ConductQuestion], letter="请您评议。", created_at=at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add(RatingDimension(campaign_id=row.id, no=1, name="办事效率", weight=100))
    for no, name in enumerate(got, start=1):
        unit = named(session, name)
        session.add(RatingUnit(campaign_id=row.id, no=no, unit_id=unit.id or 0, name=unit.full_name))
    for index in invited:
        session.add(RatingInvitation(
            campaign_id=row.id, invited_group=Group.ENTERPRISE, sealed=b"", name_index=index, code_index=index,
        ))
    session.flush()
    row.state, row.opened_at, row.sealed_key = CampaignState.OPEN, at, b"key"
    session.flush()
    for _ in range(spent):
        session.add(RatingInvitation(
            campaign_id=row.id, invited_group=Group.MEDIA, sealed=b"", name_index=new_uid(), code_hash=new_uid(),
            is_spent=True,
        ))
    row.is_counting = True
    session.flush()
    _cast(session, row.id, list(got.values()))
    results.freeze(session, campaign_of(session, row), TURNOUT, now=at)
    row.state, row.closed_at, row.sealed_key, row.is_counting = CampaignState.CLOSED, at, None, False
    session.flush()
    proposals.propose(session, row, now=at)
    return row


def _cast(session: Session, campaign_id: int, got: Sequence[Got]) -> None:
    for place in range(max(len(one.points) for one in got)):
        units = tuple(_said(no, one, place) for no, one in enumerate(got, start=1) if place < len(one.points))
        session.add(RatingBallot(id=new_uid(), campaign_id=campaign_id, answers=to_json(BallotAnswers(units))))
    for no, one in enumerate(got, start=1):
        for text in one.remarks:
            question = next(iter(one.yes))
            session.add(
                RatingRemark(id=new_uid(), campaign_id=campaign_id, unit_no=no, question=question, text=text)
            )
    session.flush()


def _said(no: int, one: Got, place: int) -> UnitAnswers:
    conduct = tuple(ConductAnswer(question, place < yes) for question, yes in one.yes.items())
    return UnitAnswers(no, (Answer(1, one.points[place]),), conduct)


def result(session: Session, campaign: RatingCampaign, unit: str) -> RatingResult:
    found = result_of(session, campaign.id or 0, named(session, unit).id or 0)
    assert found is not None
    return found


def act(who: Actor, at: datetime = MORNING) -> Act:
    return Act(who, at, shipped_calendar())
