"""The register, the monthly and quarterly lists, the half-year table: what each page shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.supervision import work_error_queries as queries
from models.supervision import work_error_rules as rules
from models.supervision.work_error_periods import Period, containing
from models.supervision.work_error_types import GRADE_LABELS, Grade, RollUp
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.filters import cn_date
from webapp.htmx import render
from webapp.paging import ROWS, paginate
from webapp.work_errors import filters, presenters

MOST_REPORTED = 2_000
"""Entries a report shows: a city of sixty units has fewer in a quarter."""


def show_register() -> Response:
    session, actor = db.session(), access.current_actor()
    units, overseen = units_by_id(session), queries.oversees(actor)
    asked = filters.asked(_names(units) if overseen else {})
    total = queries.register_count(session, actor, asked.filter)
    pages = paginate(total, "work_errors.index", **asked.address)
    found = queries.register(session, actor, asked.filter, limit=ROWS, offset=pages.offset)
    return render(
        "work_errors/index.html", part="work_errors/_list.html", asked=asked, pages=pages,
        rows=presenters.rows(found, units, overseen=overseen), is_overseer=overseen,
    )


def _names(units: Mapping[int, Unit]) -> dict[int, str]:
    return {id_: unit.short_name for id_, unit in units.items()}


# ---------------------------------------------------------------- reports of a period


@dataclass(frozen=True)
class Report:
    """What makes one report different from another. `due`: by when it is sent, and whether that is provisional."""

    name: str
    title: str
    months: int
    grades: frozenset[Grade]
    lowest: Grade
    law: str
    due: Callable[[Period], tuple[date, bool]]


def _monthly_due(period: Period) -> tuple[date, bool]:
    found = rules.report_due(period.last_on, current_calendar())
    return found.due_on, found.is_provisional


def _quarterly_due(period: Period) -> tuple[date, bool]:
    return rules.bulletin_due(period.last_on), False


REPORTS = {
    one.name: one
    for one in (
        Report(
            "monthly", "较大以上工作错情月报", 1, rules.REPORTED, Grade.LARGER,
            "第十三条：每月的第一个工作日报送上一个月较大以上工作错情；严重错情即知即报。", _monthly_due,
        ),
        Report(
            "quarterly", "严重错情季度通报清单", 3, rules.BULLETIN, Grade.SERIOUS,
            "第十四条：每季度第一月上旬通报上一季度严重错情；特殊情况及时通报。", _quarterly_due,
        ),
    )
}


def show_report(name: str) -> Response:
    """The month or quarter just past unless another is asked for."""
    session, actor, report = db.session(), access.current_actor(), REPORTS[name]
    period = filters.shown_period("period", report.months, is_past=True)
    units = units_by_id(session)
    found = queries.reported(session, actor, period, report.grades, MOST_REPORTED)
    due_on, is_provisional = report.due(period)
    return render(
        "work_errors/report.html", report=report, period=period, periods=filters.periods(report.months, period),
        rows=presenters.rows(found, units, overseen=True, period=period), due_on=due_on,
        is_provisional=is_provisional, until_text=cn_date(min(period.last_on, clock.today())),
        is_running=clock.today() <= period.last_on,
        derived=presenters.unit_sums(_derived(session, actor, period, report.lowest), _names(units), overseen=True),
        lowest=GRADE_LABELS[report.lowest],
    )


def _derived(session: Session, actor: Actor, period: Period, lowest: Grade) -> dict[tuple[int, Period], RollUp]:
    """Units whose half-year so far comes to this grade or more by adding up alone (article 9)."""
    half = containing(period.last_on, 6)
    sums = rules.roll_up(queries.counts(session, actor, half, until=period.last_on))
    grades = [grade for grade in Grade if rules.RANK[grade] >= rules.RANK[lowest]]
    return {key: found for key, found in sums.items() if any(found.made(grade) for grade in grades)}


# ---------------------------------------------------------------- half a year


def show_half_years() -> Response:
    """Every unit's half-year for overseers, a unit's own for its people."""
    session, actor = db.session(), access.current_actor()
    half, overseen = filters.shown_period("half", 6, is_past=False), queries.oversees(actor)
    sums = rules.roll_up(queries.counts(session, actor, half))
    return render(
        "work_errors/half_years.html", half=half, halves=filters.periods(6, half), is_overseer=overseen,
        sums=presenters.unit_sums(sums, _names(units_by_id(session)), overseen=overseen),
        grades=list(GRADE_LABELS.values()),
    )
