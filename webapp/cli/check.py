"""`flask check` and `flask audit verify`: is everything that should agree in agreement (DUR-6, AUD-2)."""

import click
from flask import current_app
from flask.cli import AppGroup

from models.audit.queries import verdict
from webapp import clock, db
from webapp.cli import calendar_note
from webapp.config import Config
from webapp.consistency import StoredFiles, problems

SETTLED_AFTER_SECONDS = 3600

audit_cli = AppGroup("audit", help="The audit log.")


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
    calendar_note.warn(clock.today())
    settled_before = clock.now().timestamp() - SETTLED_AFTER_SECONDS
    with db.database().reading() as session:
        found = problems(session, StoredFiles(current_app.extensions["zhitongche.files"], settled_before))
    for problem in found:
        click.echo(problem)
    click.echo(f"{len(found)} problems")
    if found:
        raise SystemExit(1)
