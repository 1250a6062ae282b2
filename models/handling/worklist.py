"""The lists of appeals that people work through: what a row shows, what bites first on top, counters beside them.

Read on every page of the working day: columns instead of entities, and statements that are built once for each actor
and shape, so that only values change from page to page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Executable, Integer, Select, bindparam, func, literal, literal_column, null, or_, select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col

from models.accounts.queries import working
from models.accounts.tables import Account
from models.accounts.types import Actor, Role
from models.appeals.queries import matching, scope
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, AppellantKind, State
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus
from models.handling.queries import BY_URGENCY, TAB_STATES, due_conditions, in_states
from models.handling.tables import AdjustmentRow, MilestoneRow
from models.handling.types import UNIT_STAGES, Milestone, MilestoneStatus, Stage

TODAY, SOON_UNTIL = bindparam("today", type_=Date), bindparam("soon_until", type_=Date)
CONDITIONS = due_conditions(TODAY, SOON_UNTIL)
TABS_OF = {
    state: [tab for tab, states in TAB_STATES.items() if state in states]
    for state in sorted(frozenset[State]().union(*TAB_STATES.values()))
}
ENDED = TAB_STATES["ended"]
TO_SIGN_OFF = "to_sign_off"
"""The approver's tab: replies and preliminary results by their states, requests to the office by their own rows."""
MOST_ENDED = 999
"""Ended appeals are counted as far as this: their number grows for ever, and nobody works them off."""
TRUE = ("1", "t")
"""As SQLite and PostgreSQL write it."""


@dataclass(frozen=True)
class Wanted:
    """Which appeals a list shows: a tab (a key of `due_conditions`), a kind, whose (a key of `WHOSE`), words.
    Empty: no limit.
    """

    tab: str = ""
    kind: AppealKind | None = None
    who: str = ""
    words: str = ""


class Line(NamedTuple):
    """What a list shows of one appeal. `promises` is read by `milestones`."""

    uid: str
    number: str
    title: str
    kind: AppealKind
    appellant_kind: AppellantKind
    is_confidential: bool
    state: State
    lead_unit_id: int | None
    next_due_on: date | None
    is_provisional: bool
    handler: str | None
    promises: str | None


def _promises() -> ColumnElement[str]:
    """The unit's milestones of the running round as one text. Few texts are different, so each is understood once
    (`milestones`). A day not reached yet is left out, so it stands last.
    """
    one = MilestoneRow
    told = (
        one.round, one.stage, one.start_on, one.workdays, one.due_on, one.is_provisional, one.status, one.reached_on,
    )
    together = func.aggregate_strings(func.concat_ws(" ", *told), ";")
    is_running = (col(one.appeal_id) == col(Appeal.id)) & (col(one.round) == col(Appeal.round))
    shown = col(one.stage).in_([literal_column(f"'{stage.value}'") for stage in UNIT_STAGES])
    return select(together).where(is_running, shown, col(one.status) != MilestoneStatus.DROPPED).scalar_subquery()


LINE: tuple[Any, ...] = (
    Appeal.uid, Appeal.number, Appeal.title, Appeal.kind, Appeal.appellant_kind, Appeal.is_confidential, Appeal.state,
    Appeal.lead_unit_id, Appeal.next_due_on, Appeal.is_provisional, Account.display_name, _promises(),
)
AT_WORK = (col(Account.id) == col(Appeal.assignee_id)) & working(col(Appeal.lead_unit_id))
NEWEST_FIRST = (col(Appeal.id).desc(),)


@lru_cache(maxsize=4096)
def milestones(promises: str) -> tuple[Milestone, ...]:
    return tuple(_milestone(*part.split(" ")) for part in promises.split(";"))


def _milestone(
    round_: str, stage: str, start: str, workdays: str, due: str, provisional: str, status: str, reached: str = ""
) -> Milestone:
    return Milestone(
        int(round_), Stage(stage), date.fromisoformat(start), int(workdays), date.fromisoformat(due),
        provisional in TRUE, MilestoneStatus(status), date.fromisoformat(reached) if reached else None,
    )


def is_mine(actor: Actor) -> ColumnElement[bool]:
    return col(Appeal.assignee_id) == actor.account_id


def is_unassigned(actor: Actor) -> ColumnElement[bool]:
    """Nobody works on it: never assigned, or to somebody who has left the unit or its work since."""
    people = select(col(Account.id)).where(working(actor.unit_id))
    return col(Appeal.assignee_id).is_(None) | col(Appeal.assignee_id).not_in(people)


WHOSE = {"mine": is_mine, "none": is_unassigned}


def lines(
    session: Session, wanted: Wanted, actor: Actor, today: date, soon_until: date, *, limit: int, offset: int = 0,
) -> list[Line]:
    """One page of the actor's appeals: the most urgent first, the newest first where all promises have ended."""
    shape = actor, wanted.tab, wanted.kind, wanted.who
    statement = listed(matching(_wanted(*shape), wanted.words)) if wanted.words else _listed(*shape)
    return read(session, statement, limit, offset, today=today, soon_until=soon_until)


@lru_cache(maxsize=1024)
def _listed(actor: Actor, tab: str, kind: AppealKind | None, who: str) -> Select[Any]:
    return listed(_wanted(actor, tab, kind, who))


def _wanted(actor: Actor, tab: str, kind: AppealKind | None, who: str) -> Select[Any]:
    order = NEWEST_FIRST if tab == "ended" else BY_URGENCY
    return select(col(Appeal.id)).where(*_narrowed(actor, tab, kind, who)).order_by(*order)


def _narrowed(actor: Actor, tab: str, kind: AppealKind | None, who: str) -> list[ColumnElement[bool]]:
    conditions = [scope(actor)]
    if tab == TO_SIGN_OFF:
        conditions.append(or_(CONDITIONS[tab], col(Appeal.id).in_(_unsent(actor))))
    elif tab:
        conditions.append(CONDITIONS[tab])
    if kind is not None:
        conditions.append(col(Appeal.kind) == kind)
    if who:
        conditions.append(WHOSE[who](actor))
    return conditions


def _unsent(actor: Actor) -> Select[Any]:
    """Appeals of the unit in which somebody asks the office for something that the approver has not sent yet."""
    return select(col(AdjustmentRow.appeal_id)).where(*_is_unsent(actor))


def _is_unsent(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    status = col(AdjustmentRow.status) == AdjustmentStatus.TO_SIGN_OFF
    return col(AdjustmentRow.unit_id) == actor.unit_id, status


def unsent_kinds(session: Session, actor: Actor, uids: Sequence[str]) -> dict[str, AdjustmentKind]:
    """What is asked for in which of these appeals and not sent yet, by uid; one statement."""
    statement = (
        select(col(Appeal.uid), col(AdjustmentRow.kind))
        .join(Appeal, col(Appeal.id) == col(AdjustmentRow.appeal_id))
        .where(col(Appeal.uid).in_(uids), *_is_unsent(actor))
    )
    return {uid: AdjustmentKind(kind) for uid, kind in session.connection().execute(statement).all()}


def listed(wanted: Select[Any]) -> Select[Any]:
    """The rows of one page of the appeals whose ids `wanted` selects, in its order. The page's ids are found first:
    what a row shows is read for these only.
    """
    page = wanted.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer)).subquery("page")
    return (
        select(*LINE)
        .select_from(page)
        .join(Appeal, col(Appeal.id) == page.c.id)
        .outerjoin(Account, AT_WORK)
        .order_by(*wanted._order_by_clauses)
    )


def read(session: Session, statement: Select[Any], limit: int, offset: int = 0, **values: date) -> list[Line]:
    found = session.connection().execute(statement, {"limit": limit, "offset": offset, **values})
    return [Line._make(row) for row in found.all()]


def size(session: Session, wanted: Wanted, actor: Actor, today: date, soon_until: date) -> int:
    """How many appeals a search finds."""
    narrowed = _narrowed(actor, wanted.tab, wanted.kind, wanted.who)
    counted = matching(select(func.count()).select_from(Appeal).where(*narrowed), wanted.words)
    values = {"today": today, "soon_until": soon_until}
    return int(session.connection().execute(counted, values).scalar_one())


def counts(session: Session, wanted: Wanted, actor: Actor, today: date, soon_until: date) -> dict[str, int]:
    """How many of the actor's appeals stand under each tab, whatever the words; one statement.
    More than `MOST_ENDED` ended ones are told as one more than that.
    """
    found = Counter(dict.fromkeys((*TAB_STATES, "overdue", "soon"), 0))
    rows = session.connection().execute(_counted(actor, wanted.kind, wanted.who))
    for state, due_on, number in rows.all():
        if state is None:
            found[TO_SIGN_OFF] += number
            continue
        for tab in TABS_OF[state]:
            found[tab] += number
        if due_on is not None and state in TAB_STATES["open"]:
            found["overdue"] += number * (due_on < today)
            found["soon"] += number * (today <= due_on <= soon_until)
    return dict(found)


@lru_cache(maxsize=1024)
def _counted(actor: Actor, kind: AppealKind | None, who: str) -> Executable:
    """By state and due day, the ended ones together: an index alone answers it, in its own order. For an approver the
    requests to be sent besides, without a state: their appeals are counted under their own.
    """
    narrowed = _narrowed(actor, "", kind, who)
    columns: tuple[Any, ...] = (col(Appeal.state), col(Appeal.next_due_on))
    running = select(*columns, func.count()).where(in_states(set(TABS_OF) - set(ENDED)), *narrowed).group_by(*columns)
    some = select(col(Appeal.id)).where(in_states(ENDED), *narrowed).limit(MOST_ENDED + 1).subquery()
    ended = select(literal(ENDED[0], columns[0].type), null(), func.count()).select_from(some)
    if Role.APPROVER not in actor.roles:
        return running.union_all(ended)
    unsent = select(null(), null(), func.count()).where(col(Appeal.id).in_(_unsent(actor)), *narrowed)
    return running.union_all(ended, unsent)
