"""Letters by mail: claimed, sent outside any transaction, entered. The code leaves the row with the mail (see
models.notices.outbox, which works the same way for notices).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from models.notices.types import CLAIMED_FOR, RETRY_AFTER, MailState
from models.ratings.tables import RatingCampaign, RatingInvitation, RatingMail
from models.ratings.types import Invitee
from models.ratings.vault import RatingVault

AT_ONCE = 20


@dataclass(frozen=True, repr=False)
class Claimed:
    """What sending needs; its repr shows nothing."""

    id: int
    uid: str
    attempt: int
    invitee: Invitee
    code: str
    campaign: RatingCampaign

    def __repr__(self) -> str:
        return "Claimed(…)"


def claim(session: Session, vault: RatingVault, *, due_at: datetime, now: datetime) -> list[Claimed]:
    """The next mails that are due, this process's until the claim ends."""
    due = (
        select(RatingMail, RatingInvitation, RatingCampaign)
        .join(RatingInvitation, col(RatingInvitation.id) == col(RatingMail.invitation_id))
        .join(RatingCampaign, col(RatingCampaign.id) == col(RatingInvitation.campaign_id))
        .where(col(RatingMail.state) == MailState.WAITING, col(RatingMail.next_try_at) <= due_at)
        .order_by(col(RatingMail.next_try_at), col(RatingMail.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=RatingMail)
    )
    found = session.exec(due).all()
    for mail, _, _ in found:
        mail.attempts += 1
        mail.next_try_at = now + CLAIMED_FOR
        session.add(mail)
    session.flush()
    return [_claimed(vault, mail, invited, campaign) for mail, invited, campaign in found]


def _claimed(vault: RatingVault, mail: RatingMail, invited: RatingInvitation, campaign: RatingCampaign) -> Claimed:
    assert mail.id is not None and mail.sealed_code is not None
    return Claimed(
        mail.id, mail.uid, mail.attempts, vault.open_invitee(invited.sealed, bound_to=invited.uid),
        vault.open_code(mail.sealed_code, bound_to=invited.uid), campaign,
    )


def sent(session: Session, mail: Claimed) -> bool:
    """False when the claim had ended and another has taken the mail up."""
    return _enter(session, mail, state=MailState.SENT, sealed_code=None, last_error="")


def not_sent(session: Session, mail: Claimed, code: str, *, is_final: bool, now: datetime) -> bool:
    """Put off; after the last time it has failed, and its code is erased: a letter has to be made instead."""
    if is_final or mail.attempt > len(RETRY_AFTER):
        return _enter(session, mail, state=MailState.FAILED, sealed_code=None, last_error=code)
    return _enter(session, mail, next_try_at=now + RETRY_AFTER[mail.attempt - 1], last_error=code)


def _enter(session: Session, mail: Claimed, **values: Any) -> bool:
    is_mine = (
        (col(RatingMail.id) == mail.id) & (col(RatingMail.attempts) == mail.attempt)
        & (col(RatingMail.state) == MailState.WAITING)
    )  # fmt: skip
    done = session.execute(update(RatingMail).where(is_mine).values(**values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def counts(session: Session, row: RatingCampaign) -> dict[MailState, int]:
    statement = (
        select(RatingMail.state, func.count())
        .join(RatingInvitation, col(RatingInvitation.id) == col(RatingMail.invitation_id))
        .where(col(RatingInvitation.campaign_id) == row.id)
        .group_by(col(RatingMail.state))
    )
    found = dict(session.exec(statement).all())
    return {state: found.get(state, 0) for state in MailState}


def of_invitations(session: Session, row: RatingCampaign) -> dict[int, RatingMail]:
    """The last mail of each invitation of the campaign."""
    statement = (
        select(RatingMail)
        .join(RatingInvitation, col(RatingInvitation.id) == col(RatingMail.invitation_id))
        .where(col(RatingInvitation.campaign_id) == row.id)
        .order_by(col(RatingMail.id))
    )
    return {one.invitation_id: one for one in session.exec(statement).all()}
