"""A proposal's page: what it says, what it would move, and the second person's decision."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.errors import DomainError
from models.handling import arranging
from models.workdays import queries
from models.workdays.arrangement_rules import (
    conflict,
    forgotten,
    refused_to_decide,
    refused_to_withdraw,
    with_arrangement,
)
from models.workdays.tables import ArrangementRow
from models.workdays.types import ArrangementStatus
from webapp import access, clock, db, keyed
from webapp.calendar import current_calendar
from webapp.calendar_desk.forms import RefuseForm
from webapp.calendar_desk.moving import preview_view
from webapp.calendar_desk.proposing import described
from webapp.calendar_desk.year_page import arrangement_views, left_context
from webapp.forms import ActForm
from webapp.htmx import render, wants_part
from webapp.messages import message

APPROVED = "已批准，日历第{version}版从现在起生效。已重新计算 {moved} 件诉求的期限，变化和依据写入每件的办理经过。"
Act = Callable[[Session, ArrangementRow, Actor, ActForm], str]


def show(uid: str, *, failed: ActForm | None = None, status: int = 200) -> Response:
    """The page; for htmx the list of dates alone, whose pages one turns."""
    session, actor = db.session(), access.current_actor()
    row = queries.arrangement(session, uid)
    days, calendar = queries.arranged_days(session, row), current_calendar()
    is_open = row.status is ArrangementStatus.PROPOSED
    would_be = with_arrangement(calendar, days)
    preview = preview_view(session, actor, would_be, "calendar_desk.show", uid) if is_open else None
    return render(
        "calendar_desk/proposal.html", part="calendar_desk/_moves.html", status=status,
        one=arrangement_views(session, [row])[0], is_open=is_open, text=row.text, preview=preview,
        warnings=[note.text for note in forgotten(days, calendar)] if is_open else [],
        **described(days), **_acts(actor, row, calendar.version, failed), **left_context(session),
    )


def _acts(actor: Actor, row: ArrangementRow, version: int, failed: ActForm | None) -> dict[str, object]:
    """The forms this person may send, or why none: the proposer must know that another has to decide."""
    stale = conflict(row.status, row.base_version, version)
    may_keep = permits(actor.roles, Permission.KEEP_CALENDAR)
    refusal = stale or refused_to_decide(actor, row.proposed_by_id)
    is_shown = may_keep and row.status in (ArrangementStatus.PROPOSED, ArrangementStatus.STALE)
    is_refusal = isinstance(failed, RefuseForm)
    return {
        "why_not": message(refusal) if refusal and is_shown else "",
        "is_decided_here": is_shown or failed is not None,
        "may_decide": may_keep and refusal is None,
        "may_withdraw": stale is None and refused_to_withdraw(actor, row.proposed_by_id) is None,
        "may_renew": may_keep and row.status is ArrangementStatus.STALE,
        "approve_form": ActForm(formdata=None) if failed is None or is_refusal else failed,
        "refuse_form": failed if is_refusal else RefuseForm(formdata=None),
        "withdraw_form": ActForm(formdata=None), "failed": failed,
    }


def approve(uid: str) -> Response:
    """303 to the proposal's page, where the rest goes on if there is one; 422 for the proposer, 409 when overtaken."""

    def run(session: Session, row: ArrangementRow, actor: Actor, form: ActForm) -> str:
        done = arranging.approve(session, row, actor=actor, now=clock.now())
        return APPROVED.format(version=done.version, moved=done.moved)

    return _perform(uid, "approve", ActForm(), run)


def refuse(uid: str) -> Response:
    def run(session: Session, row: ArrangementRow, actor: Actor, form: ActForm) -> str:
        arranging.refuse(session, row, actor=actor, now=clock.now(), reason=form["reason"].data or "")
        return "没有批准，理由已告知提出人。日历和期限都没有变化。"

    return _perform(uid, "refuse", RefuseForm(), run)


def withdraw(uid: str) -> Response:
    def run(session: Session, row: ArrangementRow, actor: Actor, form: ActForm) -> str:
        arranging.withdraw(session, row, actor=actor, now=clock.now())
        return "已撤回。日历和期限都没有变化。"

    return _perform(uid, "withdraw", ActForm(), run)


def _perform(uid: str, name: str, form: ActForm, act: Act) -> Response:
    row = queries.arrangement(db.session(), uid, lock=True)  # before the key: of two sendings at once one waits here

    def run(session: Session, actor: Actor) -> Response:
        flash(act(session, row, actor, form), "success")
        return redirect(url_for("calendar_desk.show", uid=uid), code=303)

    kept = keyed.KeyedAct(f"calendar_{name}:{uid}", lambda: url_for("calendar_desk.show", uid=uid))
    return keyed.perform(
        kept, form, run=run, show=lambda failed, status: show(uid, failed=failed, status=status), explain=_explain
    )


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code))


def recompute() -> Response:
    """One portion of the dates that do not follow the calendar yet; the part asks for the next by itself."""
    form = ActForm()

    def run(session: Session, actor: Actor) -> Response:
        moved = arranging.recompute(session, now=clock.now())
        if wants_part():
            return again(form, 200)
        flash(f"又重新计算了 {moved} 件诉求的期限。", "success")
        return redirect(url_for("calendar_desk.index"), code=303)

    def again(failed: ActForm, status: int) -> Response:
        return render(
            "calendar_desk/left.html", part="calendar_desk/_left.html", status=status, failed=failed,
            **left_context(db.session()),
        )

    act = keyed.KeyedAct("calendar_recompute", lambda: url_for("calendar_desk.index"))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)
