"""Published replies of a time, each with the unit that gave it: what the day's list and the rates are made of."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, select

from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.types import AppellantKind, State
from models.followup.answering import ANSWERING
from models.followup.rules import RATEABLE
from models.handling.effects_json import effects_from_json
from models.handling.tables import AppealEvent, AppealLink
from models.handling.types import Action, LinkKind
from models.workdays.rules import end_of_day

_MAIN = aliased(Appeal)
Key = tuple[int, int]
"""An appeal by id, and the round."""


class Replied(NamedTuple):
    """A published reply. `unit_id`: who gave it; of a merged appeal the main one's unit."""

    appeal_id: int
    round: int
    at: datetime
    unit_id: int

    @property
    def key(self) -> Key:
        return self.appeal_id, self.round


class _Row(NamedTuple):
    appeal_id: int
    round: int
    at: datetime
    seq: int
    action: Action
    running_round: int
    lead_id: int | None
    main_lead_id: int | None


def between(first_on: date, last_on: date) -> ColumnElement[bool]:
    """Published on one of these days (Asia/Shanghai), both included."""
    at = col(AppealEvent.at)
    return and_(at >= end_of_day(first_on - timedelta(days=1)), at < end_of_day(last_on))


def replied(session: Session, *conditions: ColumnElement[bool], can_be_called: bool = False) -> list[Replied]:
    """The oldest first. One statement; one more where a later round may be another unit's. `can_be_called`: only the
    running round of appellants who left a telephone number and did not ask for confidence.
    """
    statement = _statement(*conditions)
    if can_be_called:
        identity = AppellantIdentity
        statement = statement.join(identity, col(identity.appeal_id) == col(Appeal.id)).where(
            col(Appeal.round) == col(AppealEvent.round), col(Appeal.state).in_(sorted(RATEABLE)),
            ~col(Appeal.is_confidential), col(Appeal.appellant_kind) != AppellantKind.ANONYMOUS,
            col(identity.phone_index) != "",
        )
    rows = [_Row(*row) for row in session.execute(statement).all()]
    leads = _leads(session, [row for row in rows if row.round < row.running_round])
    found = [Replied(row.appeal_id, row.round, row.at, _unit(row, leads)) for row in rows]
    return [one for one in found if one.unit_id]


def _statement(*conditions: ColumnElement[bool]) -> Any:
    event, link = AppealEvent, AppealLink
    return (
        sql_select(
            event.appeal_id, event.round, event.at, event.seq, event.action, Appeal.round, Appeal.lead_unit_id,
            _MAIN.lead_unit_id,
        )  # type: ignore[call-overload]
        .join(Appeal, col(Appeal.id) == col(event.appeal_id))
        .outerjoin(link, and_(col(link.appeal_id) == col(Appeal.id), col(link.kind) == LinkKind.INTO))
        .outerjoin(_MAIN, col(_MAIN.id) == col(link.other_id))
        .where(col(event.to_state) == State.REPLIED, col(event.action).in_(ANSWERING), *conditions)
        .order_by(col(event.at), col(event.id))
    )


def _unit(row: _Row, leads: dict[Key, int]) -> int:
    if row.action is Action.REPLY_MERGED and row.main_lead_id is not None:
        return row.main_lead_id
    return leads.get((row.appeal_id, row.seq)) or row.lead_id or 0


def _leads(session: Session, rows: Sequence[_Row]) -> dict[Key, int]:
    """Who led when an earlier round was answered, by appeal and event."""
    if not rows:
        return {}
    ids = sorted({row.appeal_id for row in rows})
    events = session.exec(
        select(AppealEvent).where(col(AppealEvent.appeal_id).in_(ids)).order_by(col(AppealEvent.seq))
    ).all()
    told = [(one.appeal_id, one.seq, effects_from_json(one.effects, one.round).lead_unit_id) for one in events]
    found: dict[Key, int] = {}
    for row in rows:
        led = [unit for id_, seq, unit in told if id_ == row.appeal_id and seq <= row.seq and unit is not None]
        if led:
            found[row.appeal_id, row.seq] = led[-1]
    return found
