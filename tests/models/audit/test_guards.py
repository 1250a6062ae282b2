"""What the database itself refuses, whoever asks: rows that may not go, columns that may not change (AUD-1, CLK-2)."""
# ruff: noqa: S608 - tables and columns are named here

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.appeals.types import State
from tests.support.factories import Story

IMMUTABLE = [
    *(("appeals", column) for column in ("uid", "number", "received_at", "filed_at", "submission_digest")),
    *(("milestones", column) for column in ("start_on", "workdays", "stage", "round", "policy_id")),
    *(("slips", column) for column in (
        "uid", "kind", "year", "number", "content", "content_hash", "verification_code", "issued_at", "issued_on",
        "appeal_id", "unit_id",
    )),
    *(("audit_log", column) for column in ("at", "actor_id", "action", "object_kind", "object_id", "facts", "hash")),
    *(("appeal_events", column) for column in (
        "at", "action", "to_state", "actor_id", "effects", "public_note", "seq",
    )),
]
OTHER = {
    "uid": "'0'", "number": "99", "year": "1999", "workdays": "9", "round": "9", "policy_id": "9", "actor_id": "99",
    "seq": "99", "stage": "'final'", "kind": "'reply2'", "action": "'close'", "to_state": "'closed'",
    "at": "'2000-01-01 00:00:00'", "received_at": "'2000-01-01 00:00:00'", "filed_at": "'2000-01-01 00:00:00'",
    "issued_at": "'2000-01-01 00:00:00'", "issued_on": "'2000-01-01'", "appeal_id": "NULL", "unit_id": "1",
    "start_on": "'2000-01-01'", "facts": "'{}'", "effects": """'{"set": []}'""",
}
"""A value unlike any that a story stores, as SQL; text columns get 'x'."""


@pytest.fixture
def told(session: Session) -> Session:
    Story(session).to(State.REPLIED)
    session.flush()
    return session


def refused(session: Session, statement: str, guard: str) -> None:
    """The statement fails, and for the guard's reason rather than some CHECK or type."""
    with pytest.raises(DBAPIError) as caught, session.begin_nested():
        session.execute(text(statement))
    assert guard in str(caught.value.orig), caught.value.orig


@pytest.mark.parametrize(("table", "column"), IMMUTABLE)
def test_a_written_column_keeps_its_value(told, table, column):
    guard = f"{table}_no_update" if table in ("audit_log", "appeal_events") else f"{table}_immutable"
    value = OTHER.get(column, "'x'")
    if (table, column) == ("appeals", "number"):
        value = "'1999-000001'"
    refused(told, f"UPDATE {table} SET {column} = {value}", guard)


@pytest.mark.parametrize("table", ["audit_log", "appeal_events", "appeals", "milestones", "slips"])
def test_what_was_recorded_is_not_deleted(told, table):
    refused(told, f"DELETE FROM {table}", f"{table}_no_delete")


@pytest.mark.parametrize("changed", ["pending", "missed", "dropped"])
def test_met_is_written_once(told, changed):
    refused(told, f"UPDATE milestones SET status = '{changed}' WHERE status = 'met'", "milestones_status_once")


def test_a_replacing_insert_does_not_slip_past_the_guards(told):
    """SQLite's REPLACE deletes silently unless recursive triggers are on; the unique keys and guards must hold."""
    if told.connection().dialect.name != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    refused(
        told, "INSERT OR REPLACE INTO audit_log "
        "SELECT seq, at, actor_id, 'forged', object_kind, object_id, facts, hash FROM audit_log", "audit_log_no_delete",
    )


@pytest.mark.parametrize("value", ["'2000-01-01'", "NULL"])
def test_the_day_of_dispatch_stands_once_it_is_known(told, value):
    refused(told, f"UPDATE appeals SET dispatched_on = {value}", "appeals_dispatched_on_once")


def test_a_promise_moves_for_no_reason_that_was_not_told(told):
    refused(told, "UPDATE milestones SET due_on = '2099-01-05'", "milestones_due_on_told")


RECALCULATED = """
    INSERT INTO appeal_events (
        appeal_id, seq, action, from_state, to_state, round, at, actor_name, effects, public_note, internal_note
    ) SELECT id, version + 1, 'recalculate', state, state, 1, CURRENT_TIMESTAMP, '',
        '{"moved": [["conclude", "2099-01-05", false]]}', '', '' FROM appeals
"""


def test_a_promise_moves_to_the_told_day_and_to_no_other(told):
    told.execute(text(RECALCULATED))
    refused(told, "UPDATE milestones SET due_on = '2099-01-06'", "milestones_due_on_told")
    told.execute(text("UPDATE milestones SET due_on = '2099-01-05'"))
    assert set(told.execute(text("SELECT CAST(due_on AS TEXT) FROM milestones")).scalars()) == {"2099-01-05"}
