"""The requester's page of one appeal, and the custodian's list. What opens an identity is a POST: it leaves a trace."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.custody import asking, deciding

blueprint = Blueprint("custody", __name__, url_prefix="/custody")


@blueprint.get("")
@access.requires(Permission.DECIDE_REVEAL)
def index() -> Response:
    return deciding.show_list()


@blueprint.get("/<uid>")
@access.requires(Permission.DECIDE_REVEAL)
def request_for(uid: str) -> Response:
    return deciding.show_one(uid)


@blueprint.post("/<uid>")
@access.requires(Permission.DECIDE_REVEAL)
def decide(uid: str) -> Response:
    return deciding.decide(uid, is_grant=request.form.get("step") == "grant")


@blueprint.get("/appeals/<uid>")
@access.requires(Permission.ASK_REVEAL)
def show(uid: str) -> Response:
    return asking.show(uid)


@blueprint.post("/appeals/<uid>")
@access.requires(Permission.ASK_REVEAL)
def ask(uid: str) -> Response:
    return asking.ask(uid)


@blueprint.post("/appeals/<uid>/open")
@access.requires(Permission.ASK_REVEAL)
def open_identity(uid: str) -> Response:
    return asking.open_identity(uid)
