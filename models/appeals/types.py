"""The words of an appeal: kinds, states, channels, outcomes (domain.md §1–3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.accounts.types import Actor


class AppellantKind(StrEnum):
    PERSON = "person"
    ENTERPRISE = "enterprise"
    ANONYMOUS = "anonymous"


class AppealKind(StrEnum):
    CONSULT = "consult"
    HELP = "help"
    SUGGEST = "suggest"
    COMPLAINT = "complaint"
    REPORT = "report"


class Channel(StrEnum):
    CALL = "call"
    LETTER = "letter"
    VISIT = "visit"
    WEB = "web"
    HOTLINE_12345 = "hotline_12345"
    BUSINESS_CODE = "business_code"
    PROVINCIAL_PLATFORM = "provincial_platform"
    FORUM = "forum"
    FIELD_VISIT = "field_visit"
    SUPERIOR = "superior"
    EXCHANGE_DAY = "exchange_day"
    OTHER = "other"


class Level(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class Complexity(StrEnum):
    SIMPLE = "simple"
    COMPLEX = "complex"


class State(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DISPATCHED = "dispatched"
    VERIFYING = "verifying"
    HANDLING = "handling"
    PRELIMINARY_SIGN_OFF = "preliminary_sign_off"
    CONTINUING = "continuing"
    REPLY_SIGN_OFF = "reply_sign_off"
    IN_REVIEW = "in_review"
    REPLIED = "replied"
    CLOSED = "closed"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    WITHDRAWN = "withdrawn"
    REGISTERED = "registered"
    TO_AMEND = "to_amend"
    MERGED = "merged"
    RETURN_REQUESTED = "return_requested"
    TRANSFERRED = "transferred"


APPELLANT_KIND_LABELS = {
    AppellantKind.PERSON: "个人",
    AppellantKind.ENTERPRISE: "企业",
    AppellantKind.ANONYMOUS: "匿名",
}
KIND_LABELS = {
    AppealKind.CONSULT: "咨询",
    AppealKind.HELP: "求助",
    AppealKind.SUGGEST: "建议",
    AppealKind.COMPLAINT: "投诉",
    AppealKind.REPORT: "举报",
}
CHANNEL_LABELS = {
    Channel.CALL: "来电",
    Channel.LETTER: "来信",
    Channel.VISIT: "来访",
    Channel.WEB: "网络",
    Channel.HOTLINE_12345: "12345政企通",
    Channel.BUSINESS_CODE: "湖南营商码",
    Channel.PROVINCIAL_PLATFORM: "省一体化平台",
    Channel.FORUM: "座谈会",
    Channel.FIELD_VISIT: "走访企业",
    Channel.SUPERIOR: "上级交办",
    Channel.EXCHANGE_DAY: "政企交流日",
    Channel.OTHER: "其他",
}
LEVEL_LABELS = {Level.NORMAL: "一般", Level.URGENT: "紧急", Level.CRITICAL: "特急"}
COMPLEXITY_LABELS = {Complexity.SIMPLE: "简单事项", Complexity.COMPLEX: "复杂事项"}
STATE_LABELS = {
    State.SUBMITTED: "待受理",
    State.ACCEPTED: "已受理，待交办",
    State.DECLINED: "不予受理",
    State.DISPATCHED: "待签收",
    State.VERIFYING: "待核实",
    State.HANDLING: "办理中",
    State.PRELIMINARY_SIGN_OFF: "初步结果待签发",
    State.CONTINUING: "已有初步结果，继续办理",
    State.REPLY_SIGN_OFF: "答复待签发",
    State.IN_REVIEW: "市优办审核中",
    State.REPLIED: "已答复",
    State.CLOSED: "已办结归档",
    State.AWAITING_SUPPLEMENT: "待诉求人补充",
    State.WITHDRAWN: "诉求人已撤回",
    State.REGISTERED: "自办件待认定",
    State.TO_AMEND: "自办件退回补正",
    State.MERGED: "已并入其他诉求",
    State.RETURN_REQUESTED: "申请退回，待裁定",
    State.TRANSFERRED: "已移送其他机关",
}
UNIT_STATES = frozenset(
    {
        State.DISPATCHED,
        State.VERIFYING,
        State.HANDLING,
        State.PRELIMINARY_SIGN_OFF,
        State.CONTINUING,
        State.REPLY_SIGN_OFF,
    }
)
"""States in which the lead unit holds the appeal."""
ENDED_STATES = frozenset({State.DECLINED, State.REPLIED, State.CLOSED, State.WITHDRAWN, State.TRANSFERRED})
"""States in which no promise is running."""


class FileWarning(StrEnum):
    """What the look into a PDF found. Nothing of it is a reason to refuse evidence."""

    NONE = "none"
    ACTIVE = "active"
    UNCHECKED = "unchecked"


FILE_WARNING_TEXTS: dict[FileWarning, str] = {
    FileWarning.NONE: "",
    FileWarning.ACTIVE: "含有可执行内容，请勿打开，联系市优办",
    FileWarning.UNCHECKED: "文件已加密或者结构特殊，没有查完是否含有可执行内容，请谨慎打开",
}


class ViewerGroup(StrEnum):
    """Who looked at an appeal, as the appellant is told: a group, never a person."""

    OFFICE = "office"
    UNIT = "unit"
    LEADER = "leader"
    AUDITOR = "auditor"
    CUSTODIAN = "custodian"


VIEWER_GROUP_LABELS: dict[ViewerGroup, str] = {
    ViewerGroup.OFFICE: "市优办",
    ViewerGroup.UNIT: "承办单位",
    ViewerGroup.LEADER: "市领导",
    ViewerGroup.AUDITOR: "纪检督查",
    ViewerGroup.CUSTODIAN: "身份保管人",
}


class ViewKind(StrEnum):
    """What of an appeal somebody was handed."""

    PAGE = "page"
    FILE = "file"
    PRINT = "print"
    IDENTITY = "identity"


class RevealStatus(StrEnum):
    """How a request to see a sealed identity stands. A grant that ran out stays GRANTED: `expires_at` tells."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REVEAL_STATUS_LABELS: dict[RevealStatus, str] = {
    RevealStatus.ASKED: "待审批",
    RevealStatus.GRANTED: "已同意",
    RevealStatus.REFUSED: "未同意",
    RevealStatus.WITHDRAWN: "已撤销",
}


@dataclass(frozen=True)
class StoredFile:
    """A judged and stored upload. `stored_name` is random; `display_name` is the appellant's own, kept in the
    database only.
    """

    stored_name: str
    display_name: str
    kind: str
    size: int
    sha256: str
    derivative_name: str | None = None
    derivative_sha256: str = ""
    derivative_size: int = 0
    warning: FileWarning = FileWarning.NONE


@dataclass(frozen=True)
class Filing:
    """Everything needed to create an appeal. `filed_at` is when the appellant spoke; on the web it equals the
    server's clock.
    """

    appellant_kind: AppellantKind
    kind: AppealKind
    category: str
    title: str
    body: str
    demands: tuple[str, ...]
    filed_at: datetime
    channel: Channel = Channel.WEB
    level: Level = Level.NORMAL
    is_confidential: bool = False
    against_unit_id: int | None = None
    files: tuple[StoredFile, ...] = ()
    receipt_code_hash: str = ""
    submission_digest: str | None = None
    content_digest: str = ""
    source_ref: str | None = None
    recorded_by: Actor | None = None
    paper_received_on: date | None = None
    is_self_registered: bool = False
