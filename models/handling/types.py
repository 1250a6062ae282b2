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
    SELF_REGISTER = "self_register"
    RECOGNISE = "recognise"
    RETURN_RECORD = "return_record"
    AMEND = "amend"
    ASSIGN = "assign"
    ASSIST = "assist"
    END_ASSISTANCE = "end_assistance"
    SIGN_ASSISTANCE = "sign_assistance"
    PROPOSE_CONTRIBUTION = "propose_contribution"
    SEND_CONTRIBUTION = "send_contribution"
    RETURN_CONTRIBUTION = "return_contribution"
    MERGE = "merge"
    UNMERGE = "unmerge"
    TAKE_IN = "take_in"
    LET_GO = "let_go"
    REPLY_MERGED = "reply_merged"
    LINK = "link"
    UNLINK = "unlink"


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


class Attitude(StrEnum):
    """What the appellant said of a matter that a unit completed itself, as the unit tells it. No rating: that is the
    appellant's own to give, and this never enters a satisfaction rate (domain.md §6).
    """

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    NOT_ASKED = "not_asked"


class ReplyKind(StrEnum):
    PRELIMINARY = "preliminary"
    FINAL = "final"


class ReplyStatus(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"


class AssistanceStatus(StrEnum):
    """How far an assisting unit (协办单位) is. Ended: taken back by the office; lapsed: the appeal ended before."""

    TO_SIGN = "to_sign"
    AT_WORK = "at_work"
    TO_SIGN_OFF = "to_sign_off"
    SENT = "sent"
    ENDED = "ended"
    LAPSED = "lapsed"


class LinkKind(StrEnum):
    """What another appeal is to this one: its main appeal, one merged into it, or one to be read beside it."""

    INTO = "into"
    HOLDS = "holds"
    BESIDE = "beside"


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
    Action.SELF_REGISTER: "登记自办件",
    Action.RECOGNISE: "认定自办件",
    Action.RETURN_RECORD: "退回补正",
    Action.AMEND: "补正后重报",
    Action.ASSIGN: "分派经办人",
    Action.ASSIST: "请单位协办",
    Action.END_ASSISTANCE: "取消协办",
    Action.SIGN_ASSISTANCE: "签收协办",
    Action.PROPOSE_CONTRIBUTION: "送签协办意见",
    Action.SEND_CONTRIBUTION: "签发协办意见",
    Action.RETURN_CONTRIBUTION: "退回修改协办意见",
    Action.MERGE: "并入其他诉求",
    Action.UNMERGE: "恢复单独办理",
    Action.TAKE_IN: "并入了一件诉求",
    Action.LET_GO: "一件并入的诉求不再随本件办理",
    Action.REPLY_MERGED: "随主件一并答复",
    Action.LINK: "关联诉求",
    Action.UNLINK: "取消关联",
}
STAGE_LABELS = {
    Stage.SIGN: "签收",
    Stage.VERIFY: "核实到位",
    Stage.CONCLUDE: "办结",
    Stage.PRELIMINARY: "明确初步结果",
    Stage.FINAL: "最终结果",
}
ASSISTANCE_LABELS = {
    AssistanceStatus.TO_SIGN: "待签收",
    AssistanceStatus.AT_WORK: "协办中",
    AssistanceStatus.TO_SIGN_OFF: "协办意见待签发",
    AssistanceStatus.SENT: "已送协办意见",
    AssistanceStatus.ENDED: "已取消协办",
    AssistanceStatus.LAPSED: "未送协办意见，诉求已结束",
}
OUTCOME_LABELS = {
    Outcome.SOLVED: "已解决",
    Outcome.PARTLY_SOLVED: "部分解决",
    Outcome.IN_PROGRESS: "正在推进",
    Outcome.EXPLAINED: "解释说明",
    Outcome.UNFOUNDED: "不属实",
    Outcome.UNSOLVABLE: "无法解决",
}


ATTITUDE_LABELS = {
    Attitude.SATISFIED: "表示满意",
    Attitude.DISSATISFIED: "表示不满意",
    Attitude.NOT_ASKED: "没有问到",
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
class Assistance:
    """What an assisting unit was asked for, the `no`-th of its appeal, and its own clock beside the lead's."""

    no: int
    unit_id: int
    status: AssistanceStatus
    start_on: date
    workdays: int
    due_on: date
    is_provisional: bool = False
    clock: MilestoneStatus = MilestoneStatus.PENDING
    reached_on: date | None = None


Link = tuple[LinkKind, int]
"""What another appeal is to this one, and its id."""


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
    assignee_id: int | None = None
    """The account of the lead unit that works on the appeal from here on."""
    has_question: bool | None = None
    """True: the appellant is asked something; False: it is answered, or nobody waits for the answer any more."""
    files: tuple[int, ...] = ()
    """Numbers of the attachments that came with the act."""
    assistances: tuple[Assistance, ...] = ()
    """Assistances as they stand after the act, new and changed ones only."""
    linked: tuple[Link, ...] = ()
    unlinked: tuple[Link, ...] = ()


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
    assignee_id: int | None = None
    assistances: tuple[Assistance, ...] = ()
    links: frozenset[Link] = frozenset()

    @property
    def main_id(self) -> int | None:
        """The appeal that this one is merged into."""
        return next((id_ for kind, id_ in self.links if kind is LinkKind.INTO), None)

    @property
    def merged_ids(self) -> tuple[int, ...]:
        """The appeals merged into this one, oldest first."""
        return tuple(sorted(id_ for kind, id_ in self.links if kind is LinkKind.HOLDS))

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
    for name in ("complexity", "lead_unit_id", "policy_id", "calendar_version", "assignee_id", "has_question"):
        value = getattr(effects, name)
        if value is not None:
            document[name] = value.value if isinstance(value, StrEnum) else value
    if effects.files:
        document["files"] = list(effects.files)
    return document | _others_to_json(effects)


def _others_to_json(effects: Effects) -> dict[str, Any]:
    """What concerns other units and other appeals."""
    document: dict[str, Any] = {"assist": [_assistance_to_json(one) for one in effects.assistances]}
    for name in ("linked", "unlinked"):
        document[name] = [[kind.value, id_] for kind, id_ in getattr(effects, name)]
    return {name: value for name, value in document.items() if value}


def _assistance_to_json(one: Assistance) -> list[Any]:
    return [
        one.no, one.unit_id, one.status.value, one.start_on.isoformat(), one.workdays, one.due_on.isoformat(),
        one.is_provisional, one.clock.value, one.reached_on.isoformat() if one.reached_on else None,
    ]


def assistance_from_json(document: list[Any]) -> Assistance:
    no, unit_id, status, start_on, workdays, due_on, is_provisional, clock, reached_on = document
    return Assistance(
        no, unit_id, AssistanceStatus(status), date.fromisoformat(start_on), workdays, date.fromisoformat(due_on),
        is_provisional, MilestoneStatus(clock), date.fromisoformat(reached_on) if reached_on else None,
    )


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
        assignee_id=document.get("assignee_id"),
        has_question=document.get("has_question"),
        files=tuple(document.get("files", ())),
        assistances=tuple(assistance_from_json(one) for one in document.get("assist", ())),
        linked=_links(document, "linked"),
        unlinked=_links(document, "unlinked"),
    )


def links_told(document: dict[str, Any]) -> tuple[Link, ...]:
    """The other appeals that an event's stored effects tell of."""
    return _links(document, "linked") + _links(document, "unlinked")


def _links(document: dict[str, Any], name: str) -> tuple[Link, ...]:
    return tuple((LinkKind(kind), id_) for kind, id_ in document.get(name, ()))
