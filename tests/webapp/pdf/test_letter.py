"""The letter format (信函格式) against GB/T 9704-2012, 10.1, and domain.md §7, measured on the PDF itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.slips.kinds import SlipKind
from models.slips.paper import Paper
from tests.webapp.pdf.conftest import BOTTOM, LEFT, MM, RIGHT, Printed, read_pages, text_of
from tests.webapp.pdf.papers import make_paper
from tests.webapp.pdf.test_slip_page import DOTS_PER_MM, RED, ink

CLOSE = pytest.approx
PAGE_HEIGHT = 297 * MM
LETTER = make_paper(SlipKind.TRANSFER_LETTER)
LONG_NAME = replace(LETTER, mark="沅江市优化营商环境协调领导小组" * 4, issuer="沅江市优化营商环境协调领导小组" * 4)
Print = Callable[[Paper], bytes]


@pytest.fixture(scope="module")
def pages(printed: Print) -> list[Printed]:
    return read_pages(printed(LETTER))


def red_rules(page: Printed) -> list[tuple[float, float, float]]:
    """Distance of the upper edge from the top of the page, thickness, width; from top to bottom."""
    rules = [one for one in page.shapes if one.width > 150 * MM and one.non_stroking_color == CLOSE(RED, abs=0.01)]
    return sorted((PAGE_HEIGHT - one.y1, one.height, one.width) for one in rules)


def reds(pdf: bytes, folder: Path) -> list[int]:
    """Rows of the first page, from its top, that hold red ink."""
    picture = ink(pdf, folder)
    return [
        y for y in range(picture.height)
        if any(
            pixel[0] > 150 and pixel[1] < 60 for pixel in (picture.getpixel((x, y)) for x in range(160, 1520, 2))
        )
    ]


def test_the_head_stands_30_mm_below_the_edge_of_the_page_and_its_rule_4_mm_below(
    printed: Print, tmp_path: Path
) -> None:
    rows = reds(printed(LETTER), tmp_path)
    assert rows[0] / DOTS_PER_MM == CLOSE(30, abs=0.6)
    rule = int(red_rules(read_pages(printed(LETTER))[0])[0][0] / MM * DOTS_PER_MM)
    mark = [row for row in rows if row < rule - 2]
    assert (rule - mark[-1]) / DOTS_PER_MM == CLOSE(4, abs=0.7)


def test_two_double_rules_of_170_mm_thick_outside_and_thin_inside(pages: list[Printed]) -> None:
    upper_thick, upper_thin, lower_thin, lower_thick = red_rules(pages[0])
    for _, _, width in (upper_thick, upper_thin, lower_thin, lower_thick):
        assert width == CLOSE(170 * MM, abs=0.2)
    assert upper_thick[1] > 2 * upper_thin[1] and lower_thick[1] > 2 * lower_thin[1]
    assert upper_thin[0] - upper_thick[0] < 3 and lower_thick[0] - lower_thin[0] < 3
    assert PAGE_HEIGHT - (lower_thick[0] + lower_thick[1]) == CLOSE(20 * MM, abs=0.3)
    [left] = {round(one.x0) for one in pages[0].shapes if one.width > 160 * MM}
    assert left == CLOSE(20 * MM, abs=1), "in the middle of the page"


def test_the_number_is_flush_right_and_the_secrecy_flush_left_below_the_first_rule(pages: list[Printed]) -> None:
    number, secrecy = pages[0].find("沅优办函〔2026〕12号"), pages[0].find("注意保密")
    rule_bottom = max(top + thickness for top, thickness, _ in red_rules(pages[0])[:2])
    assert number[-1].x1 == CLOSE(RIGHT, abs=1) and secrecy[0].x0 == CLOSE(LEFT, abs=1)
    for glyph in (number[0], secrecy[0]):
        upper_edge = PAGE_HEIGHT - (glyph.base + 16 * 0.88)
        assert upper_edge - rule_bottom == CLOSE(16 * 7 / 8, abs=1.5)


def test_the_title_stands_two_lines_below_the_number(pages: list[Printed]) -> None:
    number, title = pages[0].find("沅优办函"), pages[0].find("关于移交")
    assert title[0].size == CLOSE(22, abs=0.1)
    assert (number[0].base - 16 * 0.12) - (title[0].base + 22 * 0.88) == CLOSE(2 * 28.9, abs=12)


def test_page_one_has_no_number_and_the_others_have(pages: list[Printed]) -> None:
    numbered = [any(glyph.text == "—" and glyph.base < BOTTOM for glyph in page.glyphs) for page in pages]
    assert numbered == [False, True, False], "the return receipt has none either"


def test_only_the_first_page_has_red_rules(pages: list[Printed]) -> None:
    assert [len(red_rules(page)) for page in pages] == [4, 0, 0]


def test_the_imprint_of_a_letter_has_neither_rules_nor_the_issuing_office(pages: list[Printed]) -> None:
    last = pages[1]
    assert not [one for one in last.shapes if one.width > 100 * MM]
    said = "".join(glyph.text for glyph in last.glyphs)
    assert "印发" not in said and "签发：王建国" in said and "审核：李敏" in said


def test_text_stays_in_the_type_area_and_clear_of_the_lower_rule(printed: Print) -> None:
    long = make_paper(SlipKind.TRANSFER_LETTER, verified="经核查，有关检查未制作文书，情况属实。" * 90)
    for page in read_pages(printed(long)):
        for row in page.rows():
            if row[0].text == "—":
                continue
            assert row[0].base - 16 * 0.12 >= BOTTOM and row[0].base + 16 * 0.88 <= PAGE_HEIGHT
            assert row[0].x0 >= LEFT - 0.5 and row[-1].x1 <= RIGHT + 9
        full = [row[0].base for row in page.rows()]
        assert len(full) <= 22


def test_room_for_the_seal_is_left_over_unit_and_date(pages: list[Printed]) -> None:
    last = pages[1]
    unit, date = last.find("沅江市优化营商环境协调办公室"), last.find("2026年11月25日")
    middle, axis = (unit[0].base + date[0].base) / 2 + 14, (date[0].x0 + date[-1].x1) / 2
    under = [
        glyph.text for glyph in last.glyphs
        if ((glyph.x0 + glyph.x1) / 2 - axis) ** 2 + (glyph.base + glyph.size * 0.38 - middle) ** 2 < (21 * MM) ** 2
    ]
    assert set(under) <= set("沅江市优化营商环境协调办公室2026年11月25日")


def test_the_return_receipt_is_a_sheet_of_its_own(printed: Print) -> None:
    said = [text_of(printed(one)) for one in (LETTER, make_paper(SlipKind.TRANSFER_LETTER, receipt=""))]
    assert "回执" in said[0].replace("\n", "") and "签收人：" in said[0] and "签收人：" not in said[1]
    short = make_paper(SlipKind.TRANSFER_LETTER, annexes=(), confidentiality="", opinion="")
    pages = read_pages(printed(short))
    assert "收悉" in "".join(glyph.text for glyph in pages[-1].glyphs)
    assert len(pages) % 2 == 1, "on a front side"


def test_a_head_of_sixty_characters_stays_between_the_edges(printed: Print) -> None:
    for glyph in read_pages(printed(LONG_NAME))[0].glyphs:
        assert glyph.x0 >= 20 * MM and glyph.x1 <= 190 * MM + 8
        assert glyph.base <= PAGE_HEIGHT - 20 * MM
