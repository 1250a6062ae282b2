"""`flask sweep`: every act that time alone causes, once. Safe to run as often as one likes."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from models.workdays.rules import local_day
from webapp import clock
from webapp.cli import calendar_note
from webapp.cli.refusals import BadArgument
from webapp.spreadsheets import parse_instant
from webapp.sweeping import ACTS


@click.command("sweep")
@click.option("--now", "moment", metavar="ISO", help="按这个时刻计算，例如 2026-11-23T08:00:00（默认为现在）")
@with_appcontext
def sweep(moment: str | None) -> None:
    """把到时间就要办的事各办一次：更新暂算期限，清理过期的附件、记录和暂存内容等，每办一项说一行。可以重复运行。"""
    now = _instant(moment) if moment is not None else clock.now()
    for act in ACTS:
        click.echo(act.said.format(act.run(now)))
    calendar_note.warn(local_day(now))


def _instant(text: str) -> datetime:
    found = parse_instant(text)
    if found is None:
        raise BadArgument(f"--now 的值“{text}”不是有效时间，请写成 2026-11-23T08:00:00 的样式")
    return found
