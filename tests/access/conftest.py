"""One scene for a whole module: units around an appeal, people of every role in each of them, appeals of every state.

Denied requests leave nothing behind but their trace, so thousands of them share one database; a request that may
succeed gets an appeal of its own.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.access.scene import Scene
from tests.support.engines import AUDIT_KEY, Engines
from tests.support.factories import MORNING
from webapp.db import Database
from webapp.pdf import PdfRenderer

MATRIX: dict[str, Any] = tomllib.loads(Path(__file__).with_name("authz_matrix.toml").read_text(encoding="utf-8"))
ATTEMPTS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("insider_attempts.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def _stage(_application: Flask, engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with engines.fresh(tmp_path_factory.mktemp("scene")) as url, time_machine.travel(MORNING, tick=True):
        database = Database(url, AUDIT_KEY)
        _application.extensions["zhitongche.db"] = database
        yield Scene(_application, database)
        database.dispose()


@pytest.fixture
def scene(_stage: Scene) -> Iterator[Scene]:
    """The module's scene in the application, on Tuesday 2026-11-17."""
    _stage.app.extensions["zhitongche.db"] = _stage.database
    _stage.app.extensions.pop("zhitongche.calendar", None)
    with time_machine.travel(MORNING, tick=False):
        yield _stage


@pytest.fixture(scope="session")
def _renderer(_application: Flask) -> Iterator[PdfRenderer]:
    """The application's renderer, ended after the last test: its children are not daemons of pytest."""
    renderer: PdfRenderer = _application.extensions["zhitongche.pdf"]
    yield renderer
    renderer.close()


@pytest.fixture
def printing(scene: Scene, _renderer: PdfRenderer) -> Flask:
    """The scene's application, ready to print."""
    return scene.app
