"""Unit names by pinyin: all that are shipped, read as people say them, and found as people type them."""

import csv

import pytest

from models.accounts.pinyin import fits, syllables
from webapp.seed import UNITS_FILE

AS_SPOKEN: str = """
市监局 sjj 住建局 zjj 城管执法局 cgzfj 自然资源局 zrzyj 金融事务中心 jrswzx 行政审批局 xzspj 科工局 kgj 商务局 swj
公安局 gaj 工商联 gsl 文旅广体局 wlgtj 教育局 jyj 卫健局 wjj 民政局 mzj 林业局 lyj 交通运输局 jtysj 发改局 fgj
司法局 sfj 农业农村局 nyncj 人社局 rsj 水利局 slj 医保局 ybj 财政局 czj 住保中心 zbzx 应急管理局 yjglj 供电公司 gdgs
税务局 swj 人民银行 rmyh 生态环境局 sthjj 消防大队 xfdd 沅江高新区 yjgxq 人民法院 rmfy 检察院 jcy 琼湖街道 qhjd
胭脂湖街道 yzhjd 阳罗洲镇 ylzz 南大膳镇 ndsz 草尾镇 cwz 黄茅洲镇 hmzz 泗湖山镇 shsz 共华镇 ghz 新湾镇 xwz 南嘴镇 nzz
四季红镇 sjhz 茶盘洲镇 cpzz 南洞庭中心 ndtzx 漉湖中心 lhzx
"""


def test_every_shipped_unit_has_the_initials_people_say() -> None:
    with UNITS_FILE.open(encoding="utf-8", newline="") as stream:
        names = [row["short_name"] for row in csv.DictReader(stream)]
    spoken = dict(zip(AS_SPOKEN.split()[::2], AS_SPOKEN.split()[1::2], strict=True))
    assert set(names) == set(spoken) and len(names) == 47
    assert {name: "".join(one[0] for one in syllables(name)) for name in names} == spoken


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("行政审批局", "xing zheng shen pi ju"), ("人民银行", "ren min yin hang"),
        ("沅江市支行", "yuan jiang shi zhi hang"),
        ("重庆路街道", "chong qing lu jie dao"), ("重点项目中心", "zhong dian xiang mu zhong xin"),
        ("长沙海关", "chang sha hai guan"), ("音乐协会", "yin yue xie hui"), ("办事处", "ban shi chu"),
        ("漉湖", "lu hu"), ("泗湖山镇", "si hu shan zhen"), ("沅江市文旅局", "yuan jiang shi wen lv ju"),
        ("12345热线", "1 2 3 4 5 re xian"), ("A区", "a qu"), ("", ""), ("㐂局", "㐂 ju"),
    ],
)
def test_characters_with_several_readings_are_read_by_their_word(name: str, said: str) -> None:
    assert " ".join(syllables(name)) == said


@pytest.mark.parametrize(
    "typed",
    ["sjj", "SJJ", "shijianju", "shi jian ju", "shi'jian", "shijj", "sjian", "s", "ｓｊｊ", "市监", "监局", "jj"],
)
def test_what_people_type_finds_the_unit(typed: str) -> None:
    assert fits(typed, "市监局")


@pytest.mark.parametrize("typed", ["", "  ", "'", "sjx", "shijianjux", "税务", "hi", "ian", "%", "<b>"])
def test_what_means_something_else_does_not(typed: str) -> None:
    assert not fits(typed, "市监局")


def test_the_committed_table_is_what_the_library_reads_today() -> None:
    """Needs pypinyin, which the web workers do not carry."""
    from tests.support import pinyin_table

    assert pinyin_table.TABLE.read_text(encoding="utf-8") == pinyin_table.made()
