"""`flask check` over follow-up: cases are what their events add up to, lists what their seeds draw, ratings what the
audit log heard given, low grades have their case.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.audit.tables import AuditRow
from models.followup import call_lists, case_queries
from models.followup.case_json import standing
from models.followup.tables import DissatisfactionCase, FollowUpCall, SatisfactionRating
from models.followup.types import LOW_GRADES, CallResult


def problems(session: Session) -> Iterator[str]:
    yield from _cases(session)
    yield from _lists(session)
    yield from _ratings(session)
    yield from _calls(session)
    yield from _without_case(session)


def _cases(session: Session) -> Iterator[str]:
    for case, events in case_queries.every_case(session):
        name = f"case {case.uid}"
        if [event.seq for event in events] != list(range(1, case.version + 1)):
            yield f"{name}: events are not 1 to {case.version}"
        elif standing(case) != case_queries.replayed(case, events):
            yield f"{name}: differs from its events"


def _lists(session: Session) -> Iterator[str]:
    for drawn in call_lists.every_list(session):
        if not call_lists.drawn_again(session, drawn):
            yield f"call list {drawn.day}: is not what its seed draws"


def _ratings(session: Session) -> Iterator[str]:
    """Each was heard given, with this very grade: the log is chained, a row put in beside it is not in it."""
    given = {
        (row.object_id, row.facts["round"]): row.facts["grade"]
        for row in session.exec(select(AuditRow).where(col(AuditRow.action) == "rating.give"))
    }
    rating = SatisfactionRating
    rows = session.exec(
        select(Appeal.uid, rating.round, rating.grade, rating.uid)
        .join(rating, col(rating.appeal_id) == col(Appeal.id)).order_by(col(rating.id))
    ).all()
    for appeal_uid, round_, grade, uid in rows:
        if given.pop((appeal_uid, round_), None) != grade:
            yield f"rating {uid}: the log knows nothing of it, or another grade"
    yield from (f"rating of appeal {uid}, round {round_}: missing" for uid, round_ in sorted(given))


def _calls(session: Session) -> Iterator[str]:
    last: dict[tuple[int, int], int] = {}
    call = FollowUpCall
    for one in session.exec(select(call).order_by(col(call.appeal_id), col(call.round), col(call.attempt))).all():
        key = one.appeal_id, one.round
        if one.attempt != last.get(key, 0) + 1:
            yield f"call {one.id}: attempt {one.attempt} leaves a gap"
        last[key] = one.attempt


def _without_case(session: Session) -> Iterator[str]:
    case, rating, call = DissatisfactionCase, SatisfactionRating, FollowUpCall
    has = {(appeal_id, round_) for appeal_id, round_ in session.exec(select(case.appeal_id, case.round)).all()}
    low = session.exec(
        select(rating.appeal_id, rating.round).where(col(rating.grade).in_([one.value for one in LOW_GRADES]))
    ).all()
    said = session.exec(
        select(call.appeal_id, call.round).where(col(call.result) == CallResult.NOT_SATISFIED)
    ).all()
    for appeal_id, round_ in sorted({*low, *said}):
        if (appeal_id, round_) not in has:
            yield f"appeal {appeal_id}, round {round_}: somebody is not satisfied and there is no case"
