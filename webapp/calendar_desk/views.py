"""`/office/calendar`: whoever reads at the office reads the calendar; two who keep it change it."""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.calendar_desk import deciding, listing, proposing, year_page

blueprint = Blueprint("calendar_desk", __name__, url_prefix="/office/calendar")


@blueprint.get("")
@access.requires(Permission.USE_OFFICE)
def index() -> Response:
    return year_page.show_year()


@blueprint.get("/provisional")
@access.requires(Permission.USE_OFFICE)
def provisional() -> Response:
    return listing.show_provisional()


@blueprint.get("/new")
@access.requires(Permission.KEEP_CALENDAR)
def new() -> Response:
    return proposing.show_new()


@blueprint.post("/new")
@access.requires(Permission.KEEP_CALENDAR)
def create() -> Response:
    return proposing.handle()


@blueprint.get("/proposals/<uid>")
@access.requires(Permission.USE_OFFICE)
def show(uid: str) -> Response:
    return deciding.show(uid)


@blueprint.post("/proposals/<uid>/approve")
@access.requires(Permission.KEEP_CALENDAR)
def approve(uid: str) -> Response:
    return deciding.approve(uid)


@blueprint.post("/proposals/<uid>/refuse")
@access.requires(Permission.KEEP_CALENDAR)
def refuse(uid: str) -> Response:
    return deciding.refuse(uid)


@blueprint.post("/proposals/<uid>/withdraw")
@access.requires(Permission.KEEP_CALENDAR)
def withdraw(uid: str) -> Response:
    return deciding.withdraw(uid)


@blueprint.post("/recompute")
@access.requires(Permission.KEEP_CALENDAR)
def recompute() -> Response:
    return deciding.recompute()
