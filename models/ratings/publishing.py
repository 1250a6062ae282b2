"""What is published of a campaign, and its bulletin. No commit here."""

from sqlmodel import Session

from models.accounts.lending import holders
from models.accounts.types import UNIT_ROLES, Role
from models.audit.commands import append
from models.errors import Refused
from models.handling.commands import Act
from models.notices.commands import tell
from models.notices.types import NoticeKind
from models.ratings.result_queries import CLOSED, bulletins, public_results, publication_of
from models.ratings.result_tables import RatingBulletin, RatingPublication
from models.ratings.result_types import PublicScope
from models.ratings.tables import RatingCampaign
from models.ratings.types import CampaignState
from models.slips import commands as slips
from models.slips.kinds import SlipKind, SlipStatus
from models.slips.rating_bulletin import BulletinFacts
from models.slips.tables import Slip

DIRECTORS = frozenset({Role.DIRECTOR})


def publish(session: Session, campaign: RatingCampaign, scope: PublicScope, act: Act, *, reasons: str) -> None:
    """From the first decision on the units read their own figures; how much anybody else reads is decided as often as
    the office likes, each time with reasons. The caller holds the campaign's row.
    """
    if not act.actor.roles & DIRECTORS:
        raise Refused("not_your_role")
    if campaign.state not in CLOSED or campaign.id is None:
        raise Refused("rating_not_closed")
    if not reasons.strip():
        raise Refused("rating_reasons_missing")
    current = publication_of(session, campaign.id)
    if current is not None and current.scope is scope:
        raise Refused("rating_scope_unchanged")
    assert act.actor.account_id is not None
    session.add(
        RatingPublication(
            campaign_id=campaign.id, scope=scope, reasons=reasons.strip(), decided_by_id=act.actor.account_id,
            decided_by_name=act.actor.display_name, decided_at=act.now,
        )
    )
    if campaign.state is CampaignState.CLOSED:
        campaign.state, campaign.published_at = CampaignState.PUBLISHED, act.now
        campaign.version += 1
        session.add(campaign)
        _tell_units(session, campaign, act)
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action="rating.publish", object_kind="rating_campaign",
        object_id=campaign.uid, facts={"scope": scope},
    )


def _tell_units(session: Session, campaign: RatingCampaign, act: Act) -> None:
    """Each unit's people, of their own result."""
    assert campaign.id is not None
    for result in public_results(session, campaign.id):
        people = [one.account_id for one in holders(session, UNIT_ROLES, act.now, unit_id=result.unit_id)]
        tell(
            session, people, NoticeKind.RATING_PUBLISHED, dedupe_key=f"rating-result:{result.uid}", now=act.now,
            facts={"rating": result.uid},
        )


def issue_bulletin(
    session: Session, campaign: RatingCampaign, facts: BulletinFacts, act: Act, letterhead: slips.Letterhead
) -> Slip:
    """The campaign's 通报, one at a time: another one is issued in its place after it was voided."""
    if not act.actor.roles & DIRECTORS:
        raise Refused("not_your_role")
    if campaign.state is not CampaignState.PUBLISHED or campaign.id is None:
        raise Refused("rating_not_published")
    current = publication_of(session, campaign.id)
    if current is None or current.scope is PublicScope.NOTHING:
        raise Refused("rating_not_published")
    if any(one.status is SlipStatus.ISSUED for one in bulletins(session, campaign.id)):
        raise Refused("rating_bulletin_in_force")
    slip = slips.issue(
        session, SlipKind.RATING_BULLETIN, facts, act, letterhead, reviewer=current.decided_by_name
    )
    assert slip.id is not None
    session.add(RatingBulletin(slip_id=slip.id, campaign_id=campaign.id))
    session.flush()
    return slip
