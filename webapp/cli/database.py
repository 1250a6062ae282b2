"""`flask db …`: schema and reference data."""

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import db, migrate, seed

db_cli = AppGroup("db", help="Schema and reference data.")


@db_cli.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema and put in units, calendar and policy where they are missing.
    Idempotent.
    """
    database = db.database()
    migrate.upgrade(database.engine)
    with database.writing() as session:
        added = seed.install(session)
    click.echo("database is at the newest schema" + (f"; added {', '.join(added)}" if added else ""))


@db_cli.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION. Data of dropped tables is lost: back up first."""
    migrate.downgrade(db.database().engine, revision)
    click.echo(f"database of {current_app.name} is at {revision}")
