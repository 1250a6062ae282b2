"""Proposing an arrangement: pasted or from a file, read, shown for checking, and laid before a second person."""

from typing import Any

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.errors import DomainError, Refused
from models.handling import arranging, recalculation
from models.workdays import queries
from models.workdays.arrangement_rules import Difference, differences, with_arrangement
from models.workdays.notice import LONGEST_TEXT, Arrangement
from models.workdays.reading import read
from models.workdays.rules import is_workday
from models.workdays.types import DayKind, MarkedDay, WorkCalendar
from webapp import access, clock, db, keyed
from webapp.calendar import current_calendar
from webapp.calendar_desk.forms import NoticeForm
from webapp.calendar_desk.moving import unit_counts
from webapp.filters import cn_date
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled
from webapp.year_lines import days_of_year

FIELD_OF = {"notice_year_missing": "year", "notice_year_differs": "year", "notice_source_missing": "source"}
MOST_FAULTS = 20
KIND_TEXTS = {DayKind.OFF: "放假", DayKind.WORK: "调休上班"}
PROPOSED = "已提出，等待另一位督办员或者主任批准。批准以前，所有期限都不变。"


def show_new() -> Response:
    """An empty form, or with the text of an earlier proposal that the calendar has overtaken: `?from=…`."""
    form, earlier = NoticeForm(formdata=None), access.asked_uid("from")
    if earlier:
        row = queries.arrangement(db.session(), earlier)
        form.notice_text.data, form.source.data = row.text, row.source[:LONGEST_TEXT]
        form.year.data = str(row.year_numbers[-1]) if row.year_numbers else ""
    return show(refilled(form, url_for("calendar_desk.create")))


def show(form: NoticeForm, status: int = 200, found: Arrangement | None = None) -> Response:
    return render(
        "calendar_desk/new.html", status=status, form=form, found=found,
        warnings=[note.text for note in found.warnings] if found is not None else [],
        **(_checked(found.days) if found is not None else {}),
    )


def handle() -> Response:
    """`step`: check (the default) shows what was read; propose lays it before a second person."""
    form = NoticeForm()
    form.take_file()
    return _propose(form) if request.form.get("step") == "propose" else _check(form)


def _check(form: NoticeForm) -> Response:
    if not form.validate_on_submit():
        return _again(form, 422)
    try:
        found = _read(form)
    except Refused as refused:
        _explain(form, refused)
        return _again(form, 422)
    return show(form, found=found)


def _propose(form: NoticeForm) -> Response:
    def run(session: Session, actor: Actor) -> Response:
        text = form.notice_text.data or ""
        row = arranging.propose(session, _read(form).days, actor=actor, now=clock.now(), text=text)
        flash(PROPOSED, "success")
        return redirect(url_for("calendar_desk.show", uid=row.uid), code=303)

    act = keyed.KeyedAct("calendar_propose", lambda: url_for("calendar_desk.index"))
    return keyed.perform(act, form, run=run, show=lambda failed, status: _again(form, status), explain=_explain)


def _again(form: NoticeForm, status: int) -> Response:
    keyed.renewed(form)
    return show(form, status)


def _read(form: NoticeForm) -> Arrangement:
    return read(
        form.notice_text.data or "", year=form.asked_year, source=form.source.data or "", calendar=current_calendar()
    )


def _explain(form: Any, error: DomainError) -> None:
    if error.code == "arrangement_unsound":
        faults = [note.text for note in error.facts["problems"]]
        more = [f"还有 {len(faults) - MOST_FAULTS} 处，请先改正以上各处"] if len(faults) > MOST_FAULTS else []
        form.notice_text.errors = [*faults[:MOST_FAULTS], *more]
    elif error.code in FIELD_OF:
        form[FIELD_OF[error.code]].errors = [message(error.code, **error.facts)]
    else:
        form.form_errors.append(message(error.code))


def _checked(days: tuple[MarkedDay, ...]) -> dict[str, Any]:
    """What was read, and how many dates it would move."""
    session = db.session()
    told = recalculation.preview(session, access.current_actor(), with_arrangement(current_calendar(), days))
    return {**described(days), "told": told.sum, "by_unit": unit_counts(told, unit_names(session))}


def described(days: tuple[MarkedDay, ...]) -> dict[str, Any]:
    """What the arrangement says, and how it differs from what is in force."""
    calendar = current_calendar()
    new = with_arrangement(calendar, days)
    return {
        "days": [(cn_date(day.on, with_year=True), day.on.isoformat(), KIND_TEXTS[day.kind], day.name) for day in days],
        "totals": [_total(year, new, days) for year in sorted({day.on.year for day in days})],
        "differences": [_difference(one) for one in differences(calendar, days)],
    }


def _total(year: int, calendar: WorkCalendar, days: tuple[MarkedDay, ...]) -> str:
    off = sum(day.kind is DayKind.OFF and day.on.year == year for day in days)
    work = sum(day.kind is DayKind.WORK and day.on.year == year for day in days)
    worked = sum(is_workday(day, calendar) for day in days_of_year(year))
    return f"{year}年：放假 {off} 天，调休上班 {work} 天，全年 {worked} 个工作日"


def _difference(one: Difference) -> str:
    before, after = (KIND_TEXTS[mark.kind] if mark else "未作安排" for mark in (one.before, one.after))
    return f"{cn_date(one.on, with_year=True)}：原为{before}，改为{after}"
