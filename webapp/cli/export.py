"""`flask appeals export`: the month's 附件6 for the level above, masked."""

import hashlib
import io
import os
import re
from datetime import date, timedelta
from pathlib import Path

import click
from flask import current_app
from sqlmodel import Session

from models.accounts.queries import unit_names
from models.audit.commands import append
from models.handling.concluded import concluded
from webapp import clock, db
from webapp.cli.refusals import BadArgument
from webapp.monthly_report import Report, report
from webapp.spreadsheets import write_report

MOST_ROWS = 5_000
"""What an import takes, so that an exported file can be read again."""
_MONTH = re.compile("([0-9]{4})-([0-9]{2})")


@click.command("export")
@click.option("--month", required=True, help="办结（自办件：报送）的月份，例如 2026-11")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="要写的 .xlsx 文件")
def export_command(month: str, out: Path) -> None:
    """按附件6导出一个月办结的诉求和自办件，15列，姓名、电话已遮蔽。没有的月份导出只有表头的表（零报告）。"""
    first, last = _days(month)
    if out.suffix.lower() != ".xlsx":
        raise BadArgument("--out 只能写成 .xlsx 文件")
    with db.database().reading() as session:
        found = _report(session, first, last)
    stream = io.BytesIO()
    count = write_report(found.rows, stream)
    sha256 = hashlib.sha256(stream.getvalue()).hexdigest()
    with db.database().writing() as session:
        facts = {"rows": count, "masked": found.places, "sha256": sha256}
        of = {"object_kind": "report", "object_id": month}
        append(session, at=clock.now(), actor_id=None, action="export", **of, facts=facts)
    _write(out, stream.getvalue())
    if found.places:
        click.echo(f"文字中的姓名、电话等已遮蔽 {found.places} 处。规则认不出所有人名，报送前请再看一遍", err=True)
    click.echo(f"exported {count} rows into {out}")


def _report(session: Session, first: date, last: date) -> Report:
    matters = concluded(session, first, last)
    if len(matters) > MOST_ROWS:
        raise BadArgument(f"这个月有 {len(matters)} 件，一张表最多 {MOST_ROWS} 件，没有生成文件")
    return report(matters, unit_names(session), current_app.extensions["zhitongche.vault"])


def _days(month: str) -> tuple[date, date]:
    """First and last day."""
    found = _MONTH.fullmatch(month)
    if found is None or not (1949 <= int(found[1]) <= 2100 and 1 <= int(found[2]) <= 12):
        raise BadArgument(f"--month 的值“{month}”不是有效月份，请写成 2026-11 的样式")
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def _write(out: Path, data: bytes) -> None:
    """Beside its place first, readable by its owner only, so that no half file is ever sent."""
    draft = out.with_name(f".{out.name}.part")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        draft.replace(out)
    except OSError as error:
        raise BadArgument(f"无法写入 {out}：{error.strerror}") from error
