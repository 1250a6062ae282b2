"""Which unit an appeal might go to, with the reason said: a table of words, no guessing behind it. Pure.

A suggestion only fills in the picker; a person decides. For a report (举报) nothing is suggested but by its words, and
never the accused unit (domain.md §3). Units by short name, as `models/accounts/data/units.csv` has them.
"""

from dataclasses import dataclass
from typing import Final

from models.appeals.types import AppealKind


@dataclass(frozen=True)
class Suggestion:
    """`unit` by short name; `reason` is shown beside the picker."""

    unit: str
    reason: str


@dataclass(frozen=True)
class Subject:
    """A unit's subjects: `words` that name them in what people write."""

    unit: str
    words: tuple[str, ...]


SUBJECTS: Final[tuple[Subject, ...]] = (
    Subject("市监局", ("食品经营", "营业执照", "市场监管", "市监", "计量", "特种设备", "价格违法", "商标", "注销登记")),
    Subject("税务局", ("税务", "发票", "退税", "纳税", "税费", "社保费")),
    Subject("住建局", ("施工许可", "住建", "工程款", "竣工验收", "房地产", "建筑工地", "燃气")),
    Subject("城管执法局", ("城管", "店招", "占道", "渣土", "户外广告", "市容")),
    Subject("自然资源局", ("不动产", "土地出让", "规划许可", "用地", "土地证", "采矿")),
    Subject("行政审批局", ("政务服务", "办事窗口", "审批", "政务中心", "公章刻制", "中介超市")),
    Subject("科工局", ("拖欠", "欠款", "账款", "技改", "工业企业")),
    Subject("人社局", ("工伤", "劳动合同", "欠薪", "农民工工资", "社会保险", "招工", "稳岗")),
    Subject("生态环境局", ("环评", "排污", "环保", "污染", "扬尘")),
    Subject("应急管理局", ("安全生产", "危化品", "烟花爆竹")),
    Subject("消防大队", ("消防",)),
    Subject("供电公司", ("停电", "供电", "电费", "用电报装", "电力")),
    Subject("公安局", ("阻工", "强揽", "敲诈", "派出所", "交警", "报警")),
    Subject("交通运输局", ("道路运输", "治超", "客运", "货运", "公路")),
    Subject("卫健局", ("卫生许可", "医疗机构", "公共场所卫生")),
    Subject("文旅广体局", ("旅游", "网吧", "娱乐场所", "民宿")),
    Subject("农业农村局", ("农药", "种子", "养殖", "屠宰", "农产品")),
    Subject("财政局", ("政府采购", "财政补贴", "奖补资金")),
    Subject("发改局", ("招标投标", "招投标", "项目备案", "电价", "信用修复")),
    Subject("金融事务中心", ("贷款", "融资", "担保", "抽贷")),
    Subject("医保局", ("医保",)),
    Subject("水利局", ("取水", "河道", "采砂", "水土保持")),
    Subject("沅江高新区", ("高新区", "园区", "产业园")),
    Subject("人民法院", ("法院", "执行案件")),
)


def suggest(kind: AppealKind, against_unit: str, title: str, body: str) -> Suggestion | None:
    """The unit complained about, unless it is a report; otherwise the one whose subjects are named, the title first."""
    if against_unit and kind is not AppealKind.REPORT:
        return Suggestion(against_unit, f"诉求人反映的单位是{against_unit}")
    for where, text in (("标题", title), ("情况说明", body)):
        found = _by_words(where, text)
        if found is not None and found.unit != against_unit:
            return found
    return None


def _by_words(where: str, text: str) -> Suggestion | None:
    """The subject with most of its words in the text; the table's order decides between equals."""
    scored = [(sum(text.count(word) for word in subject.words), subject) for subject in SUBJECTS]
    best, subject = max(scored, key=lambda pair: pair[0])
    if best == 0:
        return None
    word = next(word for word in subject.words if word in text)
    return Suggestion(subject.unit, f"{where}中提到“{word}”")
