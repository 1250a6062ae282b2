"""The office's page of one appeal: the shared context, the office's acts, and what a publication would print."""

from dataclasses import replace

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.handling.commands import Act
from models.handling.queries import reply
from models.handling.turns import ONLY
from models.handling.types import Action, ReplyKind
from models.slips.commands import preview_reply
from models.slips.types import ReplySlip
from webapp import access, clock, db
from webapp.act_panels import ActPanel
from webapp.appeal_page import appeal_context
from webapp.calendar import current_calendar
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.office.acts import ACTS, letterhead
from webapp.office.assisting import assist_help
from webapp.office.forms import PublishForm
from webapp.office.linking import link_context
from webapp.office.ruling import ruling_context


def appeal_url(appeal: Appeal) -> str:
    return url_for("office.show", uid=appeal.uid)


def next_turn_url(appeal: Appeal) -> str:
    """After a decision at triage: the next appeal, of those the person is going through."""
    only = request.args.get("only", "")
    return url_for("office.triage", after=appeal.uid, only=only if only in ONLY else None)


def show_appeal(
    appeal: Appeal, *, failed: ActForm | None = None, action: Action | None = None, status: int = 200
) -> Response:
    session, actor = db.session(), access.current_actor()
    context = appeal_context(session, actor, appeal, ACTS, failed=failed, action=action)
    context["acts"] = _weighed(sorted(context["acts"], key=lambda panel: panel.is_quiet), failed)
    preview = _preview(session, actor, appeal, context["acts"])
    assist = assist_help(session, appeal, context["acts"], context["assistances"])
    context |= link_context(actor, appeal, failed, action)
    context |= ruling_context(session, appeal, context["acts"], unit_names(session))
    return render("office/show.html", status=status, preview=preview, assist=assist, **context)


def _weighed(panels: list[ActPanel], failed: ActForm | None) -> list[ActPanel]:
    """What cannot be published as it is can only go back: the main button is the one that sends it back."""
    if not isinstance(failed, PublishForm) or not failed.refusal:
        return panels
    quiet = {Action.PUBLISH: True, Action.REJECT: False}
    return [replace(one, is_quiet=quiet.get(one.action, one.is_quiet)) for one in panels]


def _preview(session: Session, actor: Actor, appeal: Appeal, panels: list[ActPanel]) -> ReplySlip | None:
    """The slip as it would be printed, for whoever may publish it now."""
    if all(panel.action is not Action.PUBLISH for panel in panels):
        return None
    found = reply(session, appeal, ReplyKind.FINAL)
    act = Act(actor, clock.now(), current_calendar())
    return preview_reply(session, appeal, found, act, letterhead()) if found else None
