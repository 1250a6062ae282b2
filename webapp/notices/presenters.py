"""A person's notices as their page shows them."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor
from models.notices import queries
from models.notices.queries import Line
from models.notices.types import OF_ASSISTING, NoticeKind
from webapp.notice_words import hint, subject
from webapp.paging import Page, paginate

PAGES_NAMED = {
    "record": "supervision.record", "proposal": "rating_results.proposal", "rating": "rating_results.unit",
    "case": "followup.case", "exclusion": "followup.exclusion",
}
"""Where a notice leads that names something of its own."""


@dataclass(frozen=True)
class NoticeView:
    """`leads` says where opening it goes: the appeal, or a list; nothing for what is only to be read."""

    uid: str
    subject: str
    hint: str
    number: str
    title: str
    at: datetime
    is_unread: bool
    leads: str


@dataclass(frozen=True)
class NoticePage:
    rows: list[NoticeView]
    page: Page
    total: int
    unread: int
    shows_unread: bool
    upto: int


def notice_page(session: Session, actor: Actor, *, is_unread: bool) -> NoticePage:
    """Three statements, however many there are."""
    total, unread = queries.counts(session, actor)
    page = paginate(unread if is_unread else total, "notices.index", show="unread" if is_unread else None)
    found = queries.lines(session, actor, is_unread=is_unread, limit=50, offset=page.offset)
    rows = [_view(actor, line) for line in found]
    return NoticePage(rows, page, total, unread, is_unread, queries.newest_id(session, actor))


def _view(actor: Actor, line: Line) -> NoticeView:
    notice = line.notice
    return NoticeView(
        uid=notice.uid, subject=subject(notice.kind), hint=hint(notice.kind, notice.facts), number=line.number or "",
        title=line.title or "", at=notice.created_at, is_unread=notice.read_at is None,
        leads=url_of(actor, line),
    )


def url_of(actor: Actor, line: Line) -> str:
    """The page where this person works on it: the lead's, the assisting unit's, or the office's."""
    if line.notice.kind == NoticeKind.DIGEST:
        return _home(actor)
    for name, endpoint in PAGES_NAMED.items():
        if name in line.notice.facts:
            return url_for(endpoint, uid=line.notice.facts[name])
    if line.appeal_uid is None:
        return ""
    if line.notice.kind in OF_ASSISTING:
        return url_for("assisting.show", uid=line.appeal_uid)
    is_of_lead = actor.is_unit and actor.unit_id == line.lead_unit_id
    return url_for("desk.show" if is_of_lead or not actor.may_read_all else "office.show", uid=line.appeal_uid)


def _home(actor: Actor) -> str:
    return url_for("desk.index" if actor.is_unit else "office.index")
