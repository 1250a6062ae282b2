"""Shaping of the desk's pages: the queue's tabs and rows, the drafts of the reply editor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor, Role
from models.appeals.tables import Appeal
from models.appeals.types import KIND_LABELS, AppealKind, State
from models.handling import queries, worklist
from models.handling.types import Milestone
from models.workdays.rules import due_date
from webapp import clock, presenting
from webapp.calendar import current_calendar
from webapp.paging import ROWS, Page, paginate

ALL = "all"
DEFAULT = "open"


@dataclass(frozen=True)
class Tab:
    """One counter of the queue. `name` stands in the address; `empty` says what would be here."""

    name: str
    label: str
    empty: str
    tone: str = ""
    role: Role | None = None


TABS = (
    Tab("open", "全部待办", "没有待办诉求。市优办交办后会出现在这里。"),
    Tab("overdue", "已超期", "没有超期的诉求。", "late"),
    Tab("soon", "将到期", "今天和下一个工作日没有到期的诉求。", "soon"),
    Tab("to_sign", "待签收", "没有待签收的诉求。市优办交办后请在 1 个工作日内签收。"),
    Tab("to_verify", "待核实", "没有待核实的诉求。签收以后会出现在这里。"),
    Tab("in_hand", "办理中", "没有正在办理的诉求。核实到位以后会出现在这里。"),
    Tab("to_sign_off", "待我签发", "没有等您签发的答复。经办人送签后会出现在这里。", role=Role.APPROVER),
    Tab("in_review", "审核中", "没有市优办正在审核的答复。签发以后会出现在这里。"),
    Tab("ended", "已办结", "还没有办结的诉求。市优办审核通过并答复后会出现在这里。"),
)
NOTHING_FOUND = "没有找到符合条件的诉求。请换两个字再搜，按受理编号搜，或者选“全部类别”。"


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a tab, words, a kind. Words without a tab are looked for in all the unit has."""

    tab: str
    words: str
    kind: AppealKind | None = None

    @property
    def show(self) -> str | None:
        """The tab as the address writes it: nothing for the first one, and for words looked for everywhere."""
        return None if self.tab in (ALL, DEFAULT) else self.tab

    @property
    def arguments(self) -> dict[str, Any]:
        """The address that asks for the same again."""
        return {"show": self.show, "q": self.words or None, "kind": self.kind.value if self.kind else None}


@dataclass(frozen=True)
class Counter:
    label: str
    count: int
    url: str
    tone: str
    is_current: bool


@dataclass(frozen=True)
class DeskRow(presenting.Row):
    """A row that can be picked when there is something to sign."""

    is_pickable: bool = False


@dataclass(frozen=True)
class Queue:
    """Everything desk/_queue.html shows."""

    counters: list[Counter]
    rows: list[DeskRow]
    page: Page
    asked: Asked
    empty: str

    @property
    def kinds(self) -> dict[AppealKind, str]:
        return KIND_LABELS

    @property
    def may_sign(self) -> bool:
        return any(row.is_pickable for row in self.rows)


def read_asked(arguments: Mapping[str, str], actor: Actor) -> Asked:
    """The address, with anything unknown taken for the first tab."""
    words = " ".join(arguments.get("q", "").split())[:60]
    known = {tab.name for tab in tabs_of(actor)}
    shown = arguments.get("show", "")
    kind = next((one for one in AppealKind if one.value == arguments.get("kind")), None)
    return Asked(shown if shown in known else (ALL if words else DEFAULT), words, kind)


def tabs_of(actor: Actor) -> list[Tab]:
    return [tab for tab in TABS if tab.role is None or tab.role in actor.roles]


def queue(session: Session, actor: Actor, asked: Asked) -> Queue:
    """Counters, one page of rows and their milestones: four statements, one more when words are looked for."""
    today, calendar = clock.today(), current_calendar()
    conditions = worklist.of_kind(queries.due_conditions(today, due_date(today, 1, calendar).due_on), asked.kind)
    counts = queries.counts(session, actor, conditions)
    statement = worklist.selection(actor, conditions.get(asked.tab), asked.words, asked.kind)
    total = worklist.size(session, statement) if asked.words else counts[asked.tab]
    page = paginate(total, "desk.index", rows=ROWS, **asked.arguments)
    found = worklist.rows(session, statement, limit=ROWS, offset=page.offset, newest_first=asked.tab == "ended")
    milestones = queries.milestones_of(session, found)
    rows = [_row(appeal, today, milestones.get(appeal.id or 0, ())) for appeal in found]
    return Queue(_counters(actor, counts, asked), rows, page, asked, _empty(asked))


def _row(appeal: Appeal, today: date, milestones: Sequence[Milestone]) -> DeskRow:
    url = url_for("desk.show", uid=appeal.uid)
    row = presenting.queue_row(appeal, url, today, current_calendar(), {}, milestones)
    return DeskRow(**vars(row), is_pickable=appeal.state is State.DISPATCHED)


def _counters(actor: Actor, counts: Mapping[str, int], asked: Asked) -> list[Counter]:
    return [
        Counter(
            tab.label, counts[tab.name],
            url_for("desk.index", show=None if tab.name == DEFAULT else tab.name, kind=asked.arguments["kind"]),
            tab.tone, tab.name == asked.tab,
        )
        for tab in tabs_of(actor)
    ]


def _empty(asked: Asked) -> str:
    if asked.words or asked.kind:
        return NOTHING_FOUND
    return next(tab.empty for tab in TABS if tab.name == asked.tab)
