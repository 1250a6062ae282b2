"""An act on something that is no appeal, over HTTP: one-time key, form, command, answer. The same shape as
`webapp.acts` has for appeals.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.errors import Conflict, DomainError, Refused
from models.handling import queries as handling
from models.handling.commands import remember_key
from webapp import access, clock, db
from webapp.acts import PAGE_EXPIRED, REPEATED
from webapp.forms import ActForm

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
    repeated: str = ""


def perform(act: KeyedAct, form: ActForm, *, run: Run, show: Show, explain: Explain) -> Response:
    """303 or the answer of `run` when done, 422 when refused or incomplete, 409 when the row changed meanwhile."""
    session, actor = db.session(), access.current_actor()
    used = handling.act_key(session, form.key_hash)
    if used is not None and (used.account_id, used.subject) == (actor.account_id, act.subject):
        flash(act.repeated or REPEATED, "info")
        return redirect(act.done(), code=303)
    if used is not None:  # somebody else's key, or another act's, is no key at all
        form.submission_key.data = ""
    if not form.validate_on_submit():
        return show(renewed(form), 422)
    try:
        answer = run(session, actor)
    except (Refused, Conflict) as error:
        access.record_denied(actor, f"{request.endpoint}:{error.code}", act.subject.rpartition(":")[2])
        explain(form, error)
        return show(form, 409 if isinstance(error, Conflict) else 422)
    remember_key(session, form.key_hash, actor, act.subject, now=clock.now())
    return answer


def renewed(form: ActForm) -> ActForm:
    """A form whose key is no good gets a new one: nothing was done with it yet."""
    if form.submission_key.errors:
        form.form_errors.append(PAGE_EXPIRED)
        form.submission_key.errors = []
        form.submission_key.data = form.submission_key.default()
    return form
