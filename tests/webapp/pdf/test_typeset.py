"""Line composition: flush, legal at both ends, complete."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.typeset import BODY, CLOSING, OPENING, Line, balanced, clean, compose, split_long_words, tokens

CHINESE = st.text(alphabet="甲乙丙丁年月日办理，。、；：？！（）《》“”〔〕—…0123456789aZ- ", min_size=1, max_size=300)


def width(line: Line) -> float:
    """Cells from the left edge to the end of the last character, spacing included."""
    natural = sum(run.cells if run.cells is not None else len(run.text) for run in line.runs)
    joints = sum(1 if run.cells is not None else len(run.text) for run in line.runs) - 1
    return line.indent + natural + joints * line.spacing


def test_a_full_line_of_characters_holds_twenty_eight() -> None:
    lines = compose(tokens("办" * 28 * 3), indent=0)
    assert [len(line.text) for line in lines] == [28, 28, 28]


def test_a_paragraph_is_indented_by_two_characters() -> None:
    first, second = compose(tokens("办" * 50))
    assert (first.indent, len(first.text), second.indent) == (2, 26, 0)


def test_every_full_line_is_flush_or_hangs_half_a_closing_mark() -> None:
    text = "您于2026年11月17日通过网络反映的“食品经营许可变更超时”事项（受理编号2026-000902），我办已交办理。" * 9
    for line in compose(tokens(text))[:-1]:
        hang = 0.5 if width(line) > BODY.width + 0.1 and line.text[-1] in CLOSING else 0
        assert width(line) == pytest.approx(BODY.width + hang, abs=0.01)


def test_a_closing_mark_never_opens_a_line() -> None:
    for shift in range(30):
        for line in compose(tokens("办" * shift + "优化营商环境，认真办理。" * 20)):
            assert line.text[0] not in CLOSING


def test_an_opening_mark_never_ends_a_line() -> None:
    for shift in range(30):
        for line in compose(tokens("办" * shift + "依据《办法》（试行）的“规定”" * 20)):
            assert line.text[-1] not in OPENING


def test_a_year_stays_whole_and_with_its_unit() -> None:
    for shift in range(30):
        for line in compose(tokens("办" * shift + "于2026年11月17日受理" * 12)):
            assert not line.text[0].isdecimal() or line.text.startswith(("2026年", "11月", "17日"))
            assert not line.text[-1].isdecimal()


def test_dashes_and_dots_of_two_cells_are_not_parted() -> None:
    for shift in range(30):
        text = "".join(f"{line.text}\n" for line in compose(tokens("办" * shift + "办理——核实……" * 12)))
        assert "—\n—" not in text and "…\n…" not in text


def test_a_long_unbroken_word_is_cut_rather_than_run_over_the_edge() -> None:
    lines = compose(tokens("a" * 20_000))
    assert all(width(line) <= BODY.width + 0.6 for line in lines)
    assert "".join(line.text for line in lines) == "a" * 20_000


def test_an_address_is_one_piece_unless_a_line_ends_in_it() -> None:
    address = "zhang.san@example.invalid"
    assert [run.text for run in compose(tokens(f"邮箱{address}已收到"))[0].runs] == ["邮箱", address, "已收到"]
    for line in compose(tokens("办" * 20 + address + "已收到回单"))[:-1]:
        assert line.text[-1] in ".@办"


def test_numbers_too_long_for_a_line_are_cut() -> None:
    assert all(width(line) <= BODY.width + 0.6 for line in compose(tokens("1" * 500)))


def test_a_sign_without_a_typeface_becomes_the_printers_mark() -> None:
    assert clean("好😀\ue000的\u200b\x07") == "好〓〓的"


def test_rare_characters_of_names_are_kept() -> None:
    assert clean("喆珺堃昇镕𬭎") == "喆珺堃昇镕𬭎"


def test_a_variation_selector_stays_with_its_character() -> None:
    items = tokens("葛\U000e0100城")
    assert [item.text for item in items] == ["葛\U000e0100", "城"]
    assert sum(item.cells for item in items) == 2


def test_a_long_title_is_divided_in_near_equal_lines() -> None:
    lines = balanced("关于沅江市某某食品有限责任公司反映食品经营许可变更超过承诺时限未出证事项的答复书", 19)
    assert len(lines) == 3
    assert all(len(line) <= 19 for line in lines)
    assert not any(line.startswith(("的", "和", "、")) for line in lines)


def test_a_short_title_stays_on_one_line() -> None:
    assert balanced("答复书", 19) == ["答复书"]


def test_long_runs_get_places_to_break() -> None:
    assert max(len(part) for part in split_long_words("x" * 500).split("\u200b")) <= 60


@settings(max_examples=150, deadline=None)
@given(CHINESE)
def test_composition_loses_nothing_but_spaces(text: str) -> None:
    lines = compose(tokens(text)) if tokens(text) else []
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")


def calls(act: Callable[[], object]) -> int:
    """How many functions of ours are called: the same on every machine, however busy."""
    found = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal found
        found += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return found


UNBREAKABLE = (
    "，", "）", "！", "（", "（）", "，（", "!", ".", "-", "....!", "年", "1年",
    "…", "—", "9", "a", "\u0301", " ，", "9，",
)


@pytest.mark.parametrize("unit", UNBREAKABLE)
def test_four_times_the_text_is_four_times_the_work(unit: str) -> None:
    """Whatever stands in it: five thousand closing marks once took half a minute of the web server."""
    some, more = (calls(lambda n=n: compose(tokens(unit * n))) for n in (400, 1_600))
    assert more < 6 * some


@pytest.mark.parametrize("unit", UNBREAKABLE)
def test_marks_that_may_not_be_parted_are_parted_at_the_edge_of_the_line(unit: str) -> None:
    lines = compose(tokens(unit * 400))
    assert "".join(line.text for line in lines).replace(" ", "") == clean(unit * 400).replace(" ", "")
    assert all(width(line) <= BODY.width + 0.6 for line in lines if unit != "\u0301")


def test_a_forced_break_is_not_taken_where_a_legal_one_fits() -> None:
    lines = compose(tokens("办理" * 6 + "。" * 20 + "办理" * 30))
    assert all(line.text[0] not in CLOSING for line in lines)
