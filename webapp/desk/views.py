"""Desk pages: the unit's queue, one appeal, the reply editor."""

from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling.types import Action
from webapp import access, acts, db, downloads
from webapp.appeal_page import appeal_context
from webapp.desk import signing
from webapp.desk.acts import ACTS, SAVES
from webapp.desk.editor import editor_context, require_editable
from webapp.desk.forms import ReplyForm
from webapp.desk.presenters import queue, read_asked
from webapp.desk.verify_dates import verify_dates
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
@access.requires(Permission.USE_DESK)
def index() -> Response:
    actor = access.current_actor()
    shown = queue(db.session(), actor, read_asked(request.args, actor))
    return render("desk/index.html", part="desk/_queue.html", queue=shown, form=ActForm(formdata=None))


@blueprint.post("/sign")
@access.requires(Action.SIGN)
def sign_many() -> Response:
    session, actor, form = db.session(), access.current_actor(), ActForm()
    asked = read_asked(request.form, actor)
    target = redirect(url_for("desk.index", show=asked.show, q=asked.words or None), code=303)
    picked = request.form.getlist("appeal")
    if not form.validate_on_submit() or not picked:
        flash("请先勾选要签收的诉求，再点批量签收。" if not picked else acts.PAGE_EXPIRED, "warning")
    elif signing.is_repeat(session, actor, form):
        flash(acts.REPEATED, "info")
    else:
        signing.say(signing.sign_all(session, actor, picked, form))
    return target


@blueprint.get("/appeals/<uid>")
@access.requires(Permission.USE_DESK)
def show(uid: str) -> Response:
    return _show(visible_appeal(db.session(), access.current_actor(), uid))


def _show(
    appeal: Appeal, *, failed: ActForm | None = None, action: Action | None = None, status: int = 200,
) -> Response:
    session = db.session()
    context = appeal_context(session, access.current_actor(), appeal, ACTS, failed=failed, action=action)
    dates = verify_dates(session, appeal, context["acts"])
    return render("desk/show.html", status=status, verify_dates=dates, **context)


def _appeal_url(appeal: Appeal) -> str:
    return url_for("desk.show", uid=appeal.uid)


@blueprint.post("/appeals/<uid>/sign")
@access.requires(Action.SIGN)
def sign(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.SIGN], show=_show, done=_appeal_url)


@blueprint.post("/appeals/<uid>/verify")
@access.requires(Action.VERIFY)
def verify(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.VERIFY], show=_show, done=_appeal_url)


@blueprint.post("/appeals/<uid>/sign-off")
@access.requires(Action.SIGN_OFF)
def sign_off(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.SIGN_OFF], show=_show, done=_appeal_url)


@blueprint.post("/appeals/<uid>/send-back")
@access.requires(Action.SEND_BACK)
def send_back(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.SEND_BACK], show=_show, done=_appeal_url)


@blueprint.route("/appeals/<uid>/reply", methods=["GET", "POST"])
@access.requires(Action.PROPOSE_REPLY)
def reply(uid: str) -> Response:
    return _edit(uid, Action.PROPOSE_REPLY)


@blueprint.route("/appeals/<uid>/preliminary", methods=["GET", "POST"])
@access.requires(Action.PROPOSE_PRELIMINARY)
def preliminary(uid: str) -> Response:
    return _edit(uid, Action.PROPOSE_PRELIMINARY)


def _edit(uid: str, action: Action) -> Response:
    """The editor, its draft saved, or its reply sent for signature: the button pressed says which."""
    show_editor = partial(_show_editor, action)
    if request.method == "POST" and request.form.get("step") == "propose":
        return acts.perform(uid, ACTS[action], show=show_editor, done=_appeal_url)
    if request.method == "POST":
        return acts.perform(uid, SAVES[action], show=show_editor, done=partial(_editor_url, action), burns_key=False)
    appeal = visible_appeal(db.session(), access.current_actor(), uid)
    try:
        require_editable(db.session(), access.current_actor(), appeal, action)
    except Refused as refused:
        flash(message(refused.code), "warning")
        return redirect(_appeal_url(appeal), code=303)
    return show_editor(appeal)


def _show_editor(
    kind: Action, appeal: Appeal, *, failed: ReplyForm | None = None, action: Action | None = None, status: int = 200,
) -> Response:
    context = editor_context(db.session(), access.current_actor(), appeal, kind, failed=failed)
    return render("desk/reply.html", status=status, **context)


def _editor_url(action: Action, appeal: Appeal) -> str:
    return url_for(ACTS[action].page, uid=appeal.uid)


@blueprint.get("/appeals/<uid>/files/<file_uid>")
@access.requires(Permission.USE_DESK)
def file(uid: str, file_uid: str) -> Response:
    return downloads.attachment(uid, file_uid)
