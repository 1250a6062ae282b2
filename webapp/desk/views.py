"""Desk pages."""

from flask import Blueprint

from models.accounts.rules import Permission
from webapp import access

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
@access.requires(Permission.USE_DESK)
def index():
    return "desk"


@blueprint.get("/appeals/<uid>")
@access.requires(Permission.USE_DESK)
def show(uid):
    return uid
