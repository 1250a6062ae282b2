"""Facts of every kind that has no appeal to read them from, as the office would give them."""

from datetime import date

from models.slips.interview_notice import InterviewFacts
from models.slips.kinds import SlipKind
from models.slips.rating_bulletin import BulletinFacts, RatedRow
from models.slips.reminder import ReminderFacts
from models.slips.supervision_order import EarlierSlip, SupervisionFacts
from models.slips.transfer_letter import TransferFacts

REMINDER = ReminderFacts(
    appeal_number="2026-000902", subject="食品经营许可变更超过承诺时限未出证", order_number="沅优办交〔2026〕12号",
    dispatched_on=date(2026, 11, 17), stage="办结", due_on=date(2026, 11, 26), days_over=2, count=1,
    answer_by=date(2026, 12, 1),
)
SUPERVISION = SupervisionFacts(
    subject="食品经营许可变更超过承诺时限未出证", appeal_number="2026-000902",
    grounds=("超过办结期限5个工作日仍未办结", "两次催办后未报送办理情况。"),
    put_right=("立即办结该诉求并书面答复诉求人", "查明两个股室之间材料流转未登记的原因，完善登记制度"),
    due_on=date(2026, 12, 8), leader="市市场监督管理局分管负责人王志强", contest_by=date(2026, 12, 7),
    earlier=(
        EarlierSlip("交办单", "沅优办交〔2026〕12号", date(2026, 11, 17), "已签收"),
        EarlierSlip("催办单", "沅优办催〔2026〕4号", date(2026, 11, 27), "未按期回复"),
    ),
)
TRANSFER = TransferFacts(
    body="中共沅江市纪律检查委员会、沅江市监察委员会", subject="涉企检查人员收受礼品礼金的问题线索",
    source="2026年11月17日网络来件，受理编号2026-000902",
    verified="经调取检查记录，有关人员于2026年9月至10月间三次到该企业检查，未制作检查文书",
    annexes=("涉企检查登记表复印件", "询问笔录2份"), opinion="有关人员涉嫌违反廉洁纪律，建议依规依纪核查",
)
INTERVIEW = InterviewFacts(
    person="市市场监督管理局主要负责人", reasons=("2026年下半年企业家评议得分低于60分",), on=date(2026, 12, 10),
    at="上午9时", place="市人民政府办公楼203室", bring=("问题整改情况书面报告", "有关案卷复印件"),
    interviewer="市优化营商环境协调办公室主任",
)
BULLETIN = BulletinFacts(
    campaign="2026年上半年营商环境评议", first_on=date(2026, 7, 1), last_on=date(2026, 7, 31),
    turnout=(
        ("企业", "邀请60人，收回48份"), ("人大代表", "邀请20人，收回18份"),
        ("媒体监督员", "邀请5人，收回少于5份，不单列"),
    ),
    rows=(
        RatedRow("沅江市行政审批服务局", "92.35分，第1名，有效票数58张（列出该单位的评议票66张）"),
        RatedRow("沅江市市场监督管理局", "59.96分，第2名，有效票数50张（列出该单位的评议票66张）"),
    ),
    below=("沅江市市场监督管理局",), too_few=("沅江市档案馆",),
    formula=("选“不了解”的，不计入分子，也不计入分母。", "印出的得分保留两位小数，后面的数字直接舍去，不进位。"),
    formula_version=1,
)
GIVEN = {
    SlipKind.REMINDER: REMINDER, SlipKind.SUPERVISION_ORDER: SUPERVISION, SlipKind.TRANSFER_LETTER: TRANSFER,
    SlipKind.INTERVIEW_NOTICE: INTERVIEW, SlipKind.RATING_BULLETIN: BULLETIN,
}
