"""Reads a workbook in the child process (reliability.md EXP-3): its first sheet as text, whatever it contains."""

import io
import zipfile
from datetime import date, datetime
from xml.etree.ElementTree import ParseError  # the exception only; parsing is defusedxml's

import openpyxl

if not openpyxl.DEFUSEDXML:  # without it openpyxl expands entities without end
    raise RuntimeError("defusedxml must be installed to read workbooks")


def lines(data: bytes, most_rows: int, most_columns: int) -> list[tuple[int, list[str]]] | None:
    """Line number and cells of the rows that are not blank, one more than `most_rows` at most; None for no workbook.

    Blank rows are passed over without a limit: a formatted column makes 65,536 of them. Formulas give their value.
    """
    found: list[tuple[int, list[str]]] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be believed
        for line, row in enumerate(sheet.iter_rows(max_col=most_columns, values_only=True), start=1):
            if any(value is not None for value in row):
                found.append((line, [_text(value) for value in row]))
            if len(found) > most_rows:
                break
    except (zipfile.BadZipFile, ParseError, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError):
        return None  # the ways openpyxl is known to fail on damaged or hostile files; entities are a ValueError
    return found


def _text(value: object) -> str:
    """A cell as a person reads it: whole numbers without ".0", days without a midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        has_time = value.hour or value.minute or value.second
        return value.isoformat(timespec="seconds") if has_time else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
