"""`flask appeals import`: letters and 附件6 in one transaction, every refused row told with its line and reason.
`flask appeals export` has a module of its own.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.importing import known_refs
from models.appeals.receipt import hash_code
from models.appeals.vault import IdentityVault
from models.audit.commands import append
from models.handling.commands import register, submit
from webapp import clock, db
from webapp.cli.export import export_command
from webapp.cli.import_rows import Batch, Entry, Source, read_batch
from webapp.cli.refusals import BadArgument
from webapp.config import Config
from webapp.spreadsheets import RowError, SheetRefused

appeals_cli = AppGroup("appeals", help="诉求：从表格导入，导出为附件6。")
appeals_cli.add_command(export_command)


@dataclass(frozen=True)
class Options:
    is_dry_run: bool
    is_partial: bool
    is_open: bool


@dataclass(frozen=True)
class Result:
    """What was (or, on a dry run, would be) taken in, and every refused row with its first fault first."""

    imported: int
    faults: tuple[RowError, ...]

    @property
    def refused(self) -> int:
        return len({fault.line for fault in self.faults})


@appeals_cli.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", "is_dry_run", is_flag=True, help="只检查，不写入")
@click.option("--partial", "is_partial", is_flag=True, help="有问题的行不导入，其余照常导入（默认全部不导入）")
@click.option("--open", "is_open", is_flag=True, help="已有答复的也作为新诉求登记，等待受理")
def import_command(file: Path, is_dry_run: bool, is_partial: bool, is_open: bool) -> None:
    """导入来信表（.csv）或者附件6（.xlsx、.csv），按表头识别。最后一行是 imported N, refused M。"""
    result = import_file(file, Options(is_dry_run, is_partial, is_open))
    for fault in sorted(result.faults, key=lambda one: one.line):
        click.echo(str(fault))
    click.echo(f"imported {result.imported}, refused {result.refused}")
    if result.refused and not (is_partial and result.imported):
        raise SystemExit(1)


class _NotKept(Exception):
    """Leaves the transaction without keeping it: a dry run, or nothing to keep."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


def import_file(path: Path, options: Options) -> Result:
    """All of it in one transaction. Raises BadArgument for a file that cannot be read as a whole."""
    if not path.is_file():
        raise BadArgument(f"读不到文件“{path}”，请检查路径和权限")
    try:
        with db.database().writing() as session:
            result = _import(session, path, options)
            if options.is_dry_run or not result.imported:
                raise _NotKept(result)
    except _NotKept as undone:
        return undone.result
    except SheetRefused as refused:
        raise BadArgument(refused.message_zh) from refused
    except IntegrityError as error:  # the only unique value of a row is where it came from
        raise BadArgument("同一份表格正在由另一个人导入，本次没有导入，请稍后重试") from error
    return result


def _import(session: Session, path: Path, options: Options) -> Result:
    now = clock.now()
    batch = _without_known(session, read_batch(path, Source(now, _units_by_name(session), path.name)))
    if batch.faults and not options.is_partial:
        return Result(0, batch.faults)
    _take_in(session, batch.entries, options, now=now)
    result = Result(len(batch.entries), batch.faults)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    facts = {"sha256": sha256, "imported": result.imported, "refused": result.refused, "as_open": options.is_open}
    append(session, at=now, actor_id=None, action="import", object_kind="file", object_id=sha256[:40], facts=facts)
    session.flush()
    return result


def _units_by_name(session: Session) -> dict[str, Unit]:
    units = handling_units(session)
    return {unit.full_name: unit for unit in units} | {unit.short_name: unit for unit in units}


def _without_known(session: Session, batch: Batch) -> Batch:
    """Rows that are here already, or twice in the file, are refused: an import can be repeated without harm."""
    known = known_refs(session, (entry.filing.source_ref or "" for entry in batch.entries))
    fresh: list[Entry] = []
    faults = list(batch.faults)
    lines: dict[str, int] = {}
    for entry in batch.entries:
        ref = entry.filing.source_ref or ""
        first = lines.setdefault(ref, entry.line)
        if ref in known:
            faults.append(RowError(entry.line, "整行", "这件诉求已导入，没有重复导入。"))
        elif first != entry.line:
            faults.append(RowError(entry.line, "整行", f"与第 {first} 行是同一件诉求，请删去其中一行。"))
        else:
            fresh.append(entry)
    return Batch(tuple(fresh), tuple(faults))


def _take_in(session: Session, entries: Iterable[Entry], options: Options, *, now: datetime) -> None:
    config: Config = current_app.extensions["zhitongche.config"]
    vault = IdentityVault(config.identity_key)
    # Nobody was given a code for these; one that nobody can know lets the follow-up page compare as ever.
    nobodys_code = hash_code(config.receipt_key, secrets.token_hex(16))
    for entry in entries:
        filing = replace(entry.filing, receipt_code_hash=nobodys_code)
        if options.is_open or not entry.reply:
            submit(session, filing, entry.identity, vault, now=now)
        else:
            register(
                session, filing, entry.identity, vault, now=now, note=entry.reply,
                internal_note=entry.internal_note, lead_unit=entry.lead_unit,
            )  # fmt: skip
