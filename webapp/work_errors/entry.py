"""Registering an error, and changing what is registered: pages of their own, for the long form."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import handling_units
from models.accounts.types import Actor
from models.accounts.unit_tree import unit_by_id
from models.supervision import work_error_queries as queries
from models.supervision import work_error_rules as rules
from models.supervision import work_errors
from models.supervision.work_error_tables import WorkError
from models.supervision.work_error_types import (
    CONSEQUENCES,
    GRADE_LABELS,
    GRADE_TEXTS,
    Finding,
    Grade,
    Happened,
    Status,
)
from webapp import access, clock, db, keyed
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled
from webapp.work_errors.forms import ChangeForm, FindingForm, RegisterForm
from webapp.work_errors.page import explain, perform

AT_ONCE = "严重错情应当即知即报，请立即向{recipient}报告。"
CHANGED = {Happened.REGRADE: "已重新定级", Happened.CORRECT: "已更正"}


def show_new(form: ActForm | None = None, status: int = 200) -> Response:
    shown = form or refilled(RegisterForm(formdata=None), url_for("work_errors.create"))
    return render(
        "work_errors/new.html", status=status, form=shown, units=handling_units(db.session()), **_law(),
    )


def _law() -> dict[str, Any]:
    """What stands beside the choices of the form: the words of the articles."""
    return {
        "grade_texts": {grade.value: text for grade, text in GRADE_TEXTS.items()},
        "consequences": [(GRADE_LABELS[grade], text) for grade, text in CONSEQUENCES.items()],
    }


def create() -> Response:
    form = RegisterForm()

    def run(session: Session, actor: Actor) -> Response:
        finding = _finding(session, actor, form, None)
        error = work_errors.register(session, form.found_unit, finding, work_errors.Act(actor, clock.now()))
        told = f"{work_errors.number_text(error)}已登记，{form.found_unit.short_name}可以看到，并可以作一次说明。"
        if finding.grade is Grade.SERIOUS:
            told += AT_ONCE.format(recipient=rules.recipient(form.found_unit.kind).value)
        flash(told, "success")
        return redirect(url_for("work_errors.show", uid=error.uid), code=303)

    act = keyed.KeyedAct("work_error.register", lambda: url_for("work_errors.index"))
    return keyed.perform(act, form, run=run, show=show_new, explain=explain)


def _finding(session: Session, actor: Actor, form: FindingForm, error: WorkError | None) -> Finding:
    """With the appeal it names. One that somebody else named, and this person may not see, stays named."""
    number = form.appeal_number.data or ""
    if number:
        return replace(form.finding, appeal_id=queries.appeal_by_number(session, actor, number).id)
    is_kept = error is not None and queries.linked_appeal(session, actor, error) is None
    return replace(form.finding, appeal_id=error.appeal_id if error is not None and is_kept else None)


# ---------------------------------------------------------------- changing


def show_change(uid: str, form: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    error = queries.visible(session, actor, uid)
    unit = unit_by_id(session, error.unit_id)
    is_gone = "work_error_revoked" if error.status is Status.REVOKED else None
    refusal = rules.refused_to_keep(actor, unit.path) or is_gone
    if form is not None:
        form.version.data = str(error.version)  # who has seen what is registered now may send it again
    return render(
        "work_errors/edit.html", status=status, number=work_errors.number_text(error), unit=unit,
        form=form or _filled(session, actor, error), uid=uid, why_not=message(refusal) if refusal else "",
        registered=_registered(error), **_law(),
    )


def _filled(session: Session, actor: Actor, error: WorkError) -> ChangeForm:
    appeal = queries.linked_appeal(session, actor, error)
    form = ChangeForm(
        formdata=None,
        data={
            "occurred_on": error.occurred_on, "content": error.content, "source": error.source.value,
            "circumstances": error.circumstances, "basis": error.basis, "grade": error.grade.value,
            "accountability": error.accountability, "appeal_number": appeal.number if appeal else "",
            "version": str(error.version),
        },
    )
    return refilled(form, url_for("work_errors.change", uid=error.uid))


def _registered(error: WorkError) -> list[tuple[str, str]]:
    """What stands there now, beside a form that failed because somebody else was faster (CON-1)."""
    return [
        ("错情类型", f"{GRADE_LABELS[error.grade]}差错"), ("错情内容", error.content),
        ("责任追究", error.accountability or "尚未填写"),
    ]


def change(uid: str) -> Response:
    form = ChangeForm()

    def run(session: Session, error: WorkError, act: work_errors.Act) -> str:
        unit, finding = unit_by_id(session, error.unit_id), _finding(session, act.actor, form, error)
        happened = work_errors.change(session, error, unit, finding, act, reason=form.reason.data or "")
        told = f"{work_errors.number_text(error)}{CHANGED[happened]}，原来的内容和更正理由都保留在经过里。"
        is_grave = happened is Happened.REGRADE and finding.grade is Grade.SERIOUS
        return told + (AT_ONCE.format(recipient=rules.recipient(unit.kind).value) if is_grave else "")

    def show(failed: ActForm, status: int) -> Response:
        return show_change(uid, failed, status)

    return perform("change", uid, form, run, show)
