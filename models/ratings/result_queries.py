"""Reading what follows a campaign, scoped by who asks: the office's leading people, city leaders and auditors read
every unit; a unit's people read their own once the campaign is published; anybody reads what was decided to be public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, false, func, or_, true
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.rules import is_related
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.errors import NotFound
from models.ratings.result_tables import (
    RatingBulletin,
    RatingCounting,
    RatingFinding,
    RatingProposal,
    RatingPublication,
    RatingResult,
)
from models.ratings.result_types import ProposalKind, ProposalState, PublicScope
from models.ratings.tables import RatingCampaign, RatingRemark
from models.ratings.types import CampaignState, ConductQuestion
from models.slips.tables import Slip

OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER, Role.AUDITOR})
REMARK_READERS: Final = frozenset({Role.DIRECTOR, Role.AUDITOR})
"""Free texts may tell who wrote them."""
CLOSED: Final = (CampaignState.CLOSED, CampaignState.PUBLISHED)


def oversees(actor: Actor) -> bool:
    return bool(actor.roles & OVERSEERS)


def reads_remarks(actor: Actor, unit_path: str) -> bool:
    """Never of one's own unit, nor of one above or below it."""
    return bool(actor.roles & REMARK_READERS) and not is_related(actor.unit_path, unit_path)


def scope(actor: Actor) -> ColumnElement[bool]:
    """Which results somebody may read, in a selection that has `RatingCampaign` joined. Deny by default."""
    if oversees(actor):
        return true()
    if not actor.is_unit:
        return false()
    return and_(col(RatingResult.unit_id) == actor.unit_id, col(RatingCampaign.state) == CampaignState.PUBLISHED)


@dataclass(frozen=True)
class Result:
    """A stored result with its campaign."""

    row: RatingResult
    campaign: RatingCampaign


def _joined(actor: Actor, *wanted: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    return [scope(actor), *wanted]


def visible(session: Session, actor: Actor, uid: str) -> Result:
    """One unit's result in one campaign. Invisible and nonexistent raise the same `NotFound`."""
    found = session.exec(
        select(RatingResult, RatingCampaign)
        .join(RatingCampaign, col(RatingCampaign.id) == col(RatingResult.campaign_id))
        .where(*_joined(actor, col(RatingResult.uid) == uid))
    ).one_or_none()
    if found is None:
        raise NotFound("no_such_rating")
    return Result(*found)


def of_unit(session: Session, actor: Actor, unit_id: int, *, year: int | None = None) -> list[Result]:
    """One unit over the campaigns, the oldest first."""
    wanted = [col(RatingResult.unit_id) == unit_id]
    if year is not None:
        wanted.append(col(RatingCampaign.year) == year)
    rows = session.exec(
        select(RatingResult, RatingCampaign)
        .join(RatingCampaign, col(RatingCampaign.id) == col(RatingResult.campaign_id))
        .where(*_joined(actor, *wanted))
        .order_by(col(RatingCampaign.year), col(RatingCampaign.half))
    ).all()
    return [Result(*row) for row in rows]


def of_campaign(session: Session, actor: Actor, campaign_id: int) -> Sequence[RatingResult]:
    """The results somebody may read: by place, then those without one in the order of the ballot."""
    return session.exec(
        select(RatingResult)
        .join(RatingCampaign, col(RatingCampaign.id) == col(RatingResult.campaign_id))
        .where(*_joined(actor, col(RatingResult.campaign_id) == campaign_id))
        .order_by(col(RatingResult.place).is_(None), col(RatingResult.place), col(RatingResult.unit_no))
    ).all()


def counted_campaign(session: Session, uid: str, *, lock: bool = False) -> RatingCampaign:
    """One that was counted. Whoever may read results at all may know of it. `lock` for whoever will write."""
    wanted = select(RatingCampaign).where(col(RatingCampaign.uid) == uid, col(RatingCampaign.state).in_(CLOSED))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    campaign = session.exec(wanted).one_or_none()
    if campaign is None:
        raise NotFound("no_such_rating")
    return campaign


def neighbours(session: Session, campaign: RatingCampaign) -> tuple[RatingCampaign | None, RatingCampaign | None]:
    """The counted campaign just before this one and the one just after it."""
    counted = session.exec(
        select(RatingCampaign)
        .where(col(RatingCampaign.state).in_(CLOSED) | (col(RatingCampaign.id) == campaign.id))
        .order_by(col(RatingCampaign.year), col(RatingCampaign.half))
    ).all()
    here = next(place for place, one in enumerate(counted) if one.id == campaign.id)
    return (counted[here - 1] if here else None), (counted[here + 1] if here + 1 < len(counted) else None)


def result_of(session: Session, campaign_id: int, unit_id: int) -> RatingResult | None:
    """For the house's own use."""
    return session.exec(
        select(RatingResult).where(col(RatingResult.campaign_id) == campaign_id, col(RatingResult.unit_id) == unit_id)
    ).one_or_none()


# ---------------------------------------------------------------- findings and proposals


def findings(session: Session, result_ids: Sequence[int]) -> dict[tuple[int, ConductQuestion], RatingFinding]:
    rows = session.exec(select(RatingFinding).where(col(RatingFinding.result_id).in_(result_ids))).all()
    return {(row.result_id, row.question): row for row in rows}


def remarks(session: Session, campaign_id: int, unit_no: int) -> Mapping[ConductQuestion, list[str]]:
    """What ballots wrote about a unit, by question, in the order of random keys. `reads_remarks` is the caller's."""
    rows = session.exec(
        select(RatingRemark)
        .where(col(RatingRemark.campaign_id) == campaign_id, col(RatingRemark.unit_no) == unit_no)
        .order_by(col(RatingRemark.id))
    ).all()
    found: dict[ConductQuestion, list[str]] = {}
    for row in rows:
        found.setdefault(row.question, []).append(row.text)
    return found


@dataclass(frozen=True)
class Proposed:
    """A proposal with what it rests on."""

    proposal: RatingProposal
    result: RatingResult
    campaign: RatingCampaign
    unit: Unit


def proposal_scope(actor: Actor) -> ColumnElement[bool]:
    """The office's leading people, leaders and auditors read proposals, but nobody one about their own unit before it
    is decided (T6). A unit's people read what was decided about them.
    """
    is_decided = col(RatingProposal.state) != ProposalState.PROPOSED
    if oversees(actor):
        return or_(col(RatingResult.unit_id) != actor.unit_id, is_decided) if actor.unit_id else true()
    if not actor.is_unit:
        return false()
    return and_(col(RatingResult.unit_id) == actor.unit_id, col(RatingProposal.state) == ProposalState.CONFIRMED)


def proposals(
    session: Session, actor: Actor, *, campaign_id: int | None = None, unit_id: int | None = None,
    state: ProposalState | None = None, uid: str = "", limit: int = 200,
) -> list[Proposed]:
    """Open ones first, then the newest: one statement."""
    given = {RatingResult.campaign_id: campaign_id, RatingResult.unit_id: unit_id, RatingProposal.state: state}
    wanted = [proposal_scope(actor), *(col(name) == value for name, value in given.items() if value is not None)]
    if uid:
        wanted.append(col(RatingProposal.uid) == uid)
    statement = (
        select(RatingProposal, RatingResult, RatingCampaign, Unit)
        .join(RatingResult, col(RatingResult.id) == col(RatingProposal.result_id))
        .join(RatingCampaign, col(RatingCampaign.id) == col(RatingResult.campaign_id))
        .join(Unit, col(Unit.id) == col(RatingResult.unit_id))
        .where(*wanted)
        .order_by(col(RatingProposal.state) != ProposalState.PROPOSED, col(RatingProposal.id).desc())
    )
    return [Proposed(*row) for row in session.exec(statement.limit(limit)).all()]


def visible_proposal(session: Session, actor: Actor, uid: str) -> Proposed:
    found = proposals(session, actor, uid=uid, limit=1)
    if not found:
        raise NotFound("no_such_rating")
    return found[0]


def open_proposals(session: Session, actor: Actor) -> int:
    """How many wait for the director."""
    statement = (
        select(func.count())
        .select_from(RatingProposal)
        .join(RatingResult, col(RatingResult.id) == col(RatingProposal.result_id))
        .where(proposal_scope(actor), col(RatingProposal.state) == ProposalState.PROPOSED)
    )
    return session.exec(statement).one()


def grade_proposals_of(session: Session, unit_id: int) -> set[int]:
    """Results of a unit that a grade was proposed for. For the house's own use."""
    statement = (
        select(RatingProposal.result_id)
        .join(RatingResult, col(RatingResult.id) == col(RatingProposal.result_id))
        .where(col(RatingResult.unit_id) == unit_id, col(RatingProposal.kind) == ProposalKind.GRADE)
    )
    return set(session.exec(statement).all())


# ---------------------------------------------------------------- what is public


def publication_of(session: Session, campaign_id: int) -> RatingPublication | None:
    """The decision that holds."""
    return session.exec(
        select(RatingPublication)
        .where(col(RatingPublication.campaign_id) == campaign_id)
        .order_by(col(RatingPublication.id).desc())
        .limit(1)
    ).first()


def publications(session: Session, campaign_id: int) -> Sequence[RatingPublication]:
    """Every decision, the newest first."""
    wanted = select(RatingPublication).where(col(RatingPublication.campaign_id) == campaign_id)
    return session.exec(wanted.order_by(col(RatingPublication.id).desc())).all()


def public_campaigns(session: Session) -> list[tuple[RatingCampaign, PublicScope]]:
    """What anybody may read, the newest first. One statement."""
    newest = (
        select(func.max(RatingPublication.id)).group_by(col(RatingPublication.campaign_id)).scalar_subquery()
    )
    rows = session.exec(
        select(RatingCampaign, RatingPublication.scope)
        .join(RatingPublication, col(RatingPublication.campaign_id) == col(RatingCampaign.id))
        .where(
            col(RatingPublication.id).in_(newest), col(RatingPublication.scope) != PublicScope.NOTHING,
            col(RatingCampaign.state) == CampaignState.PUBLISHED,
        )
        .order_by(col(RatingCampaign.year).desc(), col(RatingCampaign.half).desc())
    ).all()
    return [(campaign, PublicScope(scope)) for campaign, scope in rows]


def is_anything_public(session: Session) -> bool:
    """Whether there is anything to read for anybody. One statement."""
    return bool(public_campaigns(session))


def public_results(session: Session, campaign_id: int) -> Sequence[RatingResult]:
    """For a campaign that `public_campaigns` named."""
    return session.exec(
        select(RatingResult)
        .where(col(RatingResult.campaign_id) == campaign_id)
        .order_by(col(RatingResult.place).is_(None), col(RatingResult.place), col(RatingResult.unit_no))
    ).all()


def bulletins(session: Session, campaign_id: int) -> Sequence[Slip]:
    """The bulletins of a campaign, those in place of a void one too, in the order of issue."""
    own = select(RatingBulletin.slip_id).where(col(RatingBulletin.campaign_id) == campaign_id)
    found = list(session.exec(select(Slip).where(col(Slip.id).in_(own)).order_by(col(Slip.id))).all())
    latest = found
    while latest:
        ids = [slip.id for slip in latest]
        latest = list(session.exec(select(Slip).where(col(Slip.replaces_id).in_(ids))).all())
        found += latest
    return found


def every_counting(session: Session) -> Sequence[RatingCounting]:
    """For `flask check`."""
    return session.exec(select(RatingCounting).order_by(col(RatingCounting.campaign_id))).all()


@dataclass(frozen=True)
class CountedCampaign:
    """A counted campaign in one line. `scope`: what is public, None before the first decision."""

    campaign: RatingCampaign
    closed_at: datetime
    ballots: int
    units: int
    below: int
    too_few: int
    scope: PublicScope | None


def counted_campaigns(session: Session) -> list[CountedCampaign]:
    """The newest first. Whoever may read results at all may know of them. Two statements."""
    result = RatingResult
    rows = session.execute(
        select(  # type: ignore[call-overload]
            RatingCampaign, RatingCounting.ballots, func.count(col(result.id)),
            func.count().filter(col(result.is_below)), func.count().filter(~col(result.is_enough)),
        )
        .join(RatingCounting, col(RatingCounting.campaign_id) == col(RatingCampaign.id))
        .outerjoin(result, col(result.campaign_id) == col(RatingCampaign.id))
        .group_by(col(RatingCampaign.id), col(RatingCounting.ballots))
        .order_by(col(RatingCampaign.year).desc(), col(RatingCampaign.half).desc())
    ).all()
    decided = session.exec(select(RatingPublication).order_by(col(RatingPublication.id))).all()
    scopes = {one.campaign_id: one.scope for one in decided}
    return [
        CountedCampaign(campaign, campaign.closed_at, ballots, units, below, too_few, scopes.get(campaign.id))
        for campaign, ballots, units, below, too_few in rows
    ]
