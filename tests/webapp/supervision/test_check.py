"""`flask check` and the ladder: a record of supervision is what its events add up to."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from models.appeals.types import State
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import Outcome, RecordAction, RecordKind, RecordState
from tests.support.factories import Story
from tests.support.supervised import Supervised
from webapp.consistency import StoredFiles, problems
from webapp.db import Database

KIND, ACT = RecordKind, RecordAction


@pytest.fixture
def kept(app: Flask) -> StoredFiles:
    return StoredFiles(app.extensions["zhitongche.files"], 0)


def lives(supervised: Supervised) -> None:
    """Records of every kind of life: contested, revoked, put right in time, sent back, missed, declined, held."""
    card = supervised.begin(KIND.RED_CARD)
    supervised.do(card, ACT.CONTEST, supervised.approver)
    supervised.do(card, ACT.UPHOLD, supervised.other)
    revoked = supervised.begin(KIND.YELLOW_CARD)
    supervised.do(revoked, ACT.CONTEST, supervised.approver)
    supervised.do(revoked, ACT.REVOKE, supervised.other)
    order = supervised.begin(KIND.SUPERVISION_ORDER)
    supervised.do(order, ACT.REPORT, supervised.handler)
    supervised.do(order, ACT.SEND_BACK, supervised.supervisor)
    supervised.held()
    supervised.do(supervised.begin(KIND.INTERVIEW), ACT.DECLINE, supervised.director)
    instruction = supervised.begin(KIND.INSTRUCTION)
    supervised.later(days=1)
    supervised.do(instruction, ACT.FORWARD, supervised.supervisor)
    supervised.do(instruction, ACT.REPORT, supervised.handler)
    supervised.do(instruction, ACT.ACCEPT, supervised.supervisor)
    supervised.do(supervised.begin(KIND.TRANSFER), ACT.CLOSE, supervised.supervisor)


def test_every_life_of_a_record_is_rebuilt_from_its_events(database: Database, kept: StoredFiles) -> None:
    with database.writing() as session:
        lives(Supervised(session, Story(session).to(State.HANDLING).appeal))
        assert problems(session, kept) == []


def damaged(database: Database, kept: StoredFiles, kind: RecordKind, column: str, value: object) -> list[str]:
    """What the check finds once somebody has written into a record, with its name left out."""
    with database.writing() as session:
        uid = Supervised(session, Story(session).to(State.HANDLING).appeal).begin(kind).uid
        session.connection().execute(update(SupervisionRecord).values({column: value}))
    with database.reading() as session:
        return [problem.removeprefix(f"supervision {uid}: ") for problem in problems(session, kept)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", RecordState.CLOSED), ("outcome", Outcome.MET), ("is_contested", True), ("was_contested", True),
        ("reported_on", date(2026, 11, 18)),
    ],
)
def test_the_check_finds_a_record_that_is_not_what_its_events_say(
    database: Database, kept: StoredFiles, column: str, value: object
) -> None:
    assert damaged(database, kept, KIND.SUPERVISION_ORDER, column, value) == ["differs from its events"]


@pytest.mark.parametrize("column", ["due_on", "told_on"])
def test_the_check_finds_a_day_that_no_event_set(database: Database, kept: StoredFiles, column: str) -> None:
    assert damaged(database, kept, KIND.INTERVIEW, column, date(2026, 11, 20)) == ["differs from its events"]


def test_the_check_counts_the_events_of_a_record(database: Database, kept: StoredFiles) -> None:
    assert damaged(database, kept, KIND.RED_CARD, "version", 2) == ["events are not 1 to 2"]
