"""Pages of an assisting unit. Every one goes through the narrow door of `models.handling.assistance`."""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.handling import assistance
from models.handling.types import Action
from webapp import access, db, downloads
from webapp.assisting.pages import acted, show_list, show_task

blueprint = Blueprint("assisting", __name__, url_prefix="/desk/assist")


@blueprint.get("")
@access.requires(Permission.USE_DESK)
def index() -> Response:
    return show_list()


@blueprint.get("/<uid>")
@access.requires(Permission.USE_DESK)
def show(uid: str) -> Response:
    return show_task(assistance.visible_appeal(db.session(), access.current_actor(), uid))


@blueprint.get("/<uid>/files/<file_uid>")
@access.requires(Permission.USE_DESK)
def file(uid: str, file_uid: str) -> Response:
    return downloads.attachment(uid, file_uid, find=assistance.visible_statement, is_with_merged=False)


@blueprint.post("/<uid>/sign")
@access.requires(Action.SIGN_ASSISTANCE)
def sign_assistance(uid: str) -> Response:
    return acted(uid, Action.SIGN_ASSISTANCE)


@blueprint.post("/<uid>/propose")
@access.requires(Action.PROPOSE_CONTRIBUTION)
def propose_contribution(uid: str) -> Response:
    return acted(uid, Action.PROPOSE_CONTRIBUTION)


@blueprint.post("/<uid>/send")
@access.requires(Action.SEND_CONTRIBUTION)
def send_contribution(uid: str) -> Response:
    return acted(uid, Action.SEND_CONTRIBUTION)


@blueprint.post("/<uid>/send-back")
@access.requires(Action.RETURN_CONTRIBUTION)
def return_contribution(uid: str) -> Response:
    return acted(uid, Action.RETURN_CONTRIBUTION)
