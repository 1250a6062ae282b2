"""One call: whom, about what, what was said before, and the form. Showing the telephone number is a look at the appeal,
noted like any other (`webapp.view_log`).
"""

from dataclasses import dataclass

from flask import current_app, flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals import queries as appeals
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import DomainError, Refused
from models.followup import call_lists, calls, queries
from models.handling import queries as handling
from models.handling.commands import Act
from models.handling.types import ReplyKind
from webapp import access, clock, db, keyed, presenting, view_log
from webapp.appeal_page import contact_rows
from webapp.calendar import current_calendar
from webapp.followup.forms import CallForm
from webapp.followup_rows import CallRow, call_rows
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.notifying import telling_of_cases
from webapp.refilling import refilled

RECORDED = "已登记第{attempt}次回访：{said}。"
ALL_DONE = "今天的名单已经全部回访。"


@dataclass(frozen=True)
class Callee:
    """Whom to call and about what. `contact` is empty for whose identity is not this person's to read."""

    contact: tuple[tuple[str, str], ...]
    unit: str
    demands: tuple[presenting.DemandView, ...]
    made: tuple[CallRow, ...]


def show(uid: str, form: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, uid)
    view_log.seen(appeal)
    attempt, why_not = _attempt(session, appeal, actor)
    shown = form or refilled(CallForm(formdata=None), url_for("followup.record_call", uid=uid))
    shown.version.data = str(attempt)
    return render(
        "followup/call.html", status=status, appeal=appeal, callee=_callee(session, actor, appeal, why_not),
        form=None if why_not else shown, why_not=why_not, attempt=attempt, lost=shown if why_not and form else None,
        next_url=_next_url(session, actor, uid),
    )


def _attempt(session: Session, appeal: Appeal, actor: Actor) -> tuple[int, str]:
    """The number of the call to be made, and why it may not be made."""
    attempt = len(queries.calls(session, appeal, appeal.round)) + 1
    try:
        calls.may_call(session, appeal, actor, clock.today())
    except Refused as refused:
        return attempt, message(refused.code, **refused.facts)
    return attempt, ""


def _callee(session: Session, actor: Actor, appeal: Appeal, why_not: str) -> Callee:
    found = None if why_not else appeals.identity(session, current_app.extensions["zhitongche.vault"], actor, appeal)
    reply = handling.reply(session, appeal, ReplyKind.FINAL)
    items = handling.reply_items(session, reply) if reply else {}
    return Callee(
        tuple(row for row in contact_rows(found) if row[0] in ("姓名", "电话", "企业名称")) if found else (),
        unit_names(session).get(appeal.lead_unit_id or 0, ""),
        tuple(presenting.demand_views(appeals.demands(session, appeal), items)),
        tuple(call_rows(queries.calls(session, appeal))),
    )


def _next_url(session: Session, actor: Actor, uid: str) -> str:
    """The next on today's list whom nobody has called today; "" when there is none."""
    drawn = call_lists.list_of(session, clock.today())
    if drawn is None:
        return ""
    left = [
        one.appeal.uid for one in call_lists.entries(session, actor, drawn)
        if not one.is_done(clock.today()) and one.appeal.uid != uid
    ]
    return url_for("followup.call", uid=left[0]) if left else ""


def record(uid: str) -> Response:
    form = CallForm()
    appeal = visible_appeal(db.session(), access.current_actor(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        acting = Act(actor, clock.now(), current_calendar())
        with telling_of_cases(session, appeal):
            call = calls.record(session, appeal, form.told, acting, expected_attempt=form.expected_version or 0)
        [row] = call_rows([call])
        url = _next_url(session, actor, uid)
        flash(RECORDED.format(attempt=call.attempt, said=row.said) + ("" if url else ALL_DONE), "success")
        return redirect(url or url_for("followup.index"), code=303)

    def again(failed: ActForm, status: int) -> Response:
        return show(uid, failed, status)

    act = keyed.KeyedAct(f"call.record:{uid}", lambda: url_for("followup.index"))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code, **error.facts))
