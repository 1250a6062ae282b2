"""GB 32100-2015: warned about, never blocked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appeals.categories import CATEGORIES, DECLINE_REASONS, find_category, find_decline_reason
from models.appeals.credit_code import WARNINGS, check, normalise


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "914403001922038216", "91440300708461136T", " 9135 0100-m000100y43", ""]
)
def test_codes_in_order_are_not_warned_about(code: str) -> None:
    assert check(code) == ()


@pytest.mark.parametrize(
    ("code", "warnings"),
    [
        ("91350100M0001TGQXM", ("credit_code_check_digit",)),  # real, of the first months
        ("91350100M000100Y44", ("credit_code_check_digit",)),
        ("91350100M000100Y4", ("credit_code_length",)),
        ("91350100MOOO100Y43", ("credit_code_alphabet",)),
        ("统一社会信用代码", ("credit_code_length", "credit_code_alphabet")),
    ],
)
def test_odd_codes_are_warned_about_with_a_reason(code: str, warnings: tuple[str, ...]) -> None:
    assert check(code) == warnings
    assert all("可以继续提交" in WARNINGS[warning] for warning in warnings)


@given(st.text(max_size=40))
def test_no_text_is_ever_refused(value: str) -> None:
    assert set(check(value)) <= set(WARNINGS)
    assert normalise(normalise(value)) == normalise(value) or not value.isascii()


def test_full_width_lower_case_and_spaces_are_the_same_code() -> None:
    assert normalise("９１３５０１００ｍ０００１００Ｙ４３ ") == "91350100M000100Y43"


def test_any_single_wrong_character_is_noticed() -> None:
    code = "91350100M000100Y43"
    for place in range(18):
        wrong = code[:place] + ("8" if code[place] != "8" else "7") + code[place + 1 :]
        assert check(wrong) == ("credit_code_check_digit",)


def test_the_twelve_classes_are_found_by_code_and_by_label() -> None:
    assert len(CATEGORIES) == 12
    for category in CATEGORIES:
        assert category.code.isascii()
        assert category.code.isidentifier()
        assert find_category(category.code) is category
        assert find_category(f" {category.label} ") is category
    assert find_category("其它") is find_category("other")
    assert find_category("没有这一类") is None


def test_each_reason_to_decline_names_where_to_go() -> None:
    assert len({reason.code for reason in DECLINE_REASONS}) == len(DECLINE_REASONS) == 8
    assert all(reason.label and reason.channel.endswith("。") for reason in DECLINE_REASONS)
    channels = {reason.code: reason.channel for reason in DECLINE_REASONS}
    assert "市科工局" in channels["sme_arrears"]
    assert "人民法院" in channels["civil_dispute"]
    assert "调解" in channels["civil_dispute"]
    assert "12345" in channels["not_business_environment"]
    accusation = find_decline_reason("accusation")
    assert accusation is not None
    assert accusation.by_transfer_letter
    assert "纪检监察" in accusation.channel
    assert find_decline_reason("nothing") is None
