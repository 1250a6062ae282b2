"""What desk and office show of the matters that units completed themselves (自办件): rows, months, facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from flask import url_for
from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import CHANNEL_LABELS, KIND_LABELS, STATE_LABELS
from models.handling.self_registered import Listed, registration
from models.handling.types import ATTITUDE_LABELS
from webapp.filters import cn_date
from webapp.presenting import STATE_TONES

Shown = TypeVar("Shown", bound=Any)
"""A ReplyView of webapp.appeal_page, which imports this module."""
MONTHS_SHOWN = 12
LATE = "逾期报送"


@dataclass(frozen=True)
class MatterRow:
    url: str
    number: str
    title: str
    unit: str
    kind: str
    channel: str
    completed_text: str
    registered_text: str
    attitude: str
    is_late: bool
    state_label: str
    state_tone: str


def matter_rows(found: Iterable[Listed], units: Mapping[int, str], endpoint: str) -> list[MatterRow]:
    return [
        MatterRow(
            url_for(endpoint, uid=one.appeal.uid), one.appeal.number, one.appeal.title, units.get(one.row.unit_id, ""),
            KIND_LABELS[one.appeal.kind], CHANNEL_LABELS[one.appeal.channel], cn_date(one.row.completed_on),
            cn_date(one.row.registered_on), ATTITUDE_LABELS[one.row.attitude], one.row.is_late,
            STATE_LABELS[one.appeal.state], STATE_TONES.get(one.appeal.state, "active"),
        )
        for one in found
    ]


def month_text(first: date) -> str:
    """2026年11月."""
    return f"{first.year}年{first.month}月"


def month_value(first: date) -> str:
    """As it stands in the address: 2026-11."""
    return f"{first:%Y-%m}"


def months(today: date, shown: date) -> list[tuple[str, str]]:
    """This month and those before it, and the one that is shown."""
    found, first = [], today.replace(day=1)
    for _ in range(MONTHS_SHOWN):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    chosen = found if shown in found else [*found, shown]
    return [(month_value(one), month_text(one)) for one in chosen]


def reported(reply: Shown) -> Shown:
    """The unit's answers as its report shows them: the appellant has had them from the unit itself."""
    label = "已认定" if reply.is_published else "由承办单位报送"
    return replace(reply, label="办理情况", state_label=label, is_own=True)


def facts(session: Session, appeal: Appeal) -> list[tuple[str, str]]:
    """What the appeal page adds for such a matter: one statement, and none for any other."""
    if not appeal.is_self_registered:
        return []
    row = registration(session, appeal)
    late = f"（{LATE}：办结后 5 个工作日内应当报送）" if row.is_late else ""
    return [
        ("自办件", f"{cn_date(row.completed_on)} 办结，{cn_date(row.registered_on)} 报送{late}"),
        ("诉求人的态度", f"{ATTITUDE_LABELS[row.attitude]}（承办单位转述，不计入满意率）"),
    ]
