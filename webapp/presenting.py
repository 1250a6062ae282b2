"""Plain values for the templates: deadlines, milestones, timelines, queue rows. Shared by the features; no database
here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from models.appeals.tables import Appeal, Attachment, Demand
from models.appeals.types import APPELLANT_KIND_LABELS, FILE_WARNING_TEXTS, KIND_LABELS, STATE_LABELS, State
from models.handling.adjustment_types import Adjustment
from models.handling.effects_json import assistance_from_json, links_told
from models.handling.tables import AppealEvent, ReplyItem
from models.handling.types import (
    ACTION_LABELS,
    DISPATCH_STAGES,
    OUTCOME_LABELS,
    STAGE_LABELS,
    Action,
    Assistance,
    AssistanceStatus,
    Milestone,
    MilestoneStatus,
    Outcome,
    Stage,
)
from models.handling.worklist import Line, milestones
from models.workdays.rules import explain, statutory_name, workdays_between
from models.workdays.types import DayNote, Suspension, WorkCalendar
from webapp.corrections import corrections
from webapp.drawing import MOST_KEPT
from webapp.filters import cn_date, cn_datetime, file_size

SOON_WORKDAYS = 1
WEEKEND = 5
PICTURES = frozenset({"jpg", "png"})
NOTHING: Mapping[int, str] = {}
ABOUT_ANOTHER = frozenset({Action.TAKE_IN, Action.LET_GO, Action.LINK, Action.UNLINK})
"""Acts that change nothing of this appeal itself, but tell of another one."""
STATE_TONES = {
    State.SUBMITTED: "todo",
    State.ACCEPTED: "todo",
    State.DECLINED: "ended",
    State.REPLIED: "done",
    State.CLOSED: "closed",
    State.AWAITING_SUPPLEMENT: "todo",
    State.WITHDRAWN: "ended",
    State.REGISTERED: "todo",
    State.TO_AMEND: "soon",
    State.MERGED: "ended",
    State.TRANSFERRED: "ended",
}
OUTCOME_TONES = {
    Outcome.SOLVED: "done",
    Outcome.PARTLY_SOLVED: "soon",
    Outcome.IN_PROGRESS: "soon",
    Outcome.EXPLAINED: "info",
    Outcome.UNFOUNDED: "ok",
    Outcome.UNSOLVABLE: "ok",
}


@dataclass(frozen=True)
class Deadline:
    """A due date as people read it (ux.md: "还剩 2 个工作日", "已超 3 个工作日")."""

    tone: str
    text: str
    date_text: str
    iso: str
    is_provisional: bool = False


@dataclass(frozen=True)
class MilestoneView:
    label: str
    tone: str
    text: str
    date_text: str
    iso: str
    is_current: bool = False
    is_provisional: bool = False


@dataclass(frozen=True)
class DayView:
    """One line of "为什么是这一天"."""

    date_text: str
    iso: str
    counts: bool
    number: int | None
    reason: str
    is_provisional: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    at_text: str
    iso: str
    actor: str
    text: str
    note: str = ""
    tone: str = ""
    is_internal: bool = False


@dataclass(frozen=True)
class DemandView:
    id: int
    number: int
    text: str
    outcome_label: str = ""
    outcome_tone: str = ""
    answer: str = ""
    basis: str = ""
    actions: str = ""
    source: str = ""
    """The number of the merged appeal it belongs to; nothing for the appeal's own demands."""


@dataclass(frozen=True)
class FileView:
    name: str
    size_text: str
    url: str | None
    note: str = ""
    warning: str = ""


class Row(NamedTuple):
    """One appeal in a list."""

    id: str
    url: str
    number: str
    title: str
    kind: str
    appellant: str
    unit: str
    handler: str | None
    state_label: str
    state_tone: str
    due: Deadline | None
    steps: tuple[MilestoneView, ...]
    is_pickable: bool


def deadline(
    due_on: date | None, today: date, calendar: WorkCalendar, *, is_provisional: bool = False
) -> Deadline | None:
    """Overdue only when today is past the due day; soon from the working day before."""
    if due_on is None:
        return None
    left = workdays_between(today, due_on, calendar)
    if today > due_on:
        over = max(1, workdays_between(due_on, today, calendar))
        tone, text = "late", f"已超 {over} 个工作日"
    elif today == due_on:
        tone, text = "soon", "今天到期"
    else:
        tone, text = ("soon" if left <= SOON_WORKDAYS else "ok"), f"还剩 {left} 个工作日"
    return Deadline(tone, text, cn_date(due_on), due_on.isoformat(), is_provisional)


def milestone_views(milestones: Iterable[Milestone], today: date, calendar: WorkCalendar) -> tuple[MilestoneView, ...]:
    """The running round's milestones in the order they fall due; the next pending one is current."""
    kept = [one for one in milestones if one.status is not MilestoneStatus.DROPPED]
    latest = max((one.round for one in kept), default=1)
    shown = sorted((one for one in kept if one.round == latest), key=lambda one: (one.due_on, one.workdays))
    pending = [one for one in shown if one.status is MilestoneStatus.PENDING]
    current = pending[0] if pending else None
    return tuple(_milestone_view(one, today, calendar, is_current=one is current) for one in shown)


def _milestone_view(one: Milestone, today: date, calendar: WorkCalendar, *, is_current: bool) -> MilestoneView:
    label = STAGE_LABELS[one.stage]
    if one.status is MilestoneStatus.PENDING:
        due = deadline(one.due_on, today, calendar)
        assert due is not None
        tone = due.tone if is_current or due.tone == "late" else "todo"
        return MilestoneView(label, tone, due.text, due.date_text, due.iso, is_current, one.is_provisional)
    is_met = one.status is MilestoneStatus.MET
    on = cn_date(one.reached_on)
    # Missed is also what was given up while overdue, by a withdrawal for one: nothing was completed on that day then.
    text = f"{on}完成，按时" if is_met else f"超期，计至{on}"
    return MilestoneView(label, "done" if is_met else "late", text, cn_date(one.due_on), one.due_on.isoformat())


def day_views(
    one: Milestone, calendar: WorkCalendar, suspensions: Sequence[Suspension] = ()
) -> tuple[DayView, ...]:
    """Why a date is that day, one line a day: days off, days on which the clock stood, days an extension added."""
    shown = explanation(one.start_on, one.workdays + one.extended, calendar, suspensions)
    return tuple(
        replace(day, reason=f"{day.reason} 批准延期".strip()) if (day.number or 0) > one.workdays else day
        for day in shown
    )


def explanation(
    start_on: date, workdays: int, calendar: WorkCalendar, suspensions: Sequence[Suspension] = ()
) -> tuple[DayView, ...]:
    return tuple(
        DayView(
            cn_date(note.on), note.on.isoformat(), note.counts, note.number if note.counts else None,
            _why(note, calendar), note.on.year not in calendar.arranged_years,
        )
        for note in explain(start_on, workdays, calendar, suspensions)
    )


def pause_text(pause: Adjustment | None) -> str:
    """ "正在中止计时（鉴定），最迟到12月1日(周二)"; nothing while the clock runs."""
    if pause is None:
        return ""
    span = pause.suspension
    return f"正在中止计时（{span.why}），最迟到{cn_date(span.through)}"


def _why(note: DayNote, calendar: WorkCalendar) -> str:
    """The reason alone: weekday, number and 暂算 stand in columns of their own."""
    if note.number == 0:
        return "交办当日"
    if note.suspended_for:
        return f"中止计时（{note.suspended_for}）"
    mark = calendar.marked.get(note.on)
    if note.counts:
        return "调休上班" if mark is not None and note.on.weekday() >= WEEKEND else ""
    return (mark.name if mark is not None else statutory_name(note.on, calendar)) or "周末"


def started_text(milestones: Sequence[Milestone], today: date, calendar: WorkCalendar) -> str:
    """ "11月17日交办，今天是第 3 个工作日"."""
    if not milestones:
        return ""
    start_on = _day_zero(milestones)
    day = workdays_between(start_on, today, calendar)
    if day >= 1:
        said = f"今天是第 {day} 个工作日"
    else:
        said = "今天是交办当日，不计入时限" if today <= start_on else "还没到第 1 个工作日"
    return f"{cn_date(start_on)}交办，{said}"


def _day_zero(milestones: Sequence[Milestone]) -> date:
    """Of the newest round: the first day that anything of it counts from."""
    latest = max(one.round for one in milestones)
    return min(one.start_on for one in milestones if one.round == latest and one.stage in DISPATCH_STAGES)


def appellant_text(appeal: Appeal | Line) -> str:
    """How lists name an appellant: what kind, never who (ACC-5)."""
    return APPELLANT_KIND_LABELS[appeal.appellant_kind] + ("（保密）" if appeal.is_confidential else "")


def staff_timeline(
    events: Sequence[AppealEvent], units: Mapping[int, str], numbers: Mapping[int, str] = NOTHING
) -> list[Entry]:
    """Newest first, for staff: every act with its note and what the clock said about it. Internal notes stand apart.

    `numbers` of other appeals, by id, are those that the reader may know of (`linking.numbers`): nothing is told of any
    other, not even what was said about it.
    """
    entries: list[Entry] = []
    corrected = corrections(events, units)
    for event in filter(None, (_told(one, numbers) for one in events)):
        who = " ".join(part for part in (units.get(event.unit_id or 0, ""), event.actor_name) if part)
        is_note = event.action is Action.NOTE
        if not is_note:
            said = _act_text(event) + _linked_text(event, numbers) + _target(event, units)
            said += corrected.get(event.seq, "")
            entries.append(_entry(event, who, said, event.public_note))
        if event.internal_note and _is_told(event, numbers):
            word = ACTION_LABELS[Action.NOTE] if is_note else "说明"
            entries.append(_entry(event, who, word, event.internal_note, is_internal=True))
    return entries[::-1]


def _told(event: AppealEvent, numbers: Mapping[int, str]) -> AppealEvent | None:
    """None for what only happened to the other appeal."""
    return None if event.action in ABOUT_ANOTHER and not _is_told(event, numbers) else event


def _is_told(event: AppealEvent, numbers: Mapping[int, str]) -> bool:
    return all(id_ in numbers for _, id_ in links_told(event.effects))


def _linked_text(event: AppealEvent, numbers: Mapping[int, str]) -> str:
    found = [numbers[id_] for _, id_ in links_told(event.effects) if id_ in numbers]
    return f"：{'、'.join(found)}" if found else ""


def _act_text(event: AppealEvent) -> str:
    """An appeal that the office wrote down was not handed in by the appellant."""
    is_written_down = event.action is Action.SUBMIT and event.actor_id is not None
    return "登记诉求" if is_written_down else ACTION_LABELS[event.action]


def _target(event: AppealEvent, units: Mapping[int, str]) -> str:
    unit = units.get(event.effects.get("lead_unit_id", 0), "")
    said = f"给{unit}" if unit and event.action is not Action.SELF_REGISTER else ""
    if event.effects.get("files"):
        said += f"，附材料 {len(event.effects['files'])} 份，见证据"
    for one in event.effects.get("assist", ()) if event.action is not Action.RECALCULATE else ():
        said += _assist_text(event.action, assistance_from_json(one), units)
    for stage, status, _ in event.effects.get("reached", ()):
        said += f"（{_reached_text(event.action, Stage(stage), status)}）"
    return said


def _reached_text(action: Action, stage: Stage, status: str) -> str:
    """An act of the stage's own name does not say the name twice."""
    named = "" if STAGE_LABELS[stage] == ACTION_LABELS[action] else STAGE_LABELS[stage]
    return named + ("按时" if status == MilestoneStatus.MET else "超期")


def _assist_text(action: Action, one: Assistance, units: Mapping[int, str]) -> str:
    unit = units.get(one.unit_id, "")
    if action is Action.ASSIST:
        return f"：{unit}，{cn_date(one.due_on)}前"
    if one.status is AssistanceStatus.LAPSED:
        return f"；{unit}没有送出协办意见"
    return f"：{unit}" + {MilestoneStatus.MET: "（按时）", MilestoneStatus.MISSED: "（超期）"}.get(one.clock, "")


def _entry(event: AppealEvent, actor: str, text: str, note: str = "", *, is_internal: bool = False) -> Entry:
    tones = {status for _, status, _ in event.effects.get("reached", ())}
    tone = "late" if MilestoneStatus.MISSED in tones else "done" if tones else ""
    return Entry(cn_datetime(event.at), event.at.isoformat(), actor, text, note, tone, is_internal)


def demand_views(
    demands: Sequence[Demand], items: Mapping[int, ReplyItem] | None = None, sources: Mapping[int, str] | None = None
) -> list[DemandView]:
    """Demands, with their outcome where a reply is given, and whose they are where others are answered with them."""
    shown = [_demand_view(demand, (items or {}).get(demand.id or 0)) for demand in demands]
    return [replace(one, source=sources.get(one.id, "")) for one in shown] if sources else shown


def _demand_view(demand: Demand, item: ReplyItem | None) -> DemandView:
    assert demand.id is not None
    if item is None or item.outcome is None:
        return DemandView(demand.id, demand.no, demand.text)
    label = OUTCOME_LABELS[item.outcome] + (f"（{cn_date(item.promised_on)}前）" if item.promised_on else "")
    return DemandView(
        demand.id, demand.no, demand.text, label, OUTCOME_TONES[item.outcome], item.facts, item.basis, item.actions
    )


def file_views(attachments: Sequence[Attachment], url_of: Mapping[str, str] | None = None) -> list[FileView]:
    return [FileView(one.display_name, file_size(one.size), (url_of or {}).get(one.uid)) for one in attachments]


def evidence_name(one: Attachment) -> str:
    """How everybody calls a file who may not know what its sender called it: "张三举报.pdf" names him (T3)."""
    return f"证据{one.no}.{'jpg' if one.kind in PICTURES else one.kind}"


def evidence_views(
    attachments: Sequence[Attachment], url_of: Mapping[str, str], *, is_original: bool
) -> list[FileView]:
    """Files for staff: the originals, or what stands for them."""
    return [_evidence_view(one, url_of.get(one.uid), is_original) for one in attachments]


def _evidence_view(one: Attachment, url: str | None, is_original: bool) -> FileView:
    warning = FILE_WARNING_TEXTS[one.warning]
    if is_original:
        return FileView(one.display_name, file_size(one.size), url, "原件", warning)
    note = ("已去除拍摄信息" if one.kind in PICTURES else "已去除制作信息") if one.derivative_name else ""
    size = one.derivative_size if one.derivative_name else one.size
    return FileView(evidence_name(one), file_size(size), url, note, warning)


@lru_cache(maxsize=MOST_KEPT)
def row(line: Line, url: str, today: date, calendar: WorkCalendar, unit: str = "", *, is_pickable: bool = False) -> Row:
    """Worked out once for the same line on the same day: of a page's rows few have changed since the last look."""
    steps = milestone_views(milestones(line.promises) if line.promises else (), today, calendar)
    return Row(
        line.uid, url, line.number, line.title, KIND_LABELS[line.kind], appellant_text(line), unit, line.handler,
        STATE_LABELS[line.state], STATE_TONES.get(line.state, "active"),
        deadline(line.next_due_on, today, calendar, is_provisional=line.is_provisional), steps, is_pickable,
    )


def queue_row(appeal: Appeal, url: str, today: date, calendar: WorkCalendar, units: Mapping[int, str]) -> Row:
    """The row of an appeal that was read whole; its handler and milestones were not."""
    line = Line(
        appeal.uid, appeal.number, appeal.title, appeal.kind, appeal.appellant_kind, appeal.is_confidential,
        appeal.state, appeal.lead_unit_id, appeal.next_due_on, appeal.is_provisional, None, None,
    )
    return row(line, url, today, calendar, units.get(appeal.lead_unit_id or 0, ""))
