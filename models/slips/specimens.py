"""A specimen of every kind, to show what a wording looks like on paper. Nothing in it has happened, nothing is
written.
"""

from datetime import date

from models.slips.commands import BUILDERS, UNNUMBERED, Letterhead, paper_of
from models.slips.decline_notice import DeclineFacts
from models.slips.dispatch_order import DispatchFacts, Due
from models.slips.handling_report import ReportFacts
from models.slips.interview_notice import InterviewFacts
from models.slips.kinds import SlipKind
from models.slips.paper import SlipContent
from models.slips.rating_bulletin import BulletinFacts, RatedRow
from models.slips.registering import Issue
from models.slips.reminder import ReminderFacts
from models.slips.reply import worded
from models.slips.supervision_order import SupervisionFacts
from models.slips.transfer_letter import TransferFacts
from models.slips.types import ReplySlip, SlipDemand
from models.slips.wording import Wording

DAY, NUMBER, SUBJECT, UNIT = date(2026, 3, 16), "2026-000000", "（诉求标题）", "（承办单位全称）"
DEMAND = SlipDemand(1, "（诉求内容）", "已解决", "（核实情况）", "（办理依据）", "（处理情况）")
FACTS = {
    SlipKind.DISPATCH_ORDER: DispatchFacts(
        NUMBER, SUBJECT, "网络", DAY, "投诉", "（诉求人反映的情况）", ("（诉求内容）",), UNIT, DAY,
        (Due("签收", date(2026, 3, 17), 1), Due("办结", date(2026, 3, 25), 7)), "（期限依据）",
    ),
    SlipKind.REMINDER: ReminderFacts(
        NUMBER, SUBJECT, "沅优办交〔2026〕0号", DAY, "办结", date(2026, 3, 25), 1, 1, date(2026, 3, 27)
    ),
    SlipKind.SUPERVISION_ORDER: SupervisionFacts(
        SUBJECT, ("（督办事由）",), ("（整改要求）",), date(2026, 4, 3), "（责任领导）",
        date(2026, 3, 23), NUMBER,
    ),
    SlipKind.TRANSFER_LETTER: TransferFacts(
        "（接收机关全称）", "（移交事项）", "（线索来源）", "（已核实的情况）", ("（附件名称）",), "（移交意见）"
    ),
    SlipKind.DECLINE_NOTICE: DeclineFacts(NUMBER, SUBJECT, DAY, "网络", "（不予受理的理由和反映途径）"),
    SlipKind.HANDLING_REPORT: ReportFacts(
        "（转办单位）", "转办", NUMBER, SUBJECT, DAY, DAY, date(2026, 3, 25), UNIT, (DEMAND,), "沅优办答〔2026〕0号"
    ),
    SlipKind.INTERVIEW_NOTICE: InterviewFacts(
        "（被约谈人）", ("（约谈事由）",), date(2026, 4, 8), "上午9时", "（约谈地点）", ("（携带材料）",), "（约谈人）"
    ),
    SlipKind.RATING_BULLETIN: BulletinFacts(
        "（评议名称）", date(2026, 3, 2), date(2026, 3, 31), (("（评议人）", "邀请0人，收回0份"),),
        (RatedRow(UNIT, "0.00分，第0名，有效票数0张"),), (), (), ("（计分规则）",), 1,
    ),
}
"""Facts in brackets, so that nobody takes a specimen for a slip."""


def specimen(kind: SlipKind, wording: Wording, letterhead: Letterhead) -> SlipContent:
    """What an issue with this wording would look like."""
    if kind is SlipKind.REPLY:
        return _reply(wording, letterhead)
    _, build = BUILDERS[kind]
    return paper_of(kind, build(FACTS[kind], UNIT, wording), Issue(DAY, UNNUMBERED, "", ""), letterhead, "")


def _reply(wording: Wording, letterhead: Letterhead) -> ReplySlip:
    plain = ReplySlip(
        issuer=letterhead.office_name, mark=letterhead.office_name, number=UNNUMBERED, title=f"关于“{SUBJECT}”的答复书",
        recipient="诉求人", appeal_number=NUMBER, subject=SUBJECT, filed_on=DAY, channel="网络", lead_unit=UNIT,
        demands=(DEMAND,), contact=letterhead.contact, come_back=letterhead.come_back, signer="", reviewer="",
        handler_unit=UNIT, issued_on=DAY, verification_code="", verification_url=letterhead.verification_base,
        copies=(UNIT,),
    )
    return worded(plain, wording)
