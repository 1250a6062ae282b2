"""One renderer and a few printed slips for all tests of this folder: printing is the slow part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTCurve, LTPage

from models.slips.types import ReplySlip, SlipDemand
from webapp.pdf import PdfRenderer
from webapp.slip_pdf import render_slip

ROOT = Path(__file__).resolve().parents[3]
MM = 72 / 25.4
TOP, LEFT = 297 * MM - 37 * MM, 28 * MM
RIGHT, BOTTOM = LEFT + 156 * MM, TOP - 225 * MM


@dataclass(frozen=True)
class Glyph:
    """A printed character: `base` is its baseline; y grows upwards, all in points."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    font: str


@dataclass(frozen=True)
class Printed:
    """One page as it was printed."""

    glyphs: tuple[Glyph, ...]
    shapes: tuple[LTCurve, ...]

    def rows(self) -> list[list[Glyph]]:
        """Lines of 16 pt text from top to bottom, each from left to right."""
        lines: dict[int, list[Glyph]] = {}
        for glyph in self.glyphs:
            lines.setdefault(round(glyph.base), []).append(glyph)
        ordered = sorted(lines.items(), reverse=True)
        return [sorted(line, key=lambda glyph: glyph.x0) for _, line in ordered if abs(line[0].size - 16) < 0.2]

    def row_texts(self) -> list[str]:
        return ["".join(glyph.text for glyph in row) for row in self.rows()]

    def find(self, text: str) -> list[Glyph]:
        """The glyphs of the first line, of any size, that contains `text`, and only those of `text`."""
        lines: dict[int, list[Glyph]] = {}
        for glyph in self.glyphs:
            lines.setdefault(round(glyph.base), []).append(glyph)
        for _, line in sorted(lines.items(), reverse=True):
            line.sort(key=lambda glyph: glyph.x0)
            at = "".join(glyph.text for glyph in line).find(text)
            if at >= 0:
                return line[at : at + len(text)]
        raise AssertionError(f"{text} is not on this page")


def _all(item: Any, kind: type) -> Iterator[Any]:
    if isinstance(item, kind):
        yield item
    elif hasattr(item, "__iter__"):
        for part in item:
            yield from _all(part, kind)


def _printed(page: LTPage) -> Printed:
    glyphs = tuple(
        Glyph(char.get_text(), char.x0, char.x1, char.matrix[5], char.size, char.fontname)
        for char in _all(page, LTChar)
    )
    return Printed(glyphs, tuple(_all(page, LTCurve)))


def read_pages(pdf: bytes) -> list[Printed]:
    return [_printed(page) for page in extract_pages(BytesIO(pdf), laparams=None)]


def text_of(pdf: bytes) -> str:
    return "\n".join("".join(glyph.text for glyph in page.glyphs) for page in read_pages(pdf))


FACTS = (
    "经核实，您的申请于10月26日受理，承诺时限为五个工作日。因材料在两个股室之间流转时未及时登记，超过承诺时限六个工作日，"
    "情况属实。"
)
BASIS = (
    "《食品经营许可和备案管理办法》第二十六条规定，县级以上地方市场监督管理部门应当自受理申请之日起10个工作日内作出是否"
    "准予变更的决定；该局公开承诺为5个工作日。"
)
ACTIONS = "该局已于11月20日向您当面致歉，并对经办人员进行批评教育；自11月23日起，材料流转改为当日登记、当日移交。"


def make_slip(**changes: Any) -> ReplySlip:
    values: dict[str, Any] = {
        "issuer": "沅江市优化营商环境协调办公室", "mark": "沅江市优化营商环境协调办公室",
        "number": "沅优办答〔2026〕87号", "title": "关于食品经营许可变更事项的答复书", "recipient": "诉求人",
        "appeal_number": "2026-000902", "subject": "食品经营许可变更超过承诺时限未出证",
        "filed_on": date(2026, 11, 17), "channel": "网络", "lead_unit": "市市场监督管理局",
        "demands": (
            SlipDemand(1, "变更申请现在到了哪一步、为何超过承诺时限", "已解决", FACTS, BASIS, ACTIONS),
            SlipDemand(2, "最迟何时出证、期间能否凭受理单继续经营", "已解决", "许可证已于11月24日制作完成。"),
        ),
        "contact": "联系人：陈晓，联系电话：0737-2700000。",
        "come_back": "您对以上答复有疑问的，可凭受理编号2026-000902和查询码再次反映。",
        "signer": "王建国", "reviewer": "李敏", "handler_unit": "市市场监督管理局", "issued_on": date(2026, 11, 25),
        "verification_code": "7K3M-9QXA-2FHT-W8PD",
        "verification_url": "https://office.invalid/slips/verify/7K3M-9QXA-2FHT-W8PD",
        "copies": ("市市场监督管理局", "市政务服务中心"), "annexes": ("食品经营许可证复印件", "办理情况核查报告"),
    }
    return ReplySlip(**{**values, **changes})


@pytest.fixture(scope="session")
def renderer() -> Iterator[PdfRenderer]:
    made = PdfRenderer(ROOT / ".fonts" / "fonts.conf")
    yield made
    made.close()


@pytest.fixture(scope="session")
def printed(renderer: PdfRenderer) -> Callable[[ReplySlip], bytes]:
    """Prints a slip once, however many tests look at it."""
    return cache(lambda slip: render_slip(slip, renderer))


def long_slip() -> ReplySlip:
    """A reply of many pages, nothing but full-width characters in its facts."""
    facts = "\n".join(f"{FACTS}{BASIS}" * 3 for _ in range(9))
    many = tuple(SlipDemand(no, f"第{no}件事情什么时候能够办好", "已解决", facts[:520]) for no in range(1, 13))
    plain = SlipDemand(13, "逐字核对版心", "已解决", "甲乙丙丁戊己庚辛壬癸" * 100)
    return make_slip(demands=(*many, plain))


@pytest.fixture(scope="session")
def short_pdf(printed: Callable[[ReplySlip], bytes]) -> bytes:
    return printed(make_slip())


@pytest.fixture(scope="session")
def long_pdf(printed: Callable[[ReplySlip], bytes]) -> bytes:
    return printed(long_slip())
