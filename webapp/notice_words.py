"""What a notice says, on its page and in a mail alike: codes and numbers become sentences here."""

from collections.abc import Mapping
from typing import Any, Final

from models.notices.types import WORDINGS, NoticeKind

COUNTED: Final[Mapping[str, str]] = {
    "overdue": "已超期 {} 件", "due": "今天或者下一个工作日到期 {} 件", "to_sign": "待签收 {} 件",
    "to_sign_off": "待签发 {} 件", "to_triage": "待受理交办 {} 件", "to_review": "待审核 {} 件",
    "to_call": "今日回访 {} 人", "to_contact": "不满意待联系 {} 件", "to_decide": "不满意待决定 {} 件",
    "to_leave_out": "剔除评价待审核 {} 份",
    "unread": "未读消息 {} 条",
}
"""The digest's numbers by name, in the order they are read out."""


def subject(kind: str) -> str:
    return WORDINGS[NoticeKind(kind)].subject


def hint(kind: str, facts: Mapping[str, Any]) -> str:
    if kind == NoticeKind.DIGEST:
        return "，".join(text.format(facts[name]) for name, text in COUNTED.items() if facts.get(name)) + "。"
    return WORDINGS[NoticeKind(kind)].hint
