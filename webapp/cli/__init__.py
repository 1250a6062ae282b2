"""The command line: the same domain without HTTP. Commands of `contract.md` are relied on by other programs.

A command's module is imported when the command is called or listed. A server process calls none, and what only commands
need (migrations, spreadsheets) costs it neither time at the start nor memory.
"""

from importlib import import_module

from click import Command, Context
from flask import Flask
from flask.cli import AppGroup

PLACES = {
    "appeals": ("appeals", "appeals_cli"),
    "audit": ("check", "audit_cli"),
    "backup": ("backup", "backup"),
    "calendar": ("calendar", "calendar_cli"),
    "check": ("check", "check"),
    "clock": ("clock", "clock_cli"),
    "db": ("database", "db_cli"),
    "demo": ("demo", "demo_cli"),
    "jobs": ("jobs", "jobs_cli"),
    "restore": ("backup", "restore_command"),
    "slips": ("slips", "slips_cli"),
    "sweep": ("sweep", "sweep"),
    "users": ("users", "users_cli"),
}
"""Command → module in this package and the name it has there."""


class LateCommands(AppGroup):
    """Knows the names of the commands and imports each at its first use."""

    def list_commands(self, ctx: Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *PLACES})

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name in PLACES and cmd_name not in self.commands:
            module, attribute = PLACES[cmd_name]
            self.add_command(getattr(import_module(f"{__name__}.{module}"), attribute), cmd_name)
        return super().get_command(ctx, cmd_name)


def register_commands(app: Flask) -> None:
    app.cli = LateCommands(app.name)
