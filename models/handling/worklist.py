"""The lists of appeals that people work through: what a row shows, what bites first on top, counters beside them.

Read on every page of the working day: columns instead of entities, and statements that are built once for each actor
and shape, so that only values change from page to page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Select, String, bindparam, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col

from models.accounts.queries import working
from models.accounts.tables import Account
from models.accounts.types import Actor
from models.appeals.queries import matching, scope
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, AppellantKind, State
from models.handling.queries import BY_URGENCY, TAB_STATES, due_conditions, in_states
from models.handling.tables import MilestoneRow
from models.handling.types import Milestone, MilestoneStatus, Stage

TODAY, SOON_UNTIL = bindparam("today", type_=Date), bindparam("soon_until", type_=Date)
CONDITIONS = due_conditions(TODAY, SOON_UNTIL)
IN_TABS = frozenset[State]().union(*TAB_STATES.values())
MISSING = "-"


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
    """All milestones of an appeal as one text. Few texts are different, so each is understood once (`milestones`)."""
    one = MilestoneRow
    parts = (
        cast(one.round, String), one.stage, cast(one.start_on, String), cast(one.workdays, String),
        cast(one.due_on, String), case((col(one.is_provisional), "1"), else_="0"), one.status,
        func.coalesce(cast(one.reached_on, String), MISSING),
    )
    text: ColumnElement[str] = cast(parts[0], String)
    for part in parts[1:]:
        text = text + " " + cast(part, String)
    together = func.aggregate_strings(text, ";")
    return select(together).where(col(one.appeal_id) == col(Appeal.id)).correlate(Appeal).scalar_subquery()


LINE: tuple[Any, ...] = (
    Appeal.uid, Appeal.number, Appeal.title, Appeal.kind, Appeal.appellant_kind, Appeal.is_confidential, Appeal.state,
    Appeal.lead_unit_id, Appeal.next_due_on, Appeal.is_provisional, Account.display_name, _promises(),
)
AT_WORK = (col(Account.id) == col(Appeal.assignee_id)) & working(col(Appeal.lead_unit_id))


@lru_cache(maxsize=4096)
def milestones(promises: str) -> tuple[Milestone, ...]:
    return tuple(_milestone(*part.split(" ")) for part in promises.split(";"))


def _milestone(
    round_: str, stage: str, start: str, workdays: str, due: str, provisional: str, status: str, reached: str
) -> Milestone:
    return Milestone(
        int(round_), Stage(stage), date.fromisoformat(start), int(workdays), date.fromisoformat(due),
        provisional == "1", MilestoneStatus(status), None if reached == MISSING else date.fromisoformat(reached),
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
    statement = matching(_tab(actor, wanted.tab, wanted.kind, wanted.who), wanted.words)
    return read(session, statement, limit, offset, today=today, soon_until=soon_until)


@lru_cache(maxsize=1024)
def _tab(actor: Actor, tab: str, kind: AppealKind | None, who: str) -> Select[Any]:
    order = (col(Appeal.id).desc(),) if tab == "ended" else BY_URGENCY
    return listed(*_narrowed(actor, tab, kind, who)).order_by(*order)


def _narrowed(actor: Actor, tab: str, kind: AppealKind | None, who: str) -> list[ColumnElement[bool]]:
    conditions = [scope(actor)]
    if tab:
        conditions.append(CONDITIONS[tab])
    if kind is not None:
        conditions.append(col(Appeal.kind) == kind)
    if who:
        conditions.append(WHOSE[who](actor))
    return conditions


def listed(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The columns of a list; `read` says how many rows and from where."""
    return (
        select(*LINE)
        .select_from(Appeal)
        .outerjoin(Account, AT_WORK)
        .where(*conditions)
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
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
    """How many of the actor's appeals stand under each tab, whatever the words; one statement."""
    values = {"today": today, "soon_until": soon_until}
    found = session.connection().execute(_counted(actor, wanted.kind, wanted.who), values)
    by_state = {state: numbers for state, *numbers in found.all()}

    def total(states: Iterable[State], column: int) -> int:
        return sum(int(by_state[state][column]) for state in states if state in by_state)

    tabs = {tab: total(states, 0) for tab, states in TAB_STATES.items()}
    return tabs | {"overdue": total(TAB_STATES["open"], 1), "soon": total(TAB_STATES["open"], 2)}


@lru_cache(maxsize=1024)
def _counted(actor: Actor, kind: AppealKind | None, who: str) -> Select[Any]:
    due = col(Appeal.next_due_on)
    is_late, is_soon = case((due < TODAY, 1), else_=0), case((due.between(TODAY, SOON_UNTIL), 1), else_=0)
    columns: tuple[Any, ...] = (col(Appeal.state), func.count(), func.sum(is_late), func.sum(is_soon))
    return select(*columns).where(in_states(IN_TABS), *_narrowed(actor, "", kind, who)).group_by(col(Appeal.state))
