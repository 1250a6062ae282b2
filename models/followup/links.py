"""One-time links to a rating, for the appellant's other telephone: good for a set time and once, kept as a hash."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from models.appeals.tables import Appeal
from models.errors import NotFound, Refused
from models.followup import queries
from models.followup.policies import terms_in_force
from models.followup.ratings import rateable
from models.followup.tables import RatingLink
from models.workdays.rules import local_day

MOST_LINKS: Final = 20
"""Of one round: somebody who asks again and again is not looking for a second telephone."""
TOKEN: Final = re.compile("[a-z2-7]{32}")


def token_of(secret: bytes, submission_key: str) -> str:
    """160 bits that follow from the form's one-time key, as receipt codes do (docs/adr/0004): the same form sent twice
    shows the same link. Without the secret nobody derives it from the key.
    """
    if len(secret) < 32 or not submission_key:
        raise ValueError("a link needs a secret of 32 bytes and the submission key")
    digest = hmac.digest(secret, b"rating-link/1\x00" + submission_key.encode(), hashlib.sha256)
    return base64.b32encode(digest[:20]).decode("ascii").lower()


def hash_of(token: str) -> str:
    """What is stored. A fast hash suffices: nobody guesses 160 bits."""
    return hashlib.sha256(b"rating-link/1\x00" + token.encode()).hexdigest()


def make(session: Session, appeal: Appeal, token: str, *, now: datetime) -> RatingLink:
    """A new link for the reply that may be rated now; those made before are good no more. The caller holds the appeal's
    row. The same token twice gives the first one.
    """
    reply = rateable(session, appeal, now)
    assert appeal.id is not None
    found = queries.link_by_hash(session, hash_of(token))
    if found is not None:
        return found
    if queries.rating(session, appeal, reply.round) is not None:
        raise Refused("rated_already")
    of_round = (col(RatingLink.appeal_id) == appeal.id) & (col(RatingLink.round) == reply.round)
    if session.exec(select(func.count()).select_from(RatingLink).where(of_round)).one() >= MOST_LINKS:
        raise Refused("too_many_links")
    hours = terms_in_force(session, local_day(now)).link_hours
    made = RatingLink(
        appeal_id=appeal.id, round=reply.round, token_hash=hash_of(token), made_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    session.add(made)
    session.flush()
    return made


def opened(session: Session, token: str, *, now: datetime, lock: bool = False) -> tuple[RatingLink, Appeal]:
    """The link and its appeal, both locked for whoever will rate. NotFound("no_such_link") for what nobody made,
    NotFound("link_gone") for what is used, expired, overtaken by a newer one or by a redo: to whoever asks they look
    the same, but in the log only the second is worth a row.
    """
    link = queries.link_by_hash(session, hash_of(token)) if TOKEN.fullmatch(token) else None
    if link is None or link.id is None:
        raise NotFound("no_such_link")
    wanted = select(Appeal).where(col(Appeal.id) == link.appeal_id)
    appeal = session.exec(wanted.with_for_update(of=Appeal) if lock else wanted).one()
    if lock:
        session.refresh(link, with_for_update=True)
    newest = queries.newest_link(session, link.appeal_id, link.round)
    is_newest = newest is not None and newest.id == link.id
    if link.spent_at is not None or now >= link.expires_at or not is_newest or link.round != appeal.round:
        raise NotFound("link_gone")
    return link, appeal


def spend(session: Session, link: RatingLink, *, now: datetime) -> None:
    """With the rating, in its transaction."""
    link.spent_at = now
    session.add(link)
    session.flush()
