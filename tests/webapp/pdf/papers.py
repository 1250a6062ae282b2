"""A slip of every kind as issuing makes it, without a database: pure facts, shipped wording, one letterhead."""

from dataclasses import replace
from datetime import date
from typing import Any

from models.slips import (
    decline_notice,
    dispatch_order,
    handling_report,
    interview_notice,
    rating_bulletin,
    reminder,
    supervision_order,
    transfer_letter,
)
from models.slips.decline_notice import DeclineFacts
from models.slips.dispatch_order import DispatchFacts, Due
from models.slips.handling_report import ReportFacts
from models.slips.kinds import SPECS, SlipKind
from models.slips.paper import Paper
from models.slips.types import SlipDemand
from models.slips.wording import DEFAULTS
from tests.models.slips.facts import BULLETIN, INTERVIEW, REMINDER, SUPERVISION, TRANSFER

OFFICE, UNIT = "沅江市优化营商环境协调办公室", "沅江市市场监督管理局"
DISPATCH = DispatchFacts(
    appeal_number="2026-000902", subject="食品经营许可变更超过承诺时限未出证", channel="网络",
    filed_on=date(2026, 11, 17), nature="投诉（许可不予受理或者超过程序）", level="紧急",
    summary="十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。其间三次到窗口询问，答复不一。",
    demands=("请说明变更申请现在到了哪一步。", "请告知最迟何时出证。"), lead_unit=UNIT,
    assisting=("沅江市行政审批服务局",),
    dispatched_on=date(2026, 11, 17),
    dues=(
        Due("签收", date(2026, 11, 18), 1), Due("核实到位", date(2026, 11, 20), 3), Due("办结", date(2026, 11, 26), 7),
        Due("明确初步结果", date(2027, 1, 4), 15, is_provisional=True),
    ),
    basis="沅政办发〔2023〕5号附件3（83）：3个工作日核实到位，7个工作日办结，15个工作日有明确初步结果",
)
DECLINE = DeclineFacts(
    appeal_number="2026-000903", subject="与供货商的合同纠纷", filed_on=date(2026, 11, 18), channel="来电",
    reason="按规定不予受理，原因：属于市场主体之间的民事、经济纠纷。请通过协商、人民调解委员会调解解决，或者依法向仲裁机构申请"
    "仲裁、向有管辖权的人民法院提起诉讼。",
)
REPORT = ReportFacts(
    body="沅江市12345政务服务便民热线", came_by="转办", appeal_number="2026-000902",
    subject="食品经营许可变更超过承诺时限未出证", received_on=date(2026, 11, 17), dispatched_on=date(2026, 11, 17),
    concluded_on=date(2026, 11, 25), lead_unit=UNIT, reply_number="沅优办答〔2026〕87号",
    source_number="XX202611170031",
    demands=(
        SlipDemand(1, "请说明变更申请现在到了哪一步", "已解决", "材料流转时未及时登记。", "", "许可证已制作完成。"),
        SlipDemand(2, "请告知最迟何时出证", "已解决", "许可证已于11月24日制作完成。"),
    ),
)  # fmt: skip
MADE: dict[SlipKind, tuple[Any, Any]] = {
    SlipKind.DISPATCH_ORDER: (dispatch_order.build, DISPATCH), SlipKind.REMINDER: (reminder.build, REMINDER),
    SlipKind.SUPERVISION_ORDER: (supervision_order.build, SUPERVISION),
    SlipKind.TRANSFER_LETTER: (transfer_letter.build, TRANSFER),
    SlipKind.DECLINE_NOTICE: (decline_notice.build, DECLINE),
    SlipKind.HANDLING_REPORT: (handling_report.build, REPORT),
    SlipKind.INTERVIEW_NOTICE: (interview_notice.build, INTERVIEW),
    SlipKind.RATING_BULLETIN: (rating_bulletin.build, BULLETIN),
}


def make_paper(kind: SlipKind, to: str = UNIT, **changes: Any) -> Paper:
    """`changes` of the facts, or of the head where the facts have no such field."""
    build, facts = MADE[kind]
    own = {name: value for name, value in changes.items() if hasattr(facts, name)}
    body = build(replace(facts, **own), to if SPECS[kind].addressee == "unit" else "诉求人", DEFAULTS[kind])
    paper = Paper(
        kind=kind.value, issuer=OFFICE, mark=OFFICE, number=f"{SPECS[kind].mark}〔2026〕12号", title=body.title,
        recipient=body.recipient, blocks=body.blocks, contact="联系电话：0737-2700000，地址：市人民政府办公楼。",
        closing=body.closing, signer="王建国", reviewer="李敏", handler_unit="", issued_on=date(2026, 11, 25),
        verification_code="7K3M-9QXA-2FHT-W8PD",
        verification_url="https://office.invalid/slips/verify/7K3M-9QXA-2FHT-W8PD", copies=body.copies,
        annexes=body.annexes, secrecy=body.secrecy, receipt=body.receipt,
    )
    return replace(paper, **{name: value for name, value in changes.items() if name not in own})
