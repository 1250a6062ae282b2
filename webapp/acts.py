"""One workflow act over HTTP, the same for desk and office: key, scope, form, command, answer.

Each feature lists its acts as data (`ActView`); the allowed ones of an appeal are what the workflow table says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import Conflict, Refused
from models.handling import commands, queries, rules
from models.handling.types import Action
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.forms import ActForm
from webapp.messages import message

Command = Callable[[Session, Appeal, commands.Act, ActForm], str]
"""Carries the act out and answers what to tell the person: what happened and what comes next."""


@dataclass(frozen=True)
class ActView:
    """How one act looks: its form, its button, its command."""

    action: Action
    form: type[ActForm]
    command: Command
    button: str
    template: str = ""
    is_quiet: bool = False


Acts = Mapping[Action, ActView]
Show = Callable[..., Response]
"""Renders the appeal's page again: `show(appeal, failed=form, action=action, status=422)`."""


def allowed_acts(session: Session, appeal: Appeal, actor: Actor, acts: Acts) -> list[ActView]:
    """The acts to show now, in the table's order."""
    projection = queries.projection(session, appeal)
    return [acts[action] for action in rules.allowed(projection, actor) if action in acts]


def form_for(act: ActView, appeal: Appeal) -> ActForm:
    """A fresh form for this row; each form on a page has ids of its own."""
    form = act.form(formdata=None)
    form.version.data = str(appeal.version)
    return form


def perform(uid: str, act: ActView, *, show: Show, done: Callable[[Appeal], str]) -> Response:
    """`POST …/<action>`. A repeat of the same form leads where the first did (DUR-5)."""
    session, actor = db.session(), access.current_actor()
    form = act.form()
    appeal = visible_appeal(session, actor, uid, lock=True)
    if queries.act_key(session, form.key_hash) is not None:
        flash("这一步已经办理，没有重复提交。", "info")
        return redirect(done(appeal), code=303)
    if not form.validate_on_submit():
        return show(appeal, failed=form, action=act.action, status=422)
    try:
        said = act.command(session, appeal, _act(actor, form), form)
    except Refused as refused:
        return _refused(appeal, act, form, refused, show)
    except Conflict as conflict:
        session.expire_all()
        return show(appeal, failed=_with_error(form, message(conflict.code)), action=act.action, status=409)
    commands.remember_key(session, form.key_hash, actor, f"{act.action.value}:{uid}", now=clock.now())
    flash(said, "success")
    return redirect(done(appeal), code=303)


def _refused(appeal: Appeal, act: ActView, form: ActForm, refused: Refused, show: Show) -> Response:
    """The refusal on the page it was asked from, with everything that was typed; the attempt stays in the log (AUD-4)."""
    access.record_denied(access.current_actor(), f"{request.endpoint}:{act.action.value}:{refused.code}", appeal.uid)
    fresh = visible_appeal(db.session(), access.current_actor(), appeal.uid)
    return show(fresh, failed=_with_error(form, message(refused.code)), action=act.action, status=422)


def _with_error(form: ActForm, text: str) -> ActForm:
    form.form_errors.append(text)
    return form


def _act(actor: Actor, form: ActForm) -> commands.Act:
    return commands.Act(actor, clock.now(), current_calendar(), expected_version=form.expected_version)
