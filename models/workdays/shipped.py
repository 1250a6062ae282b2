"""The calendar that comes with the product: State Council arrangements 2023–2026, statutory days 2025–2040.

Seeds a new database and serves tests; a running office reads its own table (`queries.load_calendar`).
"""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from models.workdays.notice import parse_arrangement
from models.workdays.types import MarkedDay, WorkCalendar, build_calendar

FOLDER = Path(__file__).parent / "data"
SHIPPED_VERSION = 1


@cache
def statutory_days() -> Mapping[date, str]:
    """Days off by law in years whose arrangement is not out yet, with the name of the holiday."""
    with (FOLDER / "statutory_days.csv").open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({date.fromisoformat(row["date"]): row["name"] for row in csv.DictReader(lines)})


@cache
def shipped_days() -> tuple[MarkedDay, ...]:
    """The marked days 2023–2026, as an office would import them."""
    with (FOLDER / "holidays.csv").open(encoding="utf-8-sig", newline="") as lines:
        return parse_arrangement(lines).days


@cache
def shipped_calendar() -> WorkCalendar:
    """The calendar of the shipped days, as version 1."""
    return build_calendar(shipped_days(), version=SHIPPED_VERSION, statutory=statutory_days())
