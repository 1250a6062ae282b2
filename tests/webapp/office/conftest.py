"""Appeals in the states the office works on, and a standing clock."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from models.accounts.queries import unit_by_name
from models.appeals.queries import by_number
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.queries import events, milestones
from models.handling.tables import AppealEvent
from models.handling.types import UNIT_STAGES, Milestone, Stage
from tests.support.factories import MORNING, Story
from webapp.db import Database

Make = Callable[..., Appeal]
Look = Callable[[Appeal], Appeal]


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """Tuesday 2026-11-17, the day of the stories."""
    with time_machine.travel(MORNING, tick=True):
        yield


@pytest.fixture
def make(database: Database) -> Make:
    """`make(State.IN_REVIEW, unit="税务局", against="市监局")` drives a new appeal there and gives its row."""

    def made(state: State = State.SUBMITTED, *, against: str = "", **changes: object) -> Appeal:
        with database.writing() as session:
            accused = unit_by_name(session, against) if against else None
            against_id = accused.id if accused else None
            return Story(session, against_unit_id=against_id, **changes).to(state).appeal  # type: ignore[arg-type]

    return made


@pytest.fixture
def look(database: Database) -> Look:
    """The row as it is stored now."""

    def looked(appeal: Appeal) -> Appeal:
        with database.reading() as session:
            found = by_number(session, appeal.number)
        assert found is not None
        return found

    return looked


@pytest.fixture
def history(database: Database) -> Callable[[Appeal], list[AppealEvent]]:
    def read(appeal: Appeal) -> list[AppealEvent]:
        with database.reading() as session:
            return list(events(session, appeal))

    return read


@pytest.fixture
def promised(database: Database) -> Callable[[Appeal], dict[Stage, Milestone]]:
    def read(appeal: Appeal) -> dict[Stage, Milestone]:
        with database.reading() as session:
            return {one.stage: one for one in milestones(session, appeal) if one.stage in UNIT_STAGES}

    return read
