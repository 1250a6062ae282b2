"""Desk pages: the unit's queue, one appeal and its acts, the reply editor, the files."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.accounts.types import ListPlace
from models.appeals.queries import visible_appeal
from models.handling.types import Action
from webapp import access, db, downloads
from webapp.desk import assigning, bulk, signing
from webapp.desk.answers import acted, appeal_page, assigned, edited
from webapp.desk.presenters import queue, read_asked
from webapp.desk.preview import previewed
from webapp.desk.reuse import offered, used
from webapp.forms import ActForm, new_key
from webapp.htmx import render
from webapp.saved_filters import saved_part

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
@access.requires(Permission.USE_DESK)
def index() -> Response:
    actor = access.current_actor()
    asked = read_asked(request.args, actor)
    shown = queue(db.session(), actor, asked)
    saved = saved_part(db.session(), actor, ListPlace.DESK, asked.arguments)
    return render("desk/index.html", part="desk/_queue.html", queue=shown, saved=saved, key=new_key())


@blueprint.post("/sign")
@access.requires(Action.SIGN)
def sign_many() -> Response:
    actor = access.current_actor()
    if bulk.picked():
        bulk.run(actor, ActForm(), signing.SUBJECT, signing.sign_one, signing.say)
    else:
        flash(signing.NOTHING_PICKED, "warning")
    return redirect(url_for("desk.index", **read_asked(request.form, actor).arguments), code=303)


@blueprint.post("/assign")
@access.requires(Action.ASSIGN)
def assign_many() -> Response:
    """First who shall have the picked appeals, then the act itself."""
    actor = access.current_actor()
    asked = read_asked(request.form, actor)
    if not bulk.picked():
        flash(assigning.NOTHING_PICKED, "warning")
    elif request.form.get("step") != "assign" or not assigning.is_chosen():
        return assigning.show_choice(actor, asked.arguments)
    else:
        assigning.assign_all(actor)
    return redirect(url_for("desk.index", **asked.arguments), code=303)


@blueprint.get("/appeals/<uid>")
@access.requires(Permission.USE_DESK)
def show(uid: str) -> Response:
    return appeal_page(visible_appeal(db.session(), access.current_actor(), uid))


@blueprint.post("/appeals/<uid>/sign")
@access.requires(Action.SIGN)
def sign(uid: str) -> Response:
    return acted(uid, Action.SIGN)


@blueprint.route("/appeals/<uid>/assign", methods=["GET", "POST"])
@access.requires(Action.ASSIGN)
def assign(uid: str) -> Response:
    return assigned(uid)


@blueprint.post("/appeals/<uid>/verify")
@access.requires(Action.VERIFY)
def verify(uid: str) -> Response:
    return acted(uid, Action.VERIFY)


@blueprint.post("/appeals/<uid>/sign-off")
@access.requires(Action.SIGN_OFF)
def sign_off(uid: str) -> Response:
    return acted(uid, Action.SIGN_OFF)


@blueprint.post("/appeals/<uid>/send-back")
@access.requires(Action.SEND_BACK)
def send_back(uid: str) -> Response:
    return acted(uid, Action.SEND_BACK)


@blueprint.post("/appeals/<uid>/ask")
@access.requires(Action.ASK_APPELLANT)
def ask_appellant(uid: str) -> Response:
    return acted(uid, Action.ASK_APPELLANT)


@blueprint.post("/appeals/<uid>/progress")
@access.requires(Action.REPORT_PROGRESS)
def report_progress(uid: str) -> Response:
    return acted(uid, Action.REPORT_PROGRESS)


@blueprint.post("/appeals/<uid>/note")
@access.requires(Permission.USE_DESK)
def note(uid: str) -> Response:
    return acted(uid, Action.NOTE)


@blueprint.post("/appeals/<uid>/return")
@access.requires(Action.ASK_RETURN)
def ask_return(uid: str) -> Response:
    return acted(uid, Action.ASK_RETURN)


@blueprint.post("/appeals/<uid>/extension")
@access.requires(Action.ASK_EXTENSION)
def ask_extension(uid: str) -> Response:
    return acted(uid, Action.ASK_EXTENSION)


@blueprint.post("/appeals/<uid>/pause")
@access.requires(Action.ASK_PAUSE)
def ask_pause(uid: str) -> Response:
    return acted(uid, Action.ASK_PAUSE)


@blueprint.post("/appeals/<uid>/complex")
@access.requires(Action.ASK_COMPLEX)
def ask_complex(uid: str) -> Response:
    return acted(uid, Action.ASK_COMPLEX)


@blueprint.post("/appeals/<uid>/adjustment/send")
@access.requires(Action.SEND_ADJUSTMENT)
def send_adjustment(uid: str) -> Response:
    return acted(uid, Action.SEND_ADJUSTMENT)


@blueprint.post("/appeals/<uid>/adjustment/take-back")
@access.requires(Action.TAKE_BACK_ADJUSTMENT)
def take_back_adjustment(uid: str) -> Response:
    return acted(uid, Action.TAKE_BACK_ADJUSTMENT)


@blueprint.post("/appeals/<uid>/resume")
@access.requires(Action.RESUME)
def resume(uid: str) -> Response:
    return acted(uid, Action.RESUME)


@blueprint.route("/appeals/<uid>/reply", methods=["GET", "POST"])
@access.requires(Action.PROPOSE_REPLY)
def reply(uid: str) -> Response:
    return edited(uid, Action.PROPOSE_REPLY)


@blueprint.route("/appeals/<uid>/preliminary", methods=["GET", "POST"])
@access.requires(Action.PROPOSE_PRELIMINARY)
def preliminary(uid: str) -> Response:
    return edited(uid, Action.PROPOSE_PRELIMINARY)


@blueprint.route("/appeals/<uid>/preview", methods=["GET", "POST"])
@access.requires(Action.PROPOSE_REPLY)
def preview(uid: str) -> Response:
    return previewed(uid)


@blueprint.get("/appeals/<uid>/reuse")
@access.requires(Action.PROPOSE_REPLY)
def reuse(uid: str) -> Response:
    return offered(uid)


@blueprint.post("/appeals/<uid>/reuse")
@access.requires(Action.PROPOSE_REPLY)
def use_again(uid: str) -> Response:
    return used(uid)


@blueprint.get("/appeals/<uid>/files/<file_uid>")
@access.requires(Permission.USE_DESK)
def file(uid: str, file_uid: str) -> Response:
    return downloads.attachment(uid, file_uid)
