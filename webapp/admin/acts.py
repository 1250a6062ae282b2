"""One act of the administrator over HTTP, and its trace. The shape of an act stands in `webapp.keyed`."""

from typing import Any

from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.audit.commands import append
from models.errors import DomainError
from webapp import clock, keyed
from webapp.forms import ActForm
from webapp.keyed import KeyedAct as AdminAct
from webapp.keyed import Run, Show
from webapp.messages import message

__all__ = ["AdminAct", "explain", "perform", "trace"]

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
}
"""Beside which field a refusal is told, where the form has that field."""


def perform(act: AdminAct, form: ActForm, *, run: Run, show: Show) -> Response:
    return keyed.perform(act, form, run=run, show=show, explain=explain)


def explain(form: ActForm, error: DomainError) -> None:
    name = FIELD_OF.get(error.code, "")
    if name in form:
        form[name].errors = [*form[name].errors, message(error.code)]
    else:
        form.form_errors.append(message(error.code))


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
