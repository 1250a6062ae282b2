"""The office's view of what units completed themselves: every unit's number of a month, the lists, the confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.tables import Unit
from models.accounts.types import UnitKind
from models.appeals.tables import Appeal
from models.handling import self_registered
from models.handling.commands import Act
from models.handling.self_registered import MonthLine
from models.handling.self_registered_rules import month_of
from models.handling.types import Action
from webapp import access, clock, db
from webapp.acts import ActView, noted
from webapp.forms import ActForm, text_area
from webapp.htmx import render
from webapp.paging import ROWS, paginate
from webapp.self_registered import matter_rows, month_text, month_value, months

GROUP_TEXTS = {
    "counted": "计入应报数", "waiting": "待认定", "to_amend": "退回补正", "recognised": "已认定", "late": "逾期报送",
}


class ReturnRecordForm(ActForm):
    reason = text_area("退回理由", max_chars=1000, required="请写明要补正什么，以便承办单位一次补齐")


def _recognise(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    self_registered.recognise(session, appeal, act)
    return f"{appeal.number} 已认定并归档，计入承办单位当月自办件。"


def _return_record(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    reason = cast(ReturnRecordForm, form).reason.data or ""
    self_registered.return_record(session, appeal, noted(act, internal=reason))
    return f"{appeal.number} 已退回承办单位补正；补正以前不计入当月自办件。"


ACTS = {
    Action.RECOGNISE: ActView(Action.RECOGNISE, ActForm, _recognise, "认定并归档"),
    Action.RETURN_RECORD: ActView(Action.RETURN_RECORD, ReturnRecordForm, _return_record, "退回补正", is_quiet=True),
}


@dataclass(frozen=True)
class Number:
    """A count and the list behind it; no link behind a nought."""

    label: str
    count: int
    url: str | None


@dataclass(frozen=True)
class UnitLine:
    unit: str
    quota: int
    counted: Number
    numbers: tuple[Number, ...]

    @property
    def is_short(self) -> bool:
        return self.counted.count < self.quota


def show_month() -> Response:
    """Every unit that owes a number, whoever is short first. Two statements beside the page's own."""
    session, actor, today = db.session(), access.current_actor(), clock.today()
    first, last = month_of(request.args.get("month", ""), today)
    found = self_registered.month_lines(session, actor, first, last)
    units = units_by_id(session)
    lines = [_line(unit, found.get(id_), month_value(first)) for id_, unit in units.items() if _owes(unit, id_, found)]
    return render(
        "office/self_registered.html", lines=sorted(lines, key=lambda line: (not line.is_short, -line.quota)),
        month=month_value(first), month_text=month_text(first), months=months(today, first), groups=GROUP_TEXTS,
        short=sum(line.is_short for line in lines), total=sum(line.counted.count for line in lines),
        waiting=sum(one.waiting for one in found.values()),
    )


def _owes(unit: Unit, unit_id: int, found: Mapping[int, MonthLine]) -> bool:
    is_handling = unit.is_active and unit.kind is not UnitKind.OFFICE
    return unit_id in found or (is_handling and unit.monthly_appeals_quota > 0)


def _line(unit: Unit, found: MonthLine | None, month: str) -> UnitLine:
    def number(name: str) -> Number:
        count = getattr(found, name) if found else 0
        url = url_for("office.self_registered_list", month=month, unit=unit.short_name, show=name) if count else None
        return Number(GROUP_TEXTS[name], count, url)

    others = tuple(number(name) for name in GROUP_TEXTS if name != "counted")
    return UnitLine(unit.short_name, unit.monthly_appeals_quota, number("counted"), others)


def show_list() -> Response:
    """The list behind a number; anything unknown in the address is no filter."""
    session, actor, today = db.session(), access.current_actor(), clock.today()
    first, last = month_of(request.args.get("month", ""), today)
    units = {id_: unit.short_name for id_, unit in units_by_id(session).items()}
    group = request.args.get("show", "")
    group = group if group in GROUP_TEXTS else ""
    unit_id = next((id_ for id_, name in units.items() if name == request.args.get("unit", "")), None)
    unit = units.get(unit_id or 0, "")
    total = self_registered.listed_count(session, actor, first, last, unit_id=unit_id, group=group)
    pages = paginate(total, "office.self_registered_list", month=month_value(first), unit=unit, show=group)
    found = self_registered.listed(
        session, actor, first, last, unit_id=unit_id, group=group, limit=ROWS, offset=pages.offset
    )
    said = (month_text(first), unit, GROUP_TEXTS.get(group, ""))
    return render(
        "office/self_registered_list.html", rows=matter_rows(found, units, "office.show"), pages=pages,
        month=month_value(first), said=" · ".join(part for part in said if part),
    )
