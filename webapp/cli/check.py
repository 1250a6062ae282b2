"""`flask check` and `flask audit verify`: is everything that should agree in agreement (DUR-6, AUD-2)."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlmodel import Session, col, select

from models.appeals.tables import Appeal, Attachment, StagedUpload
from models.appeals.types import ENDED_STATES, State
from models.audit.queries import verdict
from models.errors import Refused
from models.handling.queries import every_history, replayed
from models.handling.tables import AppealEvent
from models.handling.types import Projection
from models.slips.tables import Slip
from webapp import clock, db
from webapp.config import Config
from webapp.files import FileStore

audit_cli = AppGroup("audit", help="The audit log.")
BEFORE_DISPATCH = frozenset({State.SUBMITTED, State.ACCEPTED, State.AWAITING_SUPPLEMENT})
SELF_REGISTERED = frozenset({State.REGISTERED, State.TO_AMEND})
"""Reported when all was done: nothing is promised for them."""
UNPROMISED = ENDED_STATES | BEFORE_DISPATCH | SELF_REGISTERED


@audit_cli.command("verify")
def verify() -> None:
    """Walk the whole chain. Prints `ok N rows`, or the kind of damage and where (exit 1)."""
    config: Config = current_app.extensions["zhitongche.config"]
    with db.database().reading() as session:
        found = verdict(session, config.audit_key)
    if found.kind != "ok":
        raise click.ClickException(f"{found.kind} at row {found.seq}")
    click.echo(f"ok {found.count} rows")


@click.command("check")
def check() -> None:
    """Check rows, files, events and dates. Exit 0 and `0 problems`, or one line per problem and exit 1."""
    with db.database().reading() as session:
        problems = [*_histories(session), *_files(session), *_slips(session)]
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} problems")
    if problems:
        raise SystemExit(1)


def _histories(session: Session) -> Iterator[str]:
    for appeal, events, stored in every_history(session):
        yield from _history_problems(appeal, list(events), stored)


def _history_problems(appeal: Appeal, events: list[AppealEvent], stored: Projection) -> Iterator[str]:
    name = f"appeal {appeal.number}"
    if [event.seq for event in events] != list(range(1, appeal.version + 1)):
        yield f"{name}: events are not 1 to {appeal.version}"
    try:
        rebuilt = replayed(events)
    except Refused:
        yield f"{name}: no first event"
        return
    if _in_order(stored) != _in_order(rebuilt):
        yield f"{name}: state or dates differ from its events"
    nearest = rebuilt.next_milestone
    if appeal.next_due_on != (nearest.due_on if nearest else None):
        yield f"{name}: next due date differs from its events"
    if nearest is None and appeal.state not in UNPROMISED and not _is_merged_unpromised(appeal):
        yield f"{name}: due date missing"


def _is_merged_unpromised(appeal: Appeal) -> bool:
    """Merged before it was dispatched: what was promised for its main appeal is its promise."""
    return appeal.state is State.MERGED and appeal.dispatched_on is None


def _in_order(one: Projection) -> Projection:
    return replace(one, milestones=tuple(sorted(one.milestones, key=lambda two: (two.round, two.stage))))


def _files(session: Session) -> Iterator[str]:
    """A row without its file, a file that changed, a file without a row. A fresh file may belong to a form being
    sent now.
    """
    store: FileStore = current_app.extensions["zhitongche.files"]
    named: set[str] = set()
    for stored_name, sha256 in _stored(session):
        named.add(stored_name)
        path = store.path(stored_name)
        if not path.is_file():
            yield f"file {stored_name}: missing"
        elif _sha256(path) != sha256:
            yield f"file {stored_name}: content changed"
    hour_ago = clock.now().timestamp() - 3600
    for stored_name in store.iter_names():
        if stored_name not in named and store.path(stored_name).stat().st_mtime < hour_ago:
            yield f"file {stored_name}: belongs to no row"


def _stored(session: Session) -> Iterator[tuple[str, str]]:
    for table in (Attachment, StagedUpload):
        yield from session.exec(select(table.stored_name, table.sha256)).all()
        copies = select(table.derivative_name, table.derivative_sha256).where(col(table.derivative_name).is_not(None))
        yield from ((copy or "", sha256) for copy, sha256 in session.exec(copies).all())
    slips = select(Slip.pdf_name, Slip.pdf_sha256).where(col(Slip.pdf_name).is_not(None))
    for name, sha256 in session.exec(slips).all():
        assert name is not None and sha256 is not None
        yield name, sha256


def _slips(session: Session) -> Iterator[str]:
    """Numbers run without gaps in each kind and year; the content still has the hash that was printed."""
    last: dict[tuple[str, int], int] = {}
    for slip in session.exec(select(Slip).order_by(col(Slip.kind), col(Slip.year), col(Slip.number))).all():
        series = (slip.kind.value, slip.year)
        if slip.number != last.get(series, 0) + 1:
            yield f"slip {slip.uid}: number {slip.number} leaves a gap"
        last[series] = slip.number
        if hashlib.sha256(slip.content.encode()).hexdigest() != slip.content_hash:
            yield f"slip {slip.uid}: content changed"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
