"""`flask check` over follow-up: all is well after ordinary days, and what is put in past the commands is found."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import select

from models.followup.tables import DissatisfactionCase
from tests.support.followed import contact
from tests.webapp.followup.test_office_pages import again, draw, low
from webapp.consistency import StoredFiles, problems
from webapp.db import Database

CASE = DissatisfactionCase


def found_by_check(app: Flask, database: Database) -> list[str]:
    store = StoredFiles(app.extensions["zhitongche.files"], 0.0)
    with database.reading() as session:
        return problems(session, store)


def test_the_house_is_in_agreement_after_all_of_it(app, tell, database):
    story = tell()
    uid = low(database, story)
    with database.writing() as session:
        contact(again(session, story), session.exec(select(DissatisfactionCase).where(CASE.uid == uid)).one())
    draw(database)
    assert found_by_check(app, database) == []


TAMPERED = {
    "rating": "INSERT INTO satisfaction_ratings (uid, appeal_id, round, unit_id, grade, reason, channel, rated_at) "
    "SELECT 'x', id, 1, lead_unit_id, 5, '', 'code', '2026-11-17 02:05:00' FROM appeals",
    "case": "UPDATE dissatisfaction_cases SET contact_kept = 'met', contact_done_on = '2026-11-17'",
    "call list": "INSERT INTO call_candidates SELECT list_id, appeal_id, 7, unit_id, answered, (1 = 1), was_drawn, "
    "is_new, attempts, 'not_drawn', 0 FROM call_candidates WHERE drawn = 'sampled'",
    "call ": "INSERT INTO follow_up_calls (appeal_id, round, attempt, unit_id, is_reached, unreached, words, "
    "called_by_id, called_by_name, called_at, called_on) SELECT id, 1, 3, lead_unit_id, (1 = 0), 'busy', '', 1, 'x', "
    "'2026-11-17 02:05:00', '2026-11-17' FROM appeals",
}
"""What somebody with the database's own means could still do, and what the check says it is about."""


@pytest.mark.parametrize("about", TAMPERED)
def test_what_is_put_in_past_the_commands_is_found(app, tell, database, about):
    story = tell()
    if about == "case":
        low(database, story)
    draw(database)
    with database.writing() as session:
        session.connection().execute(text(TAMPERED[about]))
    found = found_by_check(app, database)
    assert found and all(one.startswith(about) for one in found), found
