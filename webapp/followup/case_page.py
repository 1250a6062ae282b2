"""The page of one case, and an act on it: key, scope, form, command, answer."""

from dataclasses import replace
from functools import partial

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.errors import DomainError
from models.followup import case_queries, case_rules, cases
from models.followup.case_json import standing
from models.followup.tables import DissatisfactionCase
from models.followup.types import CaseAction
from models.handling.commands import Act
from webapp import access, clock, db, keyed, view_log
from webapp.calendar import current_calendar
from webapp.followup import presenters
from webapp.followup.acts import ACTS, CaseAct, meant, said_by
from webapp.followup_rows import case_rows, reads_all
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.notifying import telling_of, telling_of_cases
from webapp.refilling import refilled

FIELD_OF = {"case_extension_range": "workdays", "case_message_missing": "told"}


def case_url(uid: str) -> str:
    return url_for("followup.case", uid=uid)


def show(uid: str, *, failed: ActForm | None = None, action: CaseAction | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    case, appeal = case_queries.visible(session, actor, uid)
    view_log.seen(appeal)
    units, inside = unit_names(session), reads_all(session, actor, appeal)
    [row] = case_rows([(case, appeal)], units)
    acts = _allowed(session, actor, case, appeal)
    return render(
        "followup/case.html", status=status, row=row, appeal=appeal, appeal_url=presenters.appeal_url(actor, appeal),
        facts=presenters.facts(case, row), said=presenters.said(session, case, appeal, inside=inside),
        timeline=presenters.timeline(case_queries.events(session, case), units, inside=inside),
        is_office=actor.may_read_all, panels=_panels(case, acts, failed, action),
        lost=failed if failed is not None and all(act.action is not action for act in acts) else None,
    )


def _allowed(session: Session, actor: Actor, case: DissatisfactionCase, appeal: Appeal) -> list[CaseAct]:
    """Once somebody has spoken with the appellant, speaking again is not what the case waits for."""
    now = case_rules.allowed(standing(case), actor, cases.about(session, case, appeal))
    is_spoken = case.contact_done_on is not None
    return [
        replace(act, kind="quiet") if is_spoken and action is CaseAction.CONTACT else act
        for action, act in ACTS.items() if action in now
    ]


def _panels(
    case: DissatisfactionCase, acts: list[CaseAct], failed: ActForm | None, action: CaseAction | None
) -> list[tuple[CaseAct, ActForm, str]]:
    """Each act with its form, the failed one in its place, and where it is sent."""
    found = []
    for act in acts:
        url = url_for(act.endpoint, uid=case.uid)
        form = failed if failed is not None and act.action is action else refilled(act.form(formdata=None), url)
        form.version.data = str(case.version)  # who has seen what was done meanwhile may send it again
        found.append((act, _own_ids(form, act), url))
    return found


def _own_ids(form: ActForm, act: CaseAct) -> ActForm:
    """Several acts on one page ask for words: their controls need different ids. Names stay."""
    for field in form:
        field.id = f"{act.action.value}-{field.name}"
    return form


def perform(uid: str, action: CaseAction) -> Response:
    """`POST …/<act>`: 303 when done, 422 when refused or incomplete, 409 when the case moved on meanwhile."""
    act = ACTS[action]
    form = act.form()
    case, appeal = case_queries.visible(db.session(), access.current_actor(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        acting = Act(actor, clock.now(), current_calendar(), expected_version=form.expected_version)
        with telling_of(session, appeal), telling_of_cases(session, appeal):
            if action is CaseAction.DECIDE_REDO:
                cases.redo(session, case, appeal, acting, said_by(form))
            else:
                cases.perform(session, case, appeal, meant(action, form), acting, said_by(form))
        flash(act.said, "success")
        return redirect(case_url(uid), code=303)

    keyed_act = keyed.KeyedAct(f"case.{action.value}:{uid}", lambda: case_url(uid))
    return keyed.perform(keyed_act, form, run=run, show=partial(_again, uid, action), explain=_explain)


def _again(uid: str, action: CaseAction, form: ActForm, status: int) -> Response:
    return show(uid, failed=form, action=action, status=status)


def _explain(form: ActForm, error: DomainError) -> None:
    name, text = FIELD_OF.get(error.code, ""), message(error.code, **error.facts)
    if name in form:
        form[name].errors = [text]
    else:
        form.form_errors.append(text)
