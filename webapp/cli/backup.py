"""`flask backup DIR` and `flask restore DIR`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app

from webapp import clock, db
from webapp.backups.making import back_up
from webapp.backups.refusals import BackupRefused
from webapp.backups.restoring import restore
from webapp.cli.refusals import BadArgument
from webapp.config import Config

KEYS_APART = "密钥不在备份里。请把 identity.key、audit.key、backup.key 另行保存，没有它们备份无法恢复"


class NotDone(BadArgument):
    """Nothing was made, or nothing was put back."""

    exit_code = 1


@click.command("backup")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """把数据库和文件备份到 DIR（还不存在或者是空的）：加密，并在副本上核验。服务可以照常运行。"""
    config: Config = current_app.extensions["zhitongche.config"]
    with _told("没有留下备份"):
        made = back_up(folder, config, db.database(), now=clock.now())
    click.echo(KEYS_APART, err=True)
    click.echo(f"backup of {made.appeals} appeals, {made.files} files verified")


@click.command("restore")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def restore_command(folder: Path) -> None:
    """把 DIR 中的备份恢复到空的数据库和数据目录，先核验，后就位。"""
    config: Config = current_app.extensions["zhitongche.config"]
    database = db.database()
    database.dispose()
    with _told("没有恢复"):
        done = restore(folder, config, database, now=clock.now())
    counts = f"restored {done.manifest.appeals} appeals, {done.manifest.files} files"
    if done.is_older:
        click.echo("备份的数据库结构是旧版本的。请依次运行 flask --app wsgi db upgrade、check、audit verify", err=True)
    click.echo(f"{counts}, schema {done.manifest.schema}" if done.is_older else f"{counts} verified")


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except BackupRefused as refused:
        raise NotDone(f"{what}：{refused.message_zh}") from refused
    except OSError as error:
        raise NotDone(f"{what}：{error.filename or ''} {error.strerror}") from error
