"""`flask sweep`: every act that time alone causes, once. Safe to run as often as one likes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlmodel import Session

from models.accounts.commands import forget_failures
from models.appeals import kept_forms, limits
from models.appeals.commands import unstage
from models.appeals.queries import stale_uploads
from models.appeals.tables import StagedUpload
from webapp import clock, db, recomputing
from webapp.cli.refusals import BadArgument
from webapp.files import FileStore
from webapp.spreadsheets import parse_instant

STAGED_FOR = timedelta(hours=24)
UNFINISHED_FOR = timedelta(hours=24)
FAILURES_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """What one run did."""

    uploads: int
    files: tuple[str, ...]
    failures: int
    counts: int
    forms: int


@click.command("sweep")
@click.option("--now", "moment", metavar="ISO", help="按这个时刻计算，例如 2026-11-23T08:00:00（默认为现在）")
@with_appcontext
def sweep(moment: str | None) -> None:
    """更新暂算期限，清理24小时前未提交的附件和没有写完的文件、一天前的登录失败记录和保留的表单、过期的次数记录。可以重复运行。"""
    now = _instant(moment) if moment is not None else clock.now()
    recalculated = recomputing.finish(now)
    with db.database().writing() as session:
        swept = _sweep(session, now)
    # After the commit: a file without a row is found by `flask check`, a row without its file is lost evidence.
    store: FileStore = current_app.extensions["zhitongche.files"]
    for stored_name in swept.files:
        store.delete(stored_name)
    click.echo(f"重新计算暂算期限的诉求 {recalculated} 件")
    click.echo(f"清理未提交的附件 {swept.uploads} 个")
    click.echo(f"清理登录失败记录 {swept.failures} 条")
    click.echo(f"清理过期的次数记录 {swept.counts} 条")
    click.echo(f"清理到期的暂存内容 {swept.forms} 份")
    # By the machine's own time, as files have it: a moment ahead must not take away what is being written.
    click.echo(f"清理没有写完的文件 {store.drop_unfinished(clock.now() - UNFINISHED_FOR)} 个")


def _instant(text: str) -> datetime:
    found = parse_instant(text)
    if found is None:
        raise BadArgument(f"--now 的值“{text}”不是有效时间，请写成 2026-11-23T08:00:00 的样式")
    return found


def _sweep(session: Session, now: datetime) -> Swept:
    stale = stale_uploads(session, now - STAGED_FOR)
    for upload in stale:
        unstage(session, upload)
    session.flush()
    failures = forget_failures(session, now - FAILURES_KEPT_FOR)
    counts = limits.forget(session, now - limits.KEPT_FOR)
    forms = kept_forms.purge(session, now - kept_forms.KEPT_FOR)
    return Swept(len(stale), tuple(_names(stale)), failures, counts, forms)


def _names(uploads: Sequence[StagedUpload]) -> Iterator[str]:
    """Each file and the copy made of it."""
    for upload in uploads:
        yield from filter(None, (upload.stored_name, upload.derivative_name))
