"""What a unit asks of the office about a running term: to return, to extend, to pause, to treat it as complex.

Each is asked by a handler, sent to the office by the unit's approver and ruled by the office (domain.md §2, §4).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from models.workdays.types import Suspension


class AdjustmentKind(StrEnum):
    RETURN = "return"
    EXTENSION = "extension"
    PAUSE = "pause"
    COMPLEX = "complex"


class AdjustmentStatus(StrEnum):
    """Lapsed: the unit went on without it, or the appeal ended."""

    TO_SIGN_OFF = "to_sign_off"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"


class PauseReason(StrEnum):
    """For what alone the clock may stand (domain.md §4 rule 5)."""

    TEST = "test"
    APPRAISAL = "appraisal"
    HEARING = "hearing"
    SUPPLEMENT = "supplement"


ADJUSTMENT_LABELS = {
    AdjustmentKind.RETURN: "退回",
    AdjustmentKind.EXTENSION: "延期",
    AdjustmentKind.PAUSE: "中止计时",
    AdjustmentKind.COMPLEX: "改按复杂事项办理",
}
ADJUSTMENT_STATUS_LABELS = {
    AdjustmentStatus.TO_SIGN_OFF: "待单位负责人签发",
    AdjustmentStatus.ASKED: "待市优办审批",
    AdjustmentStatus.GRANTED: "已同意",
    AdjustmentStatus.REFUSED: "未同意",
    AdjustmentStatus.TAKEN_BACK: "单位已撤回",
    AdjustmentStatus.LAPSED: "已失效",
}
PAUSE_LABELS = {
    PauseReason.TEST: "检测",
    PauseReason.APPRAISAL: "鉴定",
    PauseReason.HEARING: "听证",
    PauseReason.SUPPLEMENT: "等待诉求人补正",
}
OPEN_STATUSES = frozenset({AdjustmentStatus.TO_SIGN_OFF, AdjustmentStatus.ASKED})


@dataclass(frozen=True)
class Adjustment:
    """The `no`-th of its appeal. `workdays`: how many an extension adds, or a pause lasts at most. A granted pause runs
    from the day after `ruled_on` through `ends_on`; `is_over` once somebody, or the supplement, has ended it.
    """

    no: int
    round: int
    kind: AdjustmentKind
    status: AdjustmentStatus
    unit_id: int
    workdays: int = 0
    reason: PauseReason | None = None
    asked_on: date | None = None
    ruled_on: date | None = None
    ends_on: date | None = None
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_pause(self) -> bool:
        """A pause that was granted, running or over."""
        return self.kind is AdjustmentKind.PAUSE and self.status is AdjustmentStatus.GRANTED

    @property
    def suspension(self) -> Suspension:
        """The days on which this granted pause lets the clock stand."""
        assert self.reason is not None and self.ruled_on is not None and self.ends_on is not None
        return Suspension(self.ruled_on, self.ends_on, PAUSE_LABELS[self.reason])


def adjustment_to_json(one: Adjustment) -> list[Any]:
    days = [on.isoformat() if on else None for on in (one.asked_on, one.ruled_on, one.ends_on)]
    reason = one.reason.value if one.reason else None
    return [one.no, one.round, one.kind.value, one.status.value, one.unit_id, one.workdays, reason, *days, one.is_over]


def adjustment_from_json(document: list[Any]) -> Adjustment:
    no, round_, kind, status, unit_id, workdays, reason, *days, is_over = document
    asked_on, ruled_on, ends_on = (date.fromisoformat(text) if text else None for text in days)
    return Adjustment(
        no, round_, AdjustmentKind(kind), AdjustmentStatus(status), unit_id, workdays,
        PauseReason(reason) if reason else None, asked_on, ruled_on, ends_on, is_over,
    )
