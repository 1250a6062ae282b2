"""The list of dissatisfaction cases with both clocks: the office's all of them, a unit's its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.followup import case_queries
from models.followup.case_queries import Wanted
from webapp import access, clock, db
from webapp.followup_rows import case_rows
from webapp.htmx import render
from webapp.paging import ROWS, paginate

SHOWN_TEXTS = {
    "": "全部", "to_contact": "待联系", "to_decide": "待决定", "redoing": "重办中", "to_close": "待了结",
    "late": "逾期", "closed": "已了结",
}
TONES = {"to_contact": "soon", "to_decide": "soon", "late": "late"}


@dataclass(frozen=True)
class Tab:
    label: str
    count: int
    url: str
    tone: str
    is_current: bool


def show() -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    units = units_by_id(session)
    asked = _asked({id_: unit.short_name for id_, unit in units.items()})
    unit_id = next((id_ for id_, one in units.items() if one.short_name == asked.get("unit")), None)
    wanted = Wanted(asked.get("show", ""), unit_id)
    counts = case_queries.shown_counts(session, actor, wanted, today)
    pages = paginate(counts[wanted.show], "followup.cases", **asked)
    found = case_queries.listed(session, actor, wanted, today, limit=ROWS, offset=pages.offset)
    return render(
        "followup/cases.html", part="followup/_cases.html", pages=pages, tabs=_tabs(counts, asked), asked=asked,
        rows=case_rows(found, {id_: unit.short_name for id_, unit in units.items()}), units=list(units.values()),
        is_office=actor.may_read_all,
    )


def _asked(units: Mapping[int, str]) -> dict[str, Any]:
    """The filters as they stand in the address; anything unknown is no filter."""
    show, unit = request.args.get("show", ""), request.args.get("unit", "")
    given = {"show": show if show in SHOWN_TEXTS else "", "unit": unit if unit in units.values() else ""}
    return {name: value for name, value in given.items() if value}


def _tabs(counts: Mapping[str, int], asked: dict[str, Any]) -> list[Tab]:
    others = {name: value for name, value in asked.items() if name != "show"}
    return [
        Tab(text, counts[name], url_for("followup.cases", **others, show=name or None), TONES.get(name, ""),
            name == asked.get("show", ""))
        for name, text in SHOWN_TEXTS.items()
    ]  # fmt: skip
