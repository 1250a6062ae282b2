"""The words of handling: actions, stages, outcomes, and the projection that events add up to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.appeals.types import Complexity, State
from models.handling.adjustment_types import Adjustment
from models.workdays.types import Suspension


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
    ASK_RETURN = "ask_return"
    ASK_EXTENSION = "ask_extension"
    ASK_PAUSE = "ask_pause"
    ASK_COMPLEX = "ask_complex"
    SEND_ADJUSTMENT = "send_adjustment"
    TAKE_BACK_ADJUSTMENT = "take_back_adjustment"
    GRANT_ADJUSTMENT = "grant_adjustment"
    REFUSE_ADJUSTMENT = "refuse_adjustment"
    RULE_RETURN = "rule_return"
    RESUME = "resume"
    END_PAUSE = "end_pause"
    REDO = "redo"
    TRANSFER = "transfer"


class Stage(StrEnum):
    """Milestones of the clock (domain.md §4)."""

    SIGN = "sign"
    VERIFY = "verify"
    CONCLUDE = "conclude"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    PROGRESS = "progress"
    TRIAGE = "triage"
    RULING = "ruling"
    REVIEW = "review"


UNIT_STAGES = (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE, Stage.PRELIMINARY, Stage.PROGRESS, Stage.FINAL)
"""What a unit is held to; the others are the office's own steps."""
DISPATCH_STAGES = (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE, Stage.PRELIMINARY, Stage.FINAL)
"""What a dispatch promises, for a simple and for a complex matter."""
RESULT_STAGES = (Stage.CONCLUDE, Stage.PRELIMINARY, Stage.FINAL)


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
    Action.ASK_RETURN: "申请退回",
    Action.ASK_EXTENSION: "申请延期",
    Action.ASK_PAUSE: "申请中止计时",
    Action.ASK_COMPLEX: "申请改按复杂事项办理",
    Action.SEND_ADJUSTMENT: "签发申请",
    Action.TAKE_BACK_ADJUSTMENT: "撤回申请",
    Action.GRANT_ADJUSTMENT: "同意申请",
    Action.REFUSE_ADJUSTMENT: "不同意申请",
    Action.RULE_RETURN: "裁定退回",
    Action.RESUME: "恢复计时",
    Action.END_PAUSE: "结束中止计时",
    Action.REDO: "重新办理",
    Action.TRANSFER: "移送其他机关",
}
STAGE_LABELS = {
    Stage.SIGN: "签收",
    Stage.VERIFY: "核实到位",
    Stage.CONCLUDE: "办结",
    Stage.PRELIMINARY: "明确初步结果",
    Stage.FINAL: "最终结果",
    Stage.PROGRESS: "报告进展",
    Stage.TRIAGE: "受理交办",
    Stage.RULING: "裁定申请",
    Stage.REVIEW: "审核答复",
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
    no: int = 1
    """The how-manieth of its stage in its round: signatures after a ruling, staged reports, reviews come again."""
    extended: int = 0
    """Working days an extension has added to `workdays`."""
    first_due_on: date | None = None
    """What was promised first; it never moves. The same as `due_on` unless told."""

    def __post_init__(self) -> None:
        if self.first_due_on is None:
            object.__setattr__(self, "first_due_on", self.due_on)


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
    adjustments: tuple[Adjustment, ...] = ()
    """Adjustments as they stand after the act, new and changed ones only."""
    extended: tuple[tuple[Stage, int], ...] = ()
    """Working days that extensions have added to a pending promise, altogether."""


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
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def open_adjustment(self) -> Adjustment | None:
        """What the unit asks for and nobody has ruled yet; there is one at a time."""
        return next((one for one in self.adjustments if one.is_open), None)

    @property
    def pause(self) -> Adjustment | None:
        """The pause that lets the clock stand now."""
        return next((one for one in self.adjustments if one.is_pause and not one.is_over), None)

    @property
    def suspensions(self) -> tuple[Suspension, ...]:
        """The days of this round that do not count, because the clock stood or will stand."""
        return tuple(one.suspension for one in self.adjustments if one.is_pause and one.round == self.round)

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
        """The unit's pending milestone that falls due first: what the queue sorts by."""
        owed = [one for one in self.pending if one.stage in UNIT_STAGES]
        return min(owed, key=lambda one: one.due_on, default=None)

    @property
    def pending(self) -> tuple[Milestone, ...]:
        """What is neither met nor missed nor given up in the running round."""
        found = (one for one in self.milestones if one.status is MilestoneStatus.PENDING and one.round == self.round)
        return tuple(found)


@dataclass(frozen=True)
class ReplyEntry:
    """What a reply says to one demand."""

    demand_id: int
    outcome: Outcome
    facts: str
    basis: str = ""
    actions: str = ""
    promised_on: date | None = None
