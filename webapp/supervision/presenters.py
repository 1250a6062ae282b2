"""One record as its page shows it: facts, evidence in words, what happened to it, what may be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.appeals.types import STATE_LABELS, State
from models.handling.types import STAGE_LABELS, MilestoneStatus, Stage
from models.slips.commands import number_of
from models.slips.kinds import SLIP_LABELS, SlipStatus
from models.slips.tables import Slip
from models.supervision.ladder_evidence import read
from models.supervision.ladder_tables import LadderPolicy, SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import (
    ACTION_LABELS,
    KIND_LABELS,
    Outcome,
    RecordAction,
    RecordKind,
)
from webapp.filters import cn_date, cn_datetime
from webapp.presenting import Entry
from webapp.supervision.acts import notice_text
from webapp.supervision_rows import ground_text

MET_TEXTS = {
    MilestoneStatus.PENDING: "还没有完成", MilestoneStatus.MET: "按时完成", MilestoneStatus.MISSED: "超期",
    MilestoneStatus.DROPPED: "不再计算",
}
TONES = {RecordAction.MISS: "late", RecordAction.REVOKE: "info", RecordAction.ACCEPT: "done"}
DEMAND_LABELS = {
    RecordKind.SUPERVISION_ORDER: "整改要求", RecordKind.INSTRUCTION: "批示内容", RecordKind.BULLETIN_ENTRY: "通报内容",
    RecordKind.TRANSFER: "查实的情况",
}
RESPONSIBLE_LABELS = {RecordKind.SUPERVISION_ORDER: "责任领导", RecordKind.INTERVIEW: "约谈对象"}


@dataclass(frozen=True)
class PromiseLine:
    """A milestone as it stood when the record was made."""

    label: str
    due_text: str
    status: str
    tone: str


def facts(
    record: SupervisionRecord, unit: str, policy: LadderPolicy, cause: SupervisionRecord | None
) -> list[tuple[str, str]]:
    """What stands at the head of the page; long texts stand below it."""
    rows = [
        ("单位", unit),
        ("事由", ground_text(record)),
        ("发出", f"{record.issued_by_name} · {cn_datetime(record.issued_at)}"),
        (RESPONSIBLE_LABELS.get(record.kind, ""), record.responsible),
        ("移交给", record.recipient),
        ("列入通报", record.month),
        ("期限", cn_date(record.due_on)),
        ("起因", f"{cn_date(cause.issued_on)}的{KIND_LABELS[cause.kind]}" if cause else ""),
        ("依据", f"督办阶梯第{policy.version}版：{policy.basis}"),
    ]
    return [(label, text) for label, text in rows if label and text]


def texts(record: SupervisionRecord) -> list[tuple[str, str]]:
    rows = [
        ("事实和依据", record.grounds), (DEMAND_LABELS.get(record.kind, "要求"), record.demand),
        ("附件清单", record.annexes),
    ]  # fmt: skip
    return [(label, text) for label, text in rows if text]


def evidence(record: SupervisionRecord, unit: str) -> list[str]:
    """The snapshot in sentences; nothing is looked up that may have changed since."""
    found = read(record.evidence)
    if "appeal" not in found:
        return []
    state = STATE_LABELS[State(found["state"])]
    lines = [f"当时诉求 {found['appeal']} 处于“{state}”，办理经过记到第 {found['last_event']} 步。"]
    if "promise" in found:
        lines.append(_promise_text(found["promise"]))
    if found["held_since"]:
        held = cn_date(date.fromisoformat(found["held_since"]))
        others = f"，其他环节 {found['others_workdays']} 个工作日" if found["others_workdays"] else ""
        lines.append(f"{unit}自{held}承办，在单位办理 {found['held_workdays']} 个工作日{others}。")
    earlier = [f"{KIND_LABELS[RecordKind(kind)]} {count} 次" for kind, count in found["earlier"].items()]
    if earlier:
        lines.append(f"此前已有：{'、'.join(earlier)}。")
    return lines


def _promise_text(promise: Mapping[str, Any]) -> str:
    stage, due = STAGE_LABELS[Stage(promise["stage"])], cn_date(date.fromisoformat(promise["due_on"]))
    over = promise["workdays_over"]
    if over < 0:
        return f"{stage}的期限是{due}，还剩 {-over} 个工作日。"
    return f"{stage}的期限是{due}，" + (f"已超 {over} 个工作日。" if over else "当天到期或者刚刚超期。")


def promises(record: SupervisionRecord) -> list[PromiseLine]:
    return [
        PromiseLine(
            STAGE_LABELS[Stage(one["stage"])], cn_date(date.fromisoformat(one["due_on"])), _status(one),
            _tone(one, record.issued_on),
        )
        for one in read(record.evidence).get("milestones", ())
    ]


def _tone(one: Mapping[str, Any], on: date) -> str:
    if one["status"] == MilestoneStatus.PENDING:
        return "late" if date.fromisoformat(one["due_on"]) < on else "todo"
    return {MilestoneStatus.MISSED: "late", MilestoneStatus.MET: "done"}.get(one["status"], "todo")


def _status(one: Mapping[str, Any]) -> str:
    said = MET_TEXTS[MilestoneStatus(one["status"])]
    return f"{cn_date(date.fromisoformat(one['reached_on']))}{said}" if one["reached_on"] else said


def timeline(events: Sequence[SupervisionEvent], units: Mapping[int, str]) -> list[Entry]:
    """Newest first."""
    return [_entry(event, units) for event in reversed(events)]


def _entry(event: SupervisionEvent, units: Mapping[int, str]) -> Entry:
    who = " ".join(part for part in (units.get(event.unit_id or 0, ""), event.actor_name) if part)
    said = ACTION_LABELS[event.action]
    note, due_on = event.text, event.facts.get("due_on")
    if "held_at" in event.facts:
        note = notice_text(event.facts, date.fromisoformat(event.facts["held_on"]))
    elif due_on:
        said += f"，期限{cn_date(date.fromisoformat(due_on))}"
    if event.action is RecordAction.ACCEPT:
        said += "（按期）" if event.outcome is Outcome.MET else "（逾期）"
    if "slip" in event.facts:
        said += f"，出具{event.facts['slip']}"
    tone = TONES.get(event.action, "")
    return Entry(cn_datetime(event.at), event.at.isoformat(), who, said, note, tone)


ANSWERED = {RecordAction.ACCEPT: RecordAction.REPORT, RecordAction.UPHOLD: RecordAction.CONTEST}
"""Acts that answer the unit's last act of a kind: its words stand where the decision is taken."""


def answered(events: Sequence[SupervisionEvent]) -> dict[RecordAction, str]:
    """By act: what the unit said last of what it decides about."""
    last = {event.action: event.text for event in events}
    return {action: last[asked] for action, asked in ANSWERED.items() if asked in last}


def slip_link(slip: Slip | None) -> tuple[str, str, bool] | None:
    """Label and number, address, whether it is out of force."""
    if slip is None:
        return None
    is_void = slip.status is SlipStatus.VOID
    return f"{SLIP_LABELS[slip.kind]} {number_of(slip)}", url_for("slips.show", uid=slip.uid), is_void


def appeal_url(actor: Actor, appeal: Appeal | None) -> str | None:
    """The appeal's page, for whoever may open it."""
    if appeal is None:
        return None
    if actor.may_read_all:
        return url_for("office.show", uid=appeal.uid)
    return url_for("desk.show", uid=appeal.uid) if appeal.lead_unit_id == actor.unit_id else None
