"""The classes of matters the office admits and the coded reasons to decline, as data (domain.md §3).

The twelve classes and the reasons are common practice adopted as the office's defaults [P]; arrears of small and
medium enterprises go to 市科工局 [S], accusations against persons to discipline inspection by transfer letter.
"""

from dataclasses import dataclass
from typing import Final

from models.appeals.text import search_key


@dataclass(frozen=True)
class Category:
    """A class of matters that is admitted. `example` is shown beside the choice."""

    code: str
    label: str
    example: str


@dataclass(frozen=True)
class DeclineReason:
    """Why an appeal is not admitted. `channel` is told to the appellant: where the matter belongs and how to go on."""

    code: str
    label: str
    channel: str
    by_transfer_letter: bool = False


CATEGORIES: Final[tuple[Category, ...]] = (
    Category(
        "permit_refused", "行政许可、审批服务问题", "符合条件不予受理或者办理，超过承诺时限，擅自增加条件、材料或者环节"
    ),
    Category("unlawful_fees", "违规收费、摊派", "无依据收费、超标准收费，强制赞助、捐赠、订购，收取已取消的保证金"),
    Category("policy_not_honoured", "惠企政策不兑现", "奖励补贴、减税降费、用地用工等优惠政策符合条件而未落实"),
    Category("extortion_obstruction", "吃拿卡要、故意刁难", "工作人员索取财物或者好处，推诿拖延、设置障碍"),
    Category("forced_intermediary", "指定或者变相指定中介服务", "强制接受指定机构的检测、评估、代理、培训，搭售服务"),
    Category(
        "unlawful_inspection_penalty",
        "违规检查、处罚",
        "无依据、无计划或者多头重复检查，以罚代管、过罚不当、选择性执法",
    ),
    Category("unlawful_stoppage", "违规停产停业、停水停电停气", "违反规定责令停工停产停业，以停水停电停气相要求"),
    Category(
        "restricted_competition", "限制、排除公平竞争", "设置地方保护、所有制歧视条款，招标采购中排斥外地或者民营企业"
    ),
    Category("excessive_seizure", "超范围查封、扣押、冻结", "查封、扣押、冻结与案件无关的财物，超过期限不解除、不返还"),
    Category(
        "promise_not_kept", "政府失信违约", "不履行依法作出的承诺和订立的合同，以换届、人员更替、规划调整为由违约"
    ),
    Category(
        "obstruction_not_stopped",
        "阻工扰企制止不力",
        "强揽工程、强买强卖、阻工堵门等行为，报告后有关单位不及时制止处理",
    ),
    Category("other", "其他损害营商环境的问题", "上述情形以外，因行政机关和公共企事业单位的行为影响生产经营的"),
)

DECLINE_REASONS: Final[tuple[DeclineReason, ...]] = (
    DeclineReason(
        "civil_dispute",
        "属于市场主体之间的民事、经济纠纷",
        "请通过协商、人民调解委员会调解解决，或者依法向仲裁机构申请仲裁、向有管辖权的人民法院提起诉讼。",
    ),
    DeclineReason(
        "in_legal_procedure",
        "已经或者依法应当通过诉讼、行政复议、仲裁等法定途径解决",
        "请向正在办理该案的人民法院、行政复议机关或者仲裁机构反映；对裁判、裁决不服的，请依照法定程序寻求救济。",
    ),
    DeclineReason(
        "handled_elsewhere",
        "同一事项已由其他渠道受理，且在规定办理时限内",
        "请等待原受理机关在规定时限内答复，并可凭原受理编号向该机关查询进度；逾期未答复的，可以再次向市优办反映。",
    ),
    DeclineReason(
        "no_new_facts",
        "同一事项已经办结并答复，没有新的事实和理由",
        "请以原答复为准；如有新的事实、证据或者理由，请补充材料后重新提交。",
    ),
    DeclineReason(
        "force_majeure",
        "因不可抗力造成，非行政机关履职原因",
        "请向应急管理部门和所在镇（街道、中心）了解救助和惠企纾困政策；已投保的，请向保险公司报案理赔。",
    ),
    DeclineReason(
        "not_business_environment",
        "不属于营商环境事项",
        "请拨打12345政务服务便民热线反映，或者向有权处理的主管部门提出。",
    ),
    DeclineReason(
        "accusation",
        "属于对党员干部和公职人员的检举控告",
        "已按规定以移交函转送纪检监察机关处理；您也可以拨打12388举报电话，或者登录纪检监察机关举报网站反映。",
        by_transfer_letter=True,
    ),
    DeclineReason(
        "sme_arrears",
        "属于机关、事业单位和大型企业拖欠中小企业账款",
        "请向市科工局提出，由其依照《保障中小企业款项支付条例》受理、交办和督办。",
    ),
)

_CATEGORY_BY_KEY: Final[dict[str, Category]] = {
    key: category for category in CATEGORIES for key in (category.code, search_key(category.label))
} | {"其他": CATEGORIES[-1], "其它": CATEGORIES[-1]}  # as the office's tables write it
_REASON_BY_CODE: Final[dict[str, DeclineReason]] = {reason.code: reason for reason in DECLINE_REASONS}


def find_category(text: str) -> Category | None:
    """The class with this code or this Chinese label, spacing and width aside; None when there is none."""
    return _CATEGORY_BY_KEY.get(search_key(text))


def declined_for(told: str) -> DeclineReason | None:
    """The reason that the appellant was given, by what stands in every such notice; None when it is none of ours."""
    return next((reason for reason in DECLINE_REASONS if reason.channel in told), None)


def find_decline_reason(code: str) -> DeclineReason | None:
    """The reason with this code; None when there is none."""
    return _REASON_BY_CODE.get(code)
