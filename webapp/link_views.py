"""What a page shows of linked appeals: the main one, those merged into this one with what they say, those beside it."""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import STATE_LABELS
from models.handling import linking, queries
from models.handling.assistance import lead_due_on
from models.handling.concerned import is_kept_from_lead, may_have_originals
from webapp import clock, presenting, view_log
from webapp.calendar import current_calendar


@dataclass(frozen=True)
class LinkedView:
    """`url` only for whoever may open that appeal's own page."""

    number: str
    title: str
    state_label: str
    state_tone: str
    url: str | None


@dataclass(frozen=True)
class MergedView:
    """A merged appeal as the main one's people read it: its words and copies of its files, never who filed it."""

    about: LinkedView
    appeal: Appeal
    demands: list[presenting.DemandView]
    files: list[presenting.FileView]
    is_kept_from_lead: bool
    """A report that the main appeal's unit may not read any more: the office has to take it out again."""


@dataclass(frozen=True)
class LinksView:
    main: LinkedView | None
    main_due: presenting.Deadline | None
    """By when the main appeal's unit must have a result, and with it this one's."""
    merged: list[MergedView]
    beside: list[LinkedView]


def links_view(session: Session, actor: Actor, appeal: Appeal) -> LinksView | None:
    """None, and no statement, where nothing is linked. Reading what is merged in counts as a look at it."""
    if not appeal.has_links:
        return None
    main = linking.main_of(session, actor, appeal)
    merged = linking.merged(session, actor, appeal)
    for one in merged:
        view_log.seen(one)
    return LinksView(
        _linked(actor, main) if main else None, _due(session, main) if main else None,
        [_merged(session, actor, appeal, one) for one in merged],
        [_linked(actor, one) for one in linking.beside(session, actor, appeal)],
    )


def _due(session: Session, main: Appeal) -> presenting.Deadline | None:
    due_on = lead_due_on(queries.projection(session, main))
    return presenting.deadline(due_on, clock.today(), current_calendar())


def _linked(actor: Actor, one: Appeal) -> LinkedView:
    url = url_for("office.show", uid=one.uid) if actor.may_read_all else None
    tone = presenting.STATE_TONES.get(one.state, "active")
    return LinkedView(one.number, one.title, STATE_LABELS[one.state], tone, url)


def _merged(session: Session, actor: Actor, main: Appeal, one: Appeal) -> MergedView:
    found = appeals.attachments(session, one)
    urls = {file.uid: url_for(".file", uid=main.uid, file_uid=file.uid) for file in found}
    files = presenting.evidence_views(found, urls, is_original=may_have_originals(session, actor, one))
    return MergedView(
        _linked(actor, one), one, presenting.demand_views(appeals.demands(session, one)), files,
        is_kept_from_lead(session, main, one),
    )
