"""Names and numbers as they are shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appeals.masks import mask_enterprise, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("杨伟", "杨*"),
        ("杨大伟", "杨*伟"),
        ("欧阳修", "欧阳*"),
        ("欧阳文忠", "欧阳*忠"),
        ("欧阳", "欧*"),
        ("司马相如", "司马*如"),
        ("张三丰年", "张**年"),
        ("阿卜杜拉·买买提", "阿****提"),
        ("张　三", "张*"),
        ("杨", "*"),
        ("", ""),
        ("杨*伟", "杨*伟"),
        ("𠮷田", "𠮷*"),
        ("葛\U000e0100小城", "葛\U000e0100*城"),
        ("葛小城\U000e0101", "葛*城\U000e0101"),
        ("\U00030000䶮", "\U00030000*"),
        ("\ud800\udc00", "\ud800*"),
    ],
)
def test_a_name_keeps_its_surname_and_hides_the_rest(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("１３８ 1234 1234", "138****1234"),
        ("+8613812341234", "138****1234"),
        ("0737-1234567", "0737-****567"),
        ("010-12345678", "010-****5678"),
        ("0737-2700000转802", "0737-****000"),
        ("12345", "12345"),
        ("400-123-4567", "400-123-4567"),
        ("138****9", "138****9"),
        ("13*****8", "13*****8"),
        ("2700000", "2****0"),
        ("123", "***"),
        ("", ""),
        ("*13812341234", "*****4"),
    ],
)
def test_a_number_hides_four_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("辣妹子食品厂", "辣**食品厂"),
        ("沅江商贸", "沅*商贸"),
        ("沅江船舶制造有限公司", "沅*船舶制造有限公司"),
        ("湖南辣妹子食品股份有限公司", "湖****食品股份有限公司"),
        ("洞庭水产养殖专业合作社", "洞*水产养殖专业合作社"),
        ("辣食品厂", "辣**厂"),
        ("食品厂", "食*厂"),
        ("辣妹子", "辣**"),
        ("公司", "公*"),
        ("厂", "*"),
        ("", ""),
        ("𠮷\U000e0100祥商行", "𠮷\U000e0100*商行"),
    ],
)
def test_an_enterprise_keeps_its_first_character_and_what_many_share(name: str, masked: str) -> None:
    assert mask_enterprise(name) == masked


@given(st.text(max_size=30))
def test_masking_answers_for_any_text_and_masking_twice_changes_nothing(value: str) -> None:
    for mask in (mask_name, mask_phone, mask_enterprise):
        assert mask(mask(value)) == mask(value)


@given(st.text(alphabet="张三李四王欧阳修辣妹子食品商贸有限公司厂合作社", min_size=2, max_size=16))
def test_no_name_is_ever_shown_whole(name: str) -> None:
    assert "*" in mask_name(name)
    assert "*" in mask_enterprise(name)


@given(st.from_regex(r"1[3-9][0-9]{9}|0737-?[1-9][0-9]{6}|[0-9]{7}", fullmatch=True))
def test_no_personal_number_is_ever_shown_whole(number: str) -> None:
    hidden = len(re.sub("[^0-9]", "", number)) - len(re.sub("[^0-9]", "", mask_phone(number)))
    assert hidden >= 4
