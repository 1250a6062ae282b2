"""The closing: the envelopes are opened, the ballots written apart from everything that led to them, the key erased.

One transaction, by the director or by time. Afterwards nobody, with whatever key, pairs an envelope that was copied
before with a ballot: no key opens it any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert
from sqlmodel import Session, col, func, select, update

from models.accounts.types import SYSTEM
from models.base import new_uid
from models.errors import Refused
from models.notices.types import MailState
from models.ratings import ballots, proposals, queries, results
from models.ratings.campaigns import Act, begin, end, trace
from models.ratings.tables import (
    RatingBallot,
    RatingCampaign,
    RatingDraft,
    RatingEnvelope,
    RatingInvitation,
    RatingMail,
    RatingRemark,
)
from models.ratings.types import BallotAnswers, Campaign, CampaignState, Remark
from models.ratings.vault import RatingVault

AT_ONCE = 500
"""Rows written with one statement."""


@dataclass(frozen=True)
class Closed:
    ballots: int
    remarks: int


def close(session: Session, row: RatingCampaign, vault: RatingVault, act: Act, *, reason: str = "") -> Closed:
    """By the director. Before the last day is over a reason is asked for."""
    begin(row, act, CampaignState.OPEN)
    if act.today <= row.closes_on and not reason:
        raise Refused("closing_reason_missing")
    return _close(session, row, vault, act, {"reason": reason, "closes_on": row.closes_on})


def close_by_time(session: Session, row: RatingCampaign, vault: RatingVault, act: Act) -> Closed:
    """After the last day, by nobody in particular. The row is held, and still open."""
    assert act.actor == SYSTEM and row.state is CampaignState.OPEN and row.closes_on < act.today
    return _close(session, row, vault, act, {"by_time": True, "closes_on": row.closes_on})


def _close(
    session: Session, row: RatingCampaign, vault: RatingVault, act: Act, facts: dict[str, object]
) -> Closed:
    campaign = queries.campaign(session, row)
    opened = _opened(session, row, campaign, vault)
    row.is_counting = True
    session.add(row)
    session.flush()
    remarks = [one for ballot in opened for one in ballots.remarks(ballot)]
    _write(session, row, opened, remarks)
    _erase(session, row)
    _freeze(session, row, act.now)
    row.state, row.closed_at, row.sealed_key, row.is_counting = CampaignState.CLOSED, act.now, None, False
    end(session, row)
    told = {"ballots": len(opened), "remarks": len(remarks)}
    trace(session, row, "close", act, told | facts)
    return Closed(len(opened), len(remarks))


def _freeze(session: Session, row: RatingCampaign, now: datetime) -> None:
    """The figures of the campaign, frozen with its ballots, and what follows from them."""
    results.freeze(session, queries.campaign(session, row), queries.return_rate(session, row), now=now)
    proposals.propose(session, row, now=now)


def _opened(
    session: Session, row: RatingCampaign, campaign: Campaign, vault: RatingVault
) -> list[BallotAnswers]:
    """What is in the envelopes. Refused("envelopes_differ") when they are not as many as the codes that were spent,
    Refused("rating_seal_broken") when one was changed: then nothing is closed, and the evidence stays.
    """
    assert row.sealed_key is not None
    key = vault.campaign_key(row.sealed_key, row.uid)
    found = select(RatingEnvelope.id, RatingEnvelope.sealed).where(col(RatingEnvelope.campaign_id) == row.id)
    with session.exec(found.execution_options(yield_per=AT_ONCE)) as rows:
        opened = [ballots.unpacked(key.open(sealed, envelope_id=uid), campaign.dimensions) for uid, sealed in rows]
    spent = sum(one[2] for one in queries.counts(session, row).values())
    if len(opened) != spent:
        raise Refused("envelopes_differ", envelopes=len(opened), spent=spent)
    return opened


def _write(
    session: Session, row: RatingCampaign, opened: Sequence[BallotAnswers], remarks: Sequence[Remark]
) -> None:
    """Under fresh random keys and in their order: neither the order of the envelopes nor that of the ballots is kept,
    and the remarks lie in an order of their own.
    """
    said = [{"id": new_uid(), "campaign_id": row.id, "answers": ballots.to_json(one)} for one in opened]
    told = [
        {"id": new_uid(), "campaign_id": row.id, "unit_no": one.unit_no, "question": one.question, "text": one.text}
        for one in remarks
    ]
    for table, rows in ((RatingBallot, said), (RatingRemark, told)):
        rows.sort(key=lambda one: str(one["id"]))
        for start in range(0, len(rows), AT_ONCE):
            session.execute(insert(table), rows[start : start + AT_ONCE])


def _erase(session: Session, row: RatingCampaign) -> None:
    """Envelopes, drafts, and codes that still wait to be mailed."""
    for table in (RatingEnvelope, RatingDraft):
        session.execute(delete(table).where(col(table.campaign_id) == row.id))
    invited = select(RatingInvitation.id).where(col(RatingInvitation.campaign_id) == row.id)
    waiting = (col(RatingMail.state) == MailState.WAITING) & col(RatingMail.invitation_id).in_(invited)
    values = {"state": MailState.FAILED, "sealed_code": None, "last_error": "mail_code_void"}
    session.execute(update(RatingMail).where(waiting).values(**values))


# ---------------------------------------------------------------- what a closed campaign holds


def ballots_of(session: Session, row: RatingCampaign) -> list[BallotAnswers]:
    """Every ballot of a closed campaign, in the order of their random keys."""
    statement = select(RatingBallot).where(col(RatingBallot.campaign_id) == row.id).order_by(col(RatingBallot.id))
    return [ballots.from_json(one.answers) for one in session.exec(statement).all()]


def ballot_count(session: Session, row: RatingCampaign) -> int:
    statement = select(func.count()).where(col(RatingBallot.campaign_id) == row.id)
    return session.exec(statement).one()
