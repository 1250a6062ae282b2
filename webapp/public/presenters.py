"""Plain values for the public's pages: what was typed, and the life of an appeal in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.effects_json import effects_from_json
from models.handling.tables import AppealEvent
from models.handling.types import UNIT_STAGES, Action, Effects, Stage
from webapp.filing_views import Block, StagedView, answer_blocks, staged_views
from webapp.filters import cn_date, cn_datetime
from webapp.presenting import Entry

__all__ = [
    "Block",
    "StagedView",
    "answer_blocks",
    "date_changes",
    "decline_note",
    "staged_views",
    "state_sentence",
    "timeline",
]

STATE_SENTENCES: Mapping[State, str] = {
    State.SUBMITTED: "您的诉求已收到，等待市优办受理",
    State.ACCEPTED: "市优办已受理，正在确定承办单位",
    State.DECLINED: "这件诉求不予受理，理由和办理渠道见下",
    State.DISPATCHED: "已交{unit}办理，等待签收",
    State.VERIFYING: "{unit}已签收，正在核实",
    State.HANDLING: "{unit}已核实情况，正在办理",
    State.PRELIMINARY_SIGN_OFF: "{unit}正在审定初步结果",
    State.CONTINUING: "{unit}已给出初步结果，还在继续办理",
    State.REPLY_SIGN_OFF: "{unit}正在审定答复",
    State.IN_REVIEW: "{unit}已报送答复，市优办正在审核",
    State.REPLIED: "已经答复，答复内容见下",
    State.CLOSED: "已经办结归档",
    State.AWAITING_SUPPLEMENT: "市优办请您补充情况，收到补充后继续受理",
    State.WITHDRAWN: "您已撤回这件诉求，不再办理",
    State.REGISTERED: "{unit}已经办完并报送市优办，等待认定",
    State.TO_AMEND: "市优办请{unit}补正报送的材料",
    State.MERGED: "与反映同一事项的诉求合并办理，办结后单独答复您",
    State.RETURN_REQUESTED: "{unit}认为不属于本单位职责，市优办正在确定承办单位，原定期限不变",
    State.TRANSFERRED: "已移送有权处理的机关，见下",
}
EVENT_SENTENCES: Mapping[Action, str] = {
    Action.SUBMIT: "您提交了诉求",
    Action.REGISTER: "市优办登记了这件诉求及其办理结果",
    Action.ACCEPT: "市优办已受理",
    Action.DECLINE: "市优办决定不予受理",
    Action.DISPATCH: "市优办已交{unit}办理，从这一天起计时",
    Action.SIGN: "{unit}已签收，正在核实",
    Action.VERIFY: "{unit}已核实情况，正在办理",
    Action.RECLASSIFY: "经市优办同意，改按复杂事项办理",
    Action.SIGN_OFF: "{unit}审定了答复，报市优办审核",
    Action.REJECT: "市优办审核后要求补充完善，原定期限不变",
    Action.PUBLISH: "市优办审核通过，答复已经作出",
    Action.CLOSE: "办结归档",
    Action.RECALCULATE: "放假安排公布后，期限重新计算",
    Action.ASK_SUPPLEMENT: "市优办请您补充情况",
    Action.ASK_APPELLANT: "{unit}请您说明情况，办理期限照常计算",
    Action.ANSWER: "您补充了情况",
    Action.WITHDRAW: "您撤回了诉求",
    Action.SELF_REGISTER: "{unit}登记了这件诉求及其办理结果",
    Action.RECOGNISE: "市优办已认定，办结归档",
    Action.REPORT_PROGRESS: "进展：{unit}报告办理情况",
    Action.MERGE: "市优办决定与反映同一事项的诉求合并办理，原定期限不变",
    Action.UNMERGE: "市优办决定恢复单独办理，原定期限不变",
    Action.REPLY_MERGED: "市优办审核通过，答复已经作出",
    Action.GRANT_ADJUSTMENT: "市优办同意{unit}调整期限的申请",
    Action.RULE_RETURN: "市优办确定由{unit}办理，原定期限不变",
    Action.RESUME: "恢复计时",
    Action.END_PAUSE: "恢复计时",
    Action.REDO: "市优办决定重新办理，期限重新起算，原来的答复仍然保留",
    Action.TRANSFER: "市优办已将这件诉求移送其他机关",
}
"""What the appellant is told. Acts that are not listed (drafts going to and fro inside a unit) are not shown."""

WRITTEN_DOWN_SENTENCE = "市优办登记了您反映的诉求"
PRELIMINARY_RESULTS = frozenset({(Action.SIGN_OFF, State.CONTINUING), (Action.REPLY_MERGED, State.MERGED)})
PRELIMINARY_SENTENCE = "{unit}给出了初步结果，见下"
STAGE_VERBS: Mapping[Stage, str] = {
    Stage.SIGN: "签收",
    Stage.VERIFY: "核实到位",
    Stage.CONCLUDE: "办结",
    Stage.PRELIMINARY: "明确初步结果",
    Stage.FINAL: "给出最终结果",
    Stage.PROGRESS: "报告进展",
    Stage.TRIAGE: "受理交办",
    Stage.RULING: "裁定申请",
    Stage.REVIEW: "审核答复",
}
CHANGE_REASONS: Mapping[Action, str] = {
    Action.VERIFY: "经核实属于复杂事项，需要更多时间",
    Action.RECLASSIFY: "经市优办同意，改按复杂事项办理",
    Action.RECALCULATE: "国务院办公厅公布了放假安排，按实际工作日重新计算",
    Action.GRANT_ADJUSTMENT: "经市优办批准",
    Action.RESUME: "等待的事项已有结果，恢复计时",
    Action.END_PAUSE: "等待的事项已有结果，恢复计时",
    Action.ANSWER: "收到您的补充，恢复计时",
}


TOLD = frozenset(UNIT_STAGES) - {Stage.SIGN}
"""The dates whose changes the appellant is told: signing and the office's own steps are none of theirs."""


@dataclass(frozen=True)
class DateChange:
    """A promised date that moved, and why."""

    at_text: str
    text: str
    reason: str


def state_sentence(appeal: Appeal, unit: str) -> str:
    return STATE_SENTENCES[appeal.state].format(unit=unit or "承办单位")


def timeline(events: Sequence[AppealEvent], units: Mapping[int, str], lead_unit: str) -> list[Entry]:
    """Newest first. Never a person's name, never an internal note."""
    told = [event for event in events if event.action in EVENT_SENTENCES and not _is_of_units_alone(event)]
    moved = _moved_by_calendar(events)
    return [_entry(event, _unit_of(event, units) or lead_unit or "承办单位", moved) for event in reversed(told)]


def _is_of_units_alone(event: AppealEvent) -> bool:
    """A correction that moved an assisting unit's date, or the day of signing: nothing that the appellant was
    promised.
    """
    moved = {stage for stage, *_ in event.effects.get("moved", ())}
    return event.action is Action.RECALCULATE and not moved - {Stage.SIGN.value}


def _moved_by_calendar(events: Sequence[AppealEvent]) -> Mapping[int, str]:
    """By the event's number: "办结：1月4日 改为 1月5日"."""
    changes = _changes_by_event(events)
    corrected = {one.seq for one in events if one.action is Action.RECALCULATE}
    return {seq: "：" + "，".join(one.text for one in told) for seq, told in changes if seq in corrected and told}


def _unit_of(event: AppealEvent, units: Mapping[int, str]) -> str:
    dispatched_to = event.effects.get("lead_unit_id")
    return units.get(dispatched_to or event.unit_id or 0, "")


def _entry(event: AppealEvent, unit: str, moved: Mapping[int, str]) -> Entry:
    is_preliminary = (event.action, event.to_state) in PRELIMINARY_RESULTS
    is_written_down = event.action is Action.SUBMIT and event.actor_id is not None
    sentence = EVENT_SENTENCES[event.action]
    if is_preliminary or is_written_down:
        sentence = PRELIMINARY_SENTENCE if is_preliminary else WRITTEN_DOWN_SENTENCE
    is_result = is_preliminary or event.action in (Action.PUBLISH, Action.REPLY_MERGED)
    return Entry(
        cn_datetime(event.at),
        event.at.isoformat(),
        "",
        sentence.format(unit=unit) + _with_files(event) + moved.get(event.seq, ""),
        event.public_note,
        "done" if is_result else "",
    )


def decline_note(events: Sequence[AppealEvent]) -> str:
    """Why it was declined and where to turn to, as it was last said."""
    return next((one.public_note for one in reversed(events) if one.action is Action.DECLINE), "")


def _with_files(event: AppealEvent) -> str:
    count = len(event.effects.get("files", ()))
    return f"，并提交材料 {count} 份" if count else ""


def date_changes(events: Sequence[AppealEvent]) -> list[DateChange]:
    """Every promised date that an act after the dispatch moved, oldest first, with the reason."""
    return [change for _, changes in _changes_by_event(events) for change in changes]


def _changes_by_event(events: Sequence[AppealEvent]) -> Iterator[tuple[int, list[DateChange]]]:
    promised: dict[Stage, str] = {}
    for event in events:
        effects = effects_from_json(event.effects, event.round)
        before = dict(promised)
        promised.update({one.stage: cn_date(one.due_on) for one in effects.set_milestones if one.stage in TOLD})
        promised.update({stage: cn_date(due_on) for stage, due_on, _ in effects.moved if stage in TOLD})
        for stage in _given_up(effects):
            promised.pop(stage, None)
        said_why = event.public_note if event.action is not Action.ANSWER else ""
        reason = said_why or CHANGE_REASONS.get(event.action, "")
        if event.action in CHANGE_REASONS:
            said = _moved(before, promised) + _settled(before, effects)
            yield event.seq, [DateChange(cn_datetime(event.at), text, reason) for text in said]


def _given_up(effects: Effects) -> tuple[Stage, ...]:
    """Promises in whose place others stand, the one already missed among them."""
    is_replaced = bool(effects.set_milestones)
    return effects.dropped + tuple(stage for stage, *_ in effects.reached if is_replaced and stage is Stage.CONCLUDE)


def _settled(before: Mapping[Stage, str], effects: Effects) -> list[str]:
    """A provisional date that an arrangement confirmed without moving it."""
    return [
        f"{STAGE_VERBS[stage]}：{before[stage]}，不再是暂算"
        for stage, due_on, is_provisional in effects.moved
        if not is_provisional and before.get(stage) == cn_date(due_on)
    ]


def _moved(before: Mapping[Stage, str], after: Mapping[Stage, str]) -> list[str]:
    dropped = [stage for stage in before if stage not in after]
    said = [
        f"{STAGE_VERBS[stage]}：{before[stage]} 改为 {due}"
        for stage, due in after.items()
        if stage in before and before[stage] != due
    ]
    if dropped:
        old = "、".join(f"{before[stage]}前{STAGE_VERBS[stage]}" for stage in dropped)
        new = "，".join(f"{due}前{STAGE_VERBS[stage]}" for stage, due in after.items() if stage not in before)
        said.append(f"{old}，改为{new}")
    return said
