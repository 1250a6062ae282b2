"""Composes Chinese paragraphs into flush lines of full-width cells, with the rules of line breaking (禁则).

Pure: text in, lines out. The renderer justifies only at spaces, which Chinese has none of, so the spacing of every
line is worked out here. A cell is one full-width character; a digit is half a cell. Digits and Latin words stand in
boxes of whole half cells, so that the page does not depend on the typeface they are set in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from math import ceil
from textwrap import wrap
from unicodedata import category, combining, east_asian_width

CLOSING = "，。、；：？！）》〉”’】〕〗」』］｝…—～·％‰℃々!),.:;?]}%"
OPENING = "（《〈“‘【〔〖「『［｛([{"
COUNTED = "年月日号时分秒元万亿％℃项条款家个件次人"
HANGABLE = "，。、；：？！）》〉”’】〕〗」』］"
PAIRED = ("……", "——")
MISSING = "〓"  # the printer's sign for a character no typeface has
LONGEST_NUMBER = 20  # digits; longer ones are split, as are long words (PDF-3)
HANG_CELLS = 0.5  # the blank right half of a closing mark may stand in the margin
SHRINK_CELLS = 0.5  # a line may be set this much tighter: 0.3 pt a character, invisible
WORD_PIECE_CHARACTERS = 8  # a word longer than 8 cells is cut into pieces of this length
TOO_WIDE, TOO_NARROW = 1.5, 3.0  # candidates this far from the measure, in cells, are not looked at
LONG_WORD = re.compile(r"[!-~]{61,}")
TITLE_BREAKS, NEVER_FIRST = "的、，》”）和", "的和与等及"
ADVANCES = {  # thousandths of the size: the faces of the stack, less the tightening of slip.css
    **dict.fromkeys("0123456789$+<=>/", 500), **dict.fromkeys(".,:;!'|ijl", 300), **dict.fromkeys("-()[]ftrI", 360),
    **dict.fromkeys("MWmw@%&QO", 960), **dict.fromkeys("ABCDEFGHKLNPRSTUVXYZJ", 700),
}
DEFAULT_ADVANCE = 550
UNPRINTABLE = {"Cc", "Cf", "Cn", "Co", "Cs"}
WORD_PIECE = re.compile(r"[^./@_\-:?&=]{1,8}[./@_\-:?&=]{0,3}|[./@_\-:?&=]{1,8}")
TOKEN = re.compile(
    r"(?P<number>[0-9]+(?![!-~]))|(?P<word>[!-~]+)|(?P<space>[ \t\u00a0\u3000]+)|(?P<other>.)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Token:
    """What is never divided. `boxed` text gets a box of exactly `cells`, whatever its typeface measures.

    `glued` text continues the word before it; the two share a box when they share a line.
    """

    text: str
    cells: float
    face: str = ""
    boxed: bool = False
    space: bool = False
    glued: bool = False

    @property
    def joints(self) -> int:
        """Characters that take letter-spacing after them; a box counts as one."""
        if self.boxed:
            return 0 if self.glued else 1
        return sum(1 for character in self.text if not _attaches(character))


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring text of one face; `cells` is set when it stands in a box of its own."""

    text: str
    face: str = ""
    cells: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line ready to print: `indent` in cells, `spacing` in cells after each character (mostly about −0.013)."""

    runs: tuple[Run, ...]
    indent: float
    spacing: float

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Measure:
    """The grid: 28 cells of 16 pt in 156 mm, so each cell gives up a little (GB/T 9704-2012, 22 lines × 28)."""

    cells: int = 28
    size_pt: float = 16.0
    width_pt: float = 156 / 25.4 * 72

    @property
    def width(self) -> float:
        """The width of a full line in units of the type size."""
        return self.width_pt / self.size_pt

    @property
    def grid_spacing(self) -> float:
        """Letter-spacing of a line with nothing but full-width characters."""
        return (self.width - self.cells) / (self.cells - 1)


BODY = Measure()


def _attaches(character: str) -> bool:
    return bool(combining(character)) or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@cache
def printable(character: str) -> str:
    """The character, 〓 for what no Chinese typeface has (emoji, private use), nothing for control characters."""
    if _attaches(character) or character in "\n\t":
        return character
    kind = category(character)
    if kind in {"Co", "Cn"} or 0x1F000 <= ord(character) <= 0x1FAFF:
        return MISSING
    return "" if kind in UNPRINTABLE else character


def clean(text: str) -> str:
    """Text that can be set: one kind of newline, no control characters, 〓 for what has no glyph."""
    return "".join(map(printable, text.replace("\r\n", "\n").replace("\r", "\n")))


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of a field, each a paragraph."""
    return [line for line in (part.strip() for part in clean(text).split("\n")) if line]


def _word_cells(text: str) -> float:
    return ceil(2 * sum(ADVANCES.get(character, DEFAULT_ADVANCE) for character in text) / 1000) / 2


def _word_pieces(text: str) -> Iterator[Token]:
    """A word as one box; a long one (an address, a run of letters) in pieces, so that it cannot push a line apart."""
    pieces = WORD_PIECE.findall(text) if _word_cells(text) > WORD_PIECE_CHARACTERS else [text]
    for position, piece in enumerate(pieces):
        yield Token(piece, _word_cells(piece), boxed=True, glued=position > 0)


def _number(text: str) -> Iterator[Token]:
    for start in range(0, len(text), LONGEST_NUMBER):
        piece = text[start : start + LONGEST_NUMBER]
        yield Token(piece, len(piece) / 2, boxed=True)


def _other(text: str) -> Token:
    is_wide = east_asian_width(text) in "WFA"
    return Token(text, 1.0, boxed=not is_wide)


def _raw_tokens(text: str) -> Iterator[Token]:
    for match in TOKEN.finditer(text):
        piece = match.group()
        if match.lastgroup == "number":
            yield from _number(piece)
        elif match.lastgroup == "word":
            yield from _word_pieces(piece)
        elif match.lastgroup == "space":
            wide = piece.count("\u3000")
            yield Token(" ", wide or 0.5, boxed=True, space=True)
        else:
            yield _other(piece)


def tokens(text: str, face: str = "") -> list[Token]:
    """Divides text into what may not be broken; …… and —— stay whole, accents and variation selectors attached."""
    out: list[Token] = []
    for token in _raw_tokens(re.sub(r"(?<=[^!-~])[ \t]+(?=[^!-~])", "", clean(text).replace("\n", ""))):
        last = out[-1] if out else None
        if last and (_attaches(token.text[0]) or (last.text + token.text) in PAIRED):
            extra = 0.0 if _attaches(token.text[0]) else token.cells
            out[-1] = replace(last, text=last.text + token.text, cells=last.cells + extra)
        else:
            out.append(replace(token, face=face))
    return out


def _may_break(before: Token, after: Token) -> bool:
    """Closing marks never open a line, opening marks never end one, and 年 stays with its number."""
    is_counted = before.text.isdecimal() and after.text in COUNTED
    return not (is_counted or after.text[0] in CLOSING or before.text[-1] in OPENING or after.space)


@dataclass(frozen=True, slots=True)
class _Fit:
    cost: float
    spacing: float


@dataclass(frozen=True, slots=True)
class _Best:
    cost: float
    start: int
    fit: _Fit


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """The tokens with running sums, so that any candidate line is measured in constant time."""

    items: list[Token]
    cells: list[float]
    joints: list[int]
    indent: float
    hanging: float
    measure: Measure

    def left(self, start: int) -> float:
        return self.indent if start == 0 else self.hanging

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The same line without the spaces at its ends."""
        while end > start + 1 and self.items[end - 1].space:
            end -= 1
        while start + 1 < end and self.items[start].space:
            start += 1
        return start, end

    def fit(self, start: int, end: int) -> _Fit:
        """How badly the tokens fill one line, and the spacing that makes it flush.

        A line that cannot be made flush stays on the grid at a price no other choice reaches.
        """
        left, is_last = self.left(start), end == len(self.items)
        start, end = self.trim(start, end)
        natural, room = self.cells[end] - self.cells[start], self.measure.cells - left
        joints = self.joints[end] - self.joints[start] - (0 if self.items[start].glued else 1)
        if is_last and natural <= room:
            return _Fit(4.0 if natural < 2 else 0.0, self.measure.grid_spacing)
        hang = HANG_CELLS if natural > room and self.items[end - 1].text[-1] in HANGABLE else 0.0
        slack = room - (natural - hang)
        if slack < -SHRINK_CELLS or joints < 1:
            return _Fit(1000.0 + natural, self.measure.grid_spacing)
        spacing = (self.measure.width - left - (natural - hang)) / joints
        return _Fit(slack * slack * (1.0 if slack >= 0 else 1.5) + hang / 10, spacing)

    def ends(self, start: int) -> Iterator[int]:
        """Where a line that begins at `start` may end: near the measure, else the last legal break before it, else
        where the measure is full: a line of closing marks alone is parted, or work would grow with its square.
        """
        room, fallback, full, found = self.measure.cells - self.left(start), 0, start + 1, False
        for end in range(start + 1, len(self.items) + 1):
            width = self.cells[end] - self.cells[start]
            if width > room + TOO_WIDE:
                break
            full = end if width <= room else full
            is_last = end == len(self.items)
            if not (is_last or _may_break(self.items[end - 1], self.items[end])):
                continue
            if is_last or width > room - TOO_NARROW:
                found = found or width <= room + SHRINK_CELLS
                yield end
            else:
                fallback = end
        if not found:
            yield fallback or full

    def line(self, choice: _Best, end: int) -> Line:
        start, stop = self.trim(choice.start, end)
        runs: list[Run] = []
        for token in self.items[start:stop]:
            if token.glued and runs and runs[-1].cells is not None:
                runs[-1] = replace(runs[-1], text=runs[-1].text + token.text, cells=runs[-1].cells + token.cells)
            elif token.boxed:
                runs.append(Run(token.text, token.face, token.cells))
            elif runs and runs[-1].cells is None and runs[-1].face == token.face:
                runs[-1] = replace(runs[-1], text=runs[-1].text + token.text)
            else:
                runs.append(Run(token.text, token.face))
        return Line(tuple(runs), self.left(choice.start), round(choice.fit.spacing, 5))


def compose(items: list[Token], *, indent: float = 2, hanging: float = 0, measure: Measure = BODY) -> list[Line]:
    """Breaks one paragraph into lines with the least stretching over the whole paragraph.

    `indent` is for the first line, `hanging` for the others, in cells.
    """
    cells = list(accumulate((token.cells for token in items), initial=0.0))
    joints = list(accumulate((token.joints for token in items), initial=0))
    paragraph = _Paragraph(items, cells, joints, indent, hanging, measure)
    best: dict[int, _Best] = {0: _Best(0.0, -1, _Fit(0.0, 0.0))}
    for start in range(len(items)):
        if start not in best:
            continue
        for end in paragraph.ends(start):
            fit = paragraph.fit(start, end)
            cost = best[start].cost + fit.cost
            if end not in best or cost < best[end].cost:
                best[end] = _Best(cost, start, fit)
    return _walk_back(paragraph, best)


def _walk_back(paragraph: _Paragraph, best: dict[int, _Best]) -> list[Line]:
    lines: list[Line] = []
    end = len(paragraph.items)
    while end > 0:
        lines.append(paragraph.line(best[end], end))
        end = best[end].start
    return lines[::-1]


def balanced(text: str, most: int) -> list[str]:
    """Divides a centred title into as few lines as fit `most` cells, near equal and at legal breaks.

    Keeps 的 and 和 at the end of a line rather than at its head, so that the sense stays whole (词意完整).
    """
    items = tokens(text)
    total = sum(token.cells for token in items)
    count = ceil(total / most)
    lines: list[str] = []
    start = 0
    for left in range(count, 1, -1):
        width = sum(token.cells for token in items[start:]) / left
        start, line = _title_line(items, start, width, most)
        lines.append(line)
    return [*lines, "".join(token.text for token in items[start:]).strip()]


def _title_line(items: list[Token], start: int, width: float, most: int) -> tuple[int, str]:
    best, best_cost, cells = len(items), float("inf"), 0.0
    for end in range(start + 1, len(items)):
        cells += items[end - 1].cells
        if cells > most:
            break
        if not _may_break(items[end - 1], items[end]):
            continue
        sense = (0 if items[end - 1].text in TITLE_BREAKS else 3) + (5 if items[end].text in NEVER_FIRST else 0)
        cost = abs(cells - width) + sense
        if cost < best_cost:
            best, best_cost = end, cost
    return best, "".join(token.text for token in items[start:best]).strip()


def split_long_words(text: str) -> str:
    """For text the renderer breaks itself: a place to break in every unbroken run of more than 60 characters."""
    return LONG_WORD.sub(lambda match: "\u200b".join(wrap(match.group(), 30)), text)
