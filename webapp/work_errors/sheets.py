"""The lists as .xlsx: every cell text, each hand-out with its trace (EXP-1, EXP-4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import abort, make_response
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names, units_by_id
from models.accounts.types import Actor
from models.audit.commands import append
from models.supervision import work_error_queries as queries
from models.supervision import work_error_rules as rules
from models.supervision.work_error_periods import Period
from models.supervision.work_error_tables import WorkError
from models.supervision.work_error_types import CLAUSES, GRADE_LABELS, STATUS_LABELS, Circumstance
from models.supervision.work_errors import number_text
from webapp import access, clock, db
from webapp.files import download_headers
from webapp.work_errors import filters, presenters
from webapp.work_errors.listing import MOST_REPORTED, REPORTS

MOST_ROWS = 10_000
HEADINGS = (
    "编号", "时间", "责任单位", "错情内容", "错情来源", "错情类型", "认定情形", "认定说明", "责任追究", "单位说明",
    "状态", "报送对象",
)  # fmt: skip
SUM_HEADINGS = (
    "责任单位", *(f"{label}（本级）" for label in GRADE_LABELS.values()), "折算过程",
    *(f"{label}（折算后）" for label in GRADE_LABELS.values()),
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """What one file holds. `said` names it in the trace and in the file's name: a filter or a period."""

    title: str
    said: str
    headings: Sequence[str]
    rows: list[Sequence[str]]


def hand_out(name: str) -> Response:
    """The list as it is asked for in the address. 404 for a list that there is not."""
    make = TABLES.get(name)
    if make is None:
        abort(404)
    session, actor = db.session(), access.current_actor()
    table = make(session, actor)
    append(
        session, at=clock.now(), actor_id=actor.account_id, action="work_error.export", object_kind="work_error",
        facts={"list": name, "asked": table.said, "rows": len(table.rows)},
    )
    said = f"（{table.said}）" if table.said else ""
    return make_response(_written(table), 200, download_headers("xlsx", f"{table.title}{said}.xlsx"))


def _written(table: Table) -> bytes:
    from webapp.spreadsheets import write_table  # only who exports needs it: it costs every start a third of a second

    stream = BytesIO()
    write_table(table.headings, table.rows, stream, title=table.title[:31])
    return stream.getvalue()


def _register(session: Session, actor: Actor) -> Table:
    asked = filters.asked(unit_names(session))
    found = queries.register(session, actor, asked.filter, limit=MOST_ROWS)
    return Table("工作错情登记簿", asked.said.replace(" · ", "，"), HEADINGS, _error_rows(session, found))


def _report(name: str) -> Callable[[Session, Actor], Table]:
    def make(session: Session, actor: Actor) -> Table:
        report = REPORTS[name]
        period = filters.shown_period("period", report.months, is_past=True)
        found = queries.reported(session, actor, period, report.grades, MOST_REPORTED)
        return Table(report.title, period.label, HEADINGS, _error_rows(session, found, period))

    return make


def _error_rows(session: Session, found: Sequence[WorkError], period: Period | None = None) -> list[Sequence[str]]:
    units, answers = units_by_id(session), queries.answers_of(session, found)
    files = queries.file_counts(session, found)
    return [
        (
            number_text(one), one.occurred_on.isoformat() + _late(one, period), units[one.unit_id].full_name,
            one.content + _evidence(files.get(one.id or 0, 0)),
            presenters.source_label(one.source, overseen=True), f"{GRADE_LABELS[one.grade]}差错",
            "；".join(CLAUSES[Circumstance(code)].label for code in one.circumstances), one.basis, one.accountability,
            answers.get(one.id or 0, ""), STATUS_LABELS[one.status], rules.recipient(units[one.unit_id].kind).value,
        )
        for one in found
    ]


def _evidence(count: int) -> str:
    """The column of the law is 错情内容（佐证）."""
    return f"（佐证 {count} 份，见系统）" if count else ""


def _late(one: WorkError, period: Period | None) -> str:
    return "（补报）" if period is not None and one.occurred_on < period.first_on else ""


def _half_years(session: Session, actor: Actor) -> Table:
    half = filters.shown_period("half", 6, is_past=False)
    sums = rules.roll_up(queries.counts(session, actor, half))
    shown = presenters.unit_sums(sums, unit_names(session), overseen=True)
    rows = [
        (one.unit, *(str(number.count) for number in one.own), one.derivation, *(str(count) for _, count in one.after))
        for one in shown
    ]
    return Table("工作错情半年折算表", half.label, SUM_HEADINGS, list(rows))


TABLES: dict[str, Callable[[Session, Actor], Table]] = {
    "register": _register, "monthly": _report("monthly"), "quarterly": _report("quarterly"), "half-years": _half_years,
}
