"""Giving appeals to a colleague: one from its page, or several from the queue with each done or skipped with why."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import flash, request
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.errors import DomainError
from models.handling import assigning, linking, queries, rules
from models.handling.commands import Act
from models.handling.types import Action
from webapp import access, db
from webapp.act_panels import changes_since
from webapp.acts import ActView, form_for, in_summary
from webapp.desk import bulk
from webapp.forms import ActForm, Required
from webapp.htmx import render
from webapp.messages import message

SUBJECT = "assign:many"
NOTHING_PICKED = "请先勾选要分派的诉求，再点批量分派。"
NOBODY = "not_a_colleague"


def _people() -> list[SelectChoice]:
    found = assigning.colleagues(db.session(), access.current_actor().unit_id)
    return [SelectChoice(value=str(one.id), label=f"{one.name}（在手 {one.in_hand} 件）") for one in found]


class AssignForm(ActForm):
    """Who shall work on it: a radio for each handler of the actor's unit, with what they have in hand."""

    colleague = RadioField("分派给", [Required(message(NOBODY))], choices=_people, validate_choice=False)

    @property
    def assignee_id(self) -> int | None:
        """The account chosen; None for anything that is no id."""
        text = self.colleague.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    @property
    def chosen_name(self) -> str:
        """The colleague's name, without what they have in hand."""
        label = next((one.label for one in self.colleague.choices if one.value == self.colleague.data), "")
        return str(label).rsplit("（", 1)[0]


def beside_people(form: ActForm, error: DomainError) -> None:
    if error.code == NOBODY:
        form["colleague"].errors = [message(NOBODY)]
    else:
        in_summary(form, error)


def one_context(session: Session, appeal: Appeal, act: ActView, failed: AssignForm | None) -> dict[str, Any]:
    """What desk/assign.html shows. Whoever has it now is chosen; nobody has it: the one who asks."""
    form = failed if failed is not None else form_for(act, appeal)
    if failed is None:
        form["colleague"].data = str(appeal.assignee_id or access.current_actor().account_id)
    history = queries.events(session, appeal) if failed is not None else []
    numbers = linking.numbers(session, access.current_actor(), history)
    return {
        "appeal": appeal,
        "form": form,
        "present": assigning.assignee_name(session, appeal),
        "changes": changes_since(history, failed, unit_names(session) if history else {}, numbers),
        "may_repeat": failed is None or _may_assign(session, appeal),
    }


def _may_assign(session: Session, appeal: Appeal) -> bool:
    return Action.ASSIGN in rules.allowed(queries.projection(session, appeal), access.current_actor())


def is_chosen() -> bool:
    return bool(request.form.get("colleague"))


def show_choice(actor: Actor, asked: Mapping[str, Any]) -> Response:
    """The picked appeals with who has them now, and the colleagues with what they have in hand."""
    form = AssignForm()
    is_incomplete = request.form.get("step") == "assign"
    if is_incomplete:
        form["colleague"].errors = [message(NOBODY)]
    chosen = assigning.chosen(db.session(), actor, bulk.picked())
    return render(
        "desk/assign_many.html", status=422 if is_incomplete else 200, form=form, chosen=chosen,
        asked={name: value for name, value in asked.items() if value},
    )


def assign_all(actor: Actor) -> None:
    form = AssignForm()
    bulk.run(actor, form, SUBJECT, partial(_assign_one, form.assignee_id), partial(_say, form.chosen_name))


def _assign_one(assignee_id: int | None, session: Session, appeal: Appeal, act: Act) -> None:
    assigning.assign(session, appeal, act, assignee_id=assignee_id)


def _say(name: str, outcome: bulk.Outcome) -> None:
    if outcome.done:
        flash(f"已分派 {len(outcome.done)} 件给{name}：{'、'.join(outcome.done)}。时限不变。", "success")
    bulk.say_skipped(outcome, "分派")
