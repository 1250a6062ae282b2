"""`flask calendar`: importing the State Council's arrangement of a year, and looking at a year."""

from io import StringIO
from pathlib import Path

import click
from flask.cli import AppGroup

from models.errors import Refused
from models.handling.arranging import import_at_once
from models.workdays.commands import ImportResult
from models.workdays.notice import Arrangement, parse_arrangement
from models.workdays.types import FIRST_YEAR, LAST_YEAR
from webapp import clock, recomputing
from webapp.cli.clock import has_calendar_tables, office_calendar
from webapp.cli.refusals import BadArgument, whole_number
from webapp.cli.year_view import year_view
from webapp.db import database
from webapp.text_files import decoded

LARGEST_BYTES = 1_000_000

calendar_cli = AppGroup("calendar", help="工作日历：导入、查看放假安排。")


@calendar_cli.command("import")
@click.argument("file", metavar="FILE.csv")
def import_command(file: str) -> None:
    """导入放假安排，列为 date,kind(off|work),name,source。文件中出现的年份整年替换。"""
    arrangement = read_arrangement(Path(file))
    for warning in arrangement.warnings:
        click.echo(f"注意：{warning.text}", err=True)
    result, moved = _import(arrangement)
    for year, count in result.days_by_year.items():
        click.echo(f"已导入{year}年：{count}天")
    click.echo(f"日历版本 {result.version}；重新计算暂算期限的诉求 {moved} 件")


@calendar_cli.command("show")
@click.argument("year", metavar="YEAR")
def show_command(year: str) -> None:
    """按月显示一年的工作日历。"""
    number = whole_number(year, "YEAR", least=FIRST_YEAR)
    if number > LAST_YEAR:
        raise BadArgument(f"只能查看{FIRST_YEAR}年至{LAST_YEAR}年的日历")
    click.echo("\n".join(year_view(number, office_calendar())))


def read_arrangement(path: Path) -> Arrangement:
    """The arrangement in a file of any spelling an office produces: UTF-8 with or without mark, or GB 18030."""
    try:
        return parse_arrangement(StringIO(_text(path), newline=""))
    except Refused as refusal:
        reasons = "\n".join(note.text for note in refusal.facts["problems"])
        raise BadArgument(f"没有导入，请改正后重试：\n{reasons}") from refusal


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BadArgument(f"读不到文件“{path}”，请检查路径和权限") from error
    if len(content) > LARGEST_BYTES:
        raise BadArgument(f"文件“{path}”太大，不像一份放假安排")
    text = decoded(content)
    if text is None:
        raise BadArgument(f"文件“{path}”不是文本文件，请另存为 UTF-8 编码的 CSV")
    return text


def _import(arrangement: Arrangement) -> tuple[ImportResult, int]:
    """Calendar, recomputed dates and trace in one transaction: all of it or nothing. Many dates take several; what an
    interruption leaves, the sweep finishes.
    """
    if not has_calendar_tables():
        raise BadArgument("数据库还没有建立，请先运行 flask --app wsgi db upgrade")
    now = clock.now()
    with database().writing() as session:
        result, moved = import_at_once(session, arrangement.days, now=now)
    return result, moved + recomputing.finish(now)
