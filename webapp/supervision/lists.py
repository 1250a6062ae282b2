"""The lists of records: the office's with filters in the address, a unit's own, a leader's instructions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.handling.self_registered_rules import month_of
from models.supervision import ladder_queries
from models.supervision.ladder_queries import Wanted
from models.supervision.ladder_types import KIND_LABELS, RecordKind
from webapp import access, clock, db
from webapp.htmx import render
from webapp.paging import ROWS, Page, paginate
from webapp.self_registered import month_text, month_value, months
from webapp.supervision.forms import OF_UNIT
from webapp.supervision_rows import RecordRow, record_rows

SHOWN_TEXTS = {
    "": "全部", "contested": "申诉待复核", "to_decide": "待决定、待转办", "reported": "待确认", "running": "整改中",
    "missed": "逾期", "revoked": "已撤销",
}
TONES = {"contested": "soon", "to_decide": "soon", "reported": "soon", "missed": "late"}
UNITS_OWN = ("", "running", "missed", "contested")


@dataclass(frozen=True)
class Tab:
    label: str
    count: int
    url: str
    tone: str
    is_current: bool


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address; anything unknown is no filter."""

    unit: str
    kind: str
    show: str
    month: str
    wanted: Wanted

    @property
    def address(self) -> dict[str, str]:
        given = {"unit": self.unit, "kind": self.kind, "show": self.show, "month": self.month}
        return {name: value for name, value in given.items() if value}


def read_asked(units: Mapping[int, Unit], today: date) -> Asked:
    unit_id = next((id_ for id_, one in units.items() if one.short_name == request.args.get("unit", "")), None)
    kind = next((one for one in RecordKind if one.value == request.args.get("kind", "")), None)
    show = request.args.get("show", "")
    show = show if show in SHOWN_TEXTS else ""
    first, last = month_of(request.args.get("month", ""), today)
    month = month_value(first) if month_value(first) == request.args.get("month", "") else ""
    wanted = Wanted(unit_id, kind, show, first_on=first if month else None, last_on=last if month else None)
    return Asked(units[unit_id].short_name if unit_id else "", kind.value if kind else "", show, month, wanted)


def show_office() -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    units = units_by_id(session)
    asked = read_asked(units, today)
    rows, pages, counts = _found(session, actor, asked.wanted, "supervision.index", units, asked.address)
    return render(
        "supervision/index.html", part="supervision/_list.html", rows=rows, pages=pages, asked=asked,
        tabs=_tabs("supervision.index", counts, asked.address, tuple(SHOWN_TEXTS)), units=list(units.values()),
        kinds={kind.value: text for kind, text in KIND_LABELS.items()},
        months=months(today, month_of(asked.month, today)[0]),
        beginnings=[(kind.value, KIND_LABELS[kind]) for kind in OF_UNIT], month_text=month_text,
    )


def show_unit() -> Response:
    """What the unit was told, wherever it came from."""
    session, actor, today = db.session(), access.current_actor(), clock.today()
    units = units_by_id(session)
    asked = read_asked(units, today)
    show = asked.show if asked.show in UNITS_OWN else ""
    wanted = Wanted(unit_id=actor.unit_id, show=show)
    rows, pages, counts = _found(session, actor, wanted, "supervision.mine", units, {"show": show} if show else {})
    tabs = _tabs("supervision.mine", counts, {"show": show} if show else {}, UNITS_OWN)
    return render("supervision/mine.html", rows=rows, pages=pages, tabs=tabs)


def show_instructions() -> Response:
    session, actor = db.session(), access.current_actor()
    wanted = Wanted(kind=RecordKind.INSTRUCTION, issuer_id=actor.account_id)
    rows, pages, _ = _found(session, actor, wanted, "supervision.instructions", units_by_id(session), {})
    return render("supervision/instructions.html", rows=rows, pages=pages)


def _found(
    session: Session, actor: Actor, wanted: Wanted, endpoint: str, units: Mapping[int, Unit], address: dict[str, Any]
) -> tuple[list[RecordRow], Page, dict[str, int]]:
    """Two statements, however many rows."""
    counts = ladder_queries.shown_counts(session, actor, wanted)
    pages = paginate(counts[wanted.show], endpoint, **address)
    found = ladder_queries.listed(session, actor, wanted, limit=ROWS, offset=pages.offset)
    return record_rows(found, {id_: unit.short_name for id_, unit in units.items()}), pages, counts


def _tabs(endpoint: str, counts: Mapping[str, int], address: dict[str, str], names: tuple[str, ...]) -> list[Tab]:
    others: dict[str, Any] = {name: value for name, value in address.items() if name != "show"}
    return [
        Tab(
            SHOWN_TEXTS[name], counts[name], url_for(endpoint, **others, show=name or None), TONES.get(name, ""),
            name == address.get("show", ""),
        )
        for name in names
    ]
