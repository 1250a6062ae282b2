"""The list of policies with every version, and the page of one version."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.errors import NotFound
from models.handling import policy_queries as queries
from models.handling.policy_queries import Line, Version
from models.handling.policy_rules import IN_ORDER
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.filters import cn_datetime
from webapp.forms import ActForm, row_id
from webapp.htmx import render
from webapp.policies.comparing import changes, examples, limit_rows
from webapp.policies.forms import EndForm
from webapp.policies.words import reach_text, span_text, status


@dataclass(frozen=True)
class VersionRow:
    url: str
    label: str
    span: str
    limits: tuple[int, ...]
    basis: str
    running: int
    state_label: str
    state_tone: str


@dataclass(frozen=True)
class LineView:
    """`in_force` is the number of the version that a dispatch today would take, or nothing."""

    code: str
    name: str
    reach: str
    in_force: str
    rows: tuple[VersionRow, ...]
    revise_url: str | None


def show_all() -> Response:
    """Three statements, whatever the number of versions."""
    session, today = db.session(), clock.today()
    running = queries.running_counts(session)
    views = [_line_view(line, running, today) for line in queries.lines(session)]
    return render("policies/index.html", lines=views, may_direct=_may_direct())


def _may_direct() -> bool:
    return permits(access.current_actor().roles, Permission.DIRECT_TERMS)


def _line_view(line: Line, running: dict[int, int], today: date) -> LineView:
    shown = line.on(today) or line.newest
    in_force = line.on(today)
    rows = tuple(_version_row(line, one, running.get(one.id, 0), today) for one in line.versions)
    return LineView(
        line.code, shown.row.name, reach_text(shown.provision), f"第{in_force.row.version}版" if in_force else "",
        rows, url_for("policies.revision", code=line.code) if _may_direct() else None,
    )


def _version_row(line: Line, one: Version, running: int, today: date) -> VersionRow:
    label, tone = status(line, one, today)
    return VersionRow(
        url_of(one), f"第{one.row.version}版", span_text(one), tuple(one.workdays[stage] for stage in IN_ORDER),
        one.row.basis, running, label, tone,
    )


def url_of(one: Version) -> str:
    return url_for("policies.show", code=one.row.code, number=one.row.version)


def show_one(code: str, number: str) -> Response:
    session = db.session()
    line = queries.line(session, code)
    if number != str(row_id(number)):
        raise NotFound("no_such_policy")  # one version has one address
    return show_version(line, queries.version(line, row_id(number)))


def show_version(line: Line, one: Version, *, failed: ActForm | None = None, status_code: int = 200) -> Response:
    session, calendar, today = db.session(), current_calendar(), clock.today()
    before = next((other for other in line.versions if other.row.version == one.row.version - 1), None)
    day = max(one.span.first_on, today) if one.span.covers(today) else one.span.first_on
    label, tone = status(line, one, today)
    return render(
        "policies/show.html", status=status_code, one=one, row=one.row, reach=reach_text(one.provision),
        span=span_text(one), state_label=label, state_tone=tone, limits=list(limit_rows(one.provision)),
        running=queries.running_counts(session).get(one.id, 0), made_text=cn_datetime(one.row.made_at),
        changes=[c for c in changes(before.provision, one.provision) if c.is_changed] if before else None,
        before=before, examples=examples(before.provision if before else None, one.provision, day, calendar), day=day,
        others=[(f"第{other.row.version}版", url_of(other)) for other in line.versions if other is not one],
        revise_url=url_for("policies.revision", code=line.code) if _may_direct() else None,
        end_form=_end_form(line, one, failed), code=line.code,
    )


def _end_form(line: Line, one: Version, failed: ActForm | None) -> ActForm | None:
    """For the director, on the newest version of what may end and has not."""
    if failed is not None:
        return failed
    if not _may_direct() or line.is_default or one is not line.newest or one.row.in_force_to is not None:
        return None
    form = EndForm(formdata=None)
    form.version.data = str(one.row.version)
    form.last_on.data = max(clock.today(), one.span.first_on)
    return form
