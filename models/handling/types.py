"""The words of handling: actions, stages, outcomes, and the projection that events add up to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from models.appeals.types import Complexity, State


class Action(StrEnum):
    SUBMIT = "submit"
    REGISTER = "register"
    ACCEPT = "accept"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    SIGN = "sign"
    VERIFY = "verify"
    RECLASSIFY = "reclassify"
    PROPOSE_PRELIMINARY = "propose_preliminary"
    PROPOSE_REPLY = "propose_reply"
    SIGN_OFF = "sign_off"
    SEND_BACK = "send_back"
    REJECT = "reject"
    PUBLISH = "publish"
    CLOSE = "close"
    RECALCULATE = "recalculate"
    NOTE = "note"
    ASK_SUPPLEMENT = "ask_supplement"
    ASK_APPELLANT = "ask_appellant"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    REPORT_PROGRESS = "report_progress"


class Stage(StrEnum):
    """Milestones of the clock (domain.md §4)."""

    SIGN = "sign"
    VERIFY = "verify"
    CONCLUDE = "conclude"
    PRELIMINARY = "preliminary"
    FINAL = "final"


class MilestoneStatus(StrEnum):
    PENDING = "pending"
    MET = "met"
    MISSED = "missed"
    DROPPED = "dropped"


class Outcome(StrEnum):
    """Result of one demand (domain.md §3)."""

    SOLVED = "solved"
    PARTLY_SOLVED = "partly_solved"
    IN_PROGRESS = "in_progress"
    EXPLAINED = "explained"
    UNFOUNDED = "unfounded"
    UNSOLVABLE = "unsolvable"


class ReplyKind(StrEnum):
    PRELIMINARY = "preliminary"
    FINAL = "final"


class ReplyStatus(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"


ACTION_LABELS = {
    Action.SUBMIT: "提交诉求",
    Action.REGISTER: "登记",
    Action.ACCEPT: "受理",
    Action.DECLINE: "不予受理",
    Action.DISPATCH: "交办",
    Action.SIGN: "签收",
    Action.VERIFY: "核实到位",
    Action.RECLASSIFY: "改按复杂事项办理",
    Action.PROPOSE_PRELIMINARY: "送签初步结果",
    Action.PROPOSE_REPLY: "送签答复",
    Action.SIGN_OFF: "签发",
    Action.SEND_BACK: "退回修改",
    Action.REJECT: "审核退回",
    Action.PUBLISH: "审核通过并答复",
    Action.CLOSE: "办结归档",
    Action.RECALCULATE: "更正时限",
    Action.NOTE: "内部说明",
    Action.ASK_SUPPLEMENT: "请诉求人补充材料",
    Action.ASK_APPELLANT: "询问诉求人",
    Action.ANSWER: "补充了情况",
    Action.WITHDRAW: "撤回了诉求",
    Action.REPORT_PROGRESS: "报告进展",
}
STAGE_LABELS = {
    Stage.SIGN: "签收",
    Stage.VERIFY: "核实到位",
    Stage.CONCLUDE: "办结",
    Stage.PRELIMINARY: "明确初步结果",
    Stage.FINAL: "最终结果",
}
OUTCOME_LABELS = {
    Outcome.SOLVED: "已解决",
    Outcome.PARTLY_SOLVED: "部分解决",
    Outcome.IN_PROGRESS: "正在推进",
    Outcome.EXPLAINED: "解释说明",
    Outcome.UNFOUNDED: "不属实",
    Outcome.UNSOLVABLE: "无法解决",
}


@dataclass(frozen=True)
class Milestone:
    """One promise of the clock. `due_on` ends at 24:00 Asia/Shanghai; `reached_on` is the local day it was met or
    missed.
    """

    round: int
    stage: Stage
    start_on: date
    workdays: int
    due_on: date
    is_provisional: bool = False
    status: MilestoneStatus = MilestoneStatus.PENDING
    reached_on: date | None = None


@dataclass(frozen=True)
class Effects:
    """What an event did beyond the change of state. Stored with the event; the reducer needs nothing else."""

    set_milestones: tuple[Milestone, ...] = ()
    dropped: tuple[Stage, ...] = ()
    reached: tuple[tuple[Stage, MilestoneStatus, date], ...] = ()
    moved: tuple[tuple[Stage, date, bool], ...] = ()
    complexity: Complexity | None = None
    lead_unit_id: int | None = None
    policy_id: int | None = None
    calendar_version: int | None = None
    has_question: bool | None = None
    """True: the appellant is asked something; False: it is answered, or nobody waits for the answer any more."""
    files: tuple[int, ...] = ()
    """Numbers of the attachments that came with the act."""


@dataclass(frozen=True)
class Happening:
    """An event as the reducer sees it."""

    seq: int
    action: Action
    to_state: State
    round: int
    at: datetime
    effects: Effects = field(default_factory=Effects)


@dataclass(frozen=True)
class Projection:
    """What the events of one appeal add up to."""

    state: State
    round: int = 1
    complexity: Complexity | None = None
    lead_unit_id: int | None = None
    milestones: tuple[Milestone, ...] = ()
    has_question: bool = False

    @property
    def next_milestone(self) -> Milestone | None:
        """The pending milestone that falls due first: what the queue sorts by."""
        pending = [one for one in self.milestones if one.status is MilestoneStatus.PENDING and one.round == self.round]
        return min(pending, key=lambda one: one.due_on, default=None)


@dataclass(frozen=True)
class ReplyEntry:
    """What a reply says to one demand."""

    demand_id: int
    outcome: Outcome
    facts: str
    basis: str = ""
    actions: str = ""
    promised_on: date | None = None


def effects_to_json(effects: Effects) -> dict[str, Any]:
    """Only what the event really did; dates as ISO text."""
    document: dict[str, Any] = {}
    if effects.set_milestones:
        document["set"] = [
            [one.stage.value, one.start_on.isoformat(), one.workdays, one.due_on.isoformat(), one.is_provisional]
            for one in effects.set_milestones
        ]
    if effects.dropped:
        document["dropped"] = [stage.value for stage in effects.dropped]
    if effects.reached:
        document["reached"] = [[stage.value, status.value, on.isoformat()] for stage, status, on in effects.reached]
    if effects.moved:
        document["moved"] = [[stage.value, on.isoformat(), provisional] for stage, on, provisional in effects.moved]
    for name in ("complexity", "lead_unit_id", "policy_id", "calendar_version", "has_question"):
        value = getattr(effects, name)
        if value is not None:
            document[name] = value.value if isinstance(value, StrEnum) else value
    if effects.files:
        document["files"] = list(effects.files)
    return document


def effects_from_json(document: dict[str, Any], round_: int) -> Effects:
    return Effects(
        set_milestones=tuple(
            Milestone(round_, Stage(stage), date.fromisoformat(start), workdays, date.fromisoformat(due), provisional)
            for stage, start, workdays, due, provisional in document.get("set", ())
        ),
        dropped=tuple(Stage(stage) for stage in document.get("dropped", ())),
        reached=tuple(
            (Stage(stage), MilestoneStatus(status), date.fromisoformat(on))
            for stage, status, on in document.get("reached", ())
        ),
        moved=tuple((Stage(stage), date.fromisoformat(on), prov) for stage, on, prov in document.get("moved", ())),
        complexity=Complexity(document["complexity"]) if "complexity" in document else None,
        lead_unit_id=document.get("lead_unit_id"),
        policy_id=document.get("policy_id"),
        calendar_version=document.get("calendar_version"),
        has_question=document.get("has_question"),
        files=tuple(document.get("files", ())),
    )
