"""A code opens a ballot; the ballot is cast once. One transaction spends the code and puts a sealed envelope beside it,
and nothing else is written: no instant, no trace, no row that knows both (docs/adr/0022).
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select, update

from models.base import new_uid
from models.errors import Refused
from models.ratings import ballots, drafts, queries, rules
from models.ratings.drafts import CHECK, Draft
from models.ratings.tables import RatingCampaign, RatingEnvelope, RatingInvitation
from models.ratings.types import Campaign, CampaignState
from models.ratings.vault import CampaignKey, RatingVault


@dataclass(frozen=True, repr=False)
class Ballot:
    """An open ballot: the code that opened it, its campaign, what is answered so far. Its repr shows nothing."""

    code: str
    row: RatingCampaign
    campaign: Campaign
    key: CampaignKey
    draft: Draft

    def __repr__(self) -> str:
        return "Ballot(…)"


def opened(session: Session, vault: RatingVault, code: str, today: date, *, lock: bool = False) -> Ballot:
    """The ballot that this code opens. `Refused`: code_unknown, code_spent, rating_not_begun, rating_over.

    `lock`: for whoever writes. The campaign is held so that no closing begins before this transaction has ended.
    """
    invited = _invitation(session, vault, code)
    row = _campaign(session, invited.campaign_id, lock=lock)
    campaign = queries.campaign(session, row)
    refusal = rules.refused_to_vote(campaign, today)
    if refusal == "rating_not_begun" or (refusal and not invited.is_spent):
        raise Refused(refusal, opens_on=row.opens_on, closes_on=row.closes_on)
    if invited.is_spent:
        raise Refused("code_spent")
    assert row.sealed_key is not None
    key = vault.campaign_key(row.sealed_key, row.uid)
    return Ballot(code, row, campaign, key, drafts.kept(session, vault, key, campaign, code, lock=lock))


def _invitation(session: Session, vault: RatingVault, code: str) -> RatingInvitation:
    found = session.exec(
        select(RatingInvitation).where(col(RatingInvitation.code_hash) == vault.code_hash(code))
    ).one_or_none()
    if found is None:
        raise Refused("code_unknown")
    return found


def _campaign(session: Session, campaign_id: int, *, lock: bool) -> RatingCampaign:
    statement = select(RatingCampaign).where(col(RatingCampaign.id) == campaign_id)
    if lock:
        statement = statement.with_for_update(read=True).execution_options(populate_existing=True)
    return session.exec(statement).one()


def keep(session: Session, vault: RatingVault, ballot: Ballot, draft: Draft) -> None:
    """What is answered so far, for later. Raises `Refused` for what no form of ours sends."""
    for one in draft.said.values():
        rules.require_answers(ballot.campaign, one)
    drafts.keep(session, vault, ballot.key, ballot.row, ballot.code, draft)


def to_check(session: Session, vault: RatingVault, ballot: Ballot, draft: Draft) -> None:
    """The check before casting: the units that the campaign has now are those that this ballot shows."""
    shown = tuple(one.no for one in ballot.campaign.units)
    keep(session, vault, ballot, replace(draft, at=CHECK, shown=shown))


def cast(session: Session, vault: RatingVault, code: str, today: date) -> None:
    """Casts what the check showed. Of several at once with one code, one is counted: the others are `code_spent`."""
    ballot = opened(session, vault, code, today, lock=True)
    if ballot.draft.at != CHECK:
        raise Refused("ballot_not_checked")
    answers = ballot.draft.ballot(ballot.campaign)
    rules.require_ballot(ballot.campaign, answers)
    if not _spend(session, vault, ballot):
        raise Refused("code_spent")
    _put_in(session, ballot, ballots.packed(answers))
    drafts.forget(session, vault, code)


def _spend(session: Session, vault: RatingVault, ballot: Ballot) -> bool:
    is_unspent = (col(RatingInvitation.code_hash) == vault.code_hash(ballot.code)) & ~col(RatingInvitation.is_spent)
    done = session.execute(update(RatingInvitation).where(is_unspent).values(is_spent=True))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _put_in(session: Session, ballot: Ballot, text: str) -> None:
    assert ballot.row.id is not None and ballot.row.state is CampaignState.OPEN
    uid = new_uid()
    sealed = ballot.key.seal(text, envelope_id=uid)
    session.add(RatingEnvelope(id=uid, campaign_id=ballot.row.id, sealed=sealed))
    session.flush()
