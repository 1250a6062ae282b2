"""The words of follow-up: grades, calls, the day's list, dissatisfaction cases, exclusions (domain.md §6)."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum


class Grade(IntEnum):
    """好差评, given by the appellant alone. 3 and above count as satisfied."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


GRADE_LABELS: dict[Grade, str] = {
    Grade.VERY_SATISFIED: "非常满意",
    Grade.SATISFIED: "满意",
    Grade.BASICALLY_SATISFIED: "基本满意",
    Grade.DISSATISFIED: "不满意",
    Grade.VERY_DISSATISFIED: "非常不满意",
}
LOW_GRADES = frozenset({Grade.DISSATISFIED, Grade.VERY_DISSATISFIED})
"""Need a reason and open a case."""


class RatingChannel(StrEnum):
    """By which way the appellant proved to be the appellant."""

    CODE = "code"
    LINK = "link"
    ENTERPRISE = "enterprise"


CHANNEL_LABELS = {
    RatingChannel.CODE: "受理编号和查询码",
    RatingChannel.LINK: "一次性链接",
    RatingChannel.ENTERPRISE: "企业账号",
}


class Unreached(StrEnum):
    """Why a call reached nobody. Never a result: who was not reached is not satisfied."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    SWITCHED_OFF = "switched_off"
    NO_SUCH_NUMBER = "no_such_number"
    REFUSED = "refused"
    WRONG_PERSON = "wrong_person"


UNREACHED_LABELS = {
    Unreached.NO_ANSWER: "无人接听",
    Unreached.BUSY: "占线",
    Unreached.SWITCHED_OFF: "关机或者停机",
    Unreached.NO_SUCH_NUMBER: "空号",
    Unreached.REFUSED: "拒接或者不愿接受回访",
    Unreached.WRONG_PERSON: "接听的不是诉求人",
}


class CallResult(StrEnum):
    """What somebody who was reached said. Never a rating, and kept apart from the ratings in every figure."""

    SATISFIED = "satisfied"
    PARTLY = "partly"
    NOT_SATISFIED = "not_satisfied"
    NO_COMMENT = "no_comment"


RESULT_LABELS = {
    CallResult.SATISFIED: "满意",
    CallResult.PARTLY: "部分满意",
    CallResult.NOT_SATISFIED: "不满意",
    CallResult.NO_COMMENT: "不作评价",
}


class Answered(StrEnum):
    """What a reply came to as a whole: the gravest outcome among its demands. A stratum of the day's list."""

    UNSOLVABLE = "unsolvable"
    UNFINISHED = "unfinished"
    EXPLAINED = "explained"
    SOLVED = "solved"


class Drawn(StrEnum):
    """Why somebody stands on the day's list, or does not."""

    LOW_GRADE = "low_grade"
    UNSOLVABLE = "unsolvable"
    AGAIN = "again"
    SAMPLED = "sampled"
    NOT_DRAWN = "not_drawn"


DRAWN_LABELS = {
    Drawn.LOW_GRADE: "评价不满意",
    Drawn.UNSOLVABLE: "答复无法解决",
    Drawn.AGAIN: "上次没有接通",
    Drawn.SAMPLED: "抽中回访",
    Drawn.NOT_DRAWN: "没有抽中",
}


@dataclass(frozen=True)
class Terms:
    """How follow-up is done: policy data (`follow_up_policies`), never a constant of the rules. Days are calendar days
    unless they are called working days.
    """

    rating_days: int = 30
    link_hours: int = 24
    share_percent: int = 30
    least_per_unit: int = 1
    attempts_most: int = 3
    contact_workdays: int = 1
    put_right_workdays: int = 5
    put_right_workdays_most: int = 15


@dataclass(frozen=True)
class Candidate:
    """A published reply that somebody may be called about. `is_new`: no earlier list has looked at it."""

    appeal_id: int
    round: int
    unit_id: int
    answered: Answered
    is_low: bool = False
    was_drawn: bool = False
    is_new: bool = True
    attempts: int = 0


@dataclass(frozen=True)
class Line:
    """What the draw makes of a candidate. `position`: its place on the list, 0 where it is not on it."""

    candidate: Candidate
    drawn: Drawn
    position: int


# ---------------------------------------------------------------- dissatisfaction cases


class CaseOrigin(StrEnum):
    RATING = "rating"
    CALL = "call"


class CaseState(StrEnum):
    OPEN = "open"
    REDOING = "redoing"
    NOT_REDONE = "not_redone"
    PUT_RIGHT = "put_right"
    CLOSED = "closed"


class CaseAction(StrEnum):
    """What happens to a case. The last three are done by time alone."""

    OPENED = "opened"
    CONTACT = "contact"
    TRY_CONTACT = "try_contact"
    DECIDE_REDO = "decide_redo"
    DECIDE_NOT = "decide_not"
    EXTEND = "extend"
    ANSWER = "answer"
    PUT_RIGHT = "put_right"
    CLOSE = "close"
    MISS_CONTACT = "miss_contact"
    MISS_PUT_RIGHT = "miss_put_right"
    RECALCULATE = "recalculate"


class Kept(StrEnum):
    """Of a clock of a case: met or missed is written once (domain.md §4 rule 8). `dropped`: the office decided with its
    reasons not to have the matter redone, and closed the case in time.
    """

    PENDING = "pending"
    MET = "met"
    MISSED = "missed"
    DROPPED = "dropped"


class ContactWay(StrEnum):
    """How the office spoke with the appellant about it. `page`: words on the follow-up page, for whom nobody calls."""

    PHONE = "phone"
    VISIT = "visit"
    PAGE = "page"


CASE_STATE_LABELS = {
    CaseState.OPEN: "待决定",
    CaseState.REDOING: "重新办理中",
    CaseState.NOT_REDONE: "不重办，待了结",
    CaseState.PUT_RIGHT: "已整改，待了结",
    CaseState.CLOSED: "已了结",
}
CASE_ACTION_LABELS = {
    CaseAction.OPENED: "诉求人表示不满意",
    CaseAction.CONTACT: "联系了诉求人",
    CaseAction.TRY_CONTACT: "联系诉求人，没有接通",
    CaseAction.DECIDE_REDO: "决定重新办理",
    CaseAction.DECIDE_NOT: "决定不重新办理",
    CaseAction.EXTEND: "延长整改期限",
    CaseAction.ANSWER: "单位说明情况",
    CaseAction.PUT_RIGHT: "确认整改到位",
    CaseAction.CLOSE: "了结",
    CaseAction.MISS_CONTACT: "到期没有联系诉求人",
    CaseAction.MISS_PUT_RIGHT: "到期没有整改到位",
    CaseAction.RECALCULATE: "更正期限",
}
KEPT_LABELS = {Kept.PENDING: "未到期", Kept.MET: "按期", Kept.MISSED: "逾期", Kept.DROPPED: "不再计算"}
WAY_LABELS = {ContactWay.PHONE: "电话", ContactWay.VISIT: "当面", ContactWay.PAGE: "在进度页面留言"}


@dataclass(frozen=True)
class Promise:
    """One of the two clocks of a case. `first_due_on` never moves; `done_on`: the day it was met, also when late."""

    due_on: date
    first_due_on: date
    workdays: int
    is_provisional: bool = False
    kept: Kept = Kept.PENDING
    done_on: date | None = None


@dataclass(frozen=True)
class CaseStanding:
    """What the events of a case add up to."""

    state: CaseState
    opened_on: date
    contact: Promise
    put_right: Promise
    is_extended: bool = False
    redo_round: int | None = None
    version: int = 1


# ---------------------------------------------------------------- exclusions


class ExclusionReason(StrEnum):
    """Why a rating is left out of the second rate. It stays in the first, and stays as it is."""

    NOT_APPELLANT = "not_appellant"
    OTHER_MATTER = "other_matter"
    BEYOND_UNIT = "beyond_unit"
    MISTAKEN = "mistaken"
    UNLAWFUL = "unlawful"


EXCLUSION_LABELS = {
    ExclusionReason.NOT_APPELLANT: "经核实，不是诉求人本人作出的评价",
    ExclusionReason.OTHER_MATTER: "评价针对的是另一件事，与本件答复无关",
    ExclusionReason.BEYOND_UNIT: "诉求超出法律、政策允许的范围，答复依法已经说明",
    ExclusionReason.MISTAKEN: "诉求人书面说明评价时选错",
    ExclusionReason.UNLAWFUL: "以评价要挟，谋取不正当利益",
}


class ExclusionStatus(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


EXCLUSION_STATUS_LABELS = {
    ExclusionStatus.ASKED: "待第二人审核",
    ExclusionStatus.GRANTED: "同意剔除",
    ExclusionStatus.REFUSED: "不予剔除",
}


# ---------------------------------------------------------------- archiving


class Followed(StrEnum):
    """Whether an appeal was followed up before it is filed away."""

    RATED = "rated"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    NOT_ASKED = "not_asked"


FOLLOWED_LABELS = {
    Followed.RATED: "诉求人已评价",
    Followed.REACHED: "电话回访已接通",
    Followed.UNREACHABLE: "电话回访达到次数上限，没有接通",
    Followed.NOT_ASKED: "没有回访",
}
