"""`flask demo …`: the demonstration, and who may be signed in as."""

import unicodedata

import click
from flask import current_app
from flask.cli import AppGroup
from sqlmodel import Session

from webapp import clock, db, jobs
from webapp.cli.refusals import BadArgument
from webapp.config import Config
from webapp.demo import loading
from webapp.demo.loading import Contents
from webapp.demo.people import ACCOUNTS, PASSWORD

demo_cli = AppGroup("demo", help="演示数据。")


class Occupied(BadArgument):
    """The database holds real data."""

    exit_code = 1


@demo_cli.command("load")
@click.option("--if-new", "is_if_new", is_flag=True, help="数据库中已有诉求或者账号时什么也不做")
def load_command(is_if_new: bool) -> None:
    """装入演示账号和各种状态的演示诉求。已有真实数据的数据库一律拒绝。"""
    config: Config = current_app.extensions["zhitongche.config"]
    with db.database().reading() as session:  # no lock on a database in use
        found = loading.contents(session)
        if is_if_new and loading.is_loaded(session):
            _show_accounts(session, config)
    if found is not Contents.EMPTY:
        _leave(found, is_if_new=is_if_new)
        return
    with db.database().writing() as session:
        loaded = loading.load(session, config, current_app.extensions["zhitongche.files"], now=clock.now())
    jobs.run(loaded.job_uid)
    click.echo(f"已装入演示诉求 {loaded.appeals} 件、演示账号 {len(ACCOUNTS)} 个")
    with db.database().reading() as session:
        _show_accounts(session, config)


def _leave(found: Contents, *, is_if_new: bool) -> None:
    if is_if_new:
        return
    if found is Contents.REAL:
        raise Occupied("数据库中已有真实的诉求或者账号，不能装入演示数据。请换一个空的 DATA_DIR 或者 DATABASE_URL")
    click.echo("演示数据已在库中")


@demo_cli.command("accounts")
def accounts_command() -> None:
    """列出演示账号、密码，以及可以用来查询进度的编号和查询码。"""
    config: Config = current_app.extensions["zhitongche.config"]
    with db.database().reading() as session:
        if not loading.is_loaded(session):
            raise Occupied("数据库中没有演示数据，请先运行 flask --app wsgi demo load")
        _show_accounts(session, config)


def _show_accounts(session: Session, config: Config) -> None:
    click.echo(f"\n演示账号（密码都是 {PASSWORD}）")
    for row in (("用户名", "姓名", "岗位", "单位"), *(account.row for account in ACCOUNTS)):
        click.echo("  " + "".join(map(_padded, row, (14, 10, 14, 12))).rstrip())
    click.echo("\n查询进度可用的编号和查询码")
    for sample in loading.samples(session, config):
        click.echo(f"  {sample.number}  {sample.code}  {sample.title}")


def _padded(text: str, width: int) -> str:
    """Chinese characters take two columns of a terminal."""
    taken = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(width - taken, 1)
