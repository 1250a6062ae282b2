"""What stands above the text on page 1, in the document's and in the letter's format (GB/T 9704-2012, 7.2 and 10.1).

Pure. Lengths are points from the left and the top edge of the type area (28 and 37 mm from the page's), so what stands
outside of it is negative.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.slips.paper import Paper
from models.slips.types import ReplySlip
from webapp.typeset import BODY, Line, balanced, compose, tokens

MM = 72 / 25.4
ROWS_PER_PAGE = 22
ROW = 28.9
TYPE_AREA_HEIGHT, TYPE_AREA_WIDTH = 225 * MM, 156 * MM
PAGE_TOP, PAGE_LEFT, PAGE_HEIGHT, PAGE_WIDTH = -37 * MM, -28 * MM, 297 * MM, 210 * MM
TITLE_LEADING = 33.0
TITLE_CELLS = 19  # of 22 pt
HEAD_SIZE = 38.0  # largest at which ten lines of text stay under a one-line title
HEAD_WIDTH = 152 * MM
HEAD_INK = 0.11  # blank part of the em above the ink of 小标宋
HEAD_INK_BELOW = 0.042  # of the em: how far the ink reaches below it at a line-height of 1
HEAD_LEADING = 1.25
SMALLEST_HEAD_SCALE = 0.62  # narrower letters look squeezed: divide the name instead
DOCUMENT_HEAD_TOP = 35 * MM  # below the top of the type area
RULE_GAP = 4 * MM
LETTER_HEAD_TOP = PAGE_TOP + 30 * MM
LETTER_RULE = 170 * MM
LETTER_RULE_BOTTOM = 20 * MM  # from the bottom of the page
THICK, THIN, BETWEEN = 1.6, 0.6, 1.2  # of a double rule
BELOW_RULE = BODY.size_pt * 7 / 8


@dataclass(frozen=True, slots=True)
class Band:
    """A red rule."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """The red name of the issuer: its lines, set wide or narrow so that each fits."""

    lines: tuple[str, ...]
    top: float
    size: float
    scale: float
    spacing: float

    @property
    def bottom(self) -> float:
        return self.top + self.size + (len(self.lines) - 1) * self.size * HEAD_LEADING


@dataclass(frozen=True, slots=True)
class Head:
    """`secrecy` stands at the left of the number's line, in a letter alone, whose number is flush right."""

    mark: Mark
    number: Line
    number_top: float
    title: tuple[str, ...]
    title_top: float
    rules: tuple[Band, ...]
    is_letter: bool = False
    secrecy: Line | None = None

    @property
    def bottom(self) -> float:
        return self.title_top + len(self.title) * TITLE_LEADING


def single(text: str) -> Line:
    """Text that stands on a line of its own, on the grid."""
    return compose(tokens(text), indent=0)[0]


def head_of(slip: ReplySlip | Paper) -> Head:
    return _document_head(slip) if isinstance(slip, ReplySlip) or not slip.is_letter else _letter_head(slip)


def _mark(text: str, ink_top: float) -> Mark:
    most = int(HEAD_WIDTH / (HEAD_SIZE * SMALLEST_HEAD_SCALE))
    lines = tuple(balanced(text, most))
    longest = max(len(line) for line in lines)
    size = HEAD_SIZE if len(lines) == 1 else 30.0
    scale = min(1.0, HEAD_WIDTH / (longest * size))
    spare = HEAD_WIDTH * 0.86 / size - longest
    spacing = min(0.4, max(0.0, spare / max(1, longest - 1)))
    return Mark(lines, ink_top - HEAD_INK * size, size, scale, spacing)


def _document_head(slip: ReplySlip | Paper) -> Head:
    mark = _mark(slip.mark, DOCUMENT_HEAD_TOP)
    number_top = mark.bottom + 2 * ROW
    rule_top = number_top + (ROW + BODY.size_pt) / 2 + RULE_GAP
    title = tuple(balanced(slip.title, TITLE_CELLS))
    rule = Band(0, rule_top, TYPE_AREA_WIDTH, 1.4)
    return Head(mark, single(slip.number), number_top, title, rule_top + 2 * ROW, (rule,))


def _letter_head(slip: Paper) -> Head:
    """Thick over thin under the mark, thin over thick above the lower edge of the page; the number flush right."""
    mark = _mark(slip.mark, LETTER_HEAD_TOP)
    rule_top = mark.bottom + HEAD_INK_BELOW * mark.size + RULE_GAP
    foot = PAGE_TOP + PAGE_HEIGHT - LETTER_RULE_BOTTOM
    rules = (*_double(rule_top, THICK, THIN), *_double(foot - THICK - BETWEEN - THIN, THIN, THICK))
    number_top = rule_top + THICK + BETWEEN + THIN + BELOW_RULE - (ROW - BODY.size_pt) / 2
    title = tuple(balanced(slip.title, TITLE_CELLS))
    secrecy = single(slip.secrecy) if slip.secrecy else None
    return Head(mark, single(slip.number), number_top, title, number_top + 3 * ROW, rules, True, secrecy)


def _double(top: float, first: float, second: float) -> tuple[Band, Band]:
    left = PAGE_LEFT + (PAGE_WIDTH - LETTER_RULE) / 2
    return Band(left, top, LETTER_RULE, first), Band(left, top + first + BETWEEN, LETTER_RULE, second)
