"""What was concluded in a month, with everything 附件6 tells of it: appeals by the day their answer was published, a
unit's own matters (自办件) by the day they were reported, which is the month they count for.

What was concluded before it came here (imports) was reported where it was concluded, and is not told again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, col, func, or_, select

from models.accounts.tables import Account
from models.appeals.tables import Appeal, AppellantIdentity, Demand
from models.appeals.types import State
from models.handling.self_registered import COUNTED
from models.handling.tables import AppealEvent, Reply, ReplyItem, SelfRegistration
from models.handling.types import Action, ReplyKind
from models.workdays.rules import SHANGHAI, local_day

Row = TypeVar("Row")
AT_ONCE = 500
"""Few enough for one statement on both engines."""
ANSWERING = (Action.PUBLISH, Action.REPLY_MERGED)


@dataclass(frozen=True)
class Matter:
    """One concluded matter. `answers` goes with `demands`; `sealed` is who filed, unopened."""

    appeal: Appeal
    concluded_on: date
    demands: tuple[Demand, ...]
    answers: tuple[ReplyItem | None, ...]
    sealed: bytes | None
    registration: SelfRegistration | None
    reporter: str
    """Who wrote the answer or registered the matter."""


def concluded(session: Session, first: date, last: date) -> list[Matter]:
    """The month's matters, oldest answer first. A dozen statements for each five hundred."""
    answered = {appeal_id: local_day(at) for appeal_id, at in session.execute(_answered(first, last)).all()}
    registered = {
        row.appeal_id: row
        for row in session.exec(
            select(SelfRegistration)
            .join(Appeal, col(Appeal.id) == col(SelfRegistration.appeal_id))
            .where(col(SelfRegistration.registered_on).between(first, last), col(Appeal.state).in_(COUNTED))
        )
    }
    days = answered | {appeal_id: row.completed_on for appeal_id, row in registered.items()}
    found: list[Matter] = []
    for ids in _portions(sorted(days, key=lambda appeal_id: (days[appeal_id], appeal_id))):
        found += _matters(session, ids, days, registered)
    return found


def _answered(first: date, last: date) -> Any:
    """Appeal id and the instant of its last published answer, when that lies in the month."""
    begins = datetime.combine(first, time(), SHANGHAI)
    ends = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    answered_at = func.max(col(AppealEvent.at))
    return (
        select(col(AppealEvent.appeal_id), answered_at)
        .join(Appeal, col(Appeal.id) == col(AppealEvent.appeal_id))
        .where(
            col(AppealEvent.action).in_(ANSWERING), col(AppealEvent.to_state) == State.REPLIED,
            or_(col(Appeal.state) == State.REPLIED, col(Appeal.state) == State.CLOSED),
        )
        .group_by(col(AppealEvent.appeal_id))
        .having(answered_at >= begins, answered_at < ends)
    )


def _matters(
    session: Session, ids: Sequence[int], days: Mapping[int, date], registered: Mapping[int, SelfRegistration]
) -> Iterator[Matter]:
    appeals = {one.id: one for one in _of(session, Appeal, col(Appeal.id), ids)}
    demands = _grouped(_of(session, Demand, col(Demand.appeal_id), ids), "appeal_id")
    identities = _of(session, AppellantIdentity, col(AppellantIdentity.appeal_id), ids)
    sealed = {one.appeal_id: one.sealed for one in identities}
    replies = {
        one.appeal_id: one
        for one in sorted(_of(session, Reply, col(Reply.appeal_id), ids), key=lambda one: one.round)
        if one.kind is ReplyKind.FINAL
    }
    reply_ids = [one.id or 0 for one in replies.values()]
    items = {one.demand_id: one for one in _of(session, ReplyItem, col(ReplyItem.reply_id), reply_ids)}
    writers = {appeal_id: one.drafted_by_id or 0 for appeal_id, one in replies.items()}
    names = {one.id: one.display_name for one in _of(session, Account, col(Account.id), sorted({*writers.values()}))}
    for appeal_id in ids:
        own = tuple(sorted(demands.get(appeal_id, ()), key=lambda one: one.no))
        yield Matter(
            appeals[appeal_id], days[appeal_id], own, tuple(items.get(one.id or 0) for one in own),
            sealed.get(appeal_id), registered.get(appeal_id), names.get(writers.get(appeal_id, 0), ""),
        )


def _of(
    session: Session, table: type[Row], column: Any, ids: Sequence[int]
) -> Sequence[Row]:
    return session.exec(select(table).where(column.in_(ids))).all()


def _grouped(rows: Iterable[Row], name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
