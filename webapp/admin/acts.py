"""One act of the administrator over HTTP, for people, enterprises and units alike: what is done is an `AdminAct`, what
it is done to a `Place`. The trace is written with the act. Key, refusal and answer stand in `webapp.keyed`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField

from models.accounts.types import Actor
from models.audit.commands import append
from models.errors import DomainError
from webapp import clock, keyed
from webapp.forms import ActForm
from webapp.messages import message

CONFLICT = 409
FIELD_OF = {
    "username_taken": "username",
    "roles_missing": "roles",
    "administrator_stands_alone": "roles",
    "own_roles": "roles",
    "last_administrator": "roles",
    "unit_missing": "unit",
    "unit_not_in_use": "unit",
    "unit_name_taken": "short_name",
    "unit_below_itself": "parent",
    "unit_too_deep": "parent",
    "parent_not_in_use": "parent",
    "move_crosses_reports": "parent",
    "office_kind_stays": "kind",
    "office_is_one": "kind",
    "office_stands_alone": "parent",
    "nothing_below_office": "parent",
    "other_credit_code": "credit_code",
}
"""Beside which field a refusal is told, where the form has that field."""


@dataclass(frozen=True)
class Done:
    """What an act came to: the sentence for the administrator, the facts for the log. `object_id` for what is new;
    `answer` for a page that is seen once instead of a redirect.
    """

    said: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    object_id: str = ""
    answer: Response | None = None


@dataclass(frozen=True)
class AdminAct:
    """`name` as the log has it; `repeated` is what a second sending of the same form is told."""

    name: str
    command: Callable[[Session, Actor, Any, Any], Done]
    repeated: str = keyed.REPEATED


@dataclass(frozen=True)
class Place:
    """What acts are done to: its kind in the log, how one is found for writing (nothing, for what is new), where an
    act leads, and the page again with a form that failed.
    """

    kind: str
    find: Callable[[Session, str], Any]
    url: Callable[[str], str]
    show: Callable[[str, ActForm, int], Response]


def perform(act: AdminAct, place: Place, object_id: str = "", form: ActForm | None = None) -> Response:
    sent = ActForm() if form is None else form

    def run(session: Session, actor: Actor) -> Response:
        done = act.command(session, actor, place.find(session, object_id), sent)
        trace(session, actor, act.name, place.kind, done.object_id or object_id, done.facts)
        if done.answer is not None:
            return done.answer
        flash(done.said, "success")
        return redirect(place.url(object_id), code=303)

    subject = f"{act.name}:{object_id}" if object_id else act.name
    return keyed.perform(
        keyed.KeyedAct(subject, lambda: place.url(object_id), act.repeated), sent, run=run,
        show=lambda failed, status: place.show(object_id, failed, status), explain=explain,
    )


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile, or that was typed anew: both texts (CON-1)."""

    label: str
    now: str
    typed: str


def differences(fresh: ActForm, failed: ActForm) -> list[Difference]:
    """What stands there now beside what was typed. The failed form gets the present version: who has seen the
    difference may send it again.
    """
    failed.version.data = fresh.version.data
    pairs = [(one, failed[one.name]) for one in fresh if not isinstance(one, HiddenField)]
    texts = [Difference(now.label.text, _text(now), _text(typed)) for now, typed in pairs]
    return [one for one in texts if one.now != one.typed]


def _text(one: Any) -> str:
    if not isinstance(one, SelectField):
        return str(one.data or "")
    chosen = one.data if isinstance(one.data, list) else [one.data or ""]
    labels = {str(choice.value): str(choice.label).strip() for choice in one.choices or ()}
    return "、".join(labels.get(str(value), "") for value in chosen)


def explain(form: ActForm, error: DomainError) -> None:
    name, said = FIELD_OF.get(error.code, ""), message(error.code, **error.facts)
    if name in form:
        form[name].errors = [*form[name].errors, said]
    else:
        form.form_errors.append(said)


def trace(session: Session, actor: Actor, action: str, kind: str, object_id: str, facts: dict[str, Any]) -> None:
    append(
        session,
        at=clock.now(),
        actor_id=actor.account_id,
        action=action,
        object_kind=kind,
        object_id=object_id,
        facts=facts,
    )
