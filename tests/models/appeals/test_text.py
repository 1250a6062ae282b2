"""INP-2 as a table of strings, and the numbers an office can call back."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appeals.text import (
    MESSAGES,
    canonical_digits,
    canonical_phone,
    clean_name,
    clean_text,
    is_hotline,
    is_phone,
    message,
    search_key,
)
from models.errors import Refused

KEPT = [
    "杨伟",
    "王喆",
    "李珺",
    "陈堃",
    "赵昇",
    "朱镕基",
    "\U00020bb7野家",
    "𠮷田",
    "㐂",
    "䶮",
    "\U0002a6d6",
    "\U00030000",
    "\U00031350",
    "葛\U000e0100城",
    "辻\U000e0101",
    "\uf900",
    "\ufa0e",
    "\uf9d1",
    "\u2f00二三",
    "⼀⼆",
    "己巳已",
    "ＡＢＣ１２３",
    "ｶﾀｶﾅ",
    "①②③",
    "㈱",
    "é",
    "e\u0301",
    "ﬁ",
    "Å",
    "\u212b",
    "한국",
    "日本語かな",
    "Привет",
    "עברית",
    "عربي",
    "👨\u200d👩\u200d👧",
    "☎\ufe0f",
    "〇",
    "々",
    "「引号」",
    "“双引号”",
    "一、二。三；",
    "——",
    "……",
    "a\tb",
    "a\nb",
    "第一行\n\n第三行",
    "=1+1",
    "<script>",
    "'; DROP TABLE",
    "{{7*7}}",
    "%00",
    "\\u0000",
    "a\u00a0b",
    "a\u3000b",
    "a\u2028b",
    "\u200e左",
    "字\u20dd",
    "\ue000",
    "0",
    "NULL",
    "沅江市\u00b7琼湖",
    "阿卜杜拉·买买提",
]

REFUSED = [
    ("a\x00b", "text_has_nul"),
    ("\x00", "text_has_nul"),
    ("a\x01", "text_has_control"),
    ("\x07铃", "text_has_control"),
    ("a\x08b", "text_has_control"),
    ("a\x0bb", "text_has_control"),
    ("a\x0cb", "text_has_control"),
    ("a\rb", "text_has_control"),
    ("\x1b[31m红", "text_has_control"),
    ("a\x1fb", "text_has_control"),
    ("a\x7fb", "text_has_control"),
    ("a\x85b", "text_has_control"),
    ("\ud800", "text_has_surrogate"),
    ("a\udfffb", "text_has_surrogate"),
    ("\ud83d文字", "text_has_surrogate"),
    ("附件\u202efdp.exe", "text_has_bidi"),
    ("\u202a", "text_has_bidi"),
    ("a\u202cb", "text_has_bidi"),
    ("\u2066a", "text_has_bidi"),
    ("a\u2069", "text_has_bidi"),
]


@pytest.mark.parametrize("value", KEPT)
def test_stored_text_stays_exactly_as_it_was_written(value: str) -> None:
    assert clean_text(value, max_chars=50) == value


def test_the_table_of_strings_is_as_long_as_the_requirement_asks() -> None:
    assert len(KEPT) + len(REFUSED) >= 60
    assert any(unicodedata.normalize("NFC", value) != value for value in KEPT)


@pytest.mark.parametrize(("value", "code"), REFUSED)
def test_harmful_characters_are_refused_each_with_its_own_cause(value: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        clean_text(value, max_chars=50)
    assert caught.value.code == code
    assert message(caught.value) == MESSAGES[code]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("一\r\n二", "一\n二"),
        ("  沅江　", "沅江"),
        ("\ufeff张\u200b三", "张三"),
        ("\u200b \u200b张三", "张三"),
        ("\r\n", ""),
        ("", ""),
    ],
)
def test_line_ends_fillers_and_outer_space_are_tidied(value: str, stored: str) -> None:
    assert clean_text(value, max_chars=50) == stored


def test_length_is_counted_in_characters_after_tidying_and_the_message_names_both_figures() -> None:
    assert clean_text(" " + "𠮷" * 50 + "\r\n", max_chars=50) == "𠮷" * 50
    with pytest.raises(Refused) as caught:
        clean_text("字" * 51, max_chars=50)
    assert message(caught.value) == "最多可填 50 个字，现在有 51 个字，请精简后提交，详细材料可作为附件上传。"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u2029"])
def test_too_many_lines_are_refused_whatever_ends_them(end: str) -> None:
    assert clean_text(end.join("ab"), max_chars=9, max_lines=2)
    with pytest.raises(Refused, match="text_too_many_lines") as caught:
        clean_text(end.join("abc"), max_chars=9, max_lines=2)
    assert "现在有 3 行" in message(caught.value)


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once_and_never_fails_otherwise(value: str) -> None:
    with suppress(Refused):
        once = clean_text(value, max_chars=60)
        assert clean_text(once, max_chars=60) == once


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("辣妹子　食品", "辣妹子 食品"),
        ("葛\U000e0100城", "葛城"),
        ("\u2f00", "一"),
        ("张\u200d三\u200b", "张三"),
        ("a \n\t b", "a b"),
        ("STRASSE", "straße"),
    ],
)
def test_two_spellings_of_the_same_words_have_one_search_key(first: str, second: str) -> None:
    assert search_key(first) == search_key(second)


@given(st.text(max_size=40))
def test_the_search_key_of_a_search_key_is_itself(value: str) -> None:
    assert search_key(search_key(value)) == search_key(value)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("市监局", "市监局"),
        ("\u2f00中", "一中"),
        ("ｃｌｅｒｋ０１", "clerk01"),
        (" 沅江  高新区 ", "沅江 高新区"),
        ("12345政企通", "12345政企通"),
        ("A区 管委会", "A区 管委会"),
        ("\U00031350\U00020bb7", "\U00031350\U00020bb7"),
        ("琼湖街道（筹）", "琼湖街道(筹)"),
    ],
)
def test_a_name_of_an_account_or_unit_has_one_spelling(value: str, name: str) -> None:
    assert clean_name(value) == name


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "name_empty"),
        ("\u200b　", "name_empty"),
        ("\u2e80局", "name_has_radical"),
        ("市\u2ec9局", "name_has_radical"),
        ("аdmin", "name_mixed_scripts"),
        ("officeΑ", "name_mixed_scripts"),
        ("市监局Я", "name_mixed_scripts"),
        ("a\u202eb", "text_has_bidi"),
        ("两\n行", "text_too_many_lines"),
        ("㈱" * 40, "text_too_long"),
    ],
)
def test_a_name_that_could_pass_for_another_is_refused(value: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        clean_name(value)


def test_full_width_digits_become_ascii_and_nothing_else_changes() -> None:
    assert canonical_digits("电话１３８－0０٣") == "电话138－00٣"


PHONES = [
    ("13812341234", "13812341234"),
    ("１３８１２３４１２３４", "13812341234"),
    ("138 1234 1234", "13812341234"),
    ("138-1234-1234", "13812341234"),
    ("+86 138 1234 1234", "13812341234"),
    ("+8613812341234", "13812341234"),
    ("86-13812341234", "13812341234"),
    ("0086 19912341234", "19912341234"),
    ("0737-1234567", "0737-1234567"),
    ("07372700000", "0737-2700000"),
    ("(0737)2700000", "0737-2700000"),
    ("（０７３７）２７０００００", "0737-2700000"),
    ("0737－2700000", "0737-2700000"),
    ("0737—2700000转802", "0737-2700000-802"),
    ("010-12345678", "010-12345678"),
    ("0731-88888888", "0731-88888888"),
    ("02188888888", "021-88888888"),
    ("+86 0737-2700000", "0737-2700000"),
    ("12345", "12345"),
    ("110", "110"),
    ("12315", "12315"),
    ("95588", "95588"),
    ("9510 5105", "95105105"),
    ("96123", "96123"),
    ("10086", "10086"),
    ("400-123-4567", "400-123-4567"),
    ("4001234567", "4001234567"),
]
NOT_PHONES = [
    "",
    "无",
    "1",
    "12812341234",
    "1381234123",
    "138123412345",
    "0737-123",
    "0737-0234567",
    "0937",
    "2700000",
    "9558",
    "٣٨١٢٣٤١٢٣٤١",
    "13812341234,13912341234",
    "138****1234",
    "a13812341234",
    "0737-12345678901",
    "\ud800",
    "999",
    "401-123-4567",
]


@pytest.mark.parametrize(("value", "canonical"), PHONES)
def test_numbers_people_write_are_understood_and_have_one_spelling(value: str, canonical: str) -> None:
    assert is_phone(value)
    assert canonical_phone(value) == canonical
    assert canonical_phone(canonical) == canonical


@pytest.mark.parametrize("value", NOT_PHONES)
def test_what_nobody_can_call_is_not_a_phone(value: str) -> None:
    assert not is_phone(value)


def test_a_hotline_is_told_from_a_number_of_a_person() -> None:
    assert is_hotline("12345")
    assert is_hotline("400-123-4567")
    assert not is_hotline("13812341234")
    assert not is_hotline("0737-2700000")


@given(st.text(max_size=30))
def test_any_text_may_be_asked_whether_it_is_a_phone(value: str) -> None:
    if is_phone(value):
        assert canonical_phone(canonical_phone(value)) == canonical_phone(value)
