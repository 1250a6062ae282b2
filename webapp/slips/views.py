"""Slip pages."""

from flask import Blueprint

from models.accounts.rules import Permission
from webapp import access

blueprint = Blueprint("slips", __name__, url_prefix="/slips")


@blueprint.get("")
@access.requires(Permission.READ_SLIPS)
def index():
    return ""


@blueprint.get("/verify", defaults={"code": ""})
@blueprint.get("/verify/<code>")
@access.public
def verify(code):
    return code
