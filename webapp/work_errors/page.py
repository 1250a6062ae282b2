"""The page of one entry: what is registered, what was done with it, and the acts that are somebody's now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.accounts.unit_tree import unit_by_id
from models.errors import DomainError
from models.supervision import work_error_queries as queries
from models.supervision import work_error_rules as rules
from models.supervision import work_errors
from models.supervision.work_error_tables import WorkError
from models.supervision.work_error_types import (
    CLAUSES,
    CONSEQUENCES,
    GRADE_LABELS,
    STATUS_LABELS,
    Circumstance,
    Grade,
    RevokeReason,
    Status,
)
from webapp import access, clock, db, keyed
from webapp.act_panels import kept
from webapp.filters import cn_full_date
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.keyed import Show
from webapp.messages import message
from webapp.refilling import refilled
from webapp.work_errors import evidence_views, presenters
from webapp.work_errors.forms import AnswerForm, EvidenceForm, RevokeForm

Run = Callable[[Session, WorkError, work_errors.Act], str]
"""Carries an act out and says so."""


@dataclass(frozen=True)
class Offer:
    """One act of the page: its form, or why it is not this person's now, with what was typed into it meanwhile."""

    url: str
    form: ActForm | None = None
    why_not: str = ""
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Failed:
    """A form that could not be carried out, and of which act."""

    act: str
    form: ActForm


def show_entry(uid: str, failed: Failed | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    error = queries.visible(session, actor, uid)
    unit = unit_by_id(session, error.unit_id)
    history, overseen = queries.events(session, error), queries.oversees(actor)
    appeal = queries.linked_appeal(session, actor, error)
    return render(
        "work_errors/show.html", status=status, error=error, number=work_errors.number_text(error), unit=unit,
        facts=_facts(error, unit, overseen), circumstances=_clauses(error), appeal=appeal,
        appeal_url=_appeal_url(actor, appeal), grade_label=GRADE_LABELS[error.grade],
        grade_tone=presenters.GRADE_TONES[error.grade], consequence=CONSEQUENCES[error.grade],
        status_label=STATUS_LABELS[error.status], is_revoked=error.status is Status.REVOKED,
        is_serious=error.grade is Grade.SERIOUS, recipient=rules.recipient(unit.kind).value,
        evidence=evidence_views.views(session, actor, error, unit), most_files=work_errors.MOST_FILES,
        timeline=presenters.timeline(history, overseen=overseen, sees_appeal=appeal is not None),
        **_acts(actor, error, unit, failed),
    )


def _facts(error: WorkError, unit: Unit, overseen: bool) -> list[tuple[str, str]]:
    return [
        ("错情时间", cn_full_date(error.occurred_on)),
        ("责任单位", unit.full_name),
        ("错情来源", presenters.source_label(error.source, overseen)),
        ("错情类型", f"{GRADE_LABELS[error.grade]}差错"),
        ("责任追究", error.accountability or "尚未填写"),
    ]


def _clauses(error: WorkError) -> list[str]:
    return [CLAUSES[Circumstance(one)].label for one in error.circumstances]


def _appeal_url(actor: Actor, appeal: Any) -> str:
    if appeal is None:
        return ""
    return url_for("office.show" if actor.may_read_all else "desk.show", uid=appeal.uid)


def _acts(actor: Actor, error: WorkError, unit: Unit, failed: Failed | None) -> dict[str, Any]:
    """may_change: whether the page leads to the form of a change; revoke, answer: an `Offer`, or None for whom the act
    is never; adding: the form for evidence, or None.
    """
    entry = queries.stored(error)
    keeps = permits(actor.roles, Permission.KEEP_WORK_ERRORS)
    own = rules.refused_to_keep(actor, unit.path)
    is_theirs = permits(actor.roles, Permission.ANSWER_WORK_ERROR) and actor.unit_id == error.unit_id
    revoke = own or rules.refused_to_revoke(actor, entry)
    answer = rules.refused_to_answer(actor, error.unit_id, entry)
    return {
        "may_change": keeps and own is None and entry.status is Status.REGISTERED,
        "adding": _adding(failed, is_offered=keeps and own is None and entry.status is Status.REGISTERED),
        "revoke": _offer("revoke", error, RevokeForm, revoke, failed) if keeps else None,
        "answer": _offer("answer", error, AnswerForm, answer, failed) if is_theirs else None,
    }


def _adding(failed: Failed | None, *, is_offered: bool) -> ActForm | None:
    """Also what failed because it may be sent no more: the reason stands on it."""
    if failed is not None and failed.act == "add_files":
        return failed.form
    return EvidenceForm(formdata=None) if is_offered else None


def _offer(name: str, error: WorkError, kind: type[ActForm], refusal: str | None, failed: Failed | None) -> Offer:
    """A failed form gets the present version: who has seen what was done meanwhile may send it again."""
    url = url_for(f"work_errors.{name}", uid=error.uid)
    sent = failed.form if failed is not None and failed.act == name else None
    if refusal is not None:
        return Offer(url, None, message(refusal), tuple(kept(sent)) if sent is not None else ())
    form = refilled(kind(formdata=None), url) if sent is None else sent
    if sent is not None or not form.version.data:
        form.version.data = str(error.version)
    return Offer(url, form)


# ---------------------------------------------------------------- acts


def revoke(uid: str) -> Response:
    form = RevokeForm()

    def run(session: Session, error: WorkError, act: work_errors.Act) -> str:
        unit = unit_by_id(session, error.unit_id)
        work_errors.revoke(session, error, unit, RevokeReason(form.code.data), act, reason=form.reason.data or "")
        return f"{work_errors.number_text(error)}已撤销，不再计入各项统计；登记簿上保留撤销的原因和经手人。"

    return perform("revoke", uid, form, run)


def answer(uid: str) -> Response:
    form = AnswerForm()

    def run(session: Session, error: WorkError, act: work_errors.Act) -> str:
        work_errors.answer(session, error, act, words=form.statement.data or "")
        return "说明已提交，市优办可以看到。登记内容是否更正、撤销，由市优办核实后办理。"

    return perform("answer", uid, form, run)


def perform(name: str, uid: str, form: ActForm, run: Run, show: Show | None = None) -> Response:
    """One act on an entry: 303 to its page; 422 or 409 with what was typed, on its page or on one of its own."""
    session, actor = db.session(), access.current_actor()
    error = queries.visible(session, actor, uid, lock=True)  # before the key: of two sendings at once one waits here

    def carry_out(session: Session, actor: Actor) -> Response:
        act = work_errors.Act(actor, clock.now(), form.expected_version)
        flash(run(session, error, act), "success")
        return redirect(url_for("work_errors.show", uid=uid), code=303)

    def on_its_page(failed: ActForm, status: int) -> Response:
        return show_entry(uid, Failed(name, failed), status)

    act = keyed.KeyedAct(f"work_error.{name}:{uid}", lambda: url_for("work_errors.show", uid=uid))
    return keyed.perform(act, form, run=carry_out, show=show or on_its_page, explain=explain)


FIELD_OF = {
    "no_such_number": "appeal_number", "unit_not_in_use": "unit", "work_error_in_future": "occurred_on",
    "work_error_long_ago": "occurred_on",
}
"""Beside which field a refusal is told; what the law says of the others the form has told already."""


def explain(form: ActForm, error: DomainError) -> None:
    name, said = FIELD_OF.get(error.code, ""), message(error.code, **error.facts)
    if name in form:
        form[name].errors = [*form[name].errors, said]
    else:
        form.form_errors.append(said)
