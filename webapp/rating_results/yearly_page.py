"""A unit's file of one year: what came of ratings, the ladder, the register of work errors. A list of facts for whoever
assesses the year; nothing is added up into a grade here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.accounts.unit_tree import unit_by_id
from models.errors import NotFound
from models.ratings import result_queries as queries
from models.ratings.result_types import ProposalKind
from models.supervision import ladder_queries
from models.supervision import work_error_queries as work_errors
from models.supervision.ladder_queries import Wanted
from models.supervision.ladder_types import KIND_LABELS, RecordKind
from models.supervision.work_error_periods import Period
from models.supervision.work_error_rules import roll_up
from models.supervision.work_error_types import GRADE_LABELS, Grade
from models.workdays.types import FIRST_YEAR
from webapp import access, clock, db, supervision_rows
from webapp.htmx import render
from webapp.rating_results import presenters, proposal_pages

MOST_RECORDS = 300
YEARS = 10
"""Offered to choose from; older ones are found by their address."""
HALVES = ((1, "上半年"), (7, "下半年"))
IN_THE_FILE = (
    (RecordKind.INTERVIEW, "约谈"), (RecordKind.BULLETIN_ENTRY, "通报"), (RecordKind.RED_CARD, "红牌"),
    (RecordKind.YELLOW_CARD, "黄牌"), (RecordKind.SUPERVISION_ORDER, "督办单"),
)


@dataclass(frozen=True)
class HalfYear:
    label: str
    own: list[tuple[str, int]]
    after: list[tuple[str, int]]


def show() -> Response:
    session, actor = db.session(), access.current_actor()
    unit, year = _unit(session, actor), _year()
    assert unit.id is not None
    wanted = Wanted(unit.id, first_on=date(year, 1, 1), last_on=date(year, 12, 31))
    found = ladder_queries.listed(session, actor, wanted, limit=MOST_RECORDS)
    kept = [one for one in found if one[0].kind in dict(IN_THE_FILE)]
    return render(
        "rating_results/yearly.html", unit=unit, year=year,
        years=range(clock.today().year, clock.today().year - YEARS, -1),
        units=handling_units(session) if queries.oversees(actor) else [],
        results=_results(session, actor, unit.id, year), proposals=_proposals(session, actor, unit.id, year),
        counts=[(label, sum(record.kind is kind for record, _ in kept)) for kind, label in IN_THE_FILE],
        records=supervision_rows.record_rows(kept, {unit.id: unit.short_name}),
        deductions=ladder_queries.unit_deductions(session, unit.id, wanted.first_on or date.min, date(year, 12, 31)),
        halves=_halves(session, actor, unit.id, year), kinds=KIND_LABELS,
    )


def _unit(session: Session, actor: Actor) -> Unit:
    """The one that the address names, for overseers; a unit's people have their own. Nothing else is there."""
    if not queries.oversees(actor):
        return unit_by_id(session, actor.unit_id or 0)
    units = handling_units(session)
    named = [one for one in units if one.short_name == request.args.get("unit", units[0].short_name)]
    if not named:
        raise NotFound("no_such_unit")
    return named[0]


def _year() -> int:
    text, this = request.args.get("year", ""), clock.today().year
    is_year = text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= this
    return int(text) if is_year else this


def _results(session: Session, actor: Actor, unit_id: int, year: int) -> list[presenters.ResultRow]:
    return [
        presenters.result_row(
            one.row, presenters.period_of(one.campaign), period=presenters.period_of(one.campaign),
            url=url_for("rating_results.unit", uid=one.row.uid),
        )
        for one in queries.of_unit(session, actor, unit_id, year=year)
    ]


def _proposals(session: Session, actor: Actor, unit_id: int, year: int) -> list[proposal_pages.ProposalView]:
    """Interviews stand among the records; what is proposed of the year's grade stands here."""
    found = queries.proposals(session, actor, unit_id=unit_id)
    return [
        proposal_pages.view(one) for one in found
        if one.proposal.kind is ProposalKind.GRADE and one.campaign.year == year
    ]


def _halves(session: Session, actor: Actor, unit_id: int, year: int) -> list[HalfYear]:
    return [_half(session, actor, unit_id, Period(date(year, month, 1), 6), label) for month, label in HALVES]


def _half(session: Session, actor: Actor, unit_id: int, half: Period, label: str) -> HalfYear:
    sums = roll_up(_of_unit(work_errors.counts(session, actor, half), unit_id))
    found = sums.get((unit_id, half))
    if found is None:
        return HalfYear(label, [], [])
    return HalfYear(
        label, [(text, found.own(grade)) for grade, text in GRADE_LABELS.items() if found.own(grade)],
        [(text, found.counted(grade)) for grade, text in GRADE_LABELS.items() if found.counted(grade)],
    )


def _of_unit(
    counts: Mapping[tuple[int, Period, Grade], int], unit_id: int
) -> dict[tuple[int, Period, Grade], int]:
    return {key: count for key, count in counts.items() if key[0] == unit_id}
