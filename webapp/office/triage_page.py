"""The triage page: one appeal, what was said, the suggestion, the dates a dispatch today would promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.tables import Unit
from models.accounts.types import UnitKind
from models.appeals.categories import DECLINE_REASONS
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind
from models.handling import turns
from models.handling.queries import (
    projection,
    rulings,
)
from models.handling.rules import allowed
from models.handling.suggestions import Suggestion, suggest
from models.handling.turns import AT_TRIAGE, ONLY, Turn
from models.handling.types import Action, Stage
from webapp import access, clock, db
from webapp.acts import form_for
from webapp.appeal_page import appeal_context
from webapp.calendar import current_calendar
from webapp.filters import cn_date
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.office.acts import TRIAGE_ACTS
from webapp.office.appeal_page import show_appeal
from webapp.office.beside import beside, waiting
from webapp.office.forms import DispatchForm
from webapp.office.promised import Promises, offered

ONLY_TEXTS = {"": "全部", "to_accept": "待受理", "to_dispatch": "待交办", "urgent": "紧急、特急"}


@dataclass(frozen=True)
class Tab:
    """One of the counters on top; what components/table.html's counters want."""

    label: str
    count: int
    url: str
    is_current: bool
    tone: str = ""


def show_dates() -> Response:
    """The part by itself: the page asks for it again, so that a page left open over midnight promises no old dates."""
    asked = request.args.get("kind", "")
    kind = AppealKind(asked) if asked in set(AppealKind) else AppealKind.COMPLAINT
    offers = offered(db.session(), clock.today(), current_calendar(), kind)
    return render(
        "office/dates.html", part="office/_dates.html", promises=offers[0], other_promises=offers[1:],
        asked_kind=kind.value,
    )


def asked_only() -> str:
    """Which appeals have their turn, as the address says; "" for all and for anything unknown."""
    only = request.args.get("only", "")
    return only if only in ONLY else ""


def show_next(after: str) -> Response:
    """The appeal whose turn it is."""
    turn = turns.next_turn(db.session(), access.current_actor(), after=after, only=asked_only())
    if turn is not None:
        return _show_turn(turn)
    return render("office/triage_done.html", tabs=_tabs(db.session()), only=ONLY_TEXTS[asked_only()])


def show_one(uid: str) -> Response | None:
    """This appeal at triage; None when it is not there any more."""
    turn = turns.turn_of(db.session(), access.current_actor(), uid)
    return _show_turn(turn) if turn else None


def _tabs(session: Session) -> list[Tab]:
    counts, only = turns.waiting_counts(session, access.current_actor()), asked_only()
    return [
        Tab(text, counts[name], url_for("office.triage", only=name or None), name == only)
        for name, text in ONLY_TEXTS.items()
    ]


def show_again(
    appeal: Appeal, *, failed: ActForm | None = None, action: Action | None = None, status: int = 200
) -> Response:
    """After a refusal. An appeal that has moved on meanwhile shows its own page, with what was typed."""
    turn = None
    if appeal.state in AT_TRIAGE:
        turn = turns.turn_of(db.session(), access.current_actor(), appeal.uid)
    if turn is None:
        return show_appeal(appeal, failed=failed, action=action, status=status)
    return _show_turn(turn, failed=failed, action=action, status=status)


def _show_turn(
    turn: Turn, *, failed: ActForm | None = None, action: Action | None = None, status: int = 200
) -> Response:
    session, actor, appeal = db.session(), access.current_actor(), turn.appeal
    context = appeal_context(session, actor, appeal, {}, failed=failed, action=action)
    today, calendar, units = clock.today(), current_calendar(), units_by_id(session)
    names = {id_: unit.short_name for id_, unit in units.items()}
    offers = offered(session, today, calendar, appeal.kind)
    promised = offers[0]
    suggestion = suggest(appeal.kind, names.get(appeal.against_unit_id or 0, ""), appeal.title, appeal.body)
    may_repeat = action in (None, Action.DISPATCH) or action in allowed(projection(session, appeal), actor)
    if may_repeat:  # its form is on the page, with its text and its errors
        context |= {"kept": [], "reasons": []}
    context |= {
        "turn": turn, "tabs": _tabs(session), "only": asked_only() or None, "waiting": waiting(appeal, today, calendar),
        "forms": _forms(appeal, suggestion, offers, failed, action),
        "suggestion": suggestion,
        "units": _handling(units),
        "rulings": _rulings(session, appeal, names),
        "promises": promised, "other_promises": offers[1:], "asked_kind": appeal.kind.value,
        "beside": beside(session, actor, appeal, names),
        "failed_action": action, "may_repeat": may_repeat,
        "channels": {one.code: one.channel for one in DECLINE_REASONS},
    }
    return render("office/triage.html", status=status, **context)


def _rulings(session: Session, appeal: Appeal, names: Mapping[int, str]) -> list[str]:
    """What was ruled on returns of this category: "市监局退回，11月18日(周三)裁定由税务局承办：职责分工"."""
    return [
        f"{names[one.unit_id]}申请退回，{cn_date(one.ruled_on)}裁定由{names[one.ruled_unit_id or 0]}承办：{one.ruling}"
        for one in rulings(session, access.current_actor(), appeal.category)
    ]


def _handling(units: Mapping[int, Unit]) -> list[Unit]:
    """Those an appeal may go to, in the office's order."""
    in_order = [units[id_] for id_ in sorted(units)]
    return [unit for unit in in_order if unit.is_active and unit.kind is not UnitKind.OFFICE]


def _forms(
    appeal: Appeal, suggestion: Suggestion | None, offers: Sequence[Promises], failed: ActForm | None,
    action: Action | None,
) -> dict[str, ActForm]:
    """Fresh forms, the failed one in its place. Who assists gets as long as the lead gets to verify."""
    workdays = offers[0].workdays_of(Stage.VERIFY)
    forms = {act.value: form_for(view, appeal) for act, view in TRIAGE_ACTS.items()}
    dispatch = forms[Action.DISPATCH.value]
    dispatch["level"].data = appeal.level.value
    dispatch["unit"].data = suggestion.unit if suggestion else ""
    for name in ("assist_workdays", "assist2_workdays"):
        dispatch[name].data = str(workdays)
    if failed is not None and action is not None:
        forms[action.value] = failed
    cast(DispatchForm, forms[Action.DISPATCH.value]).offer([(one.code, one.label) for one in offers])
    return forms
