"""The pages of the office's entry, on the office's blueprint."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.htmx import render
from webapp.office import entry, entry_receipt
from webapp.office.views import blueprint

TOLD = "回执已经收起，查询码不再显示。"


@blueprint.get("/appeals/new")
@access.requires(Permission.TRIAGE)
def new_entry() -> Response:
    return entry.show(entry.new_form())


@blueprint.post("/appeals/new")
@access.requires(Permission.TRIAGE)
def create_entry() -> Response:
    return entry.answer(entry.new_form())


@blueprint.get("/appeals/new/receipt")
@access.requires(Permission.TRIAGE)
def entered() -> Response:
    found = entry_receipt.given()
    if found is None:
        return redirect(url_for("office.new_entry"), 303)
    appeal, receipt = found
    return render("office/entered.html", appeal=appeal, receipt=receipt)


@blueprint.post("/appeals/new/receipt/pdf")
@access.requires(Permission.TRIAGE)
def print_entry() -> Response:
    found = entry_receipt.given()
    if found is None:
        flash(entry_receipt.WITHOUT_CODE, "info")
        return redirect(url_for("office.new_entry"), 303)
    return entry_receipt.print_given(*found)


@blueprint.post("/appeals/new/receipt/told")
@access.requires(Permission.TRIAGE)
def entry_told() -> Response:
    """The code is given: it disappears from this desk, and on goes the work."""
    found = entry_receipt.given()
    entry_receipt.forget()
    flash(TOLD, "success")
    if found is not None and request.form.get("to") == "triage":
        return redirect(url_for("office.triage_one", uid=found[0].uid), 303)
    return redirect(url_for("office.new_entry"), 303)


@blueprint.post("/appeals/<uid>/receipt/pdf")
@access.requires(Permission.TRIAGE)
def reprint_entry(uid: str) -> Response:
    return entry_receipt.reprint(uid)
