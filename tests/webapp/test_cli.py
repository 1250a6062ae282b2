"""Commands are found by name, and a server process does not pay for them."""

import subprocess
import sys
from pathlib import Path

import pytest
from click import Context
from flask import Flask

from webapp.cli import PLACES
from webapp.config import ROOT

NOT_AT_THE_START = ("alembic", "openpyxl", "weasyprint", "PIL", "pypdf")


@pytest.mark.parametrize("name", sorted(PLACES))
def test_each_command_is_found_under_the_name_it_has(app: Flask, name: str) -> None:
    context = Context(app.cli)
    command = app.cli.get_command(context, name)
    assert command is not None and command.name == name
    assert name in app.cli.list_commands(context)


def test_a_server_process_imports_nothing_that_only_commands_and_children_need(tmp_path: Path) -> None:
    code = f"import sys, wsgi; print([name for name in {NOT_AT_THE_START!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True, text=True, timeout=120, check=True,
    )
    assert done.stdout.strip() == "[]"
