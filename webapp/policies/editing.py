"""The director writes a version: filled in from the newest, compared with it, saved."""

from collections.abc import Callable
from datetime import date

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.errors import DomainError
from models.handling import policies
from models.handling import policy_queries as queries
from models.handling.policy_queries import Line, Version
from models.handling.policy_rules import IN_ORDER, LEAST_AND_MOST, ONE_DAY, STAGES, refused_start
from models.handling.tables import Policy
from webapp import clock, db, keyed
from webapp.calendar import current_calendar
from webapp.filters import cn_full_date
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.policies.comparing import changes, examples
from webapp.policies.forms import VersionForm, limit_name
from webapp.refilling import refilled

FIELD_OF = {
    "policy_not_ahead": "in_force_from", "policy_too_far_ahead": "in_force_from",
    "policy_before_newest": "in_force_from", "policy_still_in_force": "in_force_from",
    "policy_name_taken": "policy_name",
}
SAVED = "{name}第{version}版已保存，{first}起施行。已经交办的诉求不受影响。"
Save = Callable[[Session, Actor], Policy]


def show_new() -> Response:
    """As long as the default gives; name, basis and reach are the new one's own."""
    default = queries.lines(db.session())[0]
    form = VersionForm(formdata=None)
    form.is_default = False
    form.fill(default.newest.provision)
    form.policy_name.data = form.policy_basis.data = ""
    return _show(_dated(form), None)


def create() -> Response:
    form = VersionForm()
    form.is_default = False

    def save(session: Session, actor: Actor) -> Policy:
        return policies.begin(session, actor, form.provision, in_force_from=_day(form), now=clock.now())

    return _handle(form, None, "policy.begin:", save)


def show_revision(code: str) -> Response:
    line = queries.line(db.session(), code)
    form = VersionForm(formdata=None)
    form.is_default = line.is_default
    form.fill(line.newest.provision)
    form.version.data = str(line.newest.row.version)
    return _show(_dated(form), line)


def revise(code: str) -> Response:
    line = queries.line(db.session(), code)
    form = VersionForm()
    form.is_default = line.is_default

    def save(session: Session, actor: Actor) -> Policy:
        return policies.revise(
            session, actor, code, form.provision, in_force_from=_day(form), expected_version=form.expected_version,
            now=clock.now(),
        )

    return _handle(form, line, f"policy.revise:{code}", save)


def _dated(form: VersionForm) -> VersionForm:
    form.in_force_from.data = clock.today() + ONE_DAY
    return refilled(form, request.path)


def _day(form: VersionForm) -> date:
    found: date | None = form.in_force_from.data
    assert found is not None, "read before the form was validated"
    return found


def _handle(form: VersionForm, line: Line | None, subject: str, save: Save) -> Response:
    if request.form.get("step") != "save":
        return _compare(form, line)

    def run(session: Session, actor: Actor) -> Response:
        made = save(session, actor)
        flash(
            SAVED.format(name=made.name, version=made.version, first=cn_full_date(made.in_force_from)), "success"
        )
        return redirect(url_for("policies.show", code=made.code, number=made.version), code=303)

    def again(failed: ActForm, status: int) -> Response:
        if status == 409 and line is not None:
            failed.version.data = str(queries.line(db.session(), line.code).newest.row.version)
        return _show(form, line, status=status)

    act = keyed.KeyedAct(subject, lambda: url_for("policies.index"))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _compare(form: VersionForm, line: Line | None) -> Response:
    """Nothing is written: what would change, and the dates of a dispatch on the first day."""
    is_sound = form.validate_on_submit()
    if is_sound:
        problem = refused_start(_day(form), clock.today(), line.newest.span if line else None)
        if problem is None:
            return _show(form, line, is_compared=True)
        form.in_force_from.errors = [message(problem[0], **problem[1])]
    keyed.renewed(form)
    return _show(form, line, status=422)


def _explain(form: ActForm, error: DomainError) -> None:
    name, said = FIELD_OF.get(error.code, ""), message(error.code, **error.facts)
    if name in form:
        form[name].errors = [*form[name].errors, said]
    else:
        form.form_errors.append(said)


def _show(form: VersionForm, line: Line | None, *, status: int = 200, is_compared: bool = False) -> Response:
    session, before = db.session(), _before(line)
    running = queries.running_counts(session) if line else {}
    context = _comparison(form, before) if is_compared else {"changes": None}
    return render(
        "policies/edit.html", status=status, form=form, line=line, before=before, is_default=form.is_default,
        ordered=form.fields(limit_name(stage) for stage in IN_ORDER),
        offices=form.fields(limit_name(stage) for stage in STAGES if stage not in IN_ORDER),
        allowances=form.fields(LEAST_AND_MOST), next_number=line.newest.row.version + 1 if line else 1,
        running=sum(running.get(one.id, 0) for one in line.versions) if line else 0, **context,
    )


def _before(line: Line | None) -> Version:
    """What a version is compared with: the one it follows; for a further policy, the default."""
    return (line or queries.lines(db.session())[0]).newest


def _comparison(form: VersionForm, before: Version) -> dict[str, object]:
    day = _day(form)
    return {
        "changes": changes(before.provision, form.provision), "day": day,
        "examples": examples(before.provision, form.provision, day, current_calendar()),
    }
