"""`flask clock due`: the due date of a term, and why. The last line of standard output is the ISO date alone."""

import click
from flask.cli import AppGroup
from sqlalchemy import inspect

from models.errors import Refused
from models.workdays.queries import calendar_version, load_calendar
from models.workdays.rules import due_date, explain, provisional_years
from models.workdays.shipped import shipped_calendar
from models.workdays.tables import ArrangementRow
from models.workdays.types import FIRST_YEAR, LAST_YEAR, WorkCalendar
from webapp.cli.refusals import BadArgument, iso_date, required, whole_number
from webapp.db import database

clock_cli = AppGroup("clock", help="计算办理期限。")


@clock_cli.command("due")
@click.option("--start", metavar="DATE", help="受理交办日，例如 2026-09-30（当日不计）")
@click.option("--workdays", metavar="N", help="工作日数，例如 3")
@click.option("--explain", "is_explained", is_flag=True, help="逐日说明计算过程")
def due_command(start: str | None, workdays: str | None, is_explained: bool) -> None:
    """计算到期日：自交办次日起数工作日，到期日24时届满。"""
    start_on = iso_date(required(start, "--start"), "--start")
    term = whole_number(required(workdays, "--workdays"), "--workdays", least=1)
    calendar = office_calendar()
    try:
        due = due_date(start_on, term, calendar)
        lines = [f"{note.on} {note.reason}" for note in explain(start_on, term, calendar)] if is_explained else []
    except Refused as refusal:
        raise BadArgument(f"期限超出日历范围，只能计算{FIRST_YEAR}年至{LAST_YEAR}年之内的日期") from refusal
    if due.is_provisional:
        years = "、".join(map(str, provisional_years(start_on, due.due_on, calendar)))
        click.echo(f"provisional\n暂算：{years}年的放假安排尚未导入，只扣除周末和法定节假日", err=True)
    click.echo("\n".join([*lines, due.due_on.isoformat()]))


def office_calendar() -> WorkCalendar:
    """The office's calendar; before a database has one, the calendar shipped with the product, and it says so."""
    if has_calendar_tables():
        with database().reading() as session:
            if calendar_version(session):
                return load_calendar(session)
    click.echo("提示：数据库中还没有工作日历，按随产品提供的放假安排计算", err=True)
    return shipped_calendar()


def has_calendar_tables() -> bool:
    """Whether the database was brought up at all."""
    return inspect(database().engine).has_table(ArrangementRow.__tablename__)
