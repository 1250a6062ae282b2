"""Shaping of the desk's pages: the queue's tabs and rows, the drafts of the reply editor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor, Role
from models.appeals.types import KIND_LABELS, STATE_LABELS, AppealKind, State
from models.handling import worklist
from models.handling.adjustment_types import ADJUSTMENT_LABELS
from models.handling.rules import WORKFLOW
from models.handling.types import Action
from models.workdays.rules import due_date
from webapp import clock, presenting
from webapp.calendar import current_calendar
from webapp.forms import looked_for
from webapp.paging import Page, paginate

ALL = "all"
ROWS = 25
MOST_WORDS = 60
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
    Tab("to_sign_off", "待我签发", "没有等您签发的答复和申请。经办人送签后会出现在这里。", role=Role.APPROVER),
    Tab("in_review", "审核中", "没有市优办正在审核的答复。签发以后会出现在这里。"),
    Tab("ended", "已办结", "还没有办结的诉求。市优办审核通过并答复后会出现在这里。"),
)
NOTHING_FOUND = "没有找到符合条件的诉求。请换两个字再搜，按受理编号搜，或者选“全部类别”“全部经办”。"
WHOSE_TEXTS = {"mine": "我经办的", "none": "未分派"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a tab, words, a kind, whose. Words without a tab are looked for everywhere."""

    tab: str
    words: str
    kind: AppealKind | None = None
    who: str = ""

    @property
    def show(self) -> str | None:
        """The tab as the address writes it: nothing for the first one, and for words looked for everywhere."""
        return None if self.tab in (ALL, DEFAULT) else self.tab

    @property
    def arguments(self) -> dict[str, Any]:
        """The address that asks for the same again."""
        return {"show": self.show, "q": self.words or None, "kind": self.kind.value if self.kind else None,
                "who": self.who or None}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind or self.who)


@dataclass(frozen=True)
class Counter:
    label: str
    count: int | str
    url: str
    tone: str
    is_current: bool


@dataclass(frozen=True)
class Queue:
    """Everything desk/_queue.html shows."""

    counters: list[Counter]
    rows: list[presenting.Row]
    page: Page
    asked: Asked
    empty: str

    @property
    def kinds(self) -> dict[AppealKind, str]:
        return KIND_LABELS

    @property
    def whose(self) -> dict[str, str]:
        return WHOSE_TEXTS

    @property
    def may_sign(self) -> bool:
        return any(row.state_label == STATE_LABELS[State.DISPATCHED] for row in self.rows)

    @property
    def may_pick(self) -> bool:
        return any(row.is_pickable for row in self.rows)


def read_asked(arguments: Mapping[str, str], actor: Actor) -> Asked:
    """The address, with anything unknown taken for the first tab."""
    words = looked_for(arguments.get("q", ""), MOST_WORDS)
    known = {tab.name for tab in tabs_of(actor)}
    shown = arguments.get("show", "")
    kind = next((one for one in AppealKind if one.value == arguments.get("kind")), None)
    who = next((one for one in WHOSE_TEXTS if one == arguments.get("who")), "")
    return Asked(shown if shown in known else (ALL if words else DEFAULT), words, kind, who)


def tabs_of(actor: Actor) -> list[Tab]:
    return [tab for tab in TABS if tab.role is None or tab.role in actor.roles]


def queue(session: Session, actor: Actor, asked: Asked) -> Queue:
    """Counters and one page of rows: two statements, one more when words are looked for, many have ended or requests
    wait for a signature.
    """
    today, calendar = clock.today(), current_calendar()
    days = today, due_date(today, 1, calendar).due_on
    wanted = worklist.Wanted("" if asked.tab == ALL else asked.tab, asked.kind, asked.who, asked.words)
    counts = worklist.counts(session, wanted, actor, *days)
    is_open_ended = asked.tab == "ended" and counts["ended"] > worklist.MOST_ENDED
    total = worklist.size(session, wanted, actor, *days) if asked.words or is_open_ended else counts[asked.tab]
    page = paginate(total, "desk.index", rows=ROWS, **asked.arguments)
    found = worklist.lines(session, wanted, actor, *days, limit=ROWS, offset=page.offset) if total else []
    rows = _rows(found, today)
    if asked.tab == worklist.TO_SIGN_OFF and rows:
        rows = _to_sign_off(session, actor, rows)
    return Queue(_counters(actor, counts, asked), rows, page, asked, _empty(asked))


def _to_sign_off(session: Session, actor: Actor, rows: list[presenting.Row]) -> list[presenting.Row]:
    """The state as the approver reads it: what is to be signed; one statement."""
    asked = worklist.unsent_kinds(session, actor, [row.id for row in rows])
    return [
        row._replace(state_label=f"申请{ADJUSTMENT_LABELS[asked[row.id]]}") if row.id in asked else row for row in rows
    ]


def _rows(found: Sequence[worklist.Line], today: date) -> list[presenting.Row]:
    calendar, base = current_calendar(), url_for("desk.show", uid="")
    return [
        presenting.row(line, base + line.uid, today, calendar, is_pickable=(line.state, Action.ASSIGN) in WORKFLOW)
        for line in found
    ]


def _counters(actor: Actor, counts: Mapping[str, int], asked: Asked) -> list[Counter]:
    base = url_for("desk.index")
    kept = {name: value for name, value in asked.arguments.items() if value and name not in ("show", "q")}

    def url(tab: Tab) -> str:
        """Another tab looks for the same, but for the words."""
        query = urlencode(kept if tab.name == DEFAULT else {"show": tab.name} | kept)
        return f"{base}?{query}" if query else base

    def count(tab: Tab) -> int | str:
        found = counts[tab.name]
        return f"{worklist.MOST_ENDED}+" if tab.name == "ended" and found > worklist.MOST_ENDED else found

    return [Counter(tab.label, count(tab), url(tab), tab.tone, tab.name == asked.tab) for tab in tabs_of(actor)]


def _empty(asked: Asked) -> str:
    if asked.is_narrowed:
        return NOTHING_FOUND
    return next(tab.empty for tab in TABS if tab.name == asked.tab)
