"""The acts allowed on an appeal now, as the page shows them: form, button, the promise of the clock that each meets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flask import get_template_attribute, url_for
from markupsafe import Markup
from wtforms import HiddenField, StringField

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.handling.rules import WORKFLOW, Clock
from models.handling.tables import AppealEvent
from models.handling.types import ACTION_LABELS, STAGE_LABELS, Action, Milestone, MilestoneStatus, Projection, Stage
from webapp import clock, presenting
from webapp.acts import Acts, ActView, allowed_acts, form_for, with_own_ids
from webapp.calendar import current_calendar
from webapp.forms import ActForm, new_key
from webapp.messages import message
from webapp.refilling import is_kept_for, is_refilled, refilled

MEETS: dict[Clock, tuple[Stage, ...]] = {
    Clock.MEET_SIGN: (Stage.SIGN,),
    Clock.MEET_VERIFY: (Stage.VERIFY,),
    Clock.MEET_PRELIMINARY: (Stage.PRELIMINARY,),
    Clock.MEET_CONCLUSION: (Stage.CONCLUDE, Stage.FINAL),
}
ON_THE_WAY: dict[Action, tuple[Stage, ...]] = {
    Action.PROPOSE_PRELIMINARY: (Stage.PRELIMINARY,),
    Action.PROPOSE_REPLY: (Stage.CONCLUDE, Stage.FINAL),
    Action.SIGN_OFF: (Stage.CONCLUDE, Stage.FINAL),
}
"""Acts that lead to a promise without keeping it themselves: the office's publication does."""


@dataclass(frozen=True)
class ActPanel:
    """One act as the page shows it. `meets` says by when the clock wants it ("签收：11月18日(周三)前").

    A plain act nobody has typed into has no form, but `fields` drawn already; `key` and `version` go with them.
    """

    action: Action
    label: str
    button: str
    url: str
    form: ActForm | None
    is_link: bool
    is_quiet: bool
    is_folded: bool
    template: str
    meets: str
    fields: Markup | None = None
    key: str = ""
    version: int = 0
    is_failed: bool = False
    """Its form comes back: what was typed stands open."""


def act_panels(
    projection: Projection, actor: Actor, appeal: Appeal, acts: Acts,
    *, failed: ActForm | None = None, action: Action | None = None,
) -> list[ActPanel]:
    """The acts allowed now, each with a form of its own; the failed form in the place of its fresh one. Those that are
    folded stand together behind the others.
    """
    panels = []
    for act in allowed_acts(projection, actor, acts):
        url = url_for(act.page or f".{act.action.value}", uid=appeal.uid)
        if failed is not None and act.action is action:
            panels.append(replace(_panel(act, projection, url, failed), is_failed=True))
        elif act.is_plain and not is_kept_for(url):
            blank = _panel(act, projection, url, None)
            panels.append(replace(blank, fields=blank_fields(act), key=new_key(), version=appeal.version))
        else:
            panels.append(_panel(act, projection, url, _fresh(act, appeal, url)))
    return sorted(panels, key=lambda panel: panel.is_folded)


@lru_cache(maxsize=64)
def blank_fields(act: ActView) -> Markup:
    """The fields of a plain act before anything is typed; hidden ones are not among them."""
    form = with_own_ids(act.form(formdata=None), act.action)
    markup: Markup = get_template_attribute("components/acts.html", "fields")(
        {"form": form, "template": act.template}
    )
    return markup




def _fresh(act: ActView, appeal: Appeal, url: str) -> ActForm | None:
    """None where the act has a page of its own: the panel is a link."""
    return None if act.page else refilled(form_for(act, appeal), url)


def _panel(act: ActView, projection: Projection, url: str, form: ActForm | None) -> ActPanel:
    return ActPanel(
        act.action, ACTION_LABELS[act.action], act.button, url, form, bool(act.page), act.is_quiet,
        act.is_folded and not (form and is_refilled(form)), act.template, _meets(act.action, projection),
    )


def _meets(action: Action, projection: Projection) -> str:
    stages = MEETS.get(WORKFLOW[projection.state, action].clock) or ON_THE_WAY.get(action, ())
    due = pending(projection.milestones, stages)
    if due is None:
        return ""
    view = presenting.milestone_views([due], clock.today(), current_calendar())[0]
    return f"{STAGE_LABELS[due.stage]}：{view.date_text}前，{view.text}"


def pending(milestones: Sequence[Milestone], stages: Sequence[Stage]) -> Milestone | None:
    """The first promise still running among these stages."""
    found = [one for one in milestones if one.stage in stages and one.status is MilestoneStatus.PENDING]
    return min(found, key=lambda one: one.due_on, default=None)


def changes_since(
    history: Sequence[AppealEvent], failed: ActForm | None, units: dict[int, str],
    numbers: Mapping[int, str] = presenting.NOTHING,
) -> list[presenting.Entry]:
    """What others did after the form was made (CON-1). The form then carries the present version: who has seen what
    changed may send it again, and is told so once."""
    if failed is None or not history:
        return []
    since, now = failed.expected_version or 0, history[-1].seq
    failed.version.data = str(now)
    if not 0 < since < now:
        return []
    failed.form_errors = [one for one in failed.form_errors if one != message("changed_meanwhile")]
    return presenting.staff_timeline([event for event in history if event.seq > since], units, numbers)


def has_place(failed: ActForm | None, panels: Sequence[ActPanel]) -> bool:
    """Whether the failed form stands on the page, with its text and its errors."""
    return any(panel.form is failed and not panel.is_link for panel in panels)


def kept(failed: ActForm) -> list[tuple[str, str]]:
    """What was typed into a form that has no place on the page any more: the state moved on; nothing is lost."""
    texts = [field for field in failed if isinstance(field, StringField) and not isinstance(field, HiddenField)]
    return [(field.label.text, field.data) for field in texts if (field.data or "").strip()]
