"""The reply editor: one block for each demand, filled from the draft, with the other's text when two write at once."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlmodel import Session

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.handling import linking, queries, rules
from models.handling.tables import ReplyItem
from models.handling.types import Action, Projection, ReplyKind
from webapp import presenting
from webapp.act_panels import changes_since
from webapp.appeal_page import clock_context
from webapp.assist_views import assistance_views
from webapp.desk.acts import ACTS, KINDS
from webapp.desk.forms import MOST_DEMANDS, ReplyForm
from webapp.filters import cn_datetime
from webapp.link_views import links_view
from webapp.refilling import refilled

MOST_LONGEST = 3
TITLES = {ReplyKind.FINAL: "写答复", ReplyKind.PRELIMINARY: "写初步结果"}


@dataclass(frozen=True)
class Longest:
    """What was written to one demand, and the field that holds most of it."""

    demand: presenting.DemandView
    field_id: str
    characters: int


def new_form(session: Session, actor: Actor, appeal: Appeal, action: Action) -> ReplyForm:
    """The form as the draft has it. A first reply after a preliminary result begins with that result's text."""
    kind = KINDS[action]
    draft = queries.reply(session, appeal, kind)
    source = draft if draft or kind is ReplyKind.PRELIMINARY else queries.reply(session, appeal, ReplyKind.PRELIMINARY)
    items = queries.reply_items(session, source) if source else {}
    demands = queries.demands_to_answer(session, actor, appeal)
    values: dict[str, Any] = {"entries": [_values(demand.id or 0, items) for demand in demands]}
    if draft is not None and kind is ReplyKind.PRELIMINARY:
        values["next_milestone_on"] = draft.next_milestone_on
    form = ACTS[action].form(formdata=None, data=values)
    assert isinstance(form, ReplyForm)
    form.version.data = str(appeal.version)
    form.draft_version.data = str(draft.version if draft else 0)
    return refilled(form, url_for(ACTS[action].page, uid=appeal.uid))


def _values(demand_id: int, items: Mapping[int, ReplyItem]) -> dict[str, Any]:
    item = items.get(demand_id)
    if item is None:
        return {"demand_id": str(demand_id)}
    return {
        "demand_id": str(demand_id), "outcome": item.outcome.value if item.outcome else "", "facts": item.facts,
        "basis": item.basis, "actions": item.actions, "promised_on": item.promised_on,
    }


def editor_context(
    session: Session, actor: Actor, appeal: Appeal, action: Action, *, failed: ReplyForm | None = None,
) -> dict[str, Any]:
    """What desk/reply.html shows: the form, the demands by id, what others did or wrote meanwhile, the last return."""
    projection, history = queries.projection(session, appeal), queries.events(session, appeal)
    answered = queries.demands_to_answer(session, actor, appeal)
    demands = presenting.demand_views(answered, sources=linking.sources(session, actor, appeal))
    if failed is not None:
        _add_missing(failed, [str(one.id) for one in demands])
    units, numbers = unit_names(session), linking.numbers(session, actor, history)
    theirs = _theirs(session, appeal, action, failed, asked={one.id for one in demands})
    return {
        "appeal": appeal,
        "editor_url": url_for(ACTS[action].page, uid=appeal.uid),
        "reuse_kind": KINDS[action].value if KINDS[action] is ReplyKind.PRELIMINARY else "reply",
        "title": TITLES[KINDS[action]],
        "is_preliminary": KINDS[action] is ReplyKind.PRELIMINARY,
        "changes": changes_since(history, failed, units, numbers),
        "form": failed if failed is not None else new_form(session, actor, appeal, action),
        "demands": {str(demand.id): demand for demand in demands},
        "longest": _longest(failed, appeal, demands) if failed is not None and failed.too_long else [],
        "theirs": theirs,
        "may_edit": _may_edit(projection, action, actor),
        "timeline": presenting.staff_timeline(history, units, numbers),
        "assistances": assistance_views(session, appeal, units, history),
        "links": links_view(session, actor, appeal),
        **clock_context(session, projection, history),
    }


def _add_missing(form: ReplyForm, demand_ids: list[str]) -> None:
    """An appeal may have been merged in since the form was made: its demands get their empty blocks."""
    given = {entry.form.demand_id.data for entry in form.entries}
    for one in demand_ids:
        if one not in given and len(form.entries) < MOST_DEMANDS:
            form.entries.append_entry({"demand_id": one})


def _longest(form: ReplyForm, appeal: Appeal, demands: Sequence[presenting.DemandView]) -> list[Longest]:
    """Where a reply that is too long can be shortened most: of the demands that its slip answers."""
    named = {str(one.id): one for one in demands if (one.source or appeal.number) == form.too_long}
    found = []
    for entry in form.entries:
        demand = named.get(entry.form.demand_id.data or "")
        texts = (entry.form.facts, entry.form.actions, entry.form.basis)
        if demand is not None and any(text.data for text in texts):
            longest = max(texts, key=lambda text: len(text.data or ""))
            found.append(Longest(demand, longest.id, sum(len(text.data or "") for text in texts)))
    return sorted(found, key=lambda one: -one.characters)[:MOST_LONGEST]


def _theirs(
    session: Session, appeal: Appeal, action: Action, failed: ReplyForm | None, *, asked: Set[int]
) -> dict[str, Any] | None:
    """The stored draft when it is newer than the failed form, which then takes its version: who saw both may save.
    Of it what is said to the demands `asked`: those that this actor answers.
    """
    draft = queries.reply(session, appeal, KINDS[action]) if failed is not None else None
    if failed is None or draft is None or draft.version == failed.expected_draft:
        return None
    failed.draft_version.data = str(draft.version)
    items = queries.reply_items(session, draft)
    return {"saved_text": cn_datetime(draft.updated_at), "next_milestone_on": draft.next_milestone_on,
            "entries": {str(key): item for key, item in items.items() if key in asked}}


def _may_edit(projection: Projection, action: Action, actor: Actor) -> bool:
    return action in rules.allowed(projection, actor)


def require_editable(session: Session, actor: Actor, appeal: Appeal, action: Action) -> None:
    """Raises `Refused` with the reason when this reply cannot be written now."""
    rules.step(queries.projection(session, appeal), action, actor)

