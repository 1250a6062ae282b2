"""Free text that leaves the house names nobody (domain.md §8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appeals.free_text import core, masked
from models.appeals.masks import mask_phone
from models.appeals.vault import Identity

YANG = Identity("杨大伟", "13812341239", "桔城大道1号", "沅江市辣妹子食品有限公司", "91430981MA4L0TGQX1")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2023年5月29日回访,诉求人杨大伟表示满意", "2023年5月29日回访,诉求人杨*伟表示满意"),
        ("杨 大伟来电", "杨*伟来电"),
        ("联系电话13812341239。", "联系电话138****9。"),
        ("电话：138 1234 1239", "电话：138****9"),
        ("１３８１２３４１２３９", "138****9"),
        ("辣妹子食品有限公司反映", "辣**食品有限公司反映"),
        ("辣妹子的货", "辣**的货"),
        ("住桔城大道1号", "住****"),
        ("代码91430981ma4l0tgqx1", "代码****"),
    ],
)
def test_the_appellants_own_values_are_made_unreadable(text: str, shown: str) -> None:
    assert masked(text, YANG).text == shown
    assert masked(text, YANG).places == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("找13973712345问过", "找139****5问过"),
        ("座机0737-2712345", "座机0737-****5"),
        ("（0737）2712345", "0737-****5"),
        ("窗口电话：2712345", "窗口电话：2****5"),
        ("身份证432321199001011234", "身份证****"),
        ("写到a.b@example.cn", "写到****"),
        ("联系人：周喆，男", "联系人：周*，男"),
        ("我叫李小红。", "我叫李*红。"),
        ("当事人王五表示不服", "当事人王*表示不服"),
    ],
)
def test_other_peoples_numbers_and_announced_names_too(text: str, shown: str) -> None:
    assert masked(text, None).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "拨打12345或者12388", "电话12345", "罚款20000元，面积12345678平方米", "文号〔2023〕5号", "2026-11-17 10:05",
        "诉求人表示满意", "诉求人陈述的情况属实", "申请人高度重视", "许可证编号JY14309810012345", "",
        "诉求人杨*伟表示满意",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert masked(text, None).text == text
    assert masked(text, None).places == 0


def test_what_alone_names_an_enterprise() -> None:
    assert core("沅江市辣妹子食品有限公司") == "辣妹子"
    assert core("金丰商行") == core("") == core("公司") == ""


def test_appendix_6_shows_one_digit_at_the_end() -> None:
    assert [mask_phone(one, last=1) for one in ("13812341239", "0737-1234567", "12345", "138****9")] == [
        "138****9", "0737-****7", "12345", "138****9"
    ]


@given(st.text(alphabet="杨大伟诉求人电话：139 0737-2345王\n，x", max_size=60))
def test_masking_twice_changes_nothing_more_and_no_full_number_is_left(text: str) -> None:
    once = masked(text, YANG)
    assert "杨大伟" not in once.text and "13812341239" not in once.text
    assert masked(once.text, YANG).text == once.text
