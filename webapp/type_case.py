"""A case of type for many slips at once: every character in every face, set once by WeasyPrint itself.

Runs in the child process. The typefaces, their order and what stands in for a missing character are the stylesheet's,
as for a slip printed alone; only laying out line by line is left away, because `slip_pages` has done that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

MISSING = "〓"
STRUT = "国"
_ATTACHED = "\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef"
CLUSTER = re.compile(f"[^{_ATTACHED}][{_ATTACHED}]*")
"""A character with its accents and variation selectors."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph: of which font, how wide in ems, and how far it is set from where it would stand, in ems."""

    font: Any
    no: int
    width: float
    right: float = 0.0
    up: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """What a character, or a word of Latin letters and digits, is printed with: typefaces have other digits beside
    letters. `signs` counts characters, each of which is spaced; `ascent` and `descent` of its fonts, in ems, place it
    on its line.
    """

    glyphs: tuple[Glyph, ...]
    signs: int
    width: float
    ascent: float
    descent: float


def clusters(text: str) -> list[str]:
    return CLUSTER.findall(text)


@dataclass(frozen=True, slots=True)
class Setting:
    """The stylesheet, where it may fetch from (nowhere), and the child's typefaces."""

    css: str
    fetcher: URLFetcher
    fonts: FontConfiguration


class TypeCase:
    """`sort(face, word)`; keep it as long as what it holds is drawn: the fonts are the document's."""

    def __init__(self, letters: Mapping[str, Iterable[str]], setting: Setting) -> None:
        page = HTML(string=_page(letters, setting.css), url_fetcher=setting.fetcher)
        self.document = page.render(font_config=setting.fonts)
        self._sorts: dict[tuple[str, str], Sort] = {}
        for page in self.document.pages:
            for box in page._page_box.descendants():
                if getattr(box, "pango_layout", None) is not None and box.text.strip():
                    self._take(box)

    def sort(self, face: str, word: str) -> Sort:
        """A character that no typeface has is the printer's mark."""
        return self._sorts.get((face, word)) or self._sorts[face, MISSING]

    def _take(self, box: Any) -> None:
        box.pango_layout.reactivate(box.style)
        face = box.element.get("class")
        found: dict[int, list[tuple[Glyph, float, float]]] = {}
        for start, glyph, up, down in _glyphs(box):
            found.setdefault(start, []).append((glyph, up, down))
        for start, end, cluster in _places(box.text, is_whole=box.element.tag == "span"):
            glyphs = [one for at in sorted(found) if start <= at < end for one in found[at]]
            if glyphs and all(one.no >= 0 for one, _, _ in glyphs):
                self._sorts[face, cluster] = Sort(
                    tuple(one for one, _, _ in glyphs), len(clusters(cluster)), sum(one.width for one, _, _ in glyphs),
                    max(up for _, up, _ in glyphs), max(down for _, _, down in glyphs),
                )
        box.pango_layout.deactivate()


def _places(text: str, *, is_whole: bool) -> Iterator[tuple[int, int, str]]:
    """Every word of the case, and each space between two, with first and last place in the text's UTF-8."""
    at = 0
    for word in [text] if is_whole else re.findall(" |[^ ]+", text):
        end = at + len(word.encode())
        yield at, end, word
        at = end


def _glyphs(box: Any) -> Iterator[tuple[int, Glyph, float, float]]:
    """Place in the text, glyph, ascent and descent. A character that no typeface has: a glyph without a number."""
    line, _ = box.pango_layout.get_first_line()
    data, run = box.text.encode(), line.runs[0]
    while run != ffi.NULL:
        item, run = run.data, run.next
        starts = [item.glyphs.log_clusters[no] for no in range(item.glyphs.num_glyphs)]
        ends = [*(one for one in starts[1:]), item.item.length]
        for no, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if item.glyphs.glyphs[no].glyph == pango.PANGO_GLYPH_EMPTY:
                continue  # a variation selector, whose work is done
            at = item.item.offset
            is_attached = no > 0 and starts[no - 1] == start
            text = data[at + start : at + end].decode()
            yield at + start, *_glyph(item.item.analysis.font, item.glyphs.glyphs[no], text, is_attached=is_attached)


def _glyph(font: Any, info: Any, text: str, *, is_attached: bool) -> tuple[Glyph, float, float]:
    """An accent keeps the place that its font gives it; what letter-spacing moved is moved again on the slip."""
    size, (width, up, down) = _size(font), _extents(font, info.glyph)
    is_unknown = bool(info.glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG)
    right = info.geometry.x_offset * FROM_UNITS / size if is_attached else 0.0
    rise = -info.geometry.y_offset * FROM_UNITS / size
    glyph = Glyph(font, -1 if is_unknown else info.glyph, width / size, right, rise, text)
    return glyph, up / size, down / size


def _extents(font: Any, glyph: int) -> tuple[float, float, float]:
    """The glyph's own width, whatever stands beside it in the case, and how far its font reaches up and down."""
    ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
    pango.pango_font_get_glyph_extents(font, glyph, ink, logical)
    up = -logical.y
    return logical.width * FROM_UNITS, up * FROM_UNITS, (logical.height - up) * FROM_UNITS


def _size(font: Any) -> float:
    description = ffi.gc(pango.pango_font_describe_with_absolute_size(font), pango.pango_font_description_free)
    return float(pango.pango_font_description_get_size(description) * FROM_UNITS)


def _page(letters: Mapping[str, Iterable[str]], css: str) -> str:
    """Latin letters and digits by themselves, as on the slip: beside others they may look different."""
    rows = "".join(f'<p class="{face}">{_set(face, sorted(set(found)))}</p>' for face, found in sorted(letters.items()))
    style = f"{css} p {{ font-size: 100px; }} span {{ white-space: nowrap; }} .tight {{ letter-spacing: -0.055em; }}"
    return f"<!DOCTYPE html><meta charset=utf-8><title></title><style>{style}</style>{rows}"


def _set(face: str, words: list[str]) -> str:
    wide = [one for one in words if not one[0].isascii()]
    plain = "".join(f'<span class="{face}">{escape(one)}</span> ' for one in words if one[0].isascii())
    return f'{escape(" ".join([STRUT, MISSING, *wide]))} {plain}'


def document_of(case: TypeCase, pages: list[Any], title: str, author: str) -> Document:
    """Pages of our own in a document that knows the case's fonts."""
    made = case.document.copy(pages)
    made.metadata.title, made.metadata.authors = title, [author]
    return made
