"""Campaigns and return rates as pages show them: plain values, no count that would tell who answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from models.ratings.rules import SMALL
from models.ratings.tables import RatingCampaign
from models.ratings.types import CAMPAIGN_STATE_LABELS, GROUP_LABELS, HALF_LABELS, CampaignState, Returned, ReturnRate
from webapp.filters import cn_date

TONES = {
    CampaignState.DRAFT: "todo", CampaignState.OPEN: "active", CampaignState.CLOSED: "done",
    CampaignState.PUBLISHED: "closed",
}
HIDDEN = "不显示"
WHY_HIDDEN = f"少于 {SMALL} 人的类别不显示，以免看出是谁投的；因此可以推算出来的另一类别也不显示。"


@dataclass(frozen=True)
class Line:
    """One line of the return rate. `spent` and `percent` are words; `share` is None where nothing is drawn."""

    label: str
    invited: int
    lettered: int
    spent: str
    percent: str
    share: float | None


@dataclass(frozen=True)
class RateView:
    total: Line
    groups: Sequence[Line]
    is_hidden: bool
    why_hidden: str = WHY_HIDDEN


@dataclass(frozen=True)
class Row:
    """A campaign as a line of the list."""

    url: str
    title: str
    period: str
    days: str
    state_label: str
    state_tone: str
    invited: int
    rate: str


def rate_view(rate: ReturnRate) -> RateView:
    groups = [_line(GROUP_LABELS[group], found) for group, found in rate.groups.items() if found.invited]
    is_hidden = rate.total.spent is None or any(one.spent is None for one in rate.groups.values())
    return RateView(_line("合计", rate.total), groups, is_hidden)


def _line(label: str, found: Returned) -> Line:
    if found.spent is None:
        return Line(label, found.invited, found.lettered, HIDDEN, "", None)
    share = found.spent / found.invited if found.invited else 0.0
    return Line(label, found.invited, found.lettered, str(found.spent), percent(found), round(share * 100, 1))


def percent(found: Returned) -> str:
    """Of all who are invited, whether their letter is made or not; never rounded up: 1 999 of 2 000 is not 100 %."""
    if found.spent is None or not found.invited:
        return ""
    tenths = found.spent * 1000 // found.invited
    return f"{tenths // 10}.{tenths % 10}%"


def campaign_row(row: RatingCampaign, rate: ReturnRate) -> Row:
    total = rate.total
    said = f"{total.spent} / {total.invited}（{percent(total)}）" if total.spent else ""
    return Row(
        url=url_for("ratings.show", uid=row.uid), title=row.title, period=f"{row.year}年{HALF_LABELS[row.half]}",
        days=f"{cn_date(row.opens_on, with_year=True)}至{cn_date(row.closes_on)}",
        state_label=CAMPAIGN_STATE_LABELS[row.state], state_tone=TONES[row.state], invited=total.invited,
        rate=said or (HIDDEN if total.spent is None else "尚无"),
    )
