"""Published slips for the tests of register, prints and verification."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from models.appeals.types import State
from models.slips.tables import Slip
from tests.support.factories import Story
from webapp.db import Database
from webapp.pdf import PdfRenderer

Publish = Callable[..., Slip]


@pytest.fixture
def publish(database: Database) -> Publish:
    """`publish(unit="税务局")` takes an appeal all the way and gives its slip."""

    def published(**changes: object) -> Slip:
        with database.writing() as session:
            slip = Story(session, **changes).to(State.REPLIED).slip  # type: ignore[arg-type]
        assert slip is not None
        return slip

    return published


@pytest.fixture(scope="session")
def _renderer(_application: Flask) -> Iterator[PdfRenderer]:
    """The application's renderer, ended after the last test: its children are not daemons of pytest."""
    renderer: PdfRenderer = _application.extensions["zhitongche.pdf"]
    yield renderer
    renderer.close()


@pytest.fixture
def printing(app: Flask, _renderer: PdfRenderer) -> Flask:
    """The application, ready to print."""
    return app
