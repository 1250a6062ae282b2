"""The register of work errors over HTTP. What hands a list out as a file is a POST: it leaves a trace."""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.work_errors import entry, evidence, listing, page, sheets

blueprint = Blueprint("work_errors", __name__, url_prefix="/work-errors")


@blueprint.get("")
@access.requires(Permission.READ_WORK_ERRORS)
def index() -> Response:
    return listing.show_register()


@blueprint.get("/monthly")
@access.requires(Permission.OVERSEE_WORK_ERRORS)
def monthly() -> Response:
    return listing.show_report("monthly")


@blueprint.get("/quarterly")
@access.requires(Permission.OVERSEE_WORK_ERRORS)
def quarterly() -> Response:
    return listing.show_report("quarterly")


@blueprint.get("/half-years")
@access.requires(Permission.READ_WORK_ERRORS)
def half_years() -> Response:
    return listing.show_half_years()


@blueprint.post("/export/<name>")
@access.requires(Permission.OVERSEE_WORK_ERRORS)
def export(name: str) -> Response:
    return sheets.hand_out(name)


@blueprint.get("/new")
@access.requires(Permission.KEEP_WORK_ERRORS)
def new() -> Response:
    return entry.show_new()


@blueprint.post("/new")
@access.requires(Permission.KEEP_WORK_ERRORS)
def create() -> Response:
    return entry.create()


@blueprint.get("/<uid>")
@access.requires(Permission.READ_WORK_ERRORS)
def show(uid: str) -> Response:
    return page.show_entry(uid)


@blueprint.get("/<uid>/edit")
@access.requires(Permission.KEEP_WORK_ERRORS)
def edit(uid: str) -> Response:
    return entry.show_change(uid)


@blueprint.post("/<uid>/edit")
@access.requires(Permission.KEEP_WORK_ERRORS)
def change(uid: str) -> Response:
    return entry.change(uid)


@blueprint.post("/<uid>/revoke")
@access.requires(Permission.KEEP_WORK_ERRORS)
def revoke(uid: str) -> Response:
    return page.revoke(uid)


@blueprint.post("/<uid>/answer")
@access.requires(Permission.ANSWER_WORK_ERROR)
def answer(uid: str) -> Response:
    return page.answer(uid)


@blueprint.post("/<uid>/files")
@access.requires(Permission.KEEP_WORK_ERRORS)
def add_files(uid: str) -> Response:
    return evidence.add(uid)


@blueprint.get("/<uid>/files/<file_uid>")
@access.requires(Permission.READ_WORK_ERRORS)
def file(uid: str, file_uid: str) -> Response:
    return evidence.hand_out(uid, file_uid)
