"""The printed page against GB/T 9704-2012, measured on the PDF itself."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import Destination

from models.slips.types import ReplySlip, SlipDemand
from tests.webapp.pdf.conftest import BOTTOM, LEFT, MM, RIGHT, TOP, Printed, make_slip, read_pages, text_of
from webapp.pdf import PdfRenderer
from webapp.slip_length import page_count
from webapp.slip_pages import lay_out
from webapp.slip_pdf import render_slips
from webapp.typeset import CLOSING

RED = (0xD7 / 255, 0, 0x0F / 255)
DOTS_PER_MM = 8
CLOSE = pytest.approx


def ink(pdf: bytes, folder: Path, page: int = 1) -> Image.Image:
    """The page as it looks, 8 dots to the millimetre."""
    (folder / "slip.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(DOTS_PER_MM * 25.4), "-f", str(page), "-singlefile", "-png", "slip.pdf", "slip"],
        cwd=folder, check=True,
    )
    return Image.open(folder / "slip.png").convert("RGB")


def is_heading(page: Printed, row: int) -> bool:
    return "Hei" in page.rows()[row][0].font


def test_the_paper_is_a4(short_pdf: bytes) -> None:
    box = PdfReader(BytesIO(short_pdf)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == (CLOSE(210 * MM, abs=0.1), CLOSE(297 * MM, abs=0.1))


def test_nothing_is_printed_outside_the_type_area_but_the_page_number(long_pdf: bytes) -> None:
    for page in read_pages(long_pdf):
        for glyph in page.glyphs:
            if abs(glyph.size - 14) < 0.1 and glyph.base < BOTTOM:
                continue
            hang = glyph.size * 0.55 if glyph.text in CLOSING else 0.3
            assert glyph.x0 >= LEFT - 0.3 and glyph.x1 <= RIGHT + hang, glyph
            assert BOTTOM <= glyph.base <= TOP, glyph


def test_a_full_page_has_twenty_two_lines_on_the_grid(long_pdf: bytes) -> None:
    pages = read_pages(long_pdf)
    full = [page for page in pages[1:-1] if len(page.rows()) == 22]
    assert len(full) >= len(pages) - 5
    for page in full:
        bases = [row[0].base for row in page.rows()]
        assert all(upper - lower == CLOSE(28.9, abs=0.1) for upper, lower in pairwise(bases))
        assert bases[0] + 16 * 0.88 <= TOP and bases[-1] - 16 * 0.12 >= BOTTOM


def test_a_full_line_has_twenty_eight_characters_from_edge_to_edge(long_pdf: bytes) -> None:
    lines = [row for page in read_pages(long_pdf) for row in page.rows()]
    stems = set("甲乙丙丁戊己庚辛壬癸")
    plain = [row for row in lines if {glyph.text for glyph in row} <= stems and row[0].x0 < LEFT + 1]
    assert len(plain) > 20
    for row in plain[:-1]:
        assert len(row) == 28
        assert row[0].x0 == CLOSE(LEFT, abs=0.2) and row[-1].x1 == CLOSE(RIGHT, abs=0.3)


def test_lines_with_digits_and_marks_are_flush_too(short_pdf: bytes) -> None:
    opening = read_pages(short_pdf)[0].rows()
    first = next(row for row in opening if "您于" in "".join(glyph.text for glyph in row))
    assert first[0].x0 == CLOSE(LEFT + 32, abs=0.5)
    assert first[-1].x1 == CLOSE(RIGHT, abs=0.5)


def test_digits_are_half_a_character_wide(short_pdf: bytes) -> None:
    year = read_pages(short_pdf)[0].find("2026年11月17日")
    assert year[4].x0 - year[0].x0 == CLOSE(32, abs=1.2)


def test_no_line_opens_with_a_closing_mark(long_pdf: bytes, short_pdf: bytes) -> None:
    for page in [*read_pages(long_pdf), *read_pages(short_pdf)]:
        assert not [text for text in page.row_texts() if text[0] in CLOSING]


def test_a_heading_is_never_the_last_line_of_a_page(printed: Callable[[ReplySlip], bytes]) -> None:
    for length in range(10, 300, 28):
        demands = tuple(SlipDemand(no, f"第{no}件事情", "已解决", "办" * length) for no in range(1, 7))
        for page in lay_out(make_slip(demands=demands)).pages[:-1]:
            assert page.rows[-1].kind != "heading"


def test_the_red_head_begins_35_mm_below_the_type_area(short_pdf: bytes, tmp_path: Path) -> None:
    picture = ink(short_pdf, tmp_path)
    reds = [
        y for y in range(picture.height) for x in range(28 * 8, 184 * 8, 3)
        if (pixel := picture.getpixel((x, y)))[0] > 150 and pixel[1] < 60
    ]
    assert min(reds) / DOTS_PER_MM == CLOSE(37 + 35, abs=0.6)


@pytest.mark.parametrize("mark", ["沅江市信访局", "沅江市优化营商环境协调办公室"])
def test_the_red_head_is_centred(printed: Callable[[ReplySlip], bytes], mark: str) -> None:
    found = read_pages(printed(make_slip(mark=mark)))[0].find(mark)
    assert (found[0].x0 + found[-1].x1) / 2 == CLOSE((LEFT + RIGHT) / 2, abs=1)


def test_the_number_stands_two_lines_below_the_red_head(short_pdf: bytes) -> None:
    page = read_pages(short_pdf)[0]
    mark, number = page.find("沅江市优化"), page.find("沅优办答〔2026〕87号")
    gap = (mark[0].base - mark[0].size * 0.12) - (number[0].base + 16 * 0.88)
    assert gap == CLOSE(2 * 28.9, abs=9)  # two blank lines, and half the leading of the number's own
    assert (number[0].x0 + number[-1].x1) / 2 == CLOSE((LEFT + RIGHT) / 2, abs=1)


def test_the_red_rule_is_4_mm_below_the_number_and_as_wide_as_the_type_area(short_pdf: bytes) -> None:
    page = read_pages(short_pdf)[0]
    rule = next(shape for shape in page.shapes if shape.width > 150 * MM)
    assert rule.non_stroking_color == CLOSE(RED, abs=0.01)
    number = page.find("沅优办答")[0]
    assert (rule.x0, rule.x1) == (CLOSE(LEFT, abs=0.2), CLOSE(RIGHT, abs=0.2))
    assert (number.base - 16 * 0.12) - rule.y1 == CLOSE(4 * MM, abs=1)


def test_the_title_is_22_pt_two_lines_below_the_rule(short_pdf: bytes) -> None:
    page = read_pages(short_pdf)[0]
    rule = next(shape for shape in page.shapes if shape.width > 150 * MM)
    title = page.find("关于食品经营许可变更事项的答复书")
    assert title[0].size == CLOSE(22, abs=0.1) and "Song" in title[0].font
    assert rule.y0 - (title[0].base + 22 * 0.88) == CLOSE(2 * 28.9, abs=7)


def test_page_numbers_stand_outside_odd_right_even_left_one_character_in(long_pdf: bytes) -> None:
    for no, page in enumerate(read_pages(long_pdf), start=1):
        folio = page.find(f"— {no} —")
        assert folio[0].size == CLOSE(14, abs=0.1)
        assert folio[0].base + 14 * 0.35 == CLOSE(BOTTOM - 7 * MM, abs=2)
        if no % 2:
            assert folio[-1].x1 == CLOSE(RIGHT - 14, abs=1)
        else:
            assert folio[0].x0 == CLOSE(LEFT + 14, abs=1)


def test_the_date_is_four_characters_in_and_the_unit_centred_above_it(short_pdf: bytes) -> None:
    last = read_pages(short_pdf)[-1]
    date, unit = last.find("2026年11月25日"), last.find("沅江市优化营商环境协调办公室")
    assert date[-1].x1 == CLOSE(RIGHT - 4 * 16, abs=1.5)
    assert (unit[0].x0 + unit[-1].x1) / 2 == CLOSE((date[0].x0 + date[-1].x1) / 2, abs=1)
    assert unit[0].base - date[0].base == CLOSE(28.9, abs=0.5)


def test_a_seal_of_42_mm_covers_nothing_but_unit_and_date(short_pdf: bytes) -> None:
    last = read_pages(short_pdf)[-1]
    unit, date = last.find("沅江市优化营商环境协调办公室"), last.find("2026年11月25日")
    middle, axis = (unit[0].base + date[0].base) / 2 + 14, (date[0].x0 + date[-1].x1) / 2
    under = [
        glyph.text for glyph in last.glyphs
        if ((glyph.x0 + glyph.x1) / 2 - axis) ** 2 + (glyph.base + glyph.size * 0.38 - middle) ** 2 < (21 * MM) ** 2
    ]
    assert set(under) <= set("沅江市优化营商环境协调办公室2026年11月25日")


@pytest.mark.parametrize("extra", range(0, 700, 70))
def test_unit_and_date_never_stand_alone_on_a_page(extra: int) -> None:
    layout = lay_out(make_slip(demands=(SlipDemand(1, "何时出证", "已解决", "办" * (100 + extra)),)))
    kinds = [row.kind for row in layout.pages[-1].rows]
    assert kinds[0] not in {"unit", "date", "blank"}
    assert {"unit", "date"} <= set(kinds)
    assert kinds.index("unit") >= 3  # a line of text and two blank ones for the top of the seal


def test_the_imprint_closes_the_last_page_on_the_edge_of_the_type_area(short_pdf: bytes) -> None:
    last = read_pages(short_pdf)[-1]
    rules = [shape for shape in last.shapes if shape.width > 150 * MM]
    assert min(rule.y0 for rule in rules) == CLOSE(BOTTOM, abs=0.5)
    assert last.find("抄送：市市场监督管理局，市政务服务中心。")[0].size == CLOSE(14, abs=0.1)
    assert last.find("签发：王建国") and last.find("审核：李敏")
    assert last.find("2026年11月25日印发")[-1].x1 == CLOSE(RIGHT - 14, abs=1)


def test_the_text_above_never_runs_into_the_foot() -> None:
    for length in range(40, 900, 45):
        layout = lay_out(make_slip(demands=(SlipDemand(1, "何时出证", "已解决", "办" * length),)))
        last = layout.pages[-1]
        used = last.top / 28.9 + len(last.rows)
        assert used + layout.foot.rows <= 22.01


def test_everything_the_slip_must_say_is_printed(short_pdf: bytes) -> None:
    slip, said = make_slip(), text_of(short_pdf).replace("\n", "")
    for text in (slip.number, slip.appeal_number, "特此答复。", "附件：1.", slip.verification_code, "诉求人："):
        assert text in said
    assert slip.short_hash.replace(" ", "") in said.replace(" ", "")


def test_the_slip_never_offers_the_petition_review(short_pdf: bytes) -> None:
    assert not [word for word in ("复查", "复核", "信访") if word in text_of(short_pdf)]


def test_a_name_of_sixty_characters_stays_on_the_page(printed: Callable[[ReplySlip], bytes]) -> None:
    name = "沅江市优化营商环境协调领导小组" * 4
    slip = make_slip(issuer=name, mark=name, lead_unit=name, handler_unit=name, title=f"关于{name}的答复书")
    for glyph in (glyph for page in read_pages(printed(slip)) for glyph in page.glyphs):
        assert glyph.x0 >= LEFT - 1
        assert glyph.x1 <= RIGHT + 8.5


def test_five_thousand_characters_run_over_many_pages(printed: Callable[[ReplySlip], bytes]) -> None:
    slip = make_slip(demands=(SlipDemand(1, "办" * 200, "已解决", "办理情况，" * 1000),))
    pdf = printed(slip)
    assert 9 <= len(read_pages(pdf)) <= 12
    assert len(read_pages(pdf)) == page_count(slip), "what is counted before a reply is sent is what is printed"
    assert text_of(pdf).count("办理情况，") > 0


def test_slips_printed_together_begin_on_front_sides(renderer: PdfRenderer) -> None:
    reader = PdfReader(BytesIO(render_slips([make_slip(), make_slip(number="沅优办答〔2026〕88号")], renderer)))
    marks = [mark for mark in reader.outline if isinstance(mark, Destination)]
    assert [str(mark.title).split()[0] for mark in marks] == ["沅优办答〔2026〕87号", "沅优办答〔2026〕88号"]
    assert [(reader.get_destination_page_number(mark) or 0) % 2 for mark in marks] == [0, 0]


def test_a_slip_survives_its_canonical_json() -> None:
    slip = make_slip()
    again = ReplySlip.from_json(slip.to_json())
    assert again == slip and again.content_hash == slip.content_hash


def test_any_change_of_content_changes_the_hash() -> None:
    assert make_slip().content_hash != make_slip(number="沅优办答〔2026〕88号").content_hash
