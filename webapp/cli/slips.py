"""`flask slips batch`: the slips of some days as one PDF, a bookmark each, ready for the printer."""

from dataclasses import dataclass
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlmodel import Session

from models.accounts.types import SYSTEM
from models.appeals import views
from models.appeals.types import ViewKind
from models.slips.paper import content_of
from models.slips.queries import Period, issued_between
from models.slips.tables import SLIP_LABELS, Slip, SlipKind
from webapp import clock, db
from webapp.cli.refusals import BadArgument, iso_date
from webapp.config import Config
from webapp.pdf import GIB, PdfRefused, PdfRenderer
from webapp.slip_batch import render_batch
from webapp.slip_print import Audience, record_print

MOST_SLIPS = 1_000
MOST_PAGES = 20 * MOST_SLIPS
SECONDS_A_SLIP = 2.0
LEAST_SECONDS = 120.0

slips_cli = AppGroup("slips", help="Official slips.")


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    slips: int


@slips_cli.command("batch")
@click.option("--from", "first", required=True, help="first day of issue, 2026-11-01")
@click.option("--to", "last", required=True, help="last day of issue, included")
@click.option("--kind", "kind_name", default="", help=f"one of: {', '.join(SlipKind)}; every kind when left out")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the PDF to write")
def batch(first: str, last: str, kind_name: str, out: Path) -> None:
    """Print every valid slip issued on these days into one PDF. Writes nothing when there is none (exit 2)."""
    period = _period(first, last)
    printed = _print(_chosen(period, _kinds(kind_name)))
    _write(out, printed.pdf)
    click.echo(f"printed {printed.slips} slips into {out}")


def _period(first: str, last: str) -> Period:
    period = Period(iso_date(first, "--from"), iso_date(last, "--to"))
    if period.first_on > period.last_on:
        raise BadArgument("--from 不能晚于 --to")
    return period


def _kinds(name: str) -> list[SlipKind]:
    if not name:
        return list(SlipKind)
    if name not in set(SlipKind):
        labels = "、".join(f"{kind}（{SLIP_LABELS[kind]}）" for kind in SlipKind)
        raise BadArgument(f"没有“{name}”这种文书，可用：{labels}")
    return [SlipKind(name)]


def _chosen(period: Period, kinds: list[SlipKind]) -> list[Slip]:
    with db.database().reading() as session:
        slips = list(issued_between(session, period, kinds))
    if not slips:
        raise BadArgument("这段时间没有签发文书，没有生成文件")
    if len(slips) > MOST_SLIPS:
        raise BadArgument(f"这段时间有 {len(slips)} 份文书，一次最多打印 {MOST_SLIPS} 份，请缩短日期范围分次打印")
    return slips


def _print(slips: list[Slip]) -> Printed:
    """Rendered without a lock; the traces of all prints are one transaction, durable before the file is handed over."""
    pdf = _rendered(slips)
    with db.database().writing() as session:
        _trace(session, slips)
    return Printed(pdf, len(slips))


def _rendered(slips: list[Slip]) -> bytes:
    """On a renderer of its own: the web's limits hold for one slip, these grow with their number."""
    config: Config = current_app.extensions["zhitongche.config"]
    seconds = LEAST_SECONDS + SECONDS_A_SLIP * len(slips)
    renderer = PdfRenderer(config.fonts_conf, workers=1, timeout=seconds, memory=4 * GIB, max_pages=MOST_PAGES)
    try:
        return render_batch([content_of(slip.content) for slip in slips], renderer, _silent)
    except PdfRefused as refused:
        raise BadArgument("文书没有生成：内容过长，或者这台电脑太忙。请缩短日期范围再试") from refused
    finally:
        renderer.close()


def _silent(done: int, total: int) -> None:
    """Nobody watches: the command says how many there were when it has ended."""


def _trace(session: Session, slips: list[Slip]) -> None:
    for slip in slips:
        record_print(session, slip, SYSTEM, Audience.BATCH)
    shown = (slip.appeal_id for slip in slips if slip.appeal_id is not None)
    views.note_command(session, shown, ViewKind.PRINT, clock.now())


def _write(out: Path, pdf: bytes) -> None:
    """Beside its place first, so that no half file is ever taken for the batch."""
    draft = out.with_name(f".{out.name}.part")
    try:
        draft.write_bytes(pdf)
        draft.replace(out)
    except OSError as error:
        raise BadArgument(f"无法写入 {out}：{error.strerror}") from error
