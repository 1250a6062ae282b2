"""The fixed sentences of each kind, which the office edits; what stands in 【 】 is filled in for each slip. Pure.

The shipped wording is version 0. A slip keeps the words it was issued with: they are in its content.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from models.slips.chinese import quoted
from models.slips.kinds import SlipKind

LONGEST: Final = 600
_PLACE: Final = re.compile("【([^【】]*)】")
_QUOTED: Final = re.compile("“【([^【】]*)】”")


@dataclass(frozen=True, slots=True)
class Wording:
    """`opening` leads in, `demand` says what is asked of the recipient (for a notice: where to turn), `closing` ends
    the text, `come_back` says how to return or whom to ask. A part that a kind has not is empty.
    """

    opening: str
    demand: str = ""
    closing: str = ""
    come_back: str = ""
    version: int = 0


PARTS: Final = tuple(field.name for field in fields(Wording) if field.name != "version")
PART_LABELS: Final = {"opening": "开头语", "demand": "办理要求", "closing": "结束语", "come_back": "联系和反馈"}

DEFAULTS: Final[Mapping[SlipKind, Wording]] = {
    SlipKind.REPLY: Wording(
        opening="您于【提交日期】通过【渠道】反映的“【事项】”事项（受理编号【受理编号】），【办理方式】。【诉求】"
        "现将核实和办理情况答复如下：",
        closing="特此答复。",
        come_back="您对以上答复有疑问的，可凭受理编号和查询码在营商诉求直通车查询、补充情况，也可以直接与我办联系。",
    ),
    SlipKind.DISPATCH_ORDER: Wording(
        opening="现将受理编号【受理编号】的诉求交由你单位主办，请按照下列内容和期限办理。",
        demand="请你单位在签收期限内登录营商诉求直通车签收，明确专人负责，按期核实到位、办理答复。\n"
        "认为不属于本单位职责的，应当在签收期限内写明理由、依据和建议承办单位，经单位负责人同意后申请退回；"
        "确需延期的，应当在期限届满前提出。\n"
        "答复应当对诉求逐项作出回应，写明事实、依据和结果，经单位负责人签发后送我办审核。\n"
        "不得向被反映单位和无关人员透露诉求人信息。",
        closing="请认真办理，按期反馈。",
        come_back="办理中有问题的，请及时与我办联系。",
    ),
    SlipKind.REMINDER: Wording(
        opening="我办于【交办日期】交你单位办理的“【事项】”诉求（受理编号【受理编号】），【环节】期限为【到期日期】，"
        "【逾期情况】。现第【次数】次催办。",
        demand="请你单位收到本单后立即办理，并于【回复期限】前通过营商诉求直通车报送办理结果；"
        "不能按期办结的，应当说明原因、已采取的措施和预计办结时间。",
        closing="逾期仍未办理的，我办将按规定予以督办。",
        come_back="办理中有问题的，请及时与我办联系。",
    ),
    SlipKind.SUPERVISION_ORDER: Wording(
        opening="经核查，你单位在涉企诉求办理工作中存在下列问题，现予督办。",
        demand="请你单位主要负责人亲自研究，由责任领导牵头落实整改，并于【整改期限】前将整改情况书面报送我办。",
        closing="逾期未整改到位的，我办将按规定约谈、通报，或者移交有关机关处理。",
        come_back="对本督办单有异议的，可以在【申诉期限】前通过营商诉求直通车提出申诉，由签发人以外的人员复核。",
    ),
    SlipKind.TRANSFER_LETTER: Wording(
        opening="我办在工作中发现（收到）下列问题线索，按照职责权限，应当由贵单位处理。现将有关情况【移交方式】贵单位。",
        demand="请贵单位依照职责处理，并将处理结果函告我办。",
        closing="此函。",
        come_back="收到本函后，请填写回执退回我办。",
    ),
    SlipKind.DECLINE_NOTICE: Wording(
        opening="您于【提交日期】通过【渠道】提交的“【事项】”事项（受理编号【受理编号】）收悉。经审查，不予受理，理由如下：",
        closing="特此告知。",
        come_back="您有新的事实、理由或者材料的，可以再次向我办反映；需要了解反映途径的，可以直接与我办联系。",
    ),
    SlipKind.HANDLING_REPORT: Wording(
        opening="贵单位【交办方式】的“【事项】”事项（我办受理编号【受理编号】）收悉。我办已交【承办单位】办理，"
        "现将办理情况回复如下：",
        closing="特此回复。",
    ),
    SlipKind.INTERVIEW_NOTICE: Wording(
        opening="根据优化营商环境工作有关规定，我办决定对你单位进行约谈。现将有关事项通知如下：",
        demand="请被约谈人准时参加，不得委托他人代为参加；确有特殊情况需要改期的，应当提前1个工作日书面说明。",
        closing="特此通知。",
        come_back="收到本通知后，请于当日签收并确认参加人员。",
    ),
    SlipKind.RATING_BULLETIN: Wording(
        opening="【评议期】，市优办组织企业、人大代表、政协委员和媒体监督员对全市有关单位的营商环境工作进行了评议。"
        "现将【评议名称】结果通报如下：",
        demand="各单位应当对照评议结果查找问题、落实整改。低于60分的单位，由市优办约谈主要负责人，限期整改。\n"
        "任何单位和个人不得打听、追查评议人，不得因评议刁难、报复评议人。",
        closing="特此通报。",
        come_back="对本单位评议结果有疑问的，可以向我办查询计分过程。",
    ),
}
PLACES: Final[Mapping[SlipKind, tuple[str, ...]]] = {
    SlipKind.REPLY: ("提交日期", "渠道", "事项", "受理编号", "办理方式", "诉求"),
    SlipKind.DISPATCH_ORDER: ("受理编号", "事项", "交办日期"),
    SlipKind.REMINDER: ("交办日期", "事项", "受理编号", "环节", "到期日期", "逾期情况", "次数", "回复期限", "交办单号"),
    SlipKind.SUPERVISION_ORDER: ("整改期限", "责任领导", "申诉期限"),
    SlipKind.TRANSFER_LETTER: ("移交方式",),
    SlipKind.DECLINE_NOTICE: ("提交日期", "渠道", "事项", "受理编号"),
    SlipKind.HANDLING_REPORT: ("交办方式", "事项", "受理编号", "承办单位"),
    SlipKind.INTERVIEW_NOTICE: ("约谈时间", "约谈地点"),
    SlipKind.RATING_BULLETIN: ("评议名称", "评议期"),
}
"""What may stand in 【 】 in the wording of a kind."""


def fill(text: str, **values: str) -> str:
    """The sentence with its places filled in. A place that is not given is a bug of the builder: KeyError. Between
    “ and ” the marks of what is filled in become the inner ones.
    """
    inside = _QUOTED.sub(lambda place: f"“{quoted(values[place[1]])}”", text)
    return _PLACE.sub(lambda place: values[place[1]], inside)


def filled(kind: SlipKind, wording: Wording, values: Mapping[str, str]) -> Wording:
    """Every part with its places filled in."""
    given = {name: values[name] for name in PLACES[kind]}
    opening, demand, closing, come_back = (fill(getattr(wording, part), **given) for part in PARTS)
    return Wording(opening, demand, closing, come_back, wording.version)


def parts_of(kind: SlipKind) -> tuple[str, ...]:
    """What of a kind can be edited: every part that its shipped wording has."""
    return tuple(part for part in PARTS if getattr(DEFAULTS[kind], part))


def problems(kind: SlipKind, wording: Wording) -> dict[str, str]:
    """Part → code of what is wrong with it; empty when it can be used."""
    found: dict[str, str] = {}
    for part in parts_of(kind):
        text = getattr(wording, part)
        if not text.strip():
            found[part] = "wording_missing"
        elif len(text) > LONGEST:
            found[part] = "wording_too_long"
        elif set(_PLACE.findall(text)) - set(PLACES[kind]) or "【" in (rest := _PLACE.sub("", text)) or "】" in rest:
            found[part] = "wording_place_unknown"
    return found
