"""Rows of a table file as entries to be filed or registered: the letters CSV and 附件6."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, TypeVar

from models.accounts.tables import Unit
from models.accounts.types import SYSTEM
from models.appeals.categories import find_category
from models.appeals.importing import appellant_kind, channel_of, is_concluded, kind_of, kind_of_letter, short_title
from models.appeals.types import CHANNEL_LABELS, AppellantKind, Channel, Filing
from models.appeals.vault import Identity
from models.workdays.rules import SHANGHAI
from webapp.spreadsheets import LetterRow, ReportRow, RowError, SheetRefused, read_appeal_report, read_letters_csv

T = TypeVar("T", LetterRow, ReportRow)

NO_CATEGORY: Final = "other"


@dataclass(frozen=True)
class Source:
    """What an import may lean on: the server's clock, the units by every name they go by."""

    now: datetime
    units: Mapping[str, Unit]
    file_name: str


@dataclass(frozen=True)
class Entry:
    """One matter to take in. With a reply it was concluded before it came here; without one it is new."""

    line: int
    filing: Filing
    identity: Identity | None
    reply: str
    internal_note: str
    lead_unit: Unit | None = None


@dataclass(frozen=True)
class Batch:
    """All entries of a file, and the faults by line."""

    entries: tuple[Entry, ...]
    faults: tuple[RowError, ...]


def read_batch(path: Path, source: Source) -> Batch:
    """The kind of table is told by its headings. Raises SheetRefused for a file that is neither."""
    if path.suffix.lower() == ".csv":
        try:
            letters = read_letters_csv(path)
        except SheetRefused as refused:
            if refused.code != "sheet_columns":
                raise
        else:
            return _batch(letters.rows, letters.errors, letter_entry, source)
    report = read_appeal_report(path)
    return _batch(report.rows, report.errors, report_entry, source)


def _batch(
    rows: tuple[T, ...], errors: tuple[RowError, ...], entry: Callable[[T, Source], Entry | RowError], source: Source
) -> Batch:
    found: list[Entry | RowError] = [entry(row, source) for row in rows]
    faults = [*errors, *(one for one in found if isinstance(one, RowError))]
    return Batch(tuple(one for one in found if isinstance(one, Entry)), tuple(faults))


# ---------------------------------------------------------------- letters


def letter_entry(row: LetterRow, source: Source) -> Entry | RowError:
    if row.filed_at > source.now:
        return RowError(row.line, "filed_at", "来信时间晚于现在，请核对。")
    filing = Filing(
        appellant_kind=AppellantKind.PERSON if row.author else AppellantKind.ANONYMOUS,
        kind=kind_of_letter(row.title),
        category=NO_CATEGORY,
        title=row.title,
        body=row.body,
        demands=(row.title,),
        filed_at=row.filed_at,
        channel=Channel.WEB,
        source_ref=f"letter:{row.source_id}",
        recorded_by=SYSTEM,
    )
    return Entry(row.line, filing, Identity(name=row.author) if row.author else None, row.reply, _origin(row, source))


def _origin(row: LetterRow, source: Source) -> str:
    """For staff: where it came from and when it was answered there, which the event's own time does not tell."""
    replied = f"，原答复时间{row.replied_at:%Y-%m-%d %H:%M}" if row.replied_at else ""
    return f"由来信表“{source.file_name}”第{row.line}行导入{replied}。"


# ---------------------------------------------------------------- 附件6


def report_entry(row: ReportRow, source: Source) -> Entry | RowError:
    channel = channel_of(row.channel)
    lead_unit = source.units.get("".join(row.unit.split()))
    done = is_concluded(row.status, has_end_date=row.concluded_on is not None)
    filed_at = datetime.combine(row.filed_on, time(), SHANGHAI)
    is_done_silently = done is True and not row.findings
    checks = (
        (filed_at > source.now, "诉求日期", "晚于今天，请核对。"),
        (channel is None, "诉求渠道", f"不认识“{row.channel}”，可填：{'、'.join(CHANNEL_LABELS.values())}。"),
        (lead_unit is None, "诉求承办单位名称", f"没有名为“{row.unit}”的单位，请填单位简称或者全称。"),
        (done is None, "诉求状态", f"不认识“{row.status}”，请填“已完成”或者“办理中”。"),
        (is_done_silently, "调查核实办理情况", "诉求状态为已完成，办理情况不能为空，请补充。"),
    )
    for is_wrong, column, reason in checks:
        if is_wrong:
            return RowError(row.line, column, reason)
    assert channel is not None
    reply = row.findings if done else ""
    filing = _report_filing(row, filed_at, channel)
    return Entry(row.line, filing, _report_identity(row), reply, _report_note(row, source), lead_unit)


def _report_filing(row: ReportRow, filed_at: datetime, channel: Channel) -> Filing:
    category = find_category(row.item) or find_category(row.category)
    title = short_title(row.description)
    return Filing(
        appellant_kind=appellant_kind(row.appellant),
        kind=kind_of(row.category, row.item),
        category=category.code if category else NO_CATEGORY,
        title=title,
        body=_report_body(row, title),
        demands=(title,),
        filed_at=filed_at.astimezone(UTC),
        channel=channel,
        source_ref=_report_ref(row),
        recorded_by=SYSTEM,
    )


def _report_body(row: ReportRow, title: str) -> str:
    """Nothing of the row is lost: the whole description where the title had to be cut, words we have no field for."""
    parts = [row.description] if title != row.description or not row.complaint else []
    parts += [row.complaint] if row.complaint else []
    known = find_category(row.item)
    parts += [f"诉求分类：{row.category}"] if row.category else []
    parts += [f"诉求事项：{row.item}"] if row.item and known is None else []
    return "\n".join(parts)


def _report_identity(row: ReportRow) -> Identity | None:
    kind = appellant_kind(row.appellant)
    if kind is AppellantKind.ANONYMOUS:
        return None
    if kind is AppellantKind.ENTERPRISE:
        return Identity(enterprise_name=row.appellant, phone=row.phone)
    return Identity(name=row.appellant, phone=row.phone)


def _report_note(row: ReportRow, source: Source) -> str:
    """For staff only: the follow-up's text names people even where the other columns are masked (domain.md §8)."""
    rows = (
        ("原承办单位", row.unit),
        ("办结日期", row.concluded_on.isoformat() if row.concluded_on else ""),
        ("回访", row.follow_up),
        ("填报人", f"{row.reporter} {row.reporter_phone}".strip()),
        ("办理情况", row.findings),
    )
    told = "".join(f"\n{name}：{value}" for name, value in rows if value)
    return f"由附件6“{source.file_name}”第{row.line}行导入。{told}"


def _report_ref(row: ReportRow) -> str:
    """附件6 has no number of its own: the same matter is the same day, unit, person and words."""
    parts = (row.filed_on.isoformat(), row.unit, row.appellant, row.phone, row.description, row.complaint)
    return f"report:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:40]}"
