"""Appeals in the states the office works on."""

from collections.abc import Callable

import pytest

from models.appeals.tables import Appeal
from models.appeals.types import State
from tests.support.factories import Story
from webapp.db import Database

Make = Callable[..., Appeal]


@pytest.fixture
def make(database: Database) -> Make:
    """`make(State.IN_REVIEW, unit="税务局")` drives a new appeal there and gives its row."""

    def made(state: State = State.SUBMITTED, **changes: object) -> Appeal:
        with database.writing() as session:
            return Story(session, **changes).to(state).appeal  # type: ignore[arg-type]

    return made
