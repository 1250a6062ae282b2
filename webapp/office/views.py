"""Office pages."""

from flask import Blueprint

from models.accounts.rules import Permission
from webapp import access

blueprint = Blueprint("office", __name__, url_prefix="/office")


@blueprint.get("")
@access.requires(Permission.USE_OFFICE)
def index():
    return "office"


@blueprint.get("/triage")
@access.requires(Permission.TRIAGE)
def triage():
    return ""


@blueprint.get("/review")
@access.requires(Permission.REVIEW)
def review():
    return ""


@blueprint.get("/appeals/<uid>")
@access.requires(Permission.USE_OFFICE)
def show(uid):
    return uid
