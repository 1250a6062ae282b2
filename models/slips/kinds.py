"""The kinds of slips as one table: name, mark of the number, format, who receives them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class SlipKind(StrEnum):
    REPLY = "reply"
    DISPATCH_ORDER = "dispatch_order"
    REMINDER = "reminder"
    SUPERVISION_ORDER = "supervision_order"
    TRANSFER_LETTER = "transfer_letter"
    DECLINE_NOTICE = "decline_notice"
    HANDLING_REPORT = "handling_report"
    INTERVIEW_NOTICE = "interview_notice"
    RATING_BULLETIN = "rating_bulletin"


class SlipStatus(StrEnum):
    ISSUED = "issued"
    VOID = "void"


class SlipFormat(StrEnum):
    """GB/T 9704-2012: the ordinary document, and the letter (10.1, 信函格式)."""

    DOCUMENT = "document"
    LETTER = "letter"


class Addressee(StrEnum):
    """Who receives a slip: the appellant; a unit of the house, which signs for it; a body outside; every unit."""

    APPELLANT = "appellant"
    UNIT = "unit"
    BODY = "body"
    EVERY_UNIT = "every_unit"


@dataclass(frozen=True)
class Spec:
    """`series` counts the numbers of a year (20 characters at most). `is_drawn_anew`: all it says is read from the
    appeal, so a reissue reads it again.
    """

    label: str
    mark: str
    series: str
    addressee: Addressee
    format: SlipFormat = SlipFormat.DOCUMENT
    is_drawn_anew: bool = False


SPECS: Final[Mapping[SlipKind, Spec]] = {
    SlipKind.REPLY: Spec("答复书", "沅优办答", "slip:reply", Addressee.APPELLANT, is_drawn_anew=True),
    SlipKind.DISPATCH_ORDER: Spec("交办单", "沅优办交", "slip:dispatch_order", Addressee.UNIT, is_drawn_anew=True),
    SlipKind.REMINDER: Spec("催办单", "沅优办催", "slip:reminder", Addressee.UNIT),
    SlipKind.SUPERVISION_ORDER: Spec("督办单", "沅优办督", "slip:supervision", Addressee.UNIT),
    SlipKind.TRANSFER_LETTER: Spec(
        "移交函", "沅优办函", "slip:transfer_letter", Addressee.BODY, SlipFormat.LETTER
    ),
    SlipKind.DECLINE_NOTICE: Spec(
        "不予受理告知书", "沅优办告", "slip:decline_notice", Addressee.APPELLANT, is_drawn_anew=True
    ),
    SlipKind.HANDLING_REPORT: Spec(
        "办理情况回复单", "沅优办复", "slip:handling_report", Addressee.BODY, is_drawn_anew=True
    ),
    SlipKind.INTERVIEW_NOTICE: Spec("约谈通知书", "沅优办约", "slip:interview", Addressee.UNIT),
    SlipKind.RATING_BULLETIN: Spec("评议通报", "沅优办评", "slip:rating", Addressee.EVERY_UNIT),
}
SLIP_LABELS: Final = {kind: spec.label for kind, spec in SPECS.items()}
SLIP_MARKS: Final = {kind: spec.mark for kind, spec in SPECS.items()}
TOLD_TO_APPELLANT: Final = frozenset(kind for kind, spec in SPECS.items() if spec.addressee is Addressee.APPELLANT)
"""What the appellant may fetch on the follow-up page."""
TOLD_TO_EVERY_UNIT: Final = frozenset(kind for kind, spec in SPECS.items() if spec.addressee is Addressee.EVERY_UNIT)
"""What belongs to no appeal and no single unit: all of them read it."""
TOLD_TO_LEAD: Final = TOLD_TO_APPELLANT | {SlipKind.HANDLING_REPORT}
"""What the lead unit reads of its appeal although it went to somebody else. A transfer letter is not among it: that
may be about the unit itself.
"""
