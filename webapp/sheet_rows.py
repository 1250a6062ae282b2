"""Table files to rows of text with their line numbers, within the limits of reliability.md EXP-3.

A workbook is judged by the zip's own list first and then read in the child process; a CSV is only split.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.errors import Refused
from webapp.child import CHILD, ChildBusy, ChildFailed

Lines = list[tuple[int, list[str]]]

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 40
MOST_CSV_BYTES: Final = 20 * 2**20
MOST_ZIP_BYTES: Final = 2 * 2**20
MOST_UNPACKED_BYTES: Final = 20 * 2**20
MOST_RATIO: Final = 100
XLSX_SECONDS: Final = 20.0
HEADER_WITHIN: Final = 5  # rows: a title may stand above the headings

MESSAGES: Final[dict[str, str]] = {
    "sheet_kind": "只能导入 .xlsx 或者 .csv 文件，请另存为其中一种格式后再导入。",
    "sheet_empty": "文件中没有内容，请核对后重新选择。",
    "sheet_too_large": "文件过大（.xlsx 不超过 2 MB，.csv 不超过 20 MB），请分成几个文件导入。",
    "sheet_bomb": "文件解压后过大，不能导入，请只保留需要的工作表，另存后再导入。",
    "sheet_broken": "文件无法读取，可能已损坏或者设有密码，请用表格软件打开后另存再导入。",
    "sheet_encoding": "无法识别文件的文字编码，请另存为“CSV UTF-8”格式后再导入。",
    "sheet_too_many_rows": "一次最多导入 5000 行，请分成几个文件导入。",
    "sheet_columns": "缺少以下列：{missing}。请按模板补齐表头后再导入。",
    "sheet_busy": "正在读取的文件较多，请稍后再导入。",
}


class SheetRefused(Refused):
    """The file as a whole cannot be read. `message_zh` is the sentence for whoever imports it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        self.message_zh = MESSAGES[code].format(**facts)


@dataclass(frozen=True)
class Row:
    """One row as text by heading. `line` is the line a person finds it at: in a CSV the first of the record."""

    line: int
    values: Mapping[str, str]


def read_rows(path: Path, columns: Sequence[str]) -> tuple[Row, ...]:
    """The rows under a heading with all of `columns`, in any order, blank rows and notes (备注…) left out."""
    lines = read_lines(path)
    position, headings = _headings(lines, columns)
    body = lines[position + 1 :]
    if len(body) > MOST_ROWS:
        raise SheetRefused("sheet_too_many_rows")
    return tuple(
        Row(line, {name: cells[place] if place < len(cells) else "" for name, place in headings.items()})
        for line, cells in body
        if not _is_note(cells)
    )


def read_lines(path: Path) -> Lines:
    """The lines that are not blank, with their numbers, whatever stands in them."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SheetRefused("sheet_kind")
    lines = [(line, cells) for line, cells in reader(path) if any(cell.strip() for cell in cells)]
    if not lines:
        raise SheetRefused("sheet_empty")
    return lines


def _is_note(cells: Sequence[str]) -> bool:
    return cells[0].strip().startswith("备注") and not any(cell.strip() for cell in cells[1:])


def _headings(lines: Lines, columns: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Which of the first rows has the headings, and the place of each wanted one in it."""
    best: dict[str, int] = {}
    for position, (_, cells) in enumerate(lines[:HEADER_WITHIN]):
        names = [_heading(cell) for cell in cells]
        found = {name: names.index(name) for name in columns if name in names}
        if len(found) == len(columns):
            return position, found
        best = max(best, found, key=len)
    raise SheetRefused("sheet_columns", missing="、".join(name for name in columns if name not in best))


def _heading(cell: str) -> str:
    """A heading as the template has it. The published template cuts the 14th to 诉求 (domain.md §8)."""
    text = "".join(cell.split()).lstrip("\ufeff*＊").rstrip("*＊:：").replace("／", "/")
    return {"诉求": "诉求填报人", "诉求人": "诉求人/单位名称"}.get(text, text)


def _csv_lines(path: Path) -> Lines:
    if path.stat().st_size > MOST_CSV_BYTES:
        raise SheetRefused("sheet_too_large")
    reader = csv.reader(io.StringIO(_decoded(path.read_bytes()), newline=""), strict=True)
    found: Lines = []
    begins = 1
    try:
        for cells in reader:
            found.append((begins, cells[:MOST_COLUMNS]))
            begins = reader.line_num + 1
            if len(found) > MOST_ROWS + HEADER_WITHIN:
                raise SheetRefused("sheet_too_many_rows")
    except csv.Error as error:  # a quotation mark that never closes would swallow the rest of the file
        raise SheetRefused("sheet_broken") from error
    return found


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, else GB 18030, which Chinese Excel writes by default."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused("sheet_encoding")


def _xlsx_lines(path: Path) -> Lines:
    from webapp import sheet_child  # openpyxl costs every start a third of a second

    _require_small(path)
    try:
        found = CHILD.run(
            sheet_child.lines, path.read_bytes(), MOST_ROWS + HEADER_WITHIN, MOST_COLUMNS, seconds=XLSX_SECONDS
        )
    except ChildBusy as error:
        raise SheetRefused("sheet_busy") from error
    except ChildFailed as error:
        raise SheetRefused("sheet_broken") from error
    if found is None:
        raise SheetRefused("sheet_broken")
    if len(found) > MOST_ROWS + HEADER_WITHIN:
        raise SheetRefused("sheet_too_many_rows")
    return found


def _require_small(path: Path) -> None:
    """Judges a workbook by the zip's own list before anything is unpacked. A list that lies is cut short by zipfile."""
    if path.stat().st_size > MOST_ZIP_BYTES:
        raise SheetRefused("sheet_too_large")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SheetRefused("sheet_broken") from error
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > 200 or unpacked > MOST_UNPACKED_BYTES or unpacked > MOST_RATIO * max(packed, 1):
        raise SheetRefused("sheet_bomb")


_READERS: Final[Mapping[str, Callable[[Path], Lines]]] = {".csv": _csv_lines, ".xlsx": _xlsx_lines}
