"""Writing what an event changed beside state and milestones: assistances and links, projections like those."""

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.handling.tables import AppealLink, AssistanceRow
from models.handling.types import Assistance, Projection


def store(session: Session, appeal: Appeal, before: Projection, after: Projection) -> None:
    """Only what differs; an appeal without either costs no statement."""
    if after.assistances != before.assistances:
        _store_assistances(session, appeal, [one for one in after.assistances if one not in before.assistances])
    if after.links != before.links:
        _store_links(session, appeal, before, after)
    appeal.has_assistance, appeal.has_links = bool(after.assistances), bool(after.links)


def _store_assistances(session: Session, appeal: Appeal, changed: list[Assistance]) -> None:
    rows = session.exec(select(AssistanceRow).where(col(AssistanceRow.appeal_id) == appeal.id)).all()
    by_no = {row.no: row for row in rows}
    for one in changed:
        row = by_no.get(one.no) or _new_row(appeal, one)
        row.status, row.clock, row.reached_on = one.status, one.clock, one.reached_on
        row.due_on, row.is_provisional = one.due_on, one.is_provisional
        row.version += 1
        session.add(row)


def _new_row(appeal: Appeal, one: Assistance) -> AssistanceRow:
    assert appeal.id is not None
    return AssistanceRow(
        appeal_id=appeal.id, no=one.no, unit_id=one.unit_id, status=one.status, start_on=one.start_on,
        workdays=one.workdays, due_on=one.due_on, clock=one.clock, version=0,
    )


def _store_links(session: Session, appeal: Appeal, before: Projection, after: Projection) -> None:
    assert appeal.id is not None
    for kind, other_id in after.links - before.links:
        session.add(AppealLink(appeal_id=appeal.id, kind=kind, other_id=other_id))
    for kind, other_id in before.links - after.links:
        session.delete(session.get_one(AppealLink, (appeal.id, kind, other_id)))
