"""Codes and who gets them: by letter, printed in one go, or by mail. A code is shown once; its hash stays.

A lost letter is answered with a new code, and the old one is void at once. Whether that one had been used is told to
nobody but the holder of the new letter: the flag stays with the invitation, whatever its code is.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select, update

from models.errors import Refused
from models.notices.types import MailState
from models.ratings.campaigns import Act, begin, trace
from models.ratings.queries import invitations
from models.ratings.tables import RatingCampaign, RatingInvitation, RatingMail
from models.ratings.types import CampaignState, Invitee
from models.ratings.vault import RatingVault, new_code

Invited = tuple[RatingInvitation, Invitee]


def without_code(
    session: Session, vault: RatingVault, row: RatingCampaign, *, has_mail: bool | None = None
) -> list[Invited]:
    """Who has no code yet; only those with a mail address, or without one, where that is asked for."""
    found = [one for one in invitations(session, vault, row) if one[0].code_hash is None]
    return found if has_mail is None else [one for one in found if bool(one[1].mail) is has_mail]


def hand_to_job(
    session: Session, row: RatingCampaign, chosen: Sequence[RatingInvitation], job_uid: str, act: Act
) -> None:
    """These letters are this job's to make. An earlier job that comes to nothing leaves them to the next."""
    begin(row, act, CampaignState.OPEN)
    if not chosen:
        raise Refused("nothing_to_letter")
    for one in chosen:
        one.letter_job = job_uid
        session.add(one)
    session.flush()
    trace(session, row, "letters", act, {"letters": len(chosen), "job": job_uid})


def of_job(session: Session, vault: RatingVault, row: RatingCampaign, job_uid: str) -> list[Invited]:
    """What the job has to make, in the list's order."""
    return [one for one in invitations(session, vault, row) if one[0].letter_job == job_uid]


def write_codes(session: Session, row: RatingCampaign, job_uid: str, hashes: Mapping[int, str]) -> int:
    """Enters the codes of the letters that a job has drawn, in one go; a job begun anew overwrites what it wrote
    before. Says how many were still its own.
    """
    if row.state is not CampaignState.OPEN:
        raise Refused(f"campaign_is_{row.state.value}")
    written = 0
    for invitation_id, code_hash in hashes.items():
        is_its_own = (col(RatingInvitation.id) == invitation_id) & (col(RatingInvitation.letter_job) == job_uid)
        done = session.execute(update(RatingInvitation).where(is_its_own).values(code_hash=code_hash))
        written += int(done.rowcount)  # type: ignore[attr-defined]
    return written


def void(
    session: Session, vault: RatingVault, row: RatingCampaign, lost: Sequence[RatingInvitation], act: Act
) -> None:
    """These letters are lost: their codes open nothing from now on. New letters are ordered with it."""
    begin(row, act, CampaignState.OPEN)
    if not lost or any(one.code_hash is None for one in lost):
        raise Refused("no_letter_yet")
    for one in lost:
        one.code_hash = vault.code_hash(new_code())  # of a code that nobody was told
        session.add(one)
    row.reissued += len(lost)
    session.add(row)
    session.flush()
    _give_up_mails(session, lost)
    trace(session, row, "reissue", act, {"letters": len(lost), "reissued": row.reissued})


def of_letters(session: Session, row: RatingCampaign) -> Sequence[RatingInvitation]:
    """Everybody whose code went, or should have gone, by letter: for when a whole print was lost."""
    statement = select(RatingInvitation).where(
        col(RatingInvitation.campaign_id) == row.id, col(RatingInvitation.code_hash).is_not(None),
        col(RatingInvitation.letter_job) != "",
    )
    return session.exec(statement.order_by(col(RatingInvitation.id)).with_for_update()).all()


def _give_up_mails(session: Session, lost: Sequence[RatingInvitation]) -> None:
    """What still waits to be mailed holds a void code."""
    is_lost = col(RatingMail.invitation_id).in_([one.id for one in lost])
    waiting = is_lost & (col(RatingMail.state) == MailState.WAITING)
    values = {"state": MailState.FAILED, "sealed_code": None, "last_error": "mail_code_void"}
    session.execute(update(RatingMail).where(waiting).values(**values))


def order_mails(
    session: Session, vault: RatingVault, row: RatingCampaign, chosen: Sequence[RatingInvitation], act: Act
) -> int:
    """A code for each, waiting sealed to be mailed."""
    begin(row, act, CampaignState.OPEN)
    if not chosen:
        raise Refused("nothing_to_mail")
    for one in chosen:
        _order_mail(session, vault, one, act)
    session.flush()
    trace(session, row, "mails", act, {"mails": len(chosen)})
    return len(chosen)


def _order_mail(session: Session, vault: RatingVault, one: RatingInvitation, act: Act) -> None:
    assert one.id is not None
    code = new_code()
    one.code_hash, one.letter_job = vault.code_hash(code), ""
    session.add(one)
    session.add(
        RatingMail(invitation_id=one.id, sealed_code=vault.seal_code(code, bound_to=one.uid), next_try_at=act.now)
    )

