"""Reading an arrangement file (columns date,kind,name,source): every line judged, every fault told at once."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from models.errors import Refused
from models.workdays.types import FIRST_YEAR, LAST_YEAR, DayKind, MarkedDay

COLUMNS = ("date", "kind", "name", "source")
LEAST_OFF_DAYS = 7
LONGEST_TEXT = 80
LARGEST_FILE = 3_000
"""Lines read at most; an arrangement has about 40 a year."""

# ASCII digits only: `\d` would take full-width ones. The second form is what spreadsheet programs make of the first.
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")
_BAD_DATE = "日期“{date}”不是有效日期，请写成 2027-01-01 的样式"


@dataclass(frozen=True, slots=True)
class LineNote:
    """A remark on a line of the file; line 0 speaks of the file as a whole."""

    line: int
    reason: str

    @property
    def text(self) -> str:
        return f"第{self.line}行：{self.reason}" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A sound file: its days by date, and remarks that do not stand in the way."""

    days: tuple[MarkedDay, ...]
    warnings: tuple[LineNote, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({day.on.year for day in self.days}))


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: Mapping[str, str]
    on: date | None


def parse_arrangement(text_lines: Iterable[str]) -> Arrangement:
    """The arrangement in the lines of a CSV file. `Refused("arrangement_unsound", problems=…)` names every fault."""
    rows, problems = _rows(text_lines)
    problems += [LineNote(row.number, reason) for row in rows for reason in _faults(row)]
    problems += _repeated(rows)
    if problems:
        raise _unsound(problems)
    arrangement = Arrangement(_days(rows), tuple(_remarks(rows)))
    off = (day.on for day in arrangement.days if day.kind is DayKind.OFF)
    if incomplete := incomplete_years(arrangement.years, off):
        raise _unsound([LineNote(0, reason) for reason in incomplete])
    return arrangement


def _unsound(problems: list[LineNote]) -> Refused:
    return Refused("arrangement_unsound", problems=tuple(sorted(problems, key=lambda note: note.line)))


def incomplete_years(years: Iterable[int], days_off: Iterable[date]) -> list[str]:
    """Why years with too few days off are refused: an import replaces whole years, so a part would lose the rest."""
    counts = Counter(day.year for day in days_off)
    return [
        f"{year}年只有{counts[year]}个放假日，不完整：导入会替换整年的安排，请把{year}年的全部放假日和调休上班日放进同一个文件"
        for year in sorted(years) if counts[year] < LEAST_OFF_DAYS
    ]


def _rows(text_lines: Iterable[str]) -> tuple[list[_Line], list[LineNote]]:
    """The filled lines, and what keeps them from being read. A broken head stops the reading."""
    reader = csv.reader(text_lines, strict=True)
    rows: list[_Line] = []
    try:
        head = [cell.strip().lstrip("\ufeff").lower() for cell in next(reader, [])]
        if missing := [column for column in COLUMNS if column not in head]:
            return [], [LineNote(1, f"缺少列：{'、'.join(missing)}。第一行应为 {','.join(COLUMNS)}")]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_line(reader.line_num, dict(zip(head, (cell.strip() for cell in cells), strict=False))))
            if len(rows) > LARGEST_FILE:
                return [], [LineNote(0, f"文件超过{LARGEST_FILE}行，不像一份放假安排")]
    except csv.Error:
        return rows, [LineNote(reader.line_num, "引号不成对或内容损坏，无法读取")]
    return rows, [] if rows else [LineNote(0, "文件里没有任何日期")]


def _line(number: int, cells: Mapping[str, str]) -> _Line:
    filled = {column: cells.get(column, "") for column in COLUMNS}
    return _Line(number, filled, _date(filled["date"]))


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


_CHECKS: tuple[tuple[Callable[[_Line], bool], str], ...] = (
    (lambda row: row.on is None, _BAD_DATE),
    (lambda row: row.on is not None and not FIRST_YEAR <= row.on.year <= LAST_YEAR,
     f"日期“{{date}}”超出范围，应在{FIRST_YEAR}年至{LAST_YEAR}年之间"),
    (lambda row: row.cells["kind"] not in set(DayKind), "kind“{kind}”无效，应为 off（放假）或 work（调休上班）"),
    (lambda row: not row.cells["name"], "缺少名称（name），例如“国庆节”"),
    (lambda row: not row.cells["source"], "缺少依据（source），请填写国务院办公厅通知的文号"),
    (lambda row: any(len(row.cells[column]) > LONGEST_TEXT for column in ("name", "source")),
     f"名称或依据超过{LONGEST_TEXT}字"),
    (lambda row: any(not character.isprintable() for cell in row.cells.values() for character in cell),
     "含有不可见的控制字符"),
)


def _faults(row: _Line) -> Iterator[str]:
    shown = {column: "".join(c for c in cell if c.isprintable())[:LONGEST_TEXT] for column, cell in row.cells.items()}
    return (reason.format(**shown) for is_wrong, reason in _CHECKS if is_wrong(row))


def _repeated(rows: list[_Line]) -> list[LineNote]:
    seen: dict[date, _Line] = {}
    problems = []
    for row in rows:
        if row.on is None:
            continue
        first = seen.setdefault(row.on, row)
        if first is not row:
            clash = "又标为放假又标为上班" if first.cells["kind"] != row.cells["kind"] else "重复"
            problems.append(LineNote(row.number, f"日期 {row.on} {clash}，与第{first.number}行冲突"))
    return problems


def _remarks(rows: list[_Line]) -> Iterator[LineNote]:
    for row in rows:
        if row.on and row.on.weekday() < 5 and row.cells["kind"] == DayKind.WORK:
            yield LineNote(row.number, f"{row.on} 本来就是工作日，无需标为调休上班，请核对通知原文")


def _days(rows: list[_Line]) -> tuple[MarkedDay, ...]:
    days = (MarkedDay(row.on, DayKind(row.cells["kind"]), row.cells["name"], row.cells["source"])
            for row in rows if row.on)
    return tuple(sorted(days, key=lambda day: day.on))
