"""The words of the ladder: kinds of records, what is done to them, thresholds, promises as the ladder sees them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.handling.types import MilestoneStatus, Stage


class RecordKind(StrEnum):
    """The steps of the ladder (domain.md §5), the lowest first. `reminder` is the automatic word before the due day,
    `reminder_slip` the 催办单 after it.
    """

    REMINDER = "reminder"
    REMINDER_SLIP = "reminder_slip"
    BLUE_CARD = "blue_card"
    YELLOW_CARD = "yellow_card"
    SUPERVISION_ORDER = "supervision_order"
    RED_CARD = "red_card"
    INSTRUCTION = "instruction"
    INTERVIEW = "interview"
    BULLETIN_ENTRY = "bulletin_entry"
    TRANSFER = "transfer"


class RecordState(StrEnum):
    """Proposed: an interview before its decision, an instruction before the office forwards it. Decided: an interview
    before its notice.
    """

    PROPOSED = "proposed"
    DECIDED = "decided"
    IN_FORCE = "in_force"
    HELD = "held"
    CLOSED = "closed"
    DECLINED = "declined"
    REVOKED = "revoked"


class Outcome(StrEnum):
    """Of a record with a clock of its own: met or missed is written once (domain.md §4 rule 8)."""

    NONE = "none"
    PENDING = "pending"
    MET = "met"
    MISSED = "missed"


class Origin(StrEnum):
    """What an interview, or any record, comes from."""

    APPEAL_LADDER = "appeal_ladder"
    RATING_CAMPAIGN = "rating_campaign"


class Ground(StrEnum):
    """Why, in a code; the text beside it says it in words. The first five are the triggers of a 督办单."""

    REFUSES_TO_SIGN = "refuses_to_sign"
    OVERDUE = "overdue"
    NOT_SOLVED = "not_solved"
    POOR_HANDLING = "poor_handling"
    OTHER = "other"
    DUE_SOON = "due_soon"
    ORDER_MISSED = "order_missed"
    INSTRUCTED = "instructed"
    RATED_LOW = "rated_low"
    DISCIPLINE = "discipline"


class RecordAction(StrEnum):
    """What happens to a record. `issue` and `miss` are also done by time alone."""

    ISSUE = "issue"
    PROPOSE = "propose"
    FORWARD = "forward"
    HOLD_INTERVIEW = "hold_interview"
    DECLINE = "decline"
    NOTIFY = "notify"
    RECORD_MINUTES = "record_minutes"
    ANSWER = "answer"
    REPORT = "report"
    CONTEST = "contest"
    UPHOLD = "uphold"
    REVOKE = "revoke"
    FOLLOW_UP = "follow_up"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    MISS = "miss"
    CLOSE = "close"


KIND_LABELS = {
    RecordKind.REMINDER: "催办提醒",
    RecordKind.REMINDER_SLIP: "催办单",
    RecordKind.BLUE_CARD: "蓝牌",
    RecordKind.YELLOW_CARD: "黄牌",
    RecordKind.SUPERVISION_ORDER: "督办单",
    RecordKind.RED_CARD: "红牌",
    RecordKind.INSTRUCTION: "领导批示",
    RecordKind.INTERVIEW: "约谈",
    RecordKind.BULLETIN_ENTRY: "通报",
    RecordKind.TRANSFER: "移交纪检监察",
}
STATE_LABELS = {
    RecordState.PROPOSED: "待决定",
    RecordState.DECIDED: "已决定，待通知",
    RecordState.IN_FORCE: "已发出",
    RecordState.HELD: "已约谈，整改中",
    RecordState.CLOSED: "已了结",
    RecordState.DECLINED: "不予约谈",
    RecordState.REVOKED: "已撤销",
}
GROUND_LABELS = {
    Ground.REFUSES_TO_SIGN: "拒不签收",
    Ground.OVERDUE: "超期未办",
    Ground.NOT_SOLVED: "应当解决而没有解决",
    Ground.POOR_HANDLING: "办理质量差",
    Ground.OTHER: "其他情形",
    Ground.DUE_SOON: "期限将到",
    Ground.ORDER_MISSED: "督办逾期",
    Ground.INSTRUCTED: "领导批示",
    Ground.RATED_LOW: "评议得分低于60分",
    Ground.DISCIPLINE: "涉嫌违纪违规",
}
ACTION_LABELS = {
    RecordAction.ISSUE: "发出",
    RecordAction.PROPOSE: "提出",
    RecordAction.FORWARD: "转承办单位办理",
    RecordAction.HOLD_INTERVIEW: "决定约谈",
    RecordAction.DECLINE: "不予约谈",
    RecordAction.NOTIFY: "发出约谈通知",
    RecordAction.RECORD_MINUTES: "登记约谈记录",
    RecordAction.ANSWER: "说明情况",
    RecordAction.REPORT: "报告整改完成",
    RecordAction.CONTEST: "提出申诉",
    RecordAction.UPHOLD: "维持",
    RecordAction.REVOKE: "撤销",
    RecordAction.FOLLOW_UP: "跟踪",
    RecordAction.ACCEPT: "确认整改到位",
    RecordAction.SEND_BACK: "退回继续整改",
    RecordAction.MISS: "到期没有完成",
    RecordAction.CLOSE: "了结",
}
OUTCOME_LABELS = {
    Outcome.NONE: "",
    Outcome.PENDING: "整改中",
    Outcome.MET: "按期完成",
    Outcome.MISSED: "逾期",
}


@dataclass(frozen=True)
class Thresholds:
    """When the steps of the ladder are due, in working days. Policy data (`ladder_policies`), never a constant of the
    rules. `yellow_workdays_over` 0: as soon as the due day has ended, whatever the next day is.
    """

    remind_workdays_before: int = 1
    blue_workdays_left: int = 1
    reminder_slip_workdays_after: int = 1
    yellow_workdays_over: int = 0
    red_workdays_over: int = 3
    contest_workdays: int = 5


@dataclass(frozen=True)
class Promise:
    """A milestone as the ladder sees it, the `no`-th of its stage in its round. `stopped_on`: the day since which the
    unit holds it no more, because it was reached or because what the unit owed lies with the office; None while the
    unit holds it. `came_on`: the day on which the office gave the matter to this unit instead of another.
    """

    round: int
    stage: Stage
    start_on: date
    due_on: date
    status: MilestoneStatus
    stopped_on: date | None = None
    no: int = 1
    came_on: date | None = None


@dataclass(frozen=True)
class Taken:
    """A step that was taken for a promise, and the due day it was taken for."""

    kind: RecordKind
    round: int
    stage: Stage
    promised_on: date
    no: int = 1


@dataclass(frozen=True)
class StepDue:
    """A step to take now. `for_on` is the first day on which it could have been taken."""

    kind: RecordKind
    ground: Ground
    for_on: date
    workdays_over: int
    """Working days since the due day ended; below zero what is left."""
