"""How the desk answers: appeal page and editor, fresh or with a form that could not be carried out, and their URLs."""

from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.queries import handling_units
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling import assigning
from models.handling.types import Action
from webapp import access, acts, db, view_log
from webapp.appeal_page import appeal_context
from webapp.desk.acts import ACTS, SAVES
from webapp.desk.assigning import one_context
from webapp.desk.autosave import autosaved
from webapp.desk.editor import editor_context, require_editable
from webapp.desk.length import check_length
from webapp.desk.verify_dates import verify_dates
from webapp.htmx import render
from webapp.kept_forms import is_background
from webapp.messages import message


def appeal_url(appeal: Appeal) -> str:
    return url_for("desk.show", uid=appeal.uid)


def appeal_page(appeal: Appeal, *, status: int = 200, **failure: Any) -> Response:
    """The appeal; `failure` is what webapp.acts says of a failed form: failed, action."""
    session = db.session()
    context = appeal_context(session, access.current_actor(), appeal, ACTS, **failure)
    context["facts"].append(("经办", assigning.assignee_name(session, appeal) or "未分派"))
    context["acts"] = sorted(context["acts"], key=lambda panel: panel.is_folded)
    dates = verify_dates(session, appeal, context["acts"])
    asks_return = any(panel.action is Action.ASK_RETURN for panel in context["acts"])
    units = handling_units(session) if asks_return else ()
    return render("desk/show.html", status=status, verify_dates=dates, picked_units=units, **context)


def acted(uid: str, action: Action) -> Response:
    """The answer to an act whose form stands on the appeal page."""
    return acts.perform(uid, ACTS[action], show=appeal_page, done=appeal_url)


def assigned(uid: str) -> Response:
    """The choice of who works on it: a part of the appeal page, or a page of its own without script and on an error."""
    if request.method == "POST":
        return acts.perform(uid, ACTS[Action.ASSIGN], show=_assigning, done=appeal_url)
    appeal = visible_appeal(db.session(), access.current_actor(), uid)
    try:
        require_editable(db.session(), access.current_actor(), appeal, Action.ASSIGN)
    except Refused as refused:
        flash(message(refused.code), "warning")
        return redirect(appeal_url(appeal), code=303)
    return _assigning(appeal)


def _assigning(appeal: Appeal, *, status: int = 200, failed: Any = None, action: Any = None) -> Response:
    context = one_context(db.session(), appeal, ACTS[Action.ASSIGN], failed)
    return render("desk/assign.html", part="desk/_assign.html", status=status, **context)


def edited(uid: str, action: Action) -> Response:
    """The editor, its draft saved, or its reply sent for signature: the button pressed says which."""
    show = partial(_editor, action)
    if request.method == "POST" and is_background():
        return autosaved(uid, action)
    if request.method == "POST" and request.form.get("step") == "propose":
        ahead = check_length if action is Action.PROPOSE_REPLY else None
        return acts.perform(uid, ACTS[action], show=show, done=appeal_url, ahead=ahead)
    if request.method == "POST":
        return acts.perform(uid, SAVES[action], show=show, done=partial(_editor_url, action), burns_key=False)
    appeal = visible_appeal(db.session(), access.current_actor(), uid)
    try:
        require_editable(db.session(), access.current_actor(), appeal, action)
    except Refused as refused:
        flash(message(refused.code), "warning")
        return redirect(appeal_url(appeal), code=303)
    return show(appeal)


def _editor(kind: Action, appeal: Appeal, *, status: int = 200, failed: Any = None, action: Any = None) -> Response:
    view_log.seen(appeal)
    context = editor_context(db.session(), access.current_actor(), appeal, kind, failed=failed)
    return render("desk/reply.html", status=status, **context)


def _editor_url(action: Action, appeal: Appeal) -> str:
    return url_for(ACTS[action].page, uid=appeal.uid)
