"""What the pages of follow-up are tested with: a frozen morning and a reply with its code."""

from collections.abc import Iterator

import pytest
import time_machine

from models.appeals import receipt
from models.appeals.types import State
from tests.support.factories import MORNING, Story
from webapp.db import Database

CODE = "0123456789ABCDEF"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tell(app, database: Database):
    """`tell(State.REPLIED)` gives a story with the receipt code CODE, committed."""
    known = receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)

    def told(state: State = State.REPLIED, **changes: object) -> Story:
        with database.writing() as session:
            return Story(session, receipt_code_hash=known, **changes).to(state)  # type: ignore[arg-type]

    return told
