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
from models.ratings.types import CampaignState, Group, Invitee
from models.ratings.vault import RatingVault, new_code

Invited = tuple[RatingInvitation, Invitee]


def without_code(
    session: Session, vault: RatingVault, row: RatingCampaign, group: Group | None, *, has_mail: bool
) -> list[Invited]:
    """Who has no code yet: of a group, or of all; with a mail address, or without one."""
    found = invitations(session, vault, row, group)
    return [one for one in found if one[0].code_hash is None and bool(one[1].mail) is has_mail]


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


def void(session: Session, vault: RatingVault, row: RatingCampaign, invited: RatingInvitation, act: Act) -> None:
    """The letter is lost: its code opens nothing from now on. A new letter is ordered with it."""
    begin(row, act, CampaignState.OPEN)
    if invited.code_hash is None:
        raise Refused("no_letter_yet")
    invited.code_hash = vault.code_hash(new_code())  # of a code that nobody was told
    row.reissued += 1
    session.add(invited)
    session.add(row)
    session.flush()
    give_up_mails(session, invited)
    trace(session, row, "reissue", act, {"group": invited.invited_group, "reissued": row.reissued})


def give_up_mails(session: Session, invited: RatingInvitation) -> None:
    """What still waits to be mailed holds a void code."""
    waiting = (col(RatingMail.invitation_id) == invited.id) & (col(RatingMail.state) == MailState.WAITING)
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


def jobs_of(session: Session, row: RatingCampaign) -> Sequence[str]:
    """The jobs that made, or make, letters of this campaign."""
    statement = select(RatingInvitation.letter_job).where(
        col(RatingInvitation.campaign_id) == row.id, col(RatingInvitation.letter_job) != ""
    )
    return session.exec(statement.distinct()).all()
