"""The thresholds of the ladder: what is in force, every version, and the director's form."""

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.errors import DomainError
from models.supervision import ladder_policies
from models.supervision.ladder_tables import THRESHOLDS, LadderPolicy
from models.supervision.ladder_types import Thresholds
from webapp import access, clock, db, keyed
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled
from webapp.supervision.forms import PolicyForm, whole_number

FIELD_OF = {
    "red_before_yellow": "red_workdays_over", "policy_in_the_past": "in_force_from",
    "threshold_not_positive": "contest_workdays",
}


def show(*, failed: ActForm | None = None, status: int = 200) -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    versions = ladder_policies.versions(session)
    in_force = ladder_policies.in_force(session, today)
    form = failed
    if form is None and permits(actor.roles, Permission.DIRECT_LADDER):
        form = refilled(_form(versions[0]), url_for("supervision.change_policy"))
    return render("supervision/policy.html", status=status, form=form, versions=versions, in_force=in_force)


def _form(newest: LadderPolicy) -> PolicyForm:
    form = PolicyForm(formdata=None)
    for name in THRESHOLDS:
        form[name].data = str(getattr(newest, name))
    form.version.data = str(newest.version)
    return form


def change() -> Response:
    form = PolicyForm()

    def run(session: Session, actor: Actor) -> Response:
        numbers = [whole_number(form[name].data or "", least=0) or 0 for name in THRESHOLDS]
        made = ladder_policies.change(
            session, actor, Thresholds(*numbers), in_force_from=form.in_force_from.data, basis=form.basis.data or "",
            expected_version=form.expected_version, now=clock.now(), today=clock.today(),
        )
        flash(f"督办阶梯第{made.version}版已保存，只用于施行以后发出的督办。", "success")
        return redirect(url_for("supervision.policy"), code=303)

    def again(failed: ActForm, status: int) -> Response:
        if status == 409:
            failed.version.data = str(ladder_policies.versions(db.session())[0].version)
        return show(failed=failed, status=status)

    act = keyed.KeyedAct("ladder.change:", lambda: url_for("supervision.policy"))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    name = FIELD_OF.get(error.code)
    if name is not None:
        form[name].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))
