"""What the office reads: the board of units by stage, the list behind every number, the review in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from models.accounts.types import Actor
from models.appeals.queries import matching, scope
from models.appeals.tables import Appeal
from models.appeals.types import UNIT_STATES, State
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus
from models.handling.assistance import is_late
from models.handling.queries import BY_URGENCY, in_states
from models.handling.tables import AdjustmentRow
from models.handling.worklist import Line, listed, read

STATE_GROUPS: dict[str, frozenset[State]] = {
    "to_accept": frozenset({State.SUBMITTED}),
    "to_dispatch": frozenset({State.ACCEPTED}),
    "to_sign": frozenset({State.DISPATCHED}),
    "to_verify": frozenset({State.VERIFYING}),
    "in_hand": frozenset({State.HANDLING, State.CONTINUING}),
    "to_sign_off": frozenset({State.PRELIMINARY_SIGN_OFF, State.REPLY_SIGN_OFF}),
    "in_review": frozenset({State.IN_REVIEW}),
    "to_rule": frozenset({State.RETURN_REQUESTED}),
    "with_unit": UNIT_STATES,
    "open": UNIT_STATES | {State.IN_REVIEW, State.RETURN_REQUESTED},
    "replied": frozenset({State.REPLIED}),
    "closed": frozenset({State.CLOSED}),
    "declined": frozenset({State.DECLINED}),
    "awaiting": frozenset({State.AWAITING_SUPPLEMENT}),
    "withdrawn": frozenset({State.WITHDRAWN}),
    "transferred": frozenset({State.TRANSFERRED}),
    "merged": frozenset({State.MERGED}),
    "registered": frozenset({State.REGISTERED}),
    "to_amend": frozenset({State.TO_AMEND}),
}
"""Names of the address → states. `with_unit` and `open` are sums of others."""
STAGES = ("to_sign", "to_rule", "to_verify", "in_hand", "to_sign_off", "in_review")


@dataclass(frozen=True)
class Ask:
    """Which appeals a list shows: a key of STATE_GROUPS, a key of `list_conditions`, a unit, words. Empty: no limit."""

    state: str = ""
    due: str = ""
    unit_id: int | None = None
    words: str = ""


@dataclass(frozen=True)
class UnitLine:
    """One unit's open appeals: counts by stage, and how many of all are overdue or due soon."""

    unit_id: int
    by_stage: dict[str, int]
    overdue: int
    soon: int

    @property
    def total(self) -> int:
        return sum(self.by_stage.values())


def _in_group(name: str) -> ColumnElement[bool]:
    return in_states(STATE_GROUPS[name])


def due_conditions(today: date, soon_until: date) -> dict[str, ColumnElement[bool]]:
    """Running promises, also in review. Overdue only after the due day; soon until the next working day."""
    is_open = _in_group("open")
    return {
        "overdue": and_(is_open, col(Appeal.next_due_on) < today),
        "soon": and_(is_open, col(Appeal.next_due_on).between(today, soon_until)),
    }


def list_conditions(today: date, soon_until: date) -> dict[str, ColumnElement[bool]]:
    """What a list may be narrowed to: the promises' dates, and assisting units that are overdue."""
    late = and_(_in_group("open"), col(Appeal.has_assistance), is_late(today))
    return due_conditions(today, soon_until) | {"assist_late": late}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def totals(session: Session, actor: Actor, today: date, soon_until: date) -> dict[str, int]:
    """How many appeals are in each group and how many are due: counted by state and day, which an index answers
    alone, and added up here. One statement more for the assisting units.
    """
    found = Counter(dict.fromkeys((*STATE_GROUPS, "overdue", "soon"), 0))
    columns: tuple[Any, ...] = (col(Appeal.state), col(Appeal.next_due_on), func.count())
    counted = select(*columns).where(scope(actor)).group_by(*columns[:2])
    for state, due_on, number in session.execute(counted).all():
        found.update({group: number for group, states in STATE_GROUPS.items() if state in states})
        if due_on is not None and state in STATE_GROUPS["open"]:
            found["overdue"] += number * (due_on < today)
            found["soon"] += number * (today <= due_on <= soon_until)
    late = list_conditions(today, soon_until)["assist_late"]
    assist_late = session.execute(select(func.count()).select_from(Appeal).where(scope(actor), late)).scalar_one()
    return dict(found) | {"assist_late": assist_late}


def unit_lines(session: Session, actor: Actor, today: date, soon_until: date) -> list[UnitLine]:
    """Every unit with open appeals, the one with most overdue first, in one statement."""
    due = due_conditions(today, soon_until)
    columns = [_sum(condition) for condition in (*(_in_group(name) for name in STAGES), *due.values())]
    statement = (
        select(Appeal.lead_unit_id, *columns)
        .where(scope(actor), _in_group("open"), col(Appeal.lead_unit_id).is_not(None))
        .group_by(col(Appeal.lead_unit_id))
    )
    lines = [_line(row) for row in session.execute(statement).all()]
    return sorted(lines, key=lambda line: (-line.overdue, -line.soon, -line.total, line.unit_id))


def _line(row: Sequence[int]) -> UnitLine:
    unit_id, *counts = row
    by_stage = dict(zip(STAGES, counts, strict=False))
    overdue, soon = counts[len(STAGES) :]
    return UnitLine(unit_id, {name: int(count) for name, count in by_stage.items()}, int(overdue), int(soon))


def _asked(actor: Actor, ask: Ask, today: date, soon_until: date) -> list[ColumnElement[bool]]:
    conditions = [scope(actor)]
    if ask.state:
        conditions.append(_in_group(ask.state))
    if ask.due:
        conditions.append(list_conditions(today, soon_until)[ask.due])
    if ask.unit_id is not None:
        conditions.append(col(Appeal.lead_unit_id) == ask.unit_id)
    return conditions


def asked_appeals(
    session: Session, actor: Actor, ask: Ask, today: date, soon_until: date, *, limit: int, offset: int = 0
) -> list[Line]:
    """The list behind a number: what bites first comes first."""
    wanted = select(col(Appeal.id)).where(*_asked(actor, ask, today, soon_until)).order_by(*BY_URGENCY)
    return read(session, listed(matching(wanted, ask.words)), limit, offset)


def asked_count(session: Session, actor: Actor, ask: Ask, today: date, soon_until: date) -> int:
    found = matching(select(Appeal).where(*_asked(actor, ask, today, soon_until)), ask.words)
    return session.exec(select(func.count()).select_from(found.subquery())).one()


def _to_decide(actor: Actor) -> list[ColumnElement[bool]]:
    """Replies to review, and what units ask for: returns, extensions, pauses, complexity."""
    asked = select(AdjustmentRow.appeal_id).where(col(AdjustmentRow.status) == AdjustmentStatus.ASKED)
    return [scope(actor), or_(_in_group("in_review"), col(Appeal.id).in_(asked))]


def to_decide(session: Session, actor: Actor, *, limit: int, offset: int = 0) -> list[Line]:
    """What waits for the office's word, the first due first."""
    waiting = select(col(Appeal.id)).where(*_to_decide(actor)).order_by(*BY_URGENCY)
    return read(session, listed(waiting), limit, offset)


def to_decide_count(session: Session, actor: Actor) -> int:
    counted = select(func.count()).select_from(Appeal).where(*_to_decide(actor))
    return int(session.execute(counted).scalar_one())


def asked_kinds(session: Session, uids: Sequence[str]) -> dict[str, AdjustmentKind]:
    """What is asked for in which of these appeals, by uid; one statement."""
    statement = (
        select(col(Appeal.uid), col(AdjustmentRow.kind))
        .join(Appeal, col(Appeal.id) == col(AdjustmentRow.appeal_id))
        .where(col(Appeal.uid).in_(uids), col(AdjustmentRow.status) == AdjustmentStatus.ASKED)
    )
    return {uid: AdjustmentKind(kind) for uid, kind in session.execute(statement).all()}
