"""What the unit completed itself (自办件): the month's list with its bar, the report, the amendment."""

from dataclasses import replace
from datetime import datetime

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.types import Actor
from models.appeals.queries import demands
from models.appeals.tables import Appeal
from models.appeals.types import Channel, Filing
from models.appeals.vault import Identity, IdentityVault
from models.errors import DomainError
from models.handling import self_registered
from models.handling.commands import Act
from models.handling.queries import reply, reply_items
from models.handling.self_registered_rules import REPORT_WITHIN_WORKDAYS, month_of
from models.handling.types import Action, ReplyKind
from webapp import access, clock, db, intake, staging
from webapp.acts import ActView, in_summary, noted
from webapp.calendar import calendar_for
from webapp.desk.self_registered_form import AmendForm, SelfRegisteredForm
from webapp.filing_form import STALE_KEY
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.paging import ROWS, paginate
from webapp.self_registered import matter_rows, month_text, month_value, months

BUTTONS = ("add_demand", "remove_demand")
ALREADY = "这张登记表已经用过，登记的是另一件事。内容都在，核对后请再点一次“登记”，另行编号。"
DAY_CODES = frozenset({"completed_in_future", "completed_before_received", "completed_long_ago"})


def show_month() -> Response:
    """The unit's own reports of a month, and how many of the number it owes."""
    session, actor, today = db.session(), access.current_actor(), clock.today()
    first, last = month_of(request.args.get("month", ""), today)
    units = units_by_id(session)
    unit = units.get(actor.unit_id or 0)
    own = actor.unit_id or 0
    total = self_registered.listed_count(session, actor, first, last, unit_id=own)
    pages = paginate(total, "desk.self_registered", month=month_value(first))
    found = self_registered.listed(session, actor, first, last, unit_id=own, limit=ROWS, offset=pages.offset)
    return render(
        "desk/self_registered.html",
        rows=matter_rows(found, {}, "desk.show"), pages=pages, month_text=month_text(first), month=month_value(first),
        months=months(today, first), quota=unit.monthly_appeals_quota if unit else 0,
        counted=self_registered.counted(session, own, first, last), within=REPORT_WITHIN_WORKDAYS,
    )


def show(form: SelfRegisteredForm, status: int = 200) -> Response:
    form.even_rows()
    return render("desk/matter.html", part="desk/_matter_demands.html", status=status, form=form)


def answer(form: SelfRegisteredForm) -> Response:
    is_stale = form.renew_stale_key()
    form.even_rows()
    if any(name in request.form for name in BUTTONS):
        form.press(request.form)
        return show(form)
    is_valid = form.validate() and not is_stale
    if is_stale:
        form.form_errors = [STALE_KEY]
    if not is_valid:
        return show(form, 422)
    filed = intake.file(form, staging.Received(), clock.now(), _submit(form))
    if filed.is_other:
        form.renew_key()
        form.form_errors = [ALREADY]
        return show(form, 409)
    flash(f"{filed.number} 已登记，报市优办认定。认定以后归档；需要补正的，会退回到这里。", "success")
    return redirect(url_for("desk.self_registered"), 303)


def _submit(form: SelfRegisteredForm) -> intake.Submit:
    actor = access.current_actor()

    def submit(
        session: Session, filing: Filing, identity: Identity | None, vault: IdentityVault, now: datetime
    ) -> Appeal:
        written = replace(
            filing, channel=Channel(form.channel.data), recorded_by=actor, is_self_registered=True,
            is_confidential=False, paper_received_on=form.received_on.data,
        )
        act = Act(actor, now, calendar_for(session))
        return self_registered.register(session, written, identity, vault, form.report, act)

    return submit


# ---------------------------------------------------------------- amendment


def _amend(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    assert isinstance(form, AmendForm)
    self_registered.amend(session, appeal, form.report, noted(act, internal=form.remark.data or ""))
    return "已补正，重新报市优办认定。"


def _beside_day(form: ActForm, error: DomainError) -> None:
    if error.code in DAY_CODES and isinstance(form, AmendForm):
        form.completed_on.errors = [message(error.code)]
    else:
        in_summary(form, error)


AMEND = ActView(Action.AMEND, AmendForm, _amend, "去补正", page="desk.amend", explain=_beside_day)


def show_amend(
    appeal: Appeal, *, failed: ActForm | None = None, action: Action | None = None, status: int = 200
) -> Response:
    session, actor = db.session(), access.current_actor()
    form = failed if failed is not None else _amend_form(session, actor, appeal)
    said = demands(session, appeal)
    assert isinstance(form, AmendForm)
    for one in (form.outcomes, form.done):
        while len(one) < len(said):
            one.append_entry()
    return render("desk/amend.html", status=status, appeal=appeal, form=form, demands=said)


def _amend_form(session: Session, actor: Actor, appeal: Appeal) -> AmendForm:
    """What was reported, to be mended."""
    row = self_registered.registration(session, appeal)
    final = reply(session, appeal, ReplyKind.FINAL)
    items = reply_items(session, final) if final else {}
    answers = [items.get(one.id or 0) for one in demands(session, appeal)]
    form = AmendForm(
        formdata=None,
        data={
            "completed_on": row.completed_on, "attitude": row.attitude.value,
            "outcomes": [one.outcome.value if one and one.outcome else "" for one in answers],
            "done": [one.facts if one else "" for one in answers],
        },
    )
    form.version.data = str(appeal.version)
    return form
