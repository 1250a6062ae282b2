"""Entry of an appeal that came by telephone, letter or visit: one page, one step, one receipt.

The limits for strangers (filings an hour, proof of work, files a day) stay away from here on purpose: they hold back
people nobody knows, by their address or account. A clerk is known, every entry names them in the event and in the audit
log, and on the morning after a holiday thirty letters an hour are their work. The 20 an hour of an account (ABU-2) are
for enterprise accounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import handling_units, unit_names
from models.accounts.rules import PERMISSIONS, Permission
from models.appeals import credit_code
from models.appeals.known import open_appeals_of
from models.appeals.tables import Appeal
from models.appeals.types import STATE_LABELS, Channel, Filing
from models.appeals.vault import Identity, IdentityVault
from models.handling import entry
from webapp import access, clock, db, intake, staging
from webapp.calendar import calendar_for
from webapp.filing_form import STALE_KEY, by_name
from webapp.filing_views import staged_views
from webapp.filters import cn_datetime
from webapp.forms import key_digest
from webapp.htmx import render, wants_part
from webapp.office import entry_receipt
from webapp.office.entry_form import EntryForm

BUTTONS = ("add_demand", "remove_demand", "remove_file")
DOUBTED = "credit_code"
"""Among what the clerk has seen: that the credit code fails its check digit."""
ALREADY = "这张登记表已经用过，登记的是另一件诉求。内容都在，核对后请再点一次“登记”，另行编号。"


@dataclass(frozen=True)
class Known:
    """An open appeal of the same appellant, as it stands beside the form."""

    uid: str
    number: str
    title: str
    told: str
    url: str


def new_form() -> EntryForm:
    form = EntryForm()
    with db.database().reading() as session:
        units = handling_units(session)
    form.units = by_name(units)
    return form


def show(form: EntryForm, status: int = 200, known: Sequence[Known] = (), *, is_asking: bool = False) -> Response:
    """`is_asking`: everything is in order but for what is known already; the next press writes it down."""
    digest = key_digest(form.submission_key.data or "")
    staged = staging.staged(digest) if request.method == "POST" else ()
    is_look = request.form.get("step") == "look"
    return render(
        "office/entry.html",
        part="office/_known.html" if is_look else "office/_entry_demands.html",
        status=status,
        form=form,
        units=form.offered_units,
        staged=staged_views(staged),
        known=known,
        is_asking=is_asking,
        doubts=_doubts(form) if is_asking or is_look else (),
    )


def answer(form: EntryForm) -> Response:
    is_stale = form.renew_stale_key()
    if request.form.get("step") == "look":
        form.make_showable()
        return show(form, known=known(form))
    if wants_part() and _has_pressed():
        return _press(form)  # the page stays, and with it the files chosen there
    received = staging.receive(key_digest(form.submission_key.data), request.files.getlist("attachments"), clock.now())
    form.attachments.errors = list(received.errors)
    if _has_pressed():
        return _press(form)
    is_valid = form.validate() and not is_stale
    if is_stale:
        form.form_errors = [STALE_KEY]
    form.attachments.errors = list(received.errors)
    if not is_valid or received.errors:
        return show(form, 422)
    return _write_down(form, received)


def _has_pressed() -> bool:
    return any(name in request.form for name in BUTTONS)


def _press(form: EntryForm) -> Response:
    form.press(request.form)
    if "remove_file" in request.form:
        staging.remove(key_digest(form.submission_key.data), request.form["remove_file"])
    return show(form, 422 if form.attachments.errors else 200)


def known(form: EntryForm) -> list[Known]:
    """Open appeals of the same telephone number or enterprise."""
    if form.is_anonymous:
        return []
    code = credit_code.normalise(form.credit_code.data or "") if form.is_enterprise else ""
    with db.database().reading() as session:
        found = open_appeals_of(
            session, access.current_actor(), _vault(), phone=form.phone.data or "", credit_code=code
        )
        units = unit_names(session) if found else {}
    return [_known(one, units.get(one.lead_unit_id or 0, "")) for one in found]


def _known(one: Appeal, unit: str) -> Known:
    told = "，".join(part for part in (cn_datetime(one.filed_at), STATE_LABELS[one.state], unit) if part)
    return Known(one.uid, one.number, one.title, told, url_for("office.show", uid=one.uid))


def _doubts(form: EntryForm) -> list[str]:
    """A credit code that cannot be right warns and never blocks (domain.md §9)."""
    doubts = credit_code.check(form.credit_code.data or "") if form.is_enterprise else ()
    return [credit_code.WARNINGS[doubt] for doubt in doubts]


def _write_down(form: EntryForm, received: staging.Received) -> Response:
    """Once the clerk has seen what is known already, or when nothing is."""
    found = known(form)
    noted = {one.uid for one in found} | ({DOUBTED} if _doubts(form) else set())
    unseen = noted - set(request.form.getlist("seen"))
    if unseen and intake.earlier(form, received) is None:
        return show(form, known=found, is_asking=True)
    filed = intake.file(form, received, clock.now(), _submit(form))
    if filed.is_other:
        form.renew_key()
        form.form_errors = [ALREADY]
        return show(form, 409, found)
    entry_receipt.remember(filed.number, form.submission_key.data)
    return redirect(url_for("office.entered"), 303)


def _submit(form: EntryForm) -> intake.Submit:
    recorder = access.current_actor().acting_by(PERMISSIONS[Permission.TRIAGE])

    def submit(
        session: Session, filing: Filing, identity: Identity | None, vault: IdentityVault, now: datetime
    ) -> Appeal:
        written = replace(
            filing, channel=Channel(form.channel.data), recorded_by=recorder,
            paper_received_on=form.paper_received_on.data,
        )
        return entry.write_down(
            session, written, identity, vault, reason=form.late_reason.data or "", now=now,
            calendar=calendar_for(session),
        )

    return submit


def _vault() -> IdentityVault:
    return current_app.extensions["zhitongche.vault"]
