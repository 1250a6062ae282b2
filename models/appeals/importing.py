"""Matters that come from other registers: the words their tables use, and which of them are here already.

The words are those of 附件6 and of common practice; anything else is refused by the import, never guessed.
"""

import re
from collections.abc import Iterable
from typing import Final

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.appeals.text import search_key
from models.appeals.types import CHANNEL_LABELS, KIND_LABELS, AppealKind, AppellantKind, Channel

TITLE_CHARACTERS: Final = 120
_CHANNELS: Final = {search_key(label): channel for channel, label in CHANNEL_LABELS.items()} | {
    "": Channel.OTHER,
    "其它": Channel.OTHER,
    "电话": Channel.CALL,
    "信函": Channel.LETTER,
    "网站": Channel.WEB,
    "12345": Channel.HOTLINE_12345,
    "12345热线": Channel.HOTLINE_12345,
    "走访": Channel.FIELD_VISIT,
}
_KINDS: Final = {label: kind for kind, label in KIND_LABELS.items()}
_KIND_BY_TITLE: Final = (
    ("举报", AppealKind.REPORT),
    ("投诉", AppealKind.COMPLAINT),
    ("建议", AppealKind.SUGGEST),
    ("咨询", AppealKind.CONSULT),
    ("请问", AppealKind.CONSULT),
)
_CONCLUDED: Final = frozenset({"已完成", "完成", "已办结", "办结", "已答复", "已回复", "已解决"})
_OPEN: Final = frozenset(
    {"", "未完成", "未办结", "办理中", "正在办理", "处理中", "正在推进", "受理中", "已受理", "待受理", "待办理"}
)
_ENTERPRISE: Final = re.compile("(?:公司|集团|企业|厂|店|行|合作社|经营部|农场|酒店|超市|商会|协会|中心|工作室)$")
_SENTENCE_END: Final = re.compile("[。！？!?\n]")


def channel_of(text: str) -> Channel | None:
    """The channel with this label or a usual other name of it; an empty cell is 其他. None for an unknown word."""
    return _CHANNELS.get(search_key(text))


def is_concluded(status: str, *, has_end_date: bool) -> bool | None:
    """Whether 诉求状态 says the matter is over; an empty cell goes by 办结日期. None for an unknown word."""
    if status in _CONCLUDED:
        return True
    if status in _OPEN:
        return has_end_date if not status else False
    return None


def kind_of(*labels: str) -> AppealKind:
    """The first label that names a kind; help (求助) when none does."""
    return next((_KINDS[label] for label in labels if label in _KINDS), AppealKind.HELP)


def kind_of_letter(title: str) -> AppealKind:
    """By the word in the title; help (求助) for the many that only tell their trouble."""
    return next((kind for word, kind in _KIND_BY_TITLE if word in title), AppealKind.HELP)


def appellant_kind(name: str) -> AppellantKind:
    """An enterprise by the ending of its name, masked or not; a person otherwise; nobody for an empty cell."""
    if not name or "匿名" in name:
        return AppellantKind.ANONYMOUS
    return AppellantKind.ENTERPRISE if _ENTERPRISE.search(name) else AppellantKind.PERSON


def short_title(text: str) -> str:
    """The text itself when it fits a title, else its first sentence, else its beginning with an ellipsis."""
    if len(text) <= TITLE_CHARACTERS and "\n" not in text:
        return text
    first = _SENTENCE_END.split(text, maxsplit=1)[0].strip()
    return first if 0 < len(first) <= TITLE_CHARACTERS else text[: TITLE_CHARACTERS - 1].replace("\n", " ") + "…"


def known_refs(session: Session, refs: Iterable[str]) -> set[str]:
    """Which of these are in the database already."""
    wanted = list(refs)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):  # few enough for one statement on both engines
        statement = select(Appeal.source_ref).where(col(Appeal.source_ref).in_(wanted[start : start + 500]))
        found.update(ref for ref in session.exec(statement).all() if ref is not None)
    return found
