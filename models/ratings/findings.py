"""Whether what ballots say of a unit's conduct is so: a person finds out and decides, once, with evidence and reasons.
No commit here.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.appeals.reveal_rules import names_somebody
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.handling.commands import Act
from models.ratings.proposals import check_decider, propose_grades
from models.ratings.result_tables import RatingConductCount, RatingFinding, RatingProposal, RatingResult
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion


@dataclass(frozen=True)
class Verdict:
    """`evidence`: what it rests on beside the ballots, needed to confirm; `reasons`: why it is decided so."""

    is_confirmed: bool
    evidence: str
    reasons: str


def find(
    session: Session, result: RatingResult, campaign: RatingCampaign, unit: Unit, question: ConductQuestion,
    verdict: Verdict, act: Act,
) -> tuple[RatingFinding, list[RatingProposal]]:
    """The finding, and the proposals that it makes due. Raises `Refused`: not by a director, about one's own unit,
    about what nobody said, without evidence or reasons; `Conflict`: decided before.
    """
    check_decider(act.actor, unit)
    _check(session, result, question, verdict)
    assert result.id is not None and act.actor.account_id is not None
    finding = RatingFinding(
        result_id=result.id, question=question, is_confirmed=verdict.is_confirmed, evidence=verdict.evidence.strip(),
        reasons=verdict.reasons.strip(), decided_by_id=act.actor.account_id, decided_by_name=act.actor.display_name,
        decided_at=act.now,
    )
    session.add(finding)
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action="rating.find", object_kind="rating_finding",
        object_id=finding.uid, facts={"question": question, "is_confirmed": verdict.is_confirmed},
    )
    made = propose_grades(session, campaign, [result.unit_id], now=act.now) if verdict.is_confirmed else []
    return finding, made


def _check(session: Session, result: RatingResult, question: ConductQuestion, verdict: Verdict) -> None:
    said = session.get(RatingConductCount, (result.id, question))
    if said is None or said.yes == 0:
        raise Refused("rating_nobody_said_so")
    known = select(RatingFinding.id).where(
        col(RatingFinding.result_id) == result.id, col(RatingFinding.question) == question
    )
    if session.exec(known).first() is not None:
        raise Conflict("rating_found_already")
    if not verdict.reasons.strip():
        raise Refused("rating_reasons_missing")
    if verdict.is_confirmed and not verdict.evidence.strip():
        raise Refused("rating_evidence_missing")
    if names_somebody(verdict.reasons) or names_somebody(verdict.evidence):
        raise Refused("rating_words_identify")
