"""Months, quarters and half-years as an address names them: "2026-11", "2026Q4", "2026H2". Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from models.workdays.types import FIRST_YEAR

_NAME: Final = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])|Q([1-4])|H([12]))")
_QUARTERS: Final = "一二三四"
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """`months`: 1, 3 or 6 of them, from the first of one on. `first_on` decides the order."""

    first_on: date
    months: int

    @property
    def last_on(self) -> date:
        after = self.first_on.month - 1 + self.months
        return date(self.first_on.year + after // 12, after % 12 + 1, 1) - ONE_DAY

    @property
    def number(self) -> int:
        return (self.first_on.month - 1) // self.months + 1

    @property
    def name(self) -> str:
        """As it stands in the address."""
        return f"{self.first_on.year:04}" + {1: f"-{self.number:02}", 3: f"Q{self.number}", 6: f"H{self.number}"}[
            self.months
        ]

    @property
    def label(self) -> str:
        said = {1: f"{self.number}月", 3: f"第{_QUARTERS[(self.number - 1) % 4]}季度"}.get(
            self.months, "上半年" if self.number == 1 else "下半年"
        )
        return f"{self.first_on.year}年{said}"

    @property
    def before(self) -> "Period":
        return containing(self.first_on - ONE_DAY, self.months)


def containing(day: date, months: int) -> Period:
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), months)


def named(text: str, months: int, today: date) -> Period | None:
    """The period of so many months that the text names; None for anything else, and for what has not begun."""
    parts = _NAME.fullmatch(text) if text.isascii() else None
    if parts is None:
        return None
    year, month, quarter, half = (int(part or 0) for part in parts.groups())
    first = {1: month, 3: 3 * quarter - 2, 6: 6 * half - 5}[months]
    if first < 1 or not FIRST_YEAR <= year <= today.year:
        return None
    found = Period(date(year, first, 1), months)
    return found if found.first_on <= today else None


def recent(today: date, months: int, count: int, shown: Period | None = None) -> list[Period]:
    """The running period and those before it, newest first, with the one that is shown."""
    found = [containing(today, months)]
    while len(found) < count:
        found.append(found[-1].before)
    return found if shown is None or shown in found else [*found, shown]
