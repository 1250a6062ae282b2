"""Writing what an event changed: state, promises, assistances, links, adjustments. All are projections of events."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.errors import NotFound
from models.handling.adjustment_types import Adjustment
from models.handling.tables import AdjustmentRow, AppealLink, AssistanceRow, MilestoneRow
from models.handling.types import Assistance, Effects, Milestone, Projection, Stage


def store(
    session: Session, appeal: Appeal, before: Projection, after: Projection, effects: Effects, version: int
) -> None:
    """Only what differs: what an appeal does not have costs no statement."""
    _store_milestones(session, appeal, before, after, effects)
    _store_projection(appeal, after, version)
    if after.assistances != before.assistances:
        _store_assistances(session, appeal, [one for one in after.assistances if one not in before.assistances])
    if after.links != before.links:
        _store_links(session, appeal, before, after)
    if after.adjustments != before.adjustments:
        _store_adjustments(session, appeal, [one for one in after.adjustments if one not in before.adjustments])
    appeal.has_assistance, appeal.has_links = bool(after.assistances), bool(after.links)
    appeal.has_adjustment = bool(after.adjustments)
    session.add(appeal)


def _store_projection(appeal: Appeal, after: Projection, version: int) -> None:
    nearest = after.next_milestone
    appeal.state, appeal.round = after.state, after.round
    appeal.complexity, appeal.lead_unit_id = after.complexity, after.lead_unit_id
    appeal.next_stage = nearest.stage.value if nearest else None
    appeal.next_due_on = nearest.due_on if nearest else None
    promises = (*((one.is_provisional, one.status) for one in after.milestones),
                *((one.is_provisional, one.clock) for one in after.assistances))
    appeal.is_provisional = any(is_provisional and status == "pending" for is_provisional, status in promises)
    appeal.has_question, appeal.assignee_id = after.has_question, after.assignee_id
    appeal.version = version


def _store_milestones(
    session: Session,
    appeal: Appeal,
    before: Projection,
    after: Projection,
    effects: Effects,
) -> None:
    """Writes the milestones that the event added or changed."""
    changed = [one for one in after.milestones if one not in before.milestones]
    if not changed:
        return
    rows = session.exec(select(MilestoneRow).where(col(MilestoneRow.appeal_id) == appeal.id)).all()
    by_key = {(row.round, row.stage, row.no): row for row in rows}
    moved = {stage for stage, *_ in effects.moved}
    for one in changed:
        row = by_key.get((one.round, one.stage, one.no))
        if row is None:
            chosen = effects.policy_id if effects.policy_id is not None else _policy_id(rows, one.round)
            row = _new_milestone(appeal, one, chosen, effects)
        row.due_on, row.is_provisional, row.extended_workdays = one.due_on, one.is_provisional, one.extended
        row.status, row.reached_on = one.status, one.reached_on
        if one.stage in moved:
            row.calendar_version = effects.calendar_version or row.calendar_version
        session.add(row)


def _policy_id(rows: Sequence[MilestoneRow], round_: int) -> int:
    """Milestones added to a running round stay under the policy it was dispatched under: the office's own first step
    and an earlier round may have stood on another.
    """
    for row in rows:
        if (row.round, row.stage, row.no) == (round_, Stage.SIGN, 1):
            return row.policy_id
    raise NotFound("no_milestones")


def _new_milestone(appeal: Appeal, one: Milestone, policy_id: int, effects: Effects) -> MilestoneRow:
    assert one.first_due_on is not None
    return MilestoneRow(
        appeal_id=_id(appeal),
        round=one.round,
        stage=one.stage,
        start_on=one.start_on,
        workdays=one.workdays,
        due_on=one.due_on,
        is_provisional=one.is_provisional,
        status=one.status,
        policy_id=policy_id,
        calendar_version=effects.calendar_version or 0,
        no=one.no,
        extended_workdays=one.extended,
        first_due_on=one.first_due_on,
    )


def _store_assistances(session: Session, appeal: Appeal, changed: list[Assistance]) -> None:
    rows = session.exec(select(AssistanceRow).where(col(AssistanceRow.appeal_id) == appeal.id)).all()
    by_no = {row.no: row for row in rows}
    for one in changed:
        row = by_no.get(one.no) or _new_assistance(appeal, one)
        row.status, row.clock, row.reached_on = one.status, one.clock, one.reached_on
        row.due_on, row.is_provisional = one.due_on, one.is_provisional
        row.version += 1
        session.add(row)


def _new_assistance(appeal: Appeal, one: Assistance) -> AssistanceRow:
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


def _store_adjustments(session: Session, appeal: Appeal, changed: list[Adjustment]) -> None:
    rows = session.exec(select(AdjustmentRow).where(col(AdjustmentRow.appeal_id) == appeal.id)).all()
    by_no = {row.no: row for row in rows}
    for one in changed:
        row = by_no.get(one.no) or AdjustmentRow(
            appeal_id=_id(appeal), no=one.no, round=one.round, kind=one.kind, status=one.status, unit_id=one.unit_id,
            reason=one.reason,
        )
        row.status, row.workdays, row.asked_on = one.status, one.workdays, one.asked_on
        row.ruled_on, row.ends_on, row.is_over = one.ruled_on, one.ends_on, one.is_over
        session.add(row)


def _id(appeal: Appeal) -> int:
    assert appeal.id is not None
    return appeal.id
