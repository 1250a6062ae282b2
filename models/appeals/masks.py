"""Names and numbers as they may be shown: 张*, 杨*伟, 138****1234, 辣**食品厂 (domain.md §8, §9).

Every function answers for every string, and masking what is already masked changes nothing. A "character" is what
a reader sees as one: an ideograph with its variation selector or combining marks counts once and is kept whole.
"""

import re
import unicodedata
from typing import Final

from models.appeals.text import canonical_phone, is_hotline, is_landline, is_mobile

MOST_STARS: Final = 4  # a longer row of stars would tell how long the hidden part is

_SURNAME_WORDS: Final = """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔
    申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正
    宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 东门 西门 第五 歐陽 司馬 東方 南宮
    諸葛 鍾離 長孫
"""
_FORMS: Final = """
    股份有限公司 有限责任公司 集团有限公司 有限公司 总公司 分公司 子公司 公司 集团 专业合作社 农民专业合作社
    合作社 合作联社 联合社 合伙企业 个体工商户 工作室 经营部 经销部 门市部 服务部 服务站 服务中心 中心 商行
    车行 药房 诊所 医院 学校 幼儿园 超市 便利店 商店 酒店 饭店 宾馆 餐馆 餐厅 家庭农场 农场 林场 渔场 养殖场
    工厂 加工厂 制造厂 总厂 分厂 厂 商铺 专卖店 店 行 馆 部 社 场 站 所 院
"""
_TRADES: Final = """
    食品 商贸 贸易 科技 信息 网络 电子 电子商务 电器 机械 机电 机械制造 设备 船舶 船舶制造 造船 汽车 汽车销售
    汽车服务 建筑 建筑工程 建设 建设工程 建材 装饰 装饰工程 工程 市政工程 园林 房地产 房地产开发 置业 物业
    物业管理 物业服务 实业 投资 控股 农业 农业科技 农业发展 农业开发 种植 养殖 水产 水产养殖 渔业 粮油 米业
    茶业 芦苇 麻业 畜牧 饲料 生物 生物科技 医药 医疗 医疗器械 药业 化工 新材料 材料 塑料 橡胶 纸业 包装 印刷
    家具 木业 纺织 服装 服饰 鞋业 物流 运输 货运 餐饮 餐饮管理 餐饮服务 旅游 文化 文化传媒 传媒 广告 教育
    教育咨询 咨询 管理 管理咨询 劳务 人力资源 能源 电力 新能源 环保 环境 技术 制造 加工 销售 服务 发展 开发
    五金 百货 水泥 砂石 砖 石材 门窗 管桩 酒业 饮料 烟花 电商 供应链
"""
_COMPOUND_SURNAMES: Final = frozenset(_SURNAME_WORDS.split())


def _alternatives(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_FORM_AT_END: Final = re.compile(f"(?:{_alternatives(_FORMS)})$")
_TRADE_AT_END: Final = re.compile(f"(?:{_alternatives(_TRADES)})$")
_MASKED_PHONE: Final = re.compile(r"[0-9]{0,4}-?\*{2,}[0-9]{0,4}")


def _characters(value: str) -> list[str]:
    """The visible characters: combining marks, joiners and variation selectors stay with the one before."""
    found: list[str] = []
    for point in value:
        if found and (unicodedata.category(point) in {"Mn", "Mc", "Me"} or point == "\u200d"):
            found[-1] += point
        else:
            found.append(point)
    return found


def _stars(hidden: int) -> str:
    return "*" * min(hidden, MOST_STARS)


def mask_name(name: str) -> str:
    """A person's name: the surname stays, the last character too when something is hidden between.

    张三 → 张*, 杨大伟 → 杨*伟, 欧阳修 → 欧阳*, 欧阳文忠 → 欧阳*忠. One character alone is hidden.
    """
    characters = _characters("".join(name.split()))
    if len(characters) < 2:
        return "*" * len(characters)
    is_compound = len(characters) > 2 and "".join(point[0] for point in characters[:2]) in _COMPOUND_SURNAMES
    kept = 2 if is_compound else 1
    given = characters[kept:]
    last = given[-1] if len(given) > 1 else ""
    return "".join(characters[:kept]) + _stars(len(given) - bool(last)) + last


def mask_phone(phone: str, *, last: int = 4) -> str:
    """A number with four digits hidden: 138****1234, 0737-****567. Hotlines are nobody's own and stay.
    At most `last` digits of its end are shown: 附件6 shows one, 138****9.

    An extension is left out; what is no telephone number keeps one character at each end, or none when short.
    """
    text = canonical_phone(phone)
    if is_hotline(text) or _MASKED_PHONE.fullmatch(text):
        return text
    if is_mobile(text):
        return f"{text[:3]}****{text[-last:]}"
    if is_landline(text):
        area, local = text.split("-")[:2]
        return f"{area}-****{local[4:][-last:]}"
    characters = _characters(text)
    kept = 1 if len(characters) > 4 else 0
    start, end = characters[:kept], characters[len(characters) - kept :]
    return "".join(start) + _stars(len(characters) - 2 * kept) + "".join(end)


def mask_enterprise(name: str) -> str:
    """An enterprise by its first character and what many share: 辣妹子食品厂 → 辣**食品厂, 沅江商贸 → 沅*商贸.

    At least one character is always hidden: where trade and form leave no name before them, less of them is kept.
    """
    text = "".join(name.split())
    for tail in _generic_tails(text):
        head = _characters(text[: len(text) - len(tail)])
        if len(head) > 1:
            return head[0] + _stars(len(head) - 1) + tail
    characters = _characters(text)
    return characters[0] + _stars(len(characters) - 1) if len(characters) > 1 else "*" * len(characters)


def _generic_tails(name: str) -> tuple[str, ...]:
    """Endings that identify nobody, the longest first: trade with form of organisation, form or trade alone."""
    form = _FORM_AT_END.search(name)
    before_form = name[: form.start()] if form else name
    trade = _TRADE_AT_END.search(before_form)
    form_text = form.group() if form else ""
    trade_text = trade.group() if trade else ""
    return tuple(tail for tail in (trade_text + form_text, form_text) if tail)
