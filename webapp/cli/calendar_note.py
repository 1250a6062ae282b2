"""A line on standard error while a year's arrangement is wanting (CLK-5): for `flask check` and `flask sweep`."""

from datetime import date

import click

from models.workdays.arrangement_rules import missing_year
from models.workdays.queries import load_calendar
from webapp import db

WANTING = (
    "注意：{year}年的放假安排还没有导入，跨入{year}年的期限都是暂算。"
    "公布以后请在“日历”中提出并批准，或者用 flask calendar import 导入。"
)


def warn(today: date) -> None:
    with db.database().reading() as session:
        year = missing_year(today, load_calendar(session))
    if year is not None:
        click.echo(WANTING.format(year=year), err=True)
