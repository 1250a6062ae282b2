"""A list of invitees, from a file or pasted, as lines with what is wrong in them. Nothing is lost: the text comes back
line by line.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from werkzeug.datastructures import FileStorage

from models.accounts.rules import MOST_EMAIL, is_mailbox
from models.appeals.text import clean_text, message
from models.errors import Refused
from models.ratings.invitations import Entry
from models.ratings.types import Group, Invitee
from webapp.sheet_rows import SheetRefused, read_lines

COLUMNS: Final = ("名称", "统一社会信用代码", "通信地址", "电子邮箱", "联系人", "电话")
"""Of the file; pasted lines have them in this order, or a heading of their own."""
SAME: Final = {
    "姓名": "名称", "单位名称": "名称", "企业名称": "名称", "姓名或者单位名称": "名称", "信用代码": "统一社会信用代码",
    "地址": "通信地址", "联系地址": "通信地址", "邮箱": "电子邮箱", "联系电话": "电话", "手机号": "电话",
}
FIELDS: Final = ("name", "credit_code", "address", "mail", "contact", "phone")
LENGTHS: Final = (80, 30, 120, MOST_EMAIL, 40, 40)
MOST_LINES: Final = 2_000
MOST_CHARS: Final = 120_000

Cells = Sequence[str]


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line, in words."""

    line: int
    text: str


@dataclass(frozen=True)
class Read:
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


def from_file(sent: FileStorage) -> str:
    """The file's lines as they would be pasted. Raises SheetRefused with a sentence for people."""
    suffix = Path(sent.filename or "").suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise SheetRefused("sheet_kind")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"list{suffix}"
        sent.save(path)
        lines = read_lines(path)
    return "\n".join("\t".join(" ".join(cell.split()) for cell in cells).rstrip("\t") for _, cells in lines)


def read(text: str, group: Group) -> Read:
    """Line numbers are those of the text."""
    lines = [(no, _cells(line)) for no, line in enumerate(text.split("\n"), start=1) if line.strip()]
    places = {name: place for place, name in enumerate(COLUMNS)}
    if lines and (heading := _heading(lines[0][1])):
        places, lines = heading, lines[1:]
    entries, faults = [], []
    for no, cells in lines:
        entry = _entry(no, {name: cells[place] for name, place in places.items() if place < len(cells)}, group)
        if isinstance(entry, Fault):
            faults.append(entry)
        else:
            entries.append(entry)
    return Read(tuple(entries), tuple(faults))


def _cells(line: str) -> list[str]:
    """Tab-separated as spreadsheets paste it, else by commas, ASCII or Chinese."""
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line.replace("，", ","))), [])]


def _heading(cells: Cells) -> dict[str, int]:
    """Where each column stands, if this line is a heading; it is one when it names the first column."""
    plain = ["".join(cell.split()).lstrip("\ufeff").rstrip("*＊") for cell in cells]
    names = [SAME.get(name, name) for name in plain]
    if COLUMNS[0] not in names:
        return {}
    return {name: names.index(name) for name in COLUMNS if name in names}


def _entry(no: int, row: dict[str, str], group: Group) -> Entry | Fault:
    said: dict[str, str] = {}
    for column, field, most in zip(COLUMNS, FIELDS, LENGTHS, strict=True):
        try:
            said[field] = clean_text(row.get(column, ""), max_chars=most, max_lines=1)
        except Refused as refused:
            return Fault(no, f"{column}：{message(refused)}")
    if not said["name"]:
        return Fault(no, "没有填写名称，请补充。")
    if said["mail"] and not is_mailbox(said["mail"]):
        return Fault(no, f"电子邮箱“{said['mail']}”写法不对，请改正或者删去。")
    if not said["mail"] and not said["address"]:
        return Fault(no, "通信地址和电子邮箱至少填写一项，否则评议信无法送达。")
    return Entry(no, Invitee(group, **said))
