"""The two ways to the follow-up page: number and code, or an enterprise's account. Both lead to the same page and the
same acts, which are the appellant's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from models.appeals.tables import Appeal
from models.followup.types import RatingChannel
from webapp import clock
from webapp.public import following, memory


def _nothing(session: Session, appeal: Appeal, what: str) -> None:
    """Who came by number and code is nobody known: there is nothing to trace."""


@dataclass(frozen=True)
class Door:
    """`find` gives the appeal, locked when asked, or None when the way in has expired; for an appeal that is not theirs
    it raises `NotFound`. `trace` notes who acted.
    """

    find: Callable[[Session, bool], Appeal | None]
    page: str
    answer: str
    withdraw: str
    rate: str
    rating_link: str
    slip: Callable[[str], str]
    channel: RatingChannel = RatingChannel.CODE
    trace: Callable[[Session, Appeal, str], None] = _nothing
    is_account: bool = False


def by_code() -> Door:
    return Door(
        find=_tracked,
        page=url_for("public.track"),
        answer=url_for("public.answer"),
        withdraw=url_for("public.withdraw"),
        rate=url_for("public.rate"),
        rating_link=url_for("public.rating_link"),
        slip=lambda uid: url_for("public.track_slip", uid=uid),
    )


def _tracked(session: Session, is_locked: bool) -> Appeal | None:
    number = memory.tracked(clock.now())
    return following.followed(session, number, lock=is_locked) if number else None
