"""Days and lists as a slip writes them. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

_INNER: Final = str.maketrans("“”", "‘’")


def day(value: date) -> str:
    """2026年11月25日: no zero before month and day (GB/T 9704-2012, 7.3.5.4)."""
    return f"{value.year}年{value.month}月{value.day}日"


def due(value: date, *, is_provisional: bool = False) -> str:
    """A day until whose end there is time."""
    return f"{day(value)}前{'（暂算，以国务院办公厅放假安排为准）' if is_provisional else ''}"


def listed(names: Sequence[str]) -> str:
    return "、".join(names)


def ended(text: str) -> str:
    """A sentence of its own, whatever stood at its end."""
    bare = text.strip()
    return bare if bare[-1:] in "。！？…；" else f"{bare}。"


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def titled(subject: str, kind: str) -> str:
    """关于“…”的交办单; marks of quotation inside the subject become the inner ones."""
    return f"关于“{quoted(subject)}”的{kind}"


def quoted(text: str) -> str:
    """Text to stand between “ and ”."""
    return text.translate(_INNER)
