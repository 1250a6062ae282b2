"""The answers to the filing form: form, check page, receipt. Which one, `step` and the pressed button say."""

from collections.abc import Sequence
from typing import cast

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.queries import handling_units
from models.appeals import credit_code
from webapp import clock, db, staging
from webapp.filing_form import STALE_KEY, FilingForm, by_name
from webapp.forms import key_digest
from webapp.htmx import render, wants_part
from webapp.public import enterprise_filing, intake, limits, memory, pausing, presenters, proofs, uploads
from webapp.public.enterprise_filing import AccountFilingForm

BUTTONS = ("add_demand", "remove_demand", "remove_file")


def new_form() -> AccountFilingForm:
    form = enterprise_filing.prepared()
    with db.database().reading() as session:
        units = handling_units(session)
    form.units = by_name(units)
    return form


def show(form: FilingForm, status: int = 200) -> Response:
    digest = key_digest(form.submission_key.data or "")
    staged = staging.staged(digest) if request.method == "POST" else ()
    return render(
        "public/filing.html",
        part="public/_demands.html",
        status=status,
        form=form,
        units=form.offered_units,
        staged=presenters.staged_views(staged),
    )


def answer(form: AccountFilingForm) -> Response:
    is_stale = form.renew_stale_key()
    if wants_part() and _has_pressed(BUTTONS):
        return _press(form)  # the page stays, and with it the files chosen there: none are sent or kept
    if request.form.get("step") == "keep":
        return _pause(form)
    digest, now = key_digest(form.submission_key.data), clock.now()
    received = uploads.receive(digest, request.files.getlist("attachments"), now)
    form.attachments.errors = list(received.errors)
    if _has_pressed(BUTTONS) or request.form.get("step") == "edit":
        return _press(form)
    is_valid = form.validate() and not is_stale and not form.is_lost
    if is_stale:
        form.form_errors = [STALE_KEY]
    if form.is_lost:
        form.form_errors = [*form.form_errors, enterprise_filing.LOST]
    form.attachments.errors = list(received.errors)
    if not is_valid or received.errors:
        return show(form, 422)
    return _submit(form, received) if request.form.get("step") == "submit" else _check(form, digest)


def _has_pressed(names: Sequence[str]) -> bool:
    return any(name in request.form for name in names)


def _press(form: FilingForm) -> Response:
    form.press(request.form)
    if "remove_file" in request.form:
        staging.remove(key_digest(form.submission_key.data), request.form["remove_file"])
    return show(form, 422 if form.attachments.errors else 200)


def _pause(form: AccountFilingForm) -> Response:
    """Kept for later, on request; what stands in the way is said on the form, with everything typed."""
    try:
        return pausing.pause()
    except pausing.NothingTyped as nothing:
        form.make_showable()
        form.form_errors = [nothing.message_zh]
        return show(form, 422)
    except limits.TooMany as many:
        form.make_showable()
        return _wait(form, many)


def resumed(form: AccountFilingForm) -> Response:
    """The form with what was kept under a code."""
    found = pausing.fetched(pausing.ResumeForm())
    if isinstance(found, Response):
        return found
    return show(cast(AccountFilingForm, pausing.refill(form, found)))


def _check(form: AccountFilingForm, digest: str, status: int = 200) -> Response:
    staged = presenters.staged_views(staging.staged(digest))
    doubts = credit_code.check(form.credit_code.data or "") if form.is_enterprise else ()
    warnings = [credit_code.WARNINGS[doubt] for doubt in doubts]
    return render(
        "public/check.html",
        status=status,
        form=form,
        blocks=presenters.answer_blocks(form, staged),
        warnings=warnings,
        proof=proofs.for_filing(form.submission_key.data, clock.now()),
    )


def _submit(form: AccountFilingForm, received: staging.Received) -> Response:
    now = clock.now()
    try:
        filed = intake.file(form, received, now)
    except limits.TooMany as many:
        return _wait(form, many)
    except limits.ProofNeeded:
        db.release()
        return _check(form, key_digest(form.submission_key.data), 422)
    if filed.is_other:
        form_again = [(name, value) for name, value in form.hidden_values() if name != "submission_key"]
        blocks = presenters.answer_blocks(form, ())
        return render("public/already.html", status=409, number=filed.number, blocks=blocks, values=form_again)
    memory.remember_receipt(filed.number, form.submission_key.data, now)
    return redirect(url_for("public.receipt"), 303)


def _wait(form: FilingForm, many: limits.TooMany) -> Response:
    """Too many from this address: nothing is filed, nothing typed is lost, and the form says when to try again."""
    db.release()
    form.form_errors = [many.message_zh]
    return limits.waiting(show(form, 429), many)
