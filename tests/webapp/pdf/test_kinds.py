"""Every kind of slip on paper: geometry, tables, no missing glyph with the longest names and texts, seal and foot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from models.slips.kinds import SPECS, SlipKind
from models.slips.paper import FactTable, Paper, Paragraph, content_of
from tests.webapp.pdf.conftest import BOTTOM, LEFT, MM, RIGHT, TOP, make_slip, read_pages, text_of
from tests.webapp.pdf.papers import make_paper
from webapp.pdf import PdfRenderer
from webapp.slip_drawing import draw
from webapp.slip_pages import lay_out
from webapp.slip_pdf import render_slips
from webapp.typeset import CLOSING

CLOSE = pytest.approx
PAPERS = [kind for kind in SlipKind if kind is not SlipKind.REPLY]
DOCUMENTS = [kind for kind in PAPERS if kind is not SlipKind.TRANSFER_LETTER]
LONGEST_NAME = "沅江市" + "国家级经济技术开发区管理委员会" * 3 + "行政审批服务局珺"
Print = Callable[[Paper], bytes]


def longest(kind: SlipKind, names: str = "喆珺堃昇镕") -> Paper:
    """A unit's name of 60 characters, and a body of 5,000 with characters that few typefaces have."""
    body = (f"经核实，材料在两个股室之间流转时未及时登记，{names}等人情况属实。" * 160)[:5_000]
    paper = make_paper(kind, to=LONGEST_NAME)
    return replace(
        paper, issuer=LONGEST_NAME, mark=LONGEST_NAME, recipient=LONGEST_NAME, copies=(LONGEST_NAME, LONGEST_NAME),
        title=f"关于{LONGEST_NAME}的{SPECS[kind].label}", blocks=(*paper.blocks, Paragraph(body)),
    )


def said(pdf: bytes) -> str:
    return text_of(pdf).replace("\n", "")


@pytest.mark.parametrize("kind", PAPERS)
def test_a_slip_survives_its_canonical_json(kind: SlipKind) -> None:
    paper = make_paper(kind)
    again = content_of(paper.to_json())
    assert again == paper and again.content_hash == paper.content_hash
    assert replace(paper, number="X").content_hash != paper.content_hash


@pytest.mark.parametrize("kind", PAPERS)
def test_head_body_and_foot_are_printed(printed: Print, kind: SlipKind) -> None:
    paper, text = make_paper(kind), said(printed(make_paper(kind)))
    for expected in (paper.number, "签发：王建国", "审核：李敏", "2026年11月25日", "0737-2700000", paper.closing):
        assert expected in text
    assert f"{paper.recipient}：" in text
    assert paper.verification_code in text and paper.short_hash.replace(" ", "") in text.replace(" ", "")
    assert "【" not in text and "信访" not in text


@pytest.mark.parametrize("kind", PAPERS)
def test_no_glyph_is_missing_and_nothing_leaves_the_page(printed: Print, kind: SlipKind) -> None:
    pages = read_pages(printed(longest(kind)))
    text = "".join(glyph.text for page in pages for glyph in page.glyphs)
    assert not [sign for sign in ("\0", "〓", "(cid:") if sign in text]
    assert set("喆珺堃昇镕") <= set(text) and text.count("经核实") >= 140
    assert len(LONGEST_NAME) >= 56
    for glyph in (glyph for page in pages for glyph in page.glyphs):
        assert glyph.x0 >= LEFT - 8 * MM and glyph.x1 <= RIGHT + 8.5


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_keeps_the_grid_of_the_standard(printed: Print, kind: SlipKind) -> None:
    pages = read_pages(printed(longest(kind, "张三和李四")))
    for page in pages[1:-1]:
        bases = [row[0].base for row in page.rows()]
        assert len(bases) <= 22
        assert all(BOTTOM <= base <= TOP for base in bases)
        off_grid = [(bases[0] - base) / 28.9 % 1 for base in bases]
        assert all(min(part, 1 - part) < 0.02 for part in off_grid)
    assert [page.row_texts() for page in pages if any(text[0] in CLOSING for text in page.row_texts())] == []


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_page_of_a_document_has_its_number_outside(printed: Print, kind: SlipKind) -> None:
    for no, page in enumerate(read_pages(printed(make_paper(kind))), start=1):
        folio = page.find(f"— {no} —")
        assert folio[0].base + 14 * 0.35 == CLOSE(BOTTOM - 7 * MM, abs=2)
        edge = folio[-1].x1 - (RIGHT - 14) if no % 2 else folio[0].x0 - (LEFT + 14)
        assert abs(edge) < 1


@pytest.mark.parametrize("kind", PAPERS)
def test_a_seal_of_42_mm_covers_nothing_but_unit_and_date(printed: Print, kind: SlipKind) -> None:
    found = 0
    for page in read_pages(printed(make_paper(kind))):
        if not any(glyph.text == "核" and glyph.size < 12 for glyph in page.glyphs):
            continue
        found += 1
        unit = page.find("沅江市优化营商环境协调办公室")
        below = [glyph for glyph in page.glyphs if abs(glyph.base - (unit[0].base - 28.9)) < 1]
        axis, middle = (unit[0].x0 + unit[-1].x1) / 2, unit[0].base - 28.9 / 2 + 14
        under = [
            glyph.text for glyph in page.glyphs
            if ((glyph.x0 + glyph.x1) / 2 - axis) ** 2 + (glyph.base + glyph.size * 0.38 - middle) ** 2 < (21 * MM) ** 2
        ]
        assert "".join(glyph.text for glyph in sorted(below, key=lambda one: one.x0)) == "2026年11月25日"
        assert set(under) <= set("沅江市优化营商环境协调办公室2026年11月25日")
    assert found == 1


# ---------------------------------------------------------------- tables


def test_a_table_is_closed_on_every_page_and_as_wide_as_the_type_area(printed: Print) -> None:
    pages = read_pages(printed(make_paper(SlipKind.DISPATCH_ORDER)))
    for page in pages[:2]:
        names = [glyph for glyph in page.glyphs if abs(glyph.x0 - (LEFT + 12)) < 1 and abs(glyph.size - 16) < 0.2]
        rules = [one for one in page.shapes if one.width > 150 * MM and one.non_stroking_color[0] < 0.5]
        assert names and rules
        assert min(one.y0 for one in rules) < min(glyph.base for glyph in names)
        assert max(one.y1 for one in rules) > max(glyph.base for glyph in names) + 16 * 0.88
        for one in rules:
            assert one.x0 == CLOSE(LEFT, abs=0.8) and one.x1 == CLOSE(RIGHT, abs=0.8)


def test_names_and_facts_of_a_table_stay_in_their_columns(printed: Print) -> None:
    paper = make_paper(SlipKind.DISPATCH_ORDER, to=LONGEST_NAME, lead_unit=LONGEST_NAME, subject="许可" * 55)
    table = next(one for one in paper.blocks if isinstance(one, FactTable))
    for page in read_pages(printed(paper)):
        for row in page.rows():
            text = "".join(glyph.text for glyph in row)
            if any(text.startswith(name[:4]) and row[0].x0 - LEFT < 14 for name, _ in table.rows):
                beside = [glyph for glyph in row if glyph.x0 > LEFT + 120]
                assert beside and beside[0].x0 == CLOSE(LEFT + 130, abs=9) and row[-1].x1 <= RIGHT + 1


def test_a_fact_of_a_few_lines_stays_on_one_page() -> None:
    for length in range(0, 900, 28):
        paper = make_paper(SlipKind.DISPATCH_ORDER, subject="许可" * 10)
        blocks = (Paragraph("前" * (length + 1)), *paper.blocks)
        for page in lay_out(replace(paper, blocks=blocks)).pages[:-1]:
            facts = [row for row in page.rows if row.kind == "fact"]
            assert not facts or page.rows[-1].kind != "fact" or not page.rows[-1].with_next


def test_headings_count_by_level_and_none_closes_a_page() -> None:
    for length in range(0, 600, 28):
        paper = make_paper(SlipKind.SUPERVISION_ORDER, grounds=("超" * (length + 1), "第二条理由"))
        pages = lay_out(paper).pages
        rows = [row for page in pages for row in page.rows]
        heads = [row.line.text for row in rows if row.kind == "heading" and row.line]
        assert [text[:2] for text in heads] == ["一、", "二、", "三、"]
        texts = [row.line.text for row in rows if row.line]
        assert sum(text.startswith("1.") for text in texts) == 3, "numbers begin anew under each heading"
        assert all(page.rows[-1].kind != "heading" for page in pages if page.rows)


# ---------------------------------------------------------------- together, and on the screen


def test_slips_of_every_kind_in_one_print_have_a_bookmark_each_on_a_front_side(renderer: PdfRenderer) -> None:
    papers = [make_slip(), *(make_paper(kind) for kind in PAPERS)]
    reader = PdfReader(BytesIO(render_slips(papers, renderer)))
    marks = [reader.get_destination_page_number(mark) for mark in reader.outline]
    assert [str(mark.title).split()[0] for mark in reader.outline] == [paper.number for paper in papers]
    assert [page % 2 for page in marks] == [0] * len(papers)


@pytest.mark.parametrize("kind", PAPERS)
def test_the_preview_draws_what_will_be_printed(printed: Print, kind: SlipKind) -> None:
    paper = make_paper(kind)
    preview, pages = draw(paper), read_pages(printed(paper))
    assert preview.page_count == len(pages)
    for drawn, page in zip(preview.pages, pages, strict=True):
        shown = {one for ink in drawn.inks for one in ink.text if one.strip() and one not in "—"}
        assert shown <= {glyph.text for glyph in page.glyphs}, "nothing is drawn that is not printed"
