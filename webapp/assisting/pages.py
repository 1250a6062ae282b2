"""How the assisting unit's pages answer: its tasks, the first due first, and one of them.

The context of a task is built here from nothing: neither identity nor reply, note, slip or the lead's clock is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import KIND_LABELS, STATE_LABELS
from models.handling import assistance, assistance_rules
from models.handling.concerned import may_have_originals
from models.handling.effects_json import assistance_from_json
from models.handling.queries import as_assistance, events
from models.handling.tables import AppealEvent, AssistanceRow
from models.handling.types import ACTION_LABELS, ASSISTANCE_LABELS, Action
from webapp import access, acts, clock, db, presenting, view_log
from webapp.act_panels import ActPanel, has_place, kept
from webapp.acts import form_for
from webapp.assist_views import TONES, assistance_view
from webapp.assisting.acts import ACTS, ContributionForm
from webapp.calendar import current_calendar
from webapp.filters import category_label
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.paging import ROWS, paginate

TABS = {"open": ("待协办", ""), "overdue": ("已超期", "late"), "sent": ("已送出", "")}
TOLD = frozenset({
    Action.ASSIST, Action.SIGN_ASSISTANCE, Action.PROPOSE_CONTRIBUTION, Action.SEND_CONTRIBUTION,
    Action.RETURN_CONTRIBUTION, Action.RECALCULATE,
})  # fmt: skip
"""Of everything that happens to the appeal, what concerns the unit's own task."""


@dataclass(frozen=True)
class Counter:
    label: str
    count: int
    url: str
    tone: str
    is_current: bool


def show_list() -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    asked = request.args.get("show", "")
    tab = asked if asked in TABS else "open"
    conditions = assistance.conditions(today)
    counts = assistance.counts(session, actor, conditions)
    page = paginate(counts[tab], "assisting.index", show=tab)
    found = assistance.tasks(session, actor, conditions[tab], limit=ROWS, offset=page.offset)
    units = unit_names(session)
    counters = [
        Counter(label, counts[name], url_for("assisting.index", show=name), tone, name == tab)
        for name, (label, tone) in TABS.items()
    ]
    return render(
        "assisting/index.html", rows=[_row(*one, units) for one in found], counters=counters, pages=page, tab=tab
    )


def _row(row: AssistanceRow, appeal: Appeal, units: dict[int, str]) -> presenting.Row:
    """The task as a row of a queue: the due date and the status are the task's."""
    shown = presenting.queue_row(
        appeal, url_for("assisting.show", uid=appeal.uid), clock.today(), current_calendar(), units
    )
    is_open = row.reached_on is None
    due = presenting.deadline(row.due_on, clock.today(), current_calendar(), is_provisional=row.is_provisional)
    label, tone = ASSISTANCE_LABELS[row.status], TONES[row.status]
    return shown._replace(due=due if is_open else None, state_label=label, state_tone=tone)


def show_task(
    appeal: Appeal, *, failed: ActForm | None = None, action: Action | None = None, status: int = 200
) -> Response:
    session, actor = db.session(), access.current_actor()
    view_log.seen(appeal)
    row, units, history = assistance.own(session, appeal, actor), unit_names(session), events(session, appeal)
    panels = _panels(actor, appeal, row, failed, action)
    lost = failed if failed is not None and not has_place(failed, panels) else None
    if failed is not None:
        failed.version.data = str(row.version)
    task = assistance_view(session, row, units, history)
    return render(
        "assisting/show.html", status=status, appeal=appeal, task=task, row=row, acts=panels, changes=[],
        kept=kept(lost) if lost else [], reasons=lost.form_errors if lost else [], state_label=task.state_label,
        facts=_facts(appeal, units), **_statement(session, appeal),
        timeline=_timeline(session, actor, appeal, history, units),
        earlier=[
            assistance_view(session, one, units, history) for one in assistance.own_rows(session, appeal, actor)[:-1]
        ],
    )


def _panels(
    actor: Actor, appeal: Appeal, row: AssistanceRow, failed: ActForm | None, action: Action | None
) -> list[ActPanel]:
    allowed = assistance_rules.allowed(as_assistance(row), appeal.state, actor)
    return [
        _panel(appeal, row, one, failed if failed is not None and one is action else None) for one in allowed
    ]


def _panel(appeal: Appeal, row: AssistanceRow, action: Action, failed: ActForm | None) -> ActPanel:
    """A fresh form carries the task's own version, and what was written before it was sent back."""
    act = ACTS[action]
    form = failed or form_for(act, appeal)
    if failed is None:
        form.version.data = str(row.version)
        if isinstance(form, ContributionForm):
            form.contribution.data = row.contribution
    url = url_for(f"assisting.{action.value}", uid=appeal.uid)
    return ActPanel(
        action, ACTION_LABELS[action], act.button, url, form, False, act.is_quiet, act.is_folded, act.template, ""
    )


def _facts(appeal: Appeal, units: dict[int, str]) -> list[tuple[str, str]]:
    return [
        ("主办单位", units.get(appeal.lead_unit_id or 0, "")),
        ("类别", f"{KIND_LABELS[appeal.kind]} · {category_label(appeal.category)}"),
        ("被反映单位", units.get(appeal.against_unit_id or 0, "不清楚")),
        ("诉求状态", STATE_LABELS[appeal.state]),
    ]


def _statement(session: Session, appeal: Appeal) -> dict[str, Any]:
    """The appellant's words and copies of the files, until the appeal has ended."""
    if not assistance.shows_statement(appeal):
        return {"is_shown": False, "demands": [], "files": []}
    found = appeals.attachments(session, appeal)
    urls = {one.uid: url_for("assisting.file", uid=appeal.uid, file_uid=one.uid) for one in found}
    is_original = may_have_originals(session, access.current_actor(), appeal)
    return {
        "is_shown": True, "demands": presenting.demand_views(appeals.demands(session, appeal)),
        "files": presenting.evidence_views(found, urls, is_original=is_original),
    }


def _timeline(
    session: Session, actor: Actor, appeal: Appeal, history: Sequence[AppealEvent], units: dict[int, str]
) -> list[presenting.Entry]:
    own = {one.no for one in assistance.own_rows(session, appeal, actor)}
    return presenting.staff_timeline([_own_part(one, own) for one in history if _concerns(one, own)], units)


def _own_part(event: AppealEvent, own: set[int]) -> AppealEvent:
    """Of a correction the unit's own dates: the lead's clock is not told here."""
    if event.action is not Action.RECALCULATE:
        return event
    theirs = [one for one in event.effects["assist"] if assistance_from_json(one).no in own]
    return AppealEvent(
        appeal_id=event.appeal_id, seq=event.seq, action=event.action, to_state=event.to_state, round=event.round,
        at=event.at, actor_name=event.actor_name, effects={"assist": theirs}, public_note=event.public_note,
        internal_note="",
    )


def _concerns(event: AppealEvent, own: set[int]) -> bool:
    return event.action in TOLD and any(
        assistance_from_json(one).no in own for one in event.effects.get("assist", ())
    )


def acted(uid: str, action: Action) -> Response:
    return acts.perform(uid, ACTS[action], show=show_task, done=_task_url, find=assistance.visible_appeal)


def _task_url(appeal: Appeal) -> str:
    return url_for("assisting.show", uid=appeal.uid)

