"""What follows from a result (domain.md §6): the house proposes, a director decides with reasons, nothing by itself.

* Strictly below 60 → the unit's head is called for an interview.
* Below 60 in two campaigns that follow each other, and a confirmed finding of 粗暴执法, 选择性执法 or 报复性执法 in
  either of them → 年度绩效三类及以下.

A campaign in which too few answered is no result: it neither is below 60 nor bridges those beside it. No commit here.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, select

from models.accounts.lending import holders
from models.accounts.rules import is_related
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.appeals.reveal_rules import names_somebody
from models.audit.commands import append
from models.errors import Conflict, NotFound, Refused
from models.handling.commands import Act
from models.notices.commands import tell
from models.notices.types import NoticeKind
from models.ratings.result_queries import findings, neighbours, result_of
from models.ratings.result_tables import RatingFinding, RatingProposal, RatingResult
from models.ratings.result_types import ProposalKind, ProposalState
from models.ratings.scoring import printed
from models.ratings.tables import RatingCampaign
from models.ratings.types import CONDUCT_LABELS, HALF_LABELS
from models.slips.chinese import day
from models.workdays.rules import local_day

DIRECTORS = frozenset({Role.DIRECTOR})
UNIT_HEADS = frozenset({Role.APPROVER})


def propose(session: Session, campaign: RatingCampaign, *, now: datetime) -> list[RatingProposal]:
    """All that follows from the campaign's figures, once: called at the closing and safe to call again."""
    below = session.exec(
        select(RatingResult)
        .where(col(RatingResult.campaign_id) == campaign.id, col(RatingResult.is_below).is_(True))
        .order_by(col(RatingResult.unit_no))
    ).all()
    made = [_add(session, one, ProposalKind.INTERVIEW, [_said(campaign, one)], now=now) for one in below]
    graded = propose_grades(session, campaign, [one.unit_id for one in below], now=now)
    return [one for one in made if one is not None] + graded


def propose_grades(
    session: Session, campaign: RatingCampaign, unit_ids: Sequence[int], *, now: datetime
) -> list[RatingProposal]:
    """For this campaign with the one before it, and for the one after it with this."""
    before, after = neighbours(session, campaign)
    pairs = [(before, campaign), (campaign, after)]
    made = [
        _grade(session, first, second, unit_id, now=now)
        for first, second in pairs if first is not None and second is not None for unit_id in unit_ids
    ]
    return [one for one in made if one is not None]


def _grade(
    session: Session, first: RatingCampaign, second: RatingCampaign, unit_id: int, *, now: datetime
) -> RatingProposal | None:
    assert first.id is not None and second.id is not None
    results = [(one, result_of(session, one.id, unit_id)) for one in (first, second) if one.id is not None]
    low = [(campaign, result) for campaign, result in results if result is not None and result.is_below]
    if len(low) < len(results):
        return None
    found = findings(session, [result.id for _, result in low if result.id is not None])
    confirmed = [one for one in found.values() if one.is_confirmed]
    if not confirmed:
        return None
    evidence = [_said(campaign, result) for campaign, result in low] + [_found(one) for one in confirmed]
    return _add(session, low[-1][1], ProposalKind.GRADE, evidence, now=now)


def period_of(campaign: RatingCampaign) -> str:
    """2026年上半年."""
    return f"{campaign.year}年{HALF_LABELS[campaign.half]}"


def _said(campaign: RatingCampaign, result: RatingResult) -> str:
    score = Fraction(result.score)
    return (
        f"{period_of(campaign)}评议得分{printed(score)}分（未经四舍五入的得分为{score}），低于60分；"
        f"有效票数{result.count}张，列出该单位的评议票{result.asked}张。"
    )


def _found(finding: RatingFinding) -> str:
    return (
        f"{day(local_day(finding.decided_at))}经{finding.decided_by_name}认定存在"
        f"{CONDUCT_LABELS[finding.question]}：{finding.evidence}"
    )


def _add(
    session: Session, result: RatingResult, kind: ProposalKind, evidence: Sequence[str], *, now: datetime
) -> RatingProposal | None:
    """None where it was proposed before, whatever became of it."""
    assert result.id is not None
    known = select(RatingProposal.id).where(
        col(RatingProposal.result_id) == result.id, col(RatingProposal.kind) == kind
    )
    if session.exec(known).first() is not None:
        return None
    proposal = RatingProposal(
        result_id=result.id, kind=kind, evidence="\n".join(evidence), proposed_at=now, proposed_on=local_day(now)
    )
    session.add(proposal)
    session.flush()
    _trace(session, "rating.propose", proposal, None, now)
    _tell_directors(session, proposal, result.unit_id, now)
    return proposal


def _tell_directors(session: Session, proposal: RatingProposal, unit_id: int, now: datetime) -> None:
    """Never one of the unit it is about."""
    people = [one.account_id for one in holders(session, DIRECTORS, now) if one.unit_id != unit_id]
    tell(
        session, people, NoticeKind.RATING_PROPOSED, dedupe_key=f"rating:{proposal.uid}", now=now,
        facts={"proposal": proposal.uid},
    )


# ---------------------------------------------------------------- deciding


def held(session: Session, uid: str) -> RatingProposal:
    """The row as it stands now, held until the transaction ends. Whether it may be seen, the caller asked before."""
    statement = select(RatingProposal).where(col(RatingProposal.uid) == uid).with_for_update()
    found = session.exec(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("no_such_rating")
    return found


def check_decider(actor: Actor, unit: Unit) -> None:
    """A director, and nobody about their own unit, nor one above or below it."""
    if not actor.roles & DIRECTORS:
        raise Refused("not_your_role")
    if is_related(actor.unit_path, unit.path):
        raise Refused("rating_own_unit")


def check_open(proposal: RatingProposal, unit: Unit, actor: Actor) -> None:
    """That this actor may decide, and that nobody has."""
    check_decider(actor, unit)
    if proposal.state is not ProposalState.PROPOSED:
        raise Conflict("rating_decided_already")


def decide(
    session: Session, proposal: RatingProposal, unit: Unit, act: Act, *, is_confirmed: bool, reasons: str,
    record_uid: str | None = None,
) -> None:
    """Once, for good. `record_uid`: the interview that a confirmed proposal began; the caller holds the row."""
    check_open(proposal, unit, act.actor)
    if not reasons.strip():
        raise Refused("rating_reasons_missing")
    if names_somebody(reasons):
        raise Refused("rating_words_identify")
    proposal.state = ProposalState.CONFIRMED if is_confirmed else ProposalState.DECLINED
    proposal.decided_by_id, proposal.decided_by_name = act.actor.account_id, act.actor.display_name
    proposal.decided_at, proposal.reasons, proposal.record_uid = act.now, reasons.strip(), record_uid
    session.add(proposal)
    session.flush()
    _trace(session, f"rating.{proposal.state.value}", proposal, act.actor.account_id, act.now)
    if proposal.kind is ProposalKind.GRADE and is_confirmed:
        _tell_unit(session, proposal, unit, act)


def _tell_unit(session: Session, proposal: RatingProposal, unit: Unit, act: Act) -> None:
    """Of an interview the notice tells them; a grade is told here."""
    people = [one.account_id for one in holders(session, UNIT_HEADS, act.now, unit_id=unit.id)]
    tell(
        session, people, NoticeKind.RATING_DECIDED, dedupe_key=f"rating:{proposal.uid}:decided", now=act.now,
        facts={"proposal": proposal.uid},
    )


def _trace(session: Session, action: str, proposal: RatingProposal, actor_id: int | None, now: datetime) -> None:
    facts: dict[str, Any] = {"kind": proposal.kind, "state": proposal.state}
    append(
        session, at=now, actor_id=actor_id, action=action, object_kind="rating_proposal", object_id=proposal.uid,
        facts=facts,
    )
