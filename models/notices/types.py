"""What people are told of, and who is told of which act: ONE table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from models.appeals.types import State
from models.handling.types import Action


class NoticeKind(StrEnum):
    """What a notice says. A new kind needs a wording below and nothing else: the column takes any."""

    DISPATCHED = "dispatched"
    ASSIGNED = "assigned"
    RECLASSIFIED = "reclassified"
    PRELIMINARY_PROPOSED = "preliminary_proposed"
    REPLY_PROPOSED = "reply_proposed"
    SENT_BACK = "sent_back"
    TO_REVIEW = "to_review"
    REJECTED = "rejected"
    PUBLISHED = "published"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    ASSIST_ASKED = "assist_asked"
    ASSIST_ENDED = "assist_ended"
    CONTRIBUTION_PROPOSED = "contribution_proposed"
    CONTRIBUTION_RETURNED = "contribution_returned"
    CONTRIBUTION_SENT = "contribution_sent"
    RECORD_RETURNED = "record_returned"
    REQUEST_WRITTEN = "request_written"
    REQUEST_SENT = "request_sent"
    REQUEST_GRANTED = "request_granted"
    REQUEST_REFUSED = "request_refused"
    RETURN_RULED = "return_ruled"
    PAUSE_ENDED = "pause_ended"
    REDO = "redo"
    TRANSFERRED = "transferred"
    SUPERVISION_REMINDED = "supervision_reminded"
    SUPERVISION_ISSUED = "supervision_issued"
    SUPERVISION_DECIDED = "supervision_decided"
    SUPERVISION_ANSWERED = "supervision_answered"
    SUPERVISION_PROPOSED = "supervision_proposed"
    RATING_PROPOSED = "rating_proposed"
    RATING_DECIDED = "rating_decided"
    RATING_PUBLISHED = "rating_published"
    CASE_OPENED = "case_opened"
    CASE_FOR_UNIT = "case_for_unit"
    CASE_DECIDED = "case_decided"
    CASE_ANSWERED = "case_answered"
    CASE_MISSED = "case_missed"
    EXCLUSION_ASKED = "exclusion_asked"
    EXCLUSION_DECIDED = "exclusion_decided"
    STANDS_IN = "stands_in"
    DIGEST = "digest"


@dataclass(frozen=True)
class Wording:
    """`subject` is also the subject of a mail: it names nobody and no content (IDN-4). `hint` says what comes next.
    `is_mailed`: worth a mail beside the notice.
    """

    subject: str
    hint: str
    is_mailed: bool = True


WORDINGS: Final[Mapping[NoticeKind, Wording]] = {
    NoticeKind.DISPATCHED: Wording("有新交办的诉求待签收", "请尽快签收，并安排经办人。"),
    NoticeKind.ASSIGNED: Wording("有诉求分派给您经办", "请按期限办理。"),
    NoticeKind.RECLASSIFIED: Wording("一件诉求改按复杂事项办理", "请按新的期限办理。", is_mailed=False),
    NoticeKind.PRELIMINARY_PROPOSED: Wording("有初步结果待您签发", "请审阅后签发，或者退回修改。"),
    NoticeKind.REPLY_PROPOSED: Wording("有答复待您签发", "请审阅后签发，或者退回修改。"),
    NoticeKind.SENT_BACK: Wording("单位负责人退回修改", "请按意见改好后再送签。"),
    NoticeKind.TO_REVIEW: Wording("有答复待审核", "请审核后答复诉求人，或者退回。"),
    NoticeKind.REJECTED: Wording("市优办审核退回", "请按意见改好后再送签，原期限不变。"),
    NoticeKind.PUBLISHED: Wording("答复已经审核通过", "诉求人已经可以看到。", is_mailed=False),
    NoticeKind.ANSWERED: Wording("诉求人补充了情况", "请查看补充的内容。"),
    NoticeKind.WITHDRAWN: Wording("诉求人撤回了诉求", "不用再办。"),
    NoticeKind.MERGED: Wording("有一件诉求并入，请一并办理", "请在答复中一并回答。"),
    NoticeKind.ASSIST_ASKED: Wording("市优办请贵单位协办", "请尽快签收协办。"),
    NoticeKind.ASSIST_ENDED: Wording("市优办取消了协办", "不用再办。", is_mailed=False),
    NoticeKind.CONTRIBUTION_PROPOSED: Wording("有协办意见待您签发", "请审阅后签发，或者退回修改。"),
    NoticeKind.CONTRIBUTION_RETURNED: Wording("单位负责人退回协办意见", "请按意见改好后再送签。"),
    NoticeKind.CONTRIBUTION_SENT: Wording("协办单位送来协办意见", "请查看协办意见。"),
    NoticeKind.RECORD_RETURNED: Wording("自办件退回补正", "请按意见补正后重报。"),
    NoticeKind.REQUEST_WRITTEN: Wording("有时限调整或者退回的申请待您签发", "请签发报市优办，或者撤回。"),
    NoticeKind.REQUEST_SENT: Wording("有承办单位的申请待裁定", "请在 1 个工作日内裁定。"),
    NoticeKind.REQUEST_GRANTED: Wording("市优办同意了申请", "请按调整以后的期限办理。"),
    NoticeKind.REQUEST_REFUSED: Wording("市优办没有同意申请", "时限不变，请按原期限办理。"),
    NoticeKind.RETURN_RULED: Wording("退回申请已经裁定", "裁定由贵单位承办，请尽快签收。"),
    NoticeKind.PAUSE_ENDED: Wording("市优办恢复了计时", "请继续办理。"),
    NoticeKind.REDO: Wording("一件诉求需要重新办理", "时限重新起算，请尽快签收。"),
    NoticeKind.TRANSFERRED: Wording("一件诉求已移送其他机关", "不用再办。"),
    NoticeKind.SUPERVISION_REMINDED: Wording("诉求期限将到，请抓紧办理", "到期当天24时以前办完，算按时。"),
    NoticeKind.SUPERVISION_ISSUED: Wording("市优办发来一份督办", "请打开查看，可以说明情况；有期限的，请按期报告。"),
    NoticeKind.SUPERVISION_DECIDED: Wording("一份督办有了新的处理", "请打开查看意见。"),
    NoticeKind.SUPERVISION_ANSWERED: Wording("单位对督办作了说明、报告或者申诉", "请打开查看，需要复核的请办理。"),
    NoticeKind.SUPERVISION_PROPOSED: Wording("有约谈、批示等您办理", "请打开决定或者转办。"),
    NoticeKind.RATING_PROPOSED: Wording("评议结果有事项待您决定", "请看清依据后决定，并写明理由。"),
    NoticeKind.RATING_DECIDED: Wording("根据评议结果作出了一项决定", "请打开查看决定的依据和理由。"),
    NoticeKind.RATING_PUBLISHED: Wording("本单位的评议结果可以查看了", "请打开查看得分、名次和各维度的情况。"),
    NoticeKind.CASE_OPENED: Wording("诉求人对答复不满意", "请在1个工作日内联系诉求人，并决定是否重新办理。"),
    NoticeKind.CASE_FOR_UNIT: Wording("诉求人对答复不满意", "请打开说明情况；是否重新办理由市优办决定。"),
    NoticeKind.CASE_DECIDED: Wording("市优办对不满意事项作了处理", "请打开查看，需要整改的请按期整改。"),
    NoticeKind.CASE_ANSWERED: Wording("单位对不满意事项作了说明", "请打开查看，再作决定。"),
    NoticeKind.CASE_MISSED: Wording("有不满意事项超过了期限", "请尽快联系诉求人，督促整改。"),
    NoticeKind.EXCLUSION_ASKED: Wording("有剔除评价的申请待审核", "剔除评价须由第二人审核。"),
    NoticeKind.EXCLUSION_DECIDED: Wording("剔除评价的申请有了结果", "请打开查看意见。", is_mailed=False),
    NoticeKind.STANDS_IN: Wording("同事请您在其外出期间代为办理", "代办期间您同时持有其岗位，到期自动结束。"),
    NoticeKind.DIGEST: Wording("今日待办", ""),
}


class Audience(StrEnum):
    """Who is told. `models.notices.audiences` knows how each is found."""

    LEAD_UNIT = "lead_unit"
    """Handlers and approvers of the unit that leads."""
    APPROVERS = "approvers"
    """Approvers of the unit that leads."""
    WORKING = "working"
    """Whoever works on it: the assignee, or the lead unit's handlers; before a dispatch the office's clerks."""
    REVIEWERS = "reviewers"
    ASSISTING = "assisting"
    """Handlers and approvers of the assisting unit that the act is about."""
    ASSISTING_APPROVERS = "assisting_approvers"
    ASSISTING_HANDLERS = "assisting_handlers"


@dataclass(frozen=True)
class Telling:
    """`into`: told only when the act led into this state."""

    kind: NoticeKind
    audience: Audience
    into: State | None = None


TOLD: Final[Mapping[Action, tuple[Telling, ...]]] = {
    Action.DISPATCH: (Telling(NoticeKind.DISPATCHED, Audience.LEAD_UNIT),),
    Action.ASSIGN: (Telling(NoticeKind.ASSIGNED, Audience.WORKING),),
    Action.RECLASSIFY: (Telling(NoticeKind.RECLASSIFIED, Audience.WORKING),),
    Action.PROPOSE_PRELIMINARY: (Telling(NoticeKind.PRELIMINARY_PROPOSED, Audience.APPROVERS),),
    Action.PROPOSE_REPLY: (Telling(NoticeKind.REPLY_PROPOSED, Audience.APPROVERS),),
    Action.SEND_BACK: (Telling(NoticeKind.SENT_BACK, Audience.WORKING),),
    Action.SIGN_OFF: (Telling(NoticeKind.TO_REVIEW, Audience.REVIEWERS, into=State.IN_REVIEW),),
    Action.REJECT: (Telling(NoticeKind.REJECTED, Audience.WORKING),),
    Action.PUBLISH: (Telling(NoticeKind.PUBLISHED, Audience.WORKING),),
    Action.ANSWER: (Telling(NoticeKind.ANSWERED, Audience.WORKING),),
    Action.WITHDRAW: (Telling(NoticeKind.WITHDRAWN, Audience.WORKING),),
    Action.MERGE: (Telling(NoticeKind.MERGED, Audience.WORKING),),
    Action.ASSIST: (Telling(NoticeKind.ASSIST_ASKED, Audience.ASSISTING),),
    Action.END_ASSISTANCE: (Telling(NoticeKind.ASSIST_ENDED, Audience.ASSISTING),),
    Action.PROPOSE_CONTRIBUTION: (Telling(NoticeKind.CONTRIBUTION_PROPOSED, Audience.ASSISTING_APPROVERS),),
    Action.RETURN_CONTRIBUTION: (Telling(NoticeKind.CONTRIBUTION_RETURNED, Audience.ASSISTING_HANDLERS),),
    Action.SEND_CONTRIBUTION: (Telling(NoticeKind.CONTRIBUTION_SENT, Audience.WORKING),),
    Action.ASK_RETURN: (Telling(NoticeKind.REQUEST_WRITTEN, Audience.APPROVERS),),
    Action.ASK_EXTENSION: (Telling(NoticeKind.REQUEST_WRITTEN, Audience.APPROVERS),),
    Action.ASK_PAUSE: (Telling(NoticeKind.REQUEST_WRITTEN, Audience.APPROVERS),),
    Action.ASK_COMPLEX: (Telling(NoticeKind.REQUEST_WRITTEN, Audience.APPROVERS),),
    Action.SEND_ADJUSTMENT: (Telling(NoticeKind.REQUEST_SENT, Audience.REVIEWERS),),
    Action.GRANT_ADJUSTMENT: (Telling(NoticeKind.REQUEST_GRANTED, Audience.WORKING),),
    Action.REFUSE_ADJUSTMENT: (Telling(NoticeKind.REQUEST_REFUSED, Audience.WORKING),),
    Action.RULE_RETURN: (Telling(NoticeKind.RETURN_RULED, Audience.LEAD_UNIT),),
    Action.END_PAUSE: (Telling(NoticeKind.PAUSE_ENDED, Audience.WORKING),),
    Action.REDO: (Telling(NoticeKind.REDO, Audience.LEAD_UNIT),),
    Action.TRANSFER: (Telling(NoticeKind.TRANSFERRED, Audience.WORKING),),
    Action.RETURN_RECORD: (Telling(NoticeKind.RECORD_RETURNED, Audience.LEAD_UNIT),),
}
"""Act → who is told of what. An act that is not here is told to nobody; nobody is ever told of an act of their own."""

OF_ASSISTING: Final = frozenset({
    NoticeKind.ASSIST_ASKED, NoticeKind.ASSIST_ENDED, NoticeKind.CONTRIBUTION_PROPOSED,
    NoticeKind.CONTRIBUTION_RETURNED,
})  # fmt: skip
"""What is told to an assisting unit: it comes to the appeal through a door of its own."""


DIGEST_HOUR: Final = 8
"""From this hour of a working day on, Asia/Shanghai."""


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


RETRY_AFTER: Final = tuple(timedelta(minutes=one) for one in (1, 5, 30, 120))
"""Between one attempt that failed and the next; after the last of them a mail has failed."""
CLAIMED_FOR: Final = timedelta(minutes=10)
"""Longer than sending may take: until then nobody else takes the mail up."""
KEPT_READ_FOR: Final = timedelta(days=180)
KEPT_FOR: Final = timedelta(days=365)
