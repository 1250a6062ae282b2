"""How follow-up is done: what is in force, every version, and the director's form."""

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.errors import DomainError
from models.followup import policies
from models.followup.tables import RANGES, FollowUpPolicy
from models.followup.types import Terms
from webapp import access, clock, db, keyed
from webapp.followup.forms import POLICY_LABELS, PolicyForm
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled

FIELD_OF = {"policy_in_the_past": "in_force_from", "put_right_most_below": "put_right_workdays_most"}


def show(*, failed: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    versions = policies.versions(session)
    form = failed
    if form is None and permits(actor.roles, Permission.DIRECT_FOLLOW_UP):
        form = refilled(_form(versions[0]), url_for("followup.change_policy"))
    return render(
        "followup/policy.html", status=status, form=form, versions=versions, labels=POLICY_LABELS,
        in_force=policies.in_force(session, clock.today()),
    )


def _form(newest: FollowUpPolicy) -> PolicyForm:
    form = PolicyForm(formdata=None)
    for name in RANGES:
        form[name].data = str(getattr(newest, name))
    form.version.data = str(newest.version)
    return form


def change() -> Response:
    form = PolicyForm()

    def run(session: Session, actor: Actor) -> Response:
        made = policies.change(
            session, actor, Terms(*(form.number(name) for name in RANGES)), in_force_from=form.in_force_from.data,
            basis=form.basis.data or "", expected_version=form.expected_version, now=clock.now(), today=clock.today(),
        )
        flash(f"回访规定第{made.version}版已保存，只用于施行以后的答复和不满意事项。", "success")
        return redirect(url_for("followup.policy"), code=303)

    def again(failed: ActForm, status: int) -> Response:
        if status == 409:
            failed.version.data = str(policies.versions(db.session())[0].version)
        return show(failed=failed, status=status)

    act = keyed.KeyedAct("follow_up.change:", lambda: url_for("followup.policy"))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    name = FIELD_OF.get(error.code)
    if name is not None:
        form[name].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code, **error.facts))
