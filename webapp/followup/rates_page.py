"""The rates of a month by unit, both of satisfaction side by side, and the list behind every number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals.queries import visible_appeals
from models.appeals.tables import Appeal
from models.followup import rates
from models.followup.rate_rules import SHOWN, Rate, Rates, Round
from models.followup.rate_rules import rates as counted
from models.followup.types import GRADE_LABELS, RESULT_LABELS
from models.handling.self_registered_rules import month_of
from webapp import access, clock, db
from webapp.filters import cn_date
from webapp.followup_rows import grade_tone
from webapp.htmx import render
from webapp.paging import ROWS, Page, paginate
from webapp.self_registered import month_text, month_value, months

SHOWN_TEXTS = {
    "replied": "已答复", "rated": "已评价", "satisfied": "评价满意", "low": "评价不满意", "excluded": "评价已剔除",
    "rated_without": "已评价（剔除后）", "satisfied_without": "评价满意（剔除后）", "asked": "已回访或者已评价",
    "called": "打过电话", "reached": "电话接通", "unreached": "打过电话没有接通", "not_asked": "没有询问",
    "told_solved": "说了是否解决", "solved": "说已解决", "called_satisfied": "电话里表示满意",
    "called_judged": "电话里作了评价",
    "cases": "不满意事项",
}
ALL_UNITS = "全市"


@dataclass(frozen=True)
class Cell:
    """A rate with numerator and denominator, each the way to its list; or a plain count."""

    text: str
    part: int
    part_url: str | None
    whole: int | None = None
    whole_url: str | None = None


@dataclass(frozen=True)
class RateLine:
    unit: str
    cells: tuple[Cell, ...]


HEADINGS = (
    "已答复", "回访率", "接通率", "满意率（全部）", "满意率（剔除后）", "解决率", "没有接通", "没有询问", "不满意事项",
)


@dataclass(frozen=True)
class ReplyRow:
    url: str
    number: str
    title: str
    unit: str
    replied_text: str
    grade: str
    grade_tone: str
    is_excluded: bool
    calls: int
    call_text: str


def show() -> Response:
    session, today = db.session(), clock.today()
    first, last = month_of(request.args.get("month", ""), today)
    found = rates.of_time(session, first, last)
    units = unit_names(session)
    lines = [_line(name, rounds, first) for name, rounds in _by_unit(found, units)]
    return render(
        "followup/rates.html", lines=[_line(ALL_UNITS, found, first, is_whole=True), *lines] if found else [],
        headings=HEADINGS, months=months(today, first), month=month_value(first), month_text=month_text(first),
    )


def _by_unit(found: Sequence[Round], units: Mapping[int, str]) -> list[tuple[str, list[Round]]]:
    """Units in their usual order."""
    grouped: dict[int, list[Round]] = {}
    for one in found:
        grouped.setdefault(one.unit_id, []).append(one)
    return [(units[unit_id], grouped[unit_id]) for unit_id in units if unit_id in grouped]


def _line(unit: str, rounds: Sequence[Round], first: date, *, is_whole: bool = False) -> RateLine:
    found = counted(rounds)
    address = {"month": month_value(first)} | ({} if is_whole else {"unit": unit})

    def count(name: str, number: int) -> Cell:
        return Cell(str(number), number, _url(name, number, address))

    def rate(value: Rate, part: str, whole: str) -> Cell:
        return Cell(
            value.text, value.part, _url(part, value.part, address), value.whole, _url(whole, value.whole, address)
        )

    return RateLine(unit, _cells(found, count, rate))


def _cells(found: Rates, count: Any, rate: Any) -> tuple[Cell, ...]:
    """In the order of `HEADINGS`."""
    return (
        count("replied", found.replied), rate(found.asked, "asked", "replied"),
        rate(found.reached, "reached", "called"), rate(found.satisfied, "satisfied", "rated"),
        rate(found.satisfied_without, "satisfied_without", "rated_without"),
        rate(found.solved, "solved", "told_solved"), count("unreached", found.unreached),
        count("not_asked", found.not_asked), count("cases", found.cases),
    )


def _url(show: str, number: int, address: dict[str, Any]) -> str | None:
    return url_for("followup.replies", show=show, **address) if number else None


# ---------------------------------------------------------------- the list behind a number


def show_replies() -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    units = unit_names(session)
    first, last = month_of(request.args.get("month", ""), today)
    asked = _asked(units, first)
    wanted = SHOWN[asked["show"]]
    meant = [
        one for one in rates.of_time(session, first, last)
        if wanted(one) and asked.get("unit") in (None, units.get(one.unit_id))
    ]
    rows, pages = _rows(session, actor, meant, units, asked)
    return render(
        "followup/replies.html", rows=rows, pages=pages, title=SHOWN_TEXTS[asked["show"]], unit=asked.get("unit", ""),
        month=asked["month"], month_text=month_text(first), hidden=len(meant) - pages.total,
    )


def _asked(units: Mapping[int, str], first: date) -> dict[str, Any]:
    """The filters as they stand in the address; anything unknown is the first choice."""
    show, unit = request.args.get("show", ""), request.args.get("unit", "")
    found = {"month": month_value(first), "show": show if show in SHOWN else "replied"}
    return found | ({"unit": unit} if unit in units.values() else {})


def _rows(
    session: Session, actor: Actor, meant: Sequence[Round], units: Mapping[int, str], asked: dict[str, Any]
) -> tuple[list[ReplyRow], Page]:
    """Of what this person may see: a number counts all, its list names no report that accuses one's own unit, and to
    nobody who sits in a unit what its own appellants said of it.
    """
    appeals = _appeals(session, actor, meant)
    seen = [one for one in meant if one.appeal_id in appeals and one.unit_id != actor.unit_id]
    pages = paginate(len(seen), "followup.replies", **asked)
    shown = seen[pages.offset : pages.offset + ROWS]
    return [_row(one, appeals[one.appeal_id], units) for one in shown], pages


def _appeals(session: Session, actor: Actor, meant: Sequence[Round]) -> dict[int, Appeal]:
    ids, found = sorted({one.appeal_id for one in meant}), dict[int, Appeal]()
    for start in range(0, len(ids), 500):
        for appeal in rates.appeals_among(session, visible_appeals(actor), ids[start : start + 500]):
            found[appeal.id or 0] = appeal
    return found


def _row(one: Round, appeal: Appeal, units: Mapping[int, str]) -> ReplyRow:
    said = "接通" if one.is_reached else "没有接通" if one.calls else ""
    result = RESULT_LABELS[one.result] if one.result else ""
    return ReplyRow(
        url_for("office.show", uid=appeal.uid), appeal.number, appeal.title, units.get(one.unit_id, ""),
        cn_date(one.replied_on), GRADE_LABELS[one.grade] if one.grade else "",
        grade_tone(one.grade) if one.grade else "", one.is_excluded, one.calls,
        "：".join(part for part in (said, result) if part),
    )
