"""One-time keys of forms over HTTP (DUR-5), and an act on something that is no appeal: key, form, command, answer.

For acts on an appeal, which have a row of the workflow besides, there is `webapp.acts`; it asks for keys here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.errors import Conflict, DomainError, Refused
from models.handling.keys import act_key, remember_key
from webapp import access, clock, db
from webapp.forms import PAGE_EXPIRED, ActForm

REPEATED = "这一步已经办理，没有重复提交。"
Show = Callable[[ActForm, int], Response]
Run = Callable[[Session, Actor], Response]
Explain = Callable[[ActForm, DomainError], None]


@dataclass(frozen=True)
class KeyedAct:
    """`subject` names the act and its object, as the one-time key remembers it. `done` is where it leads, `repeated`
    what a second sending of the same form is told.
    """

    subject: str
    done: Callable[[], str]
    repeated: str = REPEATED


def perform(act: KeyedAct, form: ActForm, *, run: Run, show: Show, explain: Explain) -> Response:
    """303 or the answer of `run` when done, 422 when refused or incomplete, 409 when the row changed meanwhile."""
    session, actor = db.session(), access.current_actor()
    if is_repeat(session, actor, form, act.subject):
        flash(act.repeated, "info")
        return redirect(act.done(), code=303)
    if not form.validate_on_submit():
        return show(renewed(form), 422)
    try:
        answer = run(session, actor)
    except (Refused, Conflict) as error:
        access.record_denied(actor, f"{request.endpoint}:{error.code}", act.subject.rpartition(":")[2])
        explain(form, error)
        return show(form, 409 if isinstance(error, Conflict) else 422)
    burn(session, actor, form, act.subject)
    return answer


def is_repeat(session: Session, actor: Actor, form: ActForm, subject: str) -> bool:
    """True for this person's own form sent again. A key of somebody else's, or of another act, is no key at all."""
    used = act_key(session, form.key_hash)
    if used is None:
        return False
    if (used.account_id, used.subject) == (actor.account_id, subject):
        return True
    form.submission_key.data = ""
    return False


def burn(session: Session, actor: Actor, form: ActForm, subject: str) -> None:
    remember_key(session, form.key_hash, actor, subject, now=clock.now())


def renewed(form: ActForm) -> ActForm:
    """A form whose key is no good gets a new one: nothing was done with it yet."""
    if form.submission_key.errors:
        form.form_errors.append(PAGE_EXPIRED)
        form.submission_key.errors = []
        form.submission_key.data = form.submission_key.default()
    return form
