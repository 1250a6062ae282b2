"""One workflow act over HTTP, the same for desk and office: key, scope, form, command, answer.

Each feature lists its acts as data (`ActView`); which of them an appeal allows now is what the workflow table says.
By convention the view of an act is called as the act's value (`desk.sign`, `office.publish`): pages find its URL so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import flash, redirect, request
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import Field, FieldList

from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import Conflict, DomainError, Refused
from models.handling import commands, rules
from models.handling.assistance_rules import roles_of
from models.handling.types import Action, Projection
from webapp import access, clock, db, keyed, notifying
from webapp.calendar import current_calendar
from webapp.forms import ActForm
from webapp.messages import message

Command = Callable[[Session, Appeal, commands.Act, ActForm], str]
"""Carries the act out and answers what to tell the person: what happened and what comes next."""
Explain = Callable[[ActForm, DomainError], None]
"""Puts a refusal into the form where the person will look for it."""


def in_summary(form: ActForm, error: DomainError) -> None:
    """The reason above the form: the refusal concerns the act as a whole."""
    form.form_errors.append(message(error.code, **error.facts))


@dataclass(frozen=True)
class ActView:
    """How one act looks: its form, its button, its command.

    `page` names the endpoint where the act is done when its form needs a page of its own; the panel then shows a link.
    `template` is a part that shows the form's fields when they need more than to stand one below the other.
    `is_quiet` makes the button a secondary one. `is_folded` hides the form behind its name: what may be done at any
    time and is not what the appeal waits for. `is_plain`: its empty fields look the same on every appeal, so they are
    drawn once.
    """

    action: Action
    form: type[ActForm]
    command: Command
    button: str
    page: str = ""
    template: str = ""
    is_quiet: bool = False
    is_folded: bool = False
    is_plain: bool = False
    explain: Explain = in_summary


Acts = Mapping[Action, ActView]
Find = Callable[..., Appeal]
"""The door to the appeal: `find(session, actor, uid, lock=…)`, NotFound for whoever has no business with it."""
Ahead = Callable[[str, ActForm], None]
"""Looks before any lock is taken at what takes long to look at; raises Refused."""
Show = Callable[..., Response]
"""Renders the page the form stands on: `show(appeal, failed=form, action=action, status=422)`."""


def allowed_acts(projection: Projection, actor: Actor, acts: Acts) -> list[ActView]:
    """The acts to show now, in the table's order."""
    return [acts[action] for action in rules.allowed(projection, actor) if action in acts]


def form_for(act: ActView, appeal: Appeal) -> ActForm:
    """A fresh form for this row; each form on a page has ids of its own."""
    form = act.form(formdata=None)
    form.version.data = str(appeal.version)
    return with_own_ids(form, act.action)


def with_own_ids(form: ActForm, action: Action) -> ActForm:
    """Two acts on one page may both have a 说明: their controls need different ids. Names stay."""
    for field in form:
        if isinstance(field, Field) and not isinstance(field, FieldList):
            field.id = f"{action.value}-{field.name}"
    return form


def perform(
    uid: str, act: ActView, *, show: Show, done: Callable[[Appeal], str], burns_key: bool = True,
    find: Find = visible_appeal, ahead: Ahead | None = None,
) -> Response:
    """`POST …/<action>`: 303 when done, 422 when refused or incomplete, 409 when the row changed meanwhile.

    A repeat of the same form leads where the first did (DUR-5), unless it burns no key: saving a draft again is no
    harm, and an older form sent after it must meet the newer draft, not a redirect that drops its text.
    """
    form = act.form()
    try:
        if ahead is not None:
            ahead(uid, form)
    except Refused as refused:
        return _refused(uid, act, form, refused, show, find)
    session, actor = db.session(), access.current_actor()
    appeal = find(session, actor, uid, lock=True)
    if burns_key and keyed.is_repeat(session, actor, form, _subject(act, uid)):
        flash(keyed.REPEATED, "info")
        return redirect(done(appeal), code=303)
    if not form.validate_on_submit():
        return _again(appeal, act, form, show, 422)
    try:
        with notifying.telling_of(session, appeal):
            said = act.command(session, appeal, _act(actor, form, act.action), form)
    except (Refused, Conflict) as error:
        return _refused(uid, act, form, error, show, find)
    if burns_key:
        keyed.burn(session, actor, form, _subject(act, uid))
    flash(said, "success")
    return redirect(done(appeal), code=303)


def _subject(act: ActView, uid: str) -> str:
    return f"{act.action.value}:{uid}"


def _again(appeal: Appeal, act: ActView, form: ActForm, show: Show, status: int) -> Response:
    """The page with what was typed."""
    return show(appeal, failed=with_own_ids(keyed.renewed(form), act.action), action=act.action, status=status)


def _refused(uid: str, act: ActView, form: ActForm, error: DomainError, show: Show, find: Find) -> Response:
    """The refusal on the page it was asked from, with all that was typed; the attempt stays in the log (AUD-4).

    Logging ends the request's transaction: what the command wrote before it was refused is gone; the row is read anew.
    """
    actor = access.current_actor()
    access.record_denied(actor, f"{request.endpoint}:{act.action.value}:{error.code}", uid)
    act.explain(form, error)
    fresh = find(db.session(), actor, uid)
    return _again(fresh, act, form, show, 409 if isinstance(error, Conflict) else 422)


def _act(actor: Actor, form: ActForm, action: Action) -> commands.Act:
    acting = actor.acting_by(roles_of(action))
    return commands.Act(acting, clock.now(), current_calendar(), expected_version=form.expected_version)


def noted(act: commands.Act, *, internal: str = "", public: str = "") -> commands.Act:
    """The act with what is said about it: `internal` for staff, `public` for the appellant to read."""
    return replace(act, internal_note=internal, public_note=public)
