"""How dates, names of things and numbers are written for people."""

from datetime import date, datetime

from flask import Flask

from models.appeals.categories import find_category
from models.appeals.types import (
    APPELLANT_KIND_LABELS,
    CHANNEL_LABELS,
    COMPLEXITY_LABELS,
    KIND_LABELS,
    LEVEL_LABELS,
    STATE_LABELS,
)
from models.handling.types import ACTION_LABELS, OUTCOME_LABELS, STAGE_LABELS
from models.workdays.rules import SHANGHAI, WEEKDAY_NAMES
from webapp import clock

_BY_TYPE: dict[tuple[type, object], str] = {
    (type(member), member): text
    for table in (
        APPELLANT_KIND_LABELS,
        CHANNEL_LABELS,
        COMPLEXITY_LABELS,
        KIND_LABELS,
        LEVEL_LABELS,
        STATE_LABELS,
        ACTION_LABELS,
        OUTCOME_LABELS,
        STAGE_LABELS,
    )
    for member, text in table.items()
}


def label(member: object) -> str:
    """The Chinese word of an enum member. Keyed by type too: members of different enums share values."""
    return _BY_TYPE[type(member), member]


def cn_date(day: date | None, *, with_year: bool = False) -> str:
    """10月15日(周四); with the year when it is not this year's."""
    if day is None:
        return ""
    year = f"{day.year}年" if with_year or day.year != clock.today().year else ""
    return f"{year}{day.month}月{day.day}日({WEEKDAY_NAMES[day.weekday()]})"


def cn_datetime(instant: datetime | None) -> str:
    """11月17日 09:42 in Asia/Shanghai."""
    if instant is None:
        return ""
    local = instant.astimezone(SHANGHAI)
    year = f"{local.year}年" if local.year != clock.today().year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def cn_full_date(day: date) -> str:
    """2026年11月25日, as slips and formal pages write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def category_label(code: str) -> str:
    category = find_category(code)
    return category.label if category else code


def file_size(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"


def init_app(app: Flask) -> None:
    for function in (label, cn_date, cn_datetime, cn_full_date, category_label, file_size):
        app.add_template_filter(function)
