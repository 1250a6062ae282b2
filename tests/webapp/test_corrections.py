"""A date explains itself by the calendar it was computed with; what another calendar changed is told to everybody."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest
import time_machine
from sqlmodel import select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.queries import by_number
from models.appeals.types import State
from models.handling import arranging, assistance, queries
from models.handling.computed import assistance_version, milestone_version
from models.handling.tables import MilestoneRow
from models.workdays.queries import load_calendar
from models.workdays.types import DayKind, MarkedDay
from tests.models.handling.arrangements import NOTICE, days_of
from tests.support.actors import actor
from tests.support.factories import Story
from tests.support.page import PageClient
from tests.support.statements import counting

DECEMBER = datetime(2026, 12, 24, 2, tzinfo=UTC)
CODE = "0123456789ABCDEF"
UNTOLD = [day for day in days_of(2027) if day.on != date(2027, 1, 9)]
"""The invented year without its working Saturday in January."""


class Told(NamedTuple):
    uid: str
    number: str


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(DECEMBER, tick=True):
        yield


def arranged(database, days):
    with database.writing() as session:
        proposer, other = actor(session, Role.SUPERVISOR), actor(session, Role.DIRECTOR)
        row = arranging.propose(session, tuple(days), actor=proposer, now=DECEMBER)
        arranging.approve(session, row, actor=other, now=DECEMBER)


def told(app, database, state=State.HANDLING, workdays=0, at=DECEMBER) -> Told:
    known = receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)
    with database.writing() as session:
        story = Story(session, receipt_code_hash=known, at=at).to(State.DISPATCHED)
        if workdays:
            task = assistance.Task(unit_by_name(session, "财政局"), "请核对。", workdays, is_late_meant=True)
            assistance.assist(session, story.appeal, story.act(story.clerk), task)
        appeal = story.to(state).appeal
        return Told(appeal.uid, appeal.number)


def days(page) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.select_one(".explanation").select("li")]


def followed(client: PageClient, one: Told):
    client.send("/appeals/track", {"number": one.number, "code": CODE})
    return client.soup("/appeals/track")


def words(page) -> str:
    return " ".join(page.find("main").get_text(" ").split())


def test_a_correction_is_told_to_everybody_with_old_date_new_date_and_notice(app, database, client, sign_in):
    one = told(app, database)
    before = words(followed(client, one))
    assert "2027年1月5日(周二)" in before and "暂算" in before
    arranged(database, [day for day in days_of(2027) if day.on != date(2027, 1, 3)] + [
        MarkedDay(date(2027, 1, 4), DayKind.OFF, "元旦", NOTICE)])
    changed, notice = "1月5日(周二)", f"国务院办公厅公布了放假安排，按实际工作日重新计算（依据：{NOTICE}）。"
    for page in (
        sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{one.uid}"),
        sign_in(Role.SUPERVISOR).soup(f"/office/appeals/{one.uid}"),
    ):
        text = words(page)
        assert f"更正时限：办结期限由2027年{changed}改为2027年1月6日(周三)" in text and notice in text
    text = words(followed(client, one))
    assert f"放假安排公布后，期限重新计算：办结：2027年{changed} 改为 2027年1月6日(周三)" in text
    assert text.count(notice) == 2 and "暂算" not in text


@pytest.mark.parametrize("state", [State.HANDLING, State.REPLIED])
def test_a_date_is_explained_by_the_calendar_it_was_computed_with(app, database, client, sign_in, state):
    """The working Saturday was taken back after the day was promised and after it was met, which moves nothing then."""
    arranged(database, days_of(2027))
    with database.reading() as session:
        calendar = load_calendar(session)
    with database.writing() as session:
        known = receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)
        story = Story(session, receipt_code_hash=known, at=datetime(2026, 12, 30, 2, tzinfo=UTC), calendar=calendar)
        one = Told(story.appeal.uid, story.to(state).appeal.number)
    arranged(database, UNTOLD)
    pages = [followed(client, one)]
    if state is State.HANDLING:
        pages.append(sign_in(Role.SUPERVISOR).soup(f"/office/appeals/{one.uid}"))
    for page in pages:
        lines = days(page)
        made_up = [line for line in lines if "调休上班" in line]
        assert lines[-1].endswith("第 7 日")
        if state is State.REPLIED:
            assert "1月9日" in lines[-1] and made_up, lines
        else:
            assert "1月11日" in lines[-1] and not made_up, lines


def test_what_events_tell_of_a_dates_calendar_is_what_its_row_says(app, database):
    one, other = told(app, database, workdays=12), told(app, database, State.DISPATCHED)
    arranged(database, days_of(2027))
    arranged(database, UNTOLD)
    with database.reading() as session:
        for number in (one.number, other.number):
            appeal = by_number(session, number)
            rows = session.exec(select(MilestoneRow).where(MilestoneRow.appeal_id == appeal.id)).all()
            history = queries.events(session, appeal)
            assert rows and {row.stage: row.calendar_version for row in rows} == {
                row.stage: milestone_version(history, queries.as_milestone(row)) for row in rows
            }
        assert assistance_version(queries.events(session, by_number(session, one.number)), 1) == 3


def test_an_assisting_unit_reads_of_its_own_date_and_not_of_the_leads(app, database, sign_in):
    one = told(app, database, workdays=12)
    arranged(database, days_of(2027))
    page = sign_in(Role.HANDLER, unit="财政局").soup(f"/desk/assist/{one.uid}")
    text = words(page)
    assert "更正时限：财政局协办期限由2027年1月12日(周二)改为2027年1月11日(周一)" in text and NOTICE in text
    assert "办结期限" not in text


def test_the_explanation_costs_no_statement_once_its_calendar_is_known(app, database, sign_in):
    one, office = told(app, database), sign_in(Role.SUPERVISOR)
    arranged(database, days_of(2028))
    asked = []
    for _ in range(3):
        with counting(database) as statements:
            office.soup(f"/office/appeals/{one.uid}")
        asked.append(len(statements))
    assert asked[0] == asked[1] + 2 + 2 + 1, "two calendars, two statements each; the basis of the term"
    assert asked[1] == asked[2]
