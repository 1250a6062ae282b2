"""Tables in and out: 附件6 (.xlsx, .csv), the letters CSV; limits and neutralisation by reliability.md EXP-1 to EXP-3.

`sheet_rows` turns a file into rows of text; here they become typed rows. A broken row is told with its line and
reason while the others stay.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from models.appeals.text import canonical_digits, clean_text, message
from models.errors import Refused
from webapp.sheet_rows import Row, SheetRefused, read_rows

__all__ = [
    "LETTER_COLUMNS", "REPORT_COLUMNS", "LetterRow", "ReportRow", "Row", "RowError", "Sheet", "SheetRefused",
    "neutralised", "parse_date", "parse_instant", "read_appeal_report", "read_letters_csv", "read_rows", "write_report",
    "write_table",
]  # fmt: skip

T = TypeVar("T")

LONGEST_CELL: Final = 32_767  # characters, Excel's limit

LETTER_COLUMNS: Final = ("id", "author", "title", "filed_at", "body", "reply", "replied_at")
REPORT_COLUMNS: Final = (
    "诉求分类", "诉求日期", "诉求渠道", "诉求人/单位名称", "诉求人联系电话", "诉求承办单位名称", "诉求事项", "诉求描述",
    "投诉内容", "诉求状态", "办结日期", "调查核实办理情况", "回访", "诉求填报人", "填报人手机号",
)  # fmt: skip
_CHINA: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class RowError:
    """Why a row was refused: where, under which heading, and what is wrong."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"第 {self.line} 行“{self.column}”：{self.reason}"


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """What could be read of a file, and what could not. A refused row appears in `errors` only, once for each fault."""

    rows: tuple[T, ...]
    errors: tuple[RowError, ...]


@dataclass(frozen=True)
class LetterRow:
    """A public letter with its reply. Instants are aware, Asia/Shanghai; reply '' and replied_at None when open."""

    line: int
    source_id: str
    author: str
    title: str
    filed_at: datetime
    body: str
    reply: str
    replied_at: datetime | None


@dataclass(frozen=True)
class ReportRow:
    """A row of 附件6, its 15 columns in order. `item` (诉求事项) and `channel` say 其他 where the file says 其它."""

    line: int
    category: str
    filed_on: date
    channel: str
    appellant: str
    phone: str
    unit: str
    item: str
    description: str
    complaint: str
    status: str
    concluded_on: date | None
    findings: str
    follow_up: str
    reporter: str
    reporter_phone: str


def read_letters_csv(path: Path) -> Sheet[LetterRow]:
    """The letters of a CSV with LETTER_COLUMNS. Raises SheetRefused."""
    if path.suffix.lower() != ".csv":
        raise SheetRefused("sheet_kind")
    return _parsed(read_rows(path, LETTER_COLUMNS), _letter, unique="id")


def read_appeal_report(path: Path) -> Sheet[ReportRow]:
    """The rows of an 附件6 file, .csv or .xlsx. Raises SheetRefused."""
    return _parsed(read_rows(path, REPORT_COLUMNS), _report, unique=None)


# ---------------------------------------------------------------- rows to typed rows


class _Cells:
    """Takes the cells of one row and gathers what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.errors: list[RowError] = []

    def fault(self, column: str, reason: str) -> None:
        self.errors.append(RowError(self._row.line, column, reason))

    def text(self, column: str, *, most: int, required: bool = False, lines: int = 1) -> str:
        try:
            value = clean_text(_unneutralised(self._row.values[column]), max_chars=most, max_lines=lines)
        except Refused as refused:
            self.fault(column, message(refused))
            return ""
        if required and not value:
            self.fault(column, "不能为空，请补充。")
        return value

    def date(self, column: str, *, required: bool = False) -> date | None:
        text = self.text(column, most=40, required=required)
        found = parse_date(text) if text else None
        if text and found is None:
            self.fault(column, f"“{text}”不是有效的日期，请按 2026-11-21 的格式填写。")
        return found

    def instant(self, column: str, *, required: bool = False) -> datetime | None:
        text = self.text(column, most=40, required=required)
        found = parse_instant(text) if text else None
        if text and found is None:
            self.fault(column, f"“{text}”不是有效的时间，请按 2026-11-21T09:30:00 的格式填写。")
        return found


def _parsed(rows: Sequence[Row], parse: Callable[[Row, _Cells], T | None], *, unique: str | None) -> Sheet[T]:
    """Typed rows and the faults. The column `unique`, if any, may not repeat a value within the file."""
    good: list[T] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for row in rows:
        cells = _Cells(row)
        found = parse(row, cells)
        key = row.values[unique].strip() if unique else str(row.line)
        if seen.setdefault(key, row.line) != row.line:
            cells.fault(unique or "", f"与第 {seen[key]} 行重复，请删去其中一行。")
        errors += cells.errors
        if found is not None and not cells.errors:
            good.append(found)
    return Sheet(tuple(good), tuple(errors))


def _letter(row: Row, cells: _Cells) -> LetterRow | None:
    source_id = cells.text("id", most=40, required=True)
    author = cells.text("author", most=50)
    title = cells.text("title", most=100, required=True)
    filed_at = cells.instant("filed_at", required=True)
    body = cells.text("body", most=5_000, required=True, lines=200)
    reply = cells.text("reply", most=20_000, lines=500)
    replied_at = cells.instant("replied_at", required=bool(reply))
    if replied_at and not reply:
        cells.fault("reply", "有答复时间而没有答复内容，请补充。")
    if filed_at and replied_at and replied_at < filed_at:
        cells.fault("replied_at", "早于来信时间，请核对。")
    if filed_at is None:
        return None
    return LetterRow(row.line, source_id, author, title, filed_at, body, reply, replied_at)


def _report(row: Row, cells: _Cells) -> ReportRow | None:
    filed_on = cells.date("诉求日期", required=True)
    concluded_on = cells.date("办结日期")
    if filed_on and concluded_on and concluded_on < filed_on:
        cells.fault("办结日期", "早于诉求日期，请核对。")
    found = {
        "category": cells.text("诉求分类", most=50),
        "channel": _other(cells.text("诉求渠道", most=50)),
        "appellant": cells.text("诉求人/单位名称", most=100),
        "phone": cells.text("诉求人联系电话", most=50),
        "unit": cells.text("诉求承办单位名称", most=100, required=True),
        "item": _other(cells.text("诉求事项", most=100)),
        "description": cells.text("诉求描述", most=5_000, required=True, lines=200),
        "complaint": cells.text("投诉内容", most=5_000, lines=200),
        "status": cells.text("诉求状态", most=50),
        "findings": cells.text("调查核实办理情况", most=20_000, lines=500),
        "follow_up": cells.text("回访", most=5_000, lines=200),
        "reporter": cells.text("诉求填报人", most=50),
        "reporter_phone": cells.text("填报人手机号", most=50),
    }
    return None if filed_on is None else ReportRow(row.line, filed_on=filed_on, concluded_on=concluded_on, **found)


def _other(text: str) -> str:
    return text.replace("其它", "其他")


_DATE: Final = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?(?:[T ].*)?")
_COMPACT_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL_DATE: Final = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
_YEARS: Final = range(1949, 2101)  # INP-3


def parse_date(text: str) -> date | None:
    """The day somebody wrote: 2023-05-29, 2023/5/29, 2023.5.29, 2023年5月29日, 20230529, with or without a time,
    or Excel's day number 45075. None for what is no day of 1949 to 2100."""
    plain = canonical_digits(text).strip().replace("－", "-").replace("．", ".").replace("／", "/")
    if serial := _SERIAL_DATE.fullmatch(plain):
        found = _EXCEL_DAY_ZERO + timedelta(days=int(serial[1]))
        return found if found.year in _YEARS else None
    parts = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    if parts is None:
        return None
    year, month, day = (int(part) for part in parts.groups())
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """An ISO instant of 1949 to 2100; without an offset it is Asia/Shanghai. None for anything else."""
    try:
        found = datetime.fromisoformat(canonical_digits(text).strip().replace("/", "-"))
    except ValueError:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=_CHINA)
    return aware.astimezone(_CHINA) if aware.year in _YEARS else None


# ---------------------------------------------------------------- rows to files

_FORMULA_START: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ILLEGAL_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def neutralised(text: str) -> str:
    """Text that a spreadsheet shows as it is and never computes: for every cell of a CSV or XLSX (EXP-1, EXP-2)."""
    legal = _ILLEGAL_IN_XML.sub("\ufffd", text)
    marked = f"'{legal}" if legal.startswith(_FORMULA_START) else legal
    return marked if len(marked) <= LONGEST_CELL else marked[: LONGEST_CELL - 6] + "…（已截断）"


def _unneutralised(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_START) else text


def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]], stream: BinaryIO, *, title: str) -> int:
    """Writes an .xlsx of text cells and returns the number of rows under the headings. `title` names the sheet."""
    book = Workbook(write_only=True)
    book.properties.creator = ""  # no names in the metadata (IDN-4)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    count = -1  # the headings are no row
    for row in chain([headings], rows):
        sheet.append([_text_cell(sheet, value) for value in row])
        count += 1
    book.save(stream)
    return count


def _text_cell(sheet: WriteOnlyWorksheet, value: str) -> object:
    cell = WriteOnlyCell(sheet, value=neutralised(value))
    cell.data_type = "s"  # openpyxl would guess a formula or an error value
    return cell


def write_report(rows: Iterable[ReportRow], stream: BinaryIO) -> int:
    """Writes 附件6: the 15 columns in their order, every cell as text. Mask names and numbers before."""
    names = [field.name for field in fields(ReportRow)][1:]
    return write_table(
        REPORT_COLUMNS, ([_shown(getattr(row, name)) for name in names] for row in rows), stream, title="诉求上报"
    )


def _shown(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
