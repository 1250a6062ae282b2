"""The pages of what a unit completed itself, on the desk's blueprint."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.appeals.queries import visible_appeal
from models.appeals.types import State
from models.handling.types import Action
from webapp import access, acts, db, view_log
from webapp.desk import self_registered
from webapp.desk.answers import appeal_url
from webapp.desk.self_registered_form import SelfRegisteredForm
from webapp.desk.views import blueprint

NOT_NOW = "这件自办件现在不需要补正。"


@blueprint.get("/self-registered", endpoint="self_registered")
@access.requires(Permission.USE_DESK)
def month() -> Response:
    return self_registered.show_month()


@blueprint.get("/self-registered/new")
@access.requires(Permission.USE_DESK)
def new_matter() -> Response:
    return self_registered.show(SelfRegisteredForm())


@blueprint.post("/self-registered/new")
@access.requires(Permission.USE_DESK)
def create_matter() -> Response:
    return self_registered.answer(SelfRegisteredForm())


@blueprint.route("/appeals/<uid>/amend", methods=["GET", "POST"])
@access.requires(Action.AMEND)
def amend(uid: str) -> Response:
    if request.method == "POST":
        return acts.perform(uid, self_registered.AMEND, show=self_registered.show_amend, done=appeal_url)
    appeal = visible_appeal(db.session(), access.current_actor(), uid)
    if appeal.state is not State.TO_AMEND:
        flash(NOT_NOW, "info")
        return redirect(url_for("desk.show", uid=uid), 303)
    view_log.seen(appeal)
    return self_registered.show_amend(appeal)
