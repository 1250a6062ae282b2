"""A leader's instruction (批示) on an appeal, with a day of its own; the office forwards it to the unit."""

from functools import partial

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.errors import DomainError, Refused
from models.supervision import ladder_records
from models.supervision.ladder_records import Content
from models.supervision.ladder_types import Ground, RecordKind
from webapp import access, db, keyed, view_log
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled
from webapp.supervision.forms import InstructionForm
from webapp.supervision.letters import act_of, letterhead
from webapp.supervision.record_page import record_url


def show(uid: str, *, failed: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, uid)
    view_log.seen(appeal)
    url = url_for("supervision.instruct", uid=uid)
    unit = units_by_id(session).get(appeal.lead_unit_id or 0)
    form = failed or refilled(InstructionForm(formdata=None), url)
    return render(
        "supervision/instruct.html", status=status, url=url, form=form, appeal=appeal,
        unit=unit.short_name if unit else "",
    )


def instruct(uid: str) -> Response:
    appeal = visible_appeal(db.session(), access.current_actor(), uid, lock=True)
    form = InstructionForm()

    def run(session: Session, actor: Actor) -> Response:
        unit = units_by_id(session).get(appeal.lead_unit_id or 0)
        if unit is None:
            raise Refused("not_dispatched")
        content = Content(
            RecordKind.INSTRUCTION, unit, Ground.INSTRUCTED, demand=form.demand.data or "", due_on=form.due_on.data
        )
        record = ladder_records.begin(session, content, act_of(), letterhead(), appeal=appeal)
        flash("批示已交市优办，由市优办转承办单位办理。", "success")
        return redirect(record_url(record.uid), code=303)

    act = keyed.KeyedAct(f"instruct:{uid}", lambda: url_for("supervision.instructions"))
    return keyed.perform(act, form, run=run, show=partial(_again, uid), explain=_explain)


def _again(uid: str, form: ActForm, status: int) -> Response:
    return show(uid, failed=form, status=status)


def _explain(form: ActForm, error: DomainError) -> None:
    if error.code == "record_due_not_ahead":
        form["due_on"].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))
