"""Does every campaign add up (`flask check`): as many envelopes as spent codes while it is open, as many ballots after,
and nothing left of what a closing erases.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, func, select

from models.ratings import queries
from models.ratings.tables import RatingBallot, RatingCampaign, RatingDraft, RatingEnvelope
from models.ratings.types import CampaignState


def problems(session: Session) -> Iterator[str]:
    for row in queries.campaign_rows(session):
        name = f"rating {row.year} {row.half.value}"
        spent = sum(one[2] for one in queries.counts(session, row).values())
        envelopes, ballots, drafts = (_count(session, row, one) for one in (RatingEnvelope, RatingBallot, RatingDraft))
        is_open = row.state is CampaignState.OPEN
        kept = envelopes if is_open else ballots
        if kept != spent:
            yield f"{name}: {kept} {'envelopes' if is_open else 'ballots'} for {spent} spent codes"
        if ballots if is_open else envelopes or drafts:
            yield f"{name}: {'ballots before' if is_open else 'envelopes or drafts after'} the closing"
        if row.is_counting:
            yield f"{name}: left while it was counted"


def _count(
    session: Session, row: RatingCampaign, table: type[RatingEnvelope] | type[RatingBallot] | type[RatingDraft]
) -> int:
    return session.exec(select(func.count()).where(col(table.campaign_id) == row.id)).one()
