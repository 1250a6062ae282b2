"""Campaigns of ratings and what came of them, as the addresses of the matrix name them (tests/access/things.py)."""

from collections.abc import Callable
from datetime import date
from itertools import count

from sqlmodel import Session, col, select

from models.accounts.types import Role
from models.ratings import proposals, publishing, queries
from models.ratings.findings import Verdict, find
from models.ratings.result_tables import RatingProposal
from models.ratings.result_types import ProposalKind, PublicScope
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion
from tests.access.scene import UNITS, Person, Scene, Subject
from tests.models.slips.facts import BULLETIN
from tests.support import actors, rated
from tests.support.factories import LETTERHEAD
from tests.support.ratings import VAULT as RATING_VAULT
from tests.support.ratings import Rating, rating

Values = dict[str, str]
Maker = Callable[[Scene, Session, Person, Subject], Values]
_number = count(1)


def _rated(session: Session) -> RatingCampaign:
    """A half-year of its own in which the lead unit came out below 60, and some told of rough conduct."""
    got = rated.Got([50] * 6, {ConductQuestion.ROUGH: 2})
    return rated.counted(session, {UNITS["lead"]: got}, year=3000 + next(_number))


def _published(session: Session) -> RatingCampaign:
    campaign, director = _rated(session), actors.actor(session, Role.DIRECTOR)
    publishing.publish(session, campaign, PublicScope.SCORES, rated.act(director), reasons="会议决定。")
    return campaign


def _counted_campaign(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return {"uid": _rated(session).uid}


def _published_campaign(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return {"uid": _published(session).uid}


def _rating_result(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return {"uid": rated.result(session, _published(session), UNITS["lead"]).uid}


def _rating_proposal(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    found = rated.result(session, _rated(session), UNITS["lead"])
    wanted = col(RatingProposal.result_id) == found.id, col(RatingProposal.kind) == ProposalKind.INTERVIEW
    return {"uid": session.exec(select(RatingProposal.uid).where(*wanted)).one()}


def _unpublished_result(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return {"uid": rated.result(session, _rated(session), UNITS["lead"]).uid}


def _found_result(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """Of which somebody else has found out what there is."""
    campaign, unit = _rated(session), rated.named(session, UNITS["lead"])
    found, act = rated.result(session, campaign, UNITS["lead"]), rated.act(actors.actor(session, Role.DIRECTOR))
    find(session, found, campaign, unit, ConductQuestion.ROUGH, Verdict(True, "案卷。", "属实。"), act)
    return {"uid": found.uid}


def _decided_proposal(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    values, unit = _rating_proposal(scene, session, who, about), rated.named(session, UNITS["lead"])
    row, act = proposals.held(session, values["uid"]), rated.act(actors.actor(session, Role.DIRECTOR))
    proposals.decide(session, row, unit, act, is_confirmed=False, reasons="不必约谈。")
    return values


def _campaign_with_bulletin(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    campaign, act = _published(session), rated.act(actors.actor(session, Role.DIRECTOR))
    publishing.issue_bulletin(session, campaign, BULLETIN, act, LETTERHEAD)
    return {"uid": campaign.uid}


def _campaign(of: Callable[[Rating], Rating], *, with_invitation: bool = False) -> Maker:
    """In a half-year of its own, as far as `of` takes it."""

    def make(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
        made = of(rating(session, year=2030 + next(_number), closes_on=date(2099, 12, 1)))
        invited = queries.invitations(session, RATING_VAULT, made.row)[0][0]
        found = {"uid": made.row.uid}
        return found | {"invitation_uid": invited.uid} if with_invitation else found

    return make


RATED: dict[str, Maker] = {
    "unpublished result": _unpublished_result,
    "found result": _found_result,
    "decided proposal": _decided_proposal,
    "campaign with bulletin": _campaign_with_bulletin,
    "counted campaign": _counted_campaign,
    "published campaign": _published_campaign,
    "rating result": _rating_result,
    "rating proposal": _rating_proposal,
    "draft campaign": _campaign(lambda made: made),
    "open campaign": _campaign(lambda made: made.open().lettered()),
    "rating invitation": _campaign(lambda made: made, with_invitation=True),
    "lettered invitation": _campaign(lambda made: made.open().lettered(), with_invitation=True),
}
