"""Who held the appeal for how long, on the pages of desk and office; the public reads nothing of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.types import State
from tests.conftest import SignIn
from tests.support.factories import Story
from tests.support.matters import matter
from tests.support.page import PageClient
from tests.support.statements import counting
from webapp.db import Database

CODE = "0123456789ABCDEF"
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def told(app: Flask, database: Database) -> tuple[str, str]:
    """Filed on Tuesday, dispatched on Wednesday, in the unit's hands since: uid and number."""
    known = receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)
    with database.writing() as session:
        story = Story(session, receipt_code_hash=known).to(State.ACCEPTED).later(days=1).to(State.HANDLING)
        return story.appeal.uid, story.appeal.number


def panel(page: BeautifulSoup) -> str:
    found = page.select_one("#appeal-responsibility")
    return " ".join(found.get_text(" ").split()) if found else ""


def test_desk_and_office_read_who_held_it_in_words(told: tuple[str, str], sign_in: SignIn) -> None:
    uid, _ = told
    for page in (
        sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{uid}"),
        sign_in(Role.AUDITOR).soup(f"/office/appeals/{uid}"),
    ):
        said = panel(page)
        assert "共 4 个工作日" in said and "市优办 1 天 ， 市监局 3 天" in said
        assert "市监局 办理 11月18日(周三) —至今 3" in said
        lines = [(str(one["x"]), str(one["width"])) for one in page.select("#appeal-responsibility rect:last-child")]
        assert lines[-1] == ("25.0", "75.0")


def test_a_step_that_came_and_went_on_one_day_names_the_day_once(told: tuple[str, str], sign_in: SignIn) -> None:
    said = panel(sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{told[0]}"))
    assert "市监局 签收 11月18日(周三) 0" in said


def test_the_public_page_says_nothing_of_it(told: tuple[str, str], client: PageClient) -> None:
    client.send("/appeals/track", {"number": told[1], "code": CODE})
    page = client.soup("/appeals/track")
    assert told[1] in page.get_text()
    assert panel(page) == "" and "谁在办" not in page.get_text()


def test_a_units_own_matter_is_the_offices_until_it_is_confirmed(sign_in: SignIn, database: Database) -> None:
    with database.writing() as session:
        closed, waiting = matter(session, State.CLOSED).uid, matter(session).uid
    office = sign_in(Role.SUPERVISOR)
    assert "认定自办件" in panel(office.soup(f"/office/appeals/{closed}"))
    assert "至今" in panel(office.soup(f"/office/appeals/{waiting}"))


def test_longer_histories_ask_no_more_of_the_database(sign_in: SignIn, database: Database) -> None:
    with database.writing() as session:
        short, long = Story(session).to(State.SUBMITTED).appeal.uid, Story(session).to(State.HANDLING).appeal.uid
    office, asked = sign_in(Role.AUDITOR), []
    for uid in (short, long):
        office.get(f"/office/appeals/{uid}")
        with counting(database) as statements:
            office.get(f"/office/appeals/{uid}")
        asked.append(len(statements))
    assert asked[0] == asked[1], asked
