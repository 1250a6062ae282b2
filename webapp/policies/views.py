"""`/office/policies`: whoever reads at the office reads the policies of the clock; the director changes them."""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.policies import editing, ending, pages

blueprint = Blueprint("policies", __name__, url_prefix="/office/policies")


@blueprint.get("")
@access.requires(Permission.USE_OFFICE)
def index() -> Response:
    return pages.show_all()


@blueprint.get("/new")
@access.requires(Permission.DIRECT_TERMS)
def new() -> Response:
    return editing.show_new()


@blueprint.post("/new")
@access.requires(Permission.DIRECT_TERMS)
def create() -> Response:
    return editing.create()


@blueprint.get("/<code>/revise")
@access.requires(Permission.DIRECT_TERMS)
def revision(code: str) -> Response:
    return editing.show_revision(code)


@blueprint.post("/<code>/revise")
@access.requires(Permission.DIRECT_TERMS)
def revise(code: str) -> Response:
    return editing.revise(code)


@blueprint.post("/<code>/end")
@access.requires(Permission.DIRECT_TERMS)
def end(code: str) -> Response:
    return ending.end(code)


@blueprint.get("/<code>/versions/<number>")
@access.requires(Permission.USE_OFFICE)
def show(code: str, number: str) -> Response:
    return pages.show_one(code, number)
