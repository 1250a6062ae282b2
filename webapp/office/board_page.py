"""The board, the lists behind its numbers, and the review inbox: plain values for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names, units_by_id
from models.accounts.rules import Permission, permits
from models.accounts.types import Actor, ListPlace
from models.followup import exclusions
from models.handling import board
from models.handling.adjustment_types import ADJUSTMENT_LABELS, AdjustmentKind
from models.handling.board import STAGES, STATE_GROUPS, Ask, UnitLine
from models.handling.worklist import Line
from models.workdays.rules import due_date
from webapp import access, clock, db, presenting
from webapp.calendar import current_calendar
from webapp.followup_rows import exclusion_rows
from webapp.forms import ActForm, looked_for
from webapp.htmx import render
from webapp.paging import ROWS, paginate
from webapp.saved_filters import saved_part

STATE_TEXTS = {
    "to_accept": "待受理", "to_dispatch": "待交办", "to_sign": "待签收", "to_verify": "待核实", "in_hand": "办理中",
    "to_sign_off": "待签发", "in_review": "待审核", "with_unit": "在承办单位", "open": "全部在办", "replied": "已答复",
    "closed": "已归档", "declined": "不予受理", "awaiting": "待诉求人补充", "withdrawn": "诉求人已撤回",
    "merged": "已并入其他诉求", "registered": "自办件待认定", "to_amend": "自办件退回补正",
    "to_rule": "退回待裁定", "transferred": "已移送其他机关",
}
DUE_TEXTS = {"overdue": "已超期", "soon": "将到期", "assist_late": "协办超期"}
COUNTERS = (
    ("to_accept", "state", ""), ("to_dispatch", "state", ""), ("with_unit", "state", ""), ("soon", "due", "soon"),
    ("overdue", "due", "late"), ("assist_late", "due", "late"), ("in_review", "state", ""), ("replied", "state", ""),
)
"""The counters on top: name, which filter it sets, tone."""
COUNTER_TEXTS = STATE_TEXTS | DUE_TEXTS | {"with_unit": "办理中"}
MOST_CHARACTERS = 60


@dataclass(frozen=True)
class Counter:
    label: str
    count: int
    url: str
    tone: str
    is_current: bool = False


@dataclass(frozen=True)
class Number:
    """A count and the list behind it; no link behind a nought."""

    label: str
    count: int
    url: str | None


@dataclass(frozen=True)
class BoardLine:
    unit: str
    url: str
    overdue: Number
    soon: Number
    stages: tuple[Number, ...]
    total: Number


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address; anything unknown is no filter."""

    state: str
    due: str
    unit: str
    words: str

    @property
    def address(self) -> dict[str, Any]:
        given = {"state": self.state, "due": self.due, "unit": self.unit, "q": self.words}
        return {name: value for name, value in given.items() if value}


def _soon_until(today: date) -> date:
    return due_date(today, 1, current_calendar()).due_on


def show_board() -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    until, units = _soon_until(today), unit_names(session)
    counts = board.totals(session, actor, today, until)
    lines = [_line(line, units) for line in board.unit_lines(session, actor, today, until)]
    return render(
        "office/index.html", part="office/_board.html", counters=counters(counts), lines=lines,
        stages=[STATE_TEXTS[name] for name in STAGES], ways=_ways(actor, counts),
    )


def counters(counts: Mapping[str, int], asked: Asked | None = None) -> list[Counter]:
    return [
        Counter(
            COUNTER_TEXTS[name], counts[name], _list_url({kind: name}), tone,
            asked is not None and asked.address == {kind: name},
        )
        for name, kind, tone in COUNTERS
    ]


def _list_url(asked: dict[str, Any]) -> str:
    return url_for("office.appeals", **asked)


def _ways(actor: Actor, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """What this person is needed for now, as buttons."""
    waiting = counts["to_accept"] + counts["to_dispatch"]
    to_decide = 0
    if permits(actor.roles, Permission.REVIEW):
        session = db.session()
        to_decide = board.to_decide_count(session, actor) + exclusions.to_decide_count(session, actor)
    ways = []
    if waiting and permits(actor.roles, Permission.TRIAGE):
        ways.append((f"受理交办（{waiting} 件）", url_for("office.triage")))
    if to_decide:
        ways.append((f"待我审批（{to_decide} 件）", url_for("office.review")))
    return ways


def _line(line: UnitLine, units: Mapping[int, str]) -> BoardLine:
    unit = units[line.unit_id]

    def number(label: str, count: int, **asked: Any) -> Number:
        return Number(label, count, url_for("office.appeals", unit=unit, **asked) if count else None)

    return BoardLine(
        unit, url_for("office.appeals", unit=unit, state="open"),
        number("已超期", line.overdue, due="overdue"), number("将到期", line.soon, due="soon"),
        tuple(number(STATE_TEXTS[name], line.by_stage[name], state=name) for name in STAGES),
        number("合计", line.total, state="open"),
    )


def read_asked(arguments: Mapping[str, str], units: Mapping[int, str]) -> Asked:
    state, due, unit = (arguments.get(name, "") for name in ("state", "due", "unit"))
    words = looked_for(arguments.get("q", ""), MOST_CHARACTERS)
    return Asked(
        state if state in STATE_GROUPS else "", due if due in DUE_TEXTS else "",
        unit if unit in units.values() else "", words,
    )


def show_list() -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    until, all_units = _soon_until(today), units_by_id(session)
    units = {id_: unit.short_name for id_, unit in all_units.items()}
    asked = read_asked(request.args, units)
    unit_id = next((id_ for id_, name in units.items() if name == asked.unit), None)
    ask = Ask(asked.state, asked.due, unit_id, asked.words)
    pages = paginate(board.asked_count(session, actor, ask, today, until), "office.appeals", **asked.address)
    found = board.asked_appeals(session, actor, ask, today, until, limit=ROWS, offset=pages.offset)
    counts = board.totals(session, actor, today, until)
    bulk_form = _bulk_form(actor, asked)
    shown = [row._replace(is_pickable=bulk_form is not None) for row in rows(found, units)]
    return render(
        "office/appeals.html", part="office/_appeals.html", rows=shown, pages=pages, asked=asked,
        counters=counters(counts, asked), states=STATE_TEXTS, dues=DUE_TEXTS,
        units=all_units.values(), bulk_form=bulk_form,
        saved=saved_part(session, actor, ListPlace.OFFICE, asked.address),
    )


def _bulk_form(actor: Actor, asked: Asked) -> ActForm | None:
    """Where the list holds nothing but what waits for its dispatch, whoever may dispatch picks from it."""
    may = asked.state in ("to_accept", "to_dispatch") and permits(actor.roles, Permission.TRIAGE)
    return ActForm(formdata=None) if may else None


def rows(found: Sequence[Line], units: Mapping[int, str]) -> list[presenting.Row]:
    today, calendar, base = clock.today(), current_calendar(), url_for("office.show", uid="")
    return [
        presenting.row(line, base + line.uid, today, calendar, units.get(line.lead_unit_id or 0, ""))
        for line in found
    ]


def show_reviews() -> Response:
    """待我审批: what waits for this person's decision, the first due first."""
    session, actor = db.session(), access.current_actor()
    pages, units = paginate(board.to_decide_count(session, actor), "office.review"), unit_names(session)
    found = board.to_decide(session, actor, limit=ROWS, offset=pages.offset)
    listed = rows(found, units)
    asked = board.asked_kinds(session, [line.uid for line in found])
    shown = [_decided_row(row, asked.get(line.uid)) for row, line in zip(listed, found, strict=True)]
    left_out = exclusion_rows(exclusions.to_decide(session, actor), units)
    return render("office/review.html", part="office/_review.html", rows=shown, pages=pages, exclusions=left_out)


def _decided_row(row: presenting.Row, asked: AdjustmentKind | None) -> presenting.Row:
    """The state as the one who decides reads it: what is to be decided."""
    label = f"申请{ADJUSTMENT_LABELS[asked]}" if asked else "答复待审核"
    return row._replace(state_label=label, state_tone="active")
