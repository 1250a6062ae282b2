"""The command line: the same domain without HTTP. Commands of `contract.md` are relied on by other programs."""

from flask import Flask

from webapp.cli.appeals import appeals_cli
from webapp.cli.calendar import calendar_cli
from webapp.cli.check import audit_cli, check
from webapp.cli.clock import clock_cli
from webapp.cli.database import db_cli
from webapp.cli.demo import demo_cli
from webapp.cli.slips import slips_cli
from webapp.cli.sweep import sweep
from webapp.cli.users import users_cli


def register_commands(app: Flask) -> None:
    for group in (appeals_cli, audit_cli, calendar_cli, clock_cli, db_cli, demo_cli, slips_cli, users_cli):
        app.cli.add_command(group)
    app.cli.add_command(check)
    app.cli.add_command(sweep)
