"""The director sets up, opens, extends and closes a campaign; others read counts (domain.md §6, CON-1)."""

from datetime import date, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlmodel import col, select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.errors import Refused
from models.ratings import campaigns, invitations, queries
from models.ratings.tables import RatingCampaign, RatingEnvelope
from models.ratings.types import CampaignState, Group, Half
from tests.support import enterprises as people
from tests.support.actors import actor
from tests.support.factories import MORNING
from tests.support.page import hidden_fields, press
from tests.support.ratings import VAULT, Entry, act, invitee, plan, rating
from tests.support.statements import counting
from tests.webapp.rated import PLAN
from webapp.sweeping import ACTS

NEW = PLAN | {"year": "2026", "half": "second"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def director(sign_in):
    return sign_in(Role.DIRECTOR, unit="市优办")


def only(database):
    with database.reading() as session:
        return session.exec(select(RatingCampaign)).one()


def test_a_campaign_is_set_up_on_one_page(database, director):
    answer = director.send("/ratings/new", NEW)
    row = only(database)
    assert answer.headers["Location"] == f"/ratings/{row.uid}"
    with database.reading() as session:
        made = queries.campaign(session, row)
    assert [(one.name, one.weight) for one in made.dimensions] == [("服务态度", 40), ("办事效率", 60)]
    assert len(made.units) == 2 and made.period == "2026年下半年"


def test_the_defaults_are_there_to_be_changed(director):
    page = director.get("/ratings/new").text
    assert "服务态度" in page and "现在是 100" in page and "不记名" in page


def test_the_next_campaign_begins_as_the_last_one_was(database, director):
    director.send("/ratings/new", NEW | {"minimum_n": "7", "letter": "上次的正文。"})
    page = director.get("/ratings/new").text
    assert 'value="7"' in page and "上次的正文。" in page and "办事效率" in page


WRONG = [
    ({"title": ""}, "title-error"), ({"closes_on": "2026-11-01"}, "closes_on-error"),
    ({"opens_on": ""}, "opens_on-error"), ({"minimum_n": "0"}, "minimum_n-error"),
    ({"dimensions-0-weight": "101"}, "weight-error"), ({"dimensions-1-name": "服务态度"}, "dimensions-error"),
    ({"half": ""}, "half-error"), ({"year": "1999"}, "year-error"), ({"scale": "stars"}, "scale-error"),
    ({"letter": "长" * 301}, "letter-error"), ({"dimensions-2-weight": "5"}, "weight-error"),
]


@pytest.mark.parametrize(("fields", "error"), WRONG)
def test_what_is_wrong_is_told_beside_it_and_nothing_is_lost(database, director, fields, error):
    answer = director.send("/ratings/new", NEW | fields)
    assert answer.status_code == 422 and f'{error}"' in answer.text
    assert (fields.get("letter") or NEW["letter"]) in answer.text
    with database.reading() as session:
        assert session.exec(select(RatingCampaign)).all() == []


def test_a_half_year_has_one_campaign(director):
    director.send("/ratings/new", NEW)
    answer = director.send("/ratings/new", NEW)
    assert answer.status_code == 422 and 'id="half-error"' in answer.text


def test_the_same_form_sent_twice_makes_one_campaign(database, director):
    form = hidden_fields(director.soup("/ratings/new").find("main").find("form"))
    for _ in range(2):
        assert director.post("/ratings/new", data=form | NEW).status_code == 303
    assert only(database)


def test_a_stale_form_is_told_and_shows_what_stands(database, director):
    director.send("/ratings/new", NEW)
    uid = only(database).uid
    form = hidden_fields(director.soup(f"/ratings/{uid}/edit").find("main").find("form"))
    director.send(f"/ratings/{uid}/edit", PLAN | {"title": "先改的名称"})
    answer = director.post(f"/ratings/{uid}/edit", data=form | PLAN | {"title": "后改的名称"})
    assert answer.status_code == 409 and "先改的名称" in answer.text and "后改的名称" in answer.text
    assert only(database).title == "先改的名称"
    again = hidden_fields(director.soup(f"/ratings/{uid}/edit").find("main").find("form"))
    assert again["version"] == "2"


LACKING = [
    ({"units": ()}, "还没有选择参评单位"), ({"dimensions": ()}, "还没有填写评议方面"),
    ({"letter": " "}, "还没有填写评议信正文"),
    ({"closes_on": date(2026, 11, 16), "opens_on": date(2026, 11, 1)}, "截止日期已过"),
    ({"minimum_n": 50}, "邀请的人数少于最少票数"),
]


@pytest.mark.parametrize(("changes", "text"), LACKING)
def test_what_is_missing_is_listed_and_it_does_not_open(database, director, changes, text):
    with database.writing() as session:
        made = rating(session, **changes)
    page = director.get(f"/ratings/{made.row.uid}").text
    assert text in page and "启动以前还要办好" in page
    with database.writing() as session:
        row = queries.campaign_row(session, made.row.uid, lock=True)
        with pytest.raises(Refused, match="rating_lacks"):
            campaigns.open_campaign(session, row, VAULT, made.act())


def test_once_open_it_cannot_be_set_anew(database, director):
    with database.writing() as session:
        made = rating(session)
    press(director, f"/ratings/{made.row.uid}", "/open")
    assert only(database).state is CampaignState.OPEN
    assert "不再改动" in director.get(f"/ratings/{made.row.uid}/edit").text
    answer = director.send(f"/ratings/{made.row.uid}", PLAN | {"version": "3"}, action="/units")
    assert answer.status_code == 422


def test_the_last_day_moves_later_only_and_with_a_reason(database, director):
    with database.writing() as session:
        made = rating(session).open()
    page = f"/ratings/{made.row.uid}"
    early = press(director, page, "/extend", closes_on="2026-12-01", extend_reason="太早")
    assert early.status_code == 422 and "晚于原来的" in early.text
    silent = press(director, page, "/extend", closes_on="2026-12-20")
    assert silent.status_code == 422 and 'id="extend_reason-error"' in silent.text
    press(director, page, "/extend", closes_on="2026-12-20", extend_reason="回收较慢。")
    assert only(database).closes_on == date(2026, 12, 20)


def test_a_unit_may_come_late(database, director):
    with database.writing() as session:
        made = rating(session).open()
    page = f"/ratings/{made.row.uid}"
    press(director, page, "/units", unit="税务局")
    assert "（中途增加）" in director.get(page).text
    again = press(director, page, "/units", unit="税务局")
    assert again.status_code == 422 and "已经在参评名单中" in again.text


def test_the_director_closes_and_the_ballots_are_counted(database, director):
    with database.writing() as session:
        made = rating(session).open().lettered()
        for code in made.codes[:5]:
            made.vote(code, {1: 80})
    page = f"/ratings/{made.row.uid}"
    refused = press(director, page, "/close")
    assert refused.status_code == 422 and 'id="closing_reason-error"' in refused.text
    press(director, page, "/close", closing_reason="各方都已评完。")
    assert "共收到 5 张评议票" in director.get(page).text
    with database.reading() as session:
        assert session.exec(select(RatingEnvelope)).all() == []
        facts = session.exec(select(AuditRow.facts).where(col(AuditRow.action) == "rating.close")).one()
    assert facts["ballots"] == 5 and facts["reason"] == "各方都已评完。"


def test_time_closes_what_has_had_its_last_day_once(app, database):
    with database.writing() as session:
        made = rating(session).open().lettered()
        made.vote(made.codes[0], {1: 80})
    close = next(one for one in ACTS if one.name == "close_ratings")
    with app.app_context():
        for days, closed in ((23, 0), (24, 1), (24, 0)):
            moment = MORNING + timedelta(days=days)
            with time_machine.travel(moment, tick=False):
                assert close.run(moment) == closed
    row = only(database)
    assert row.state is CampaignState.CLOSED and row.sealed_key is None


def test_time_leaves_open_what_does_not_add_up(app, database):
    with database.writing() as session:
        made = rating(session).open().lettered()
        session.add(RatingEnvelope(campaign_id=made.row.id, sealed=b"x" * 100))
    close = next(one for one in ACTS if one.name == "close_ratings")
    moment = MORNING + timedelta(days=30)
    with app.app_context(), time_machine.travel(moment, tick=False):
        assert close.run(moment) == 0
    assert only(database).state is CampaignState.OPEN


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.LEADER, Role.AUDITOR])
def test_who_oversees_reads_counts_and_nobody_s_name(database, sign_in, role):
    with database.writing() as session:
        made = rating(session, invited=9).open().lettered()
        for code in made.codes[:7]:
            made.vote(code, {1: 10})
    page = sign_in(role, unit="市优办").get(f"/ratings/{made.row.uid}").text
    assert "77.7%" in page and "沅江测试企业" not in page and "邀请名单</a>" not in page


def test_a_small_number_of_answers_is_shown_nowhere(database, director):
    """Nor the group from which it follows."""
    with database.writing() as session:
        made = rating(session, groups={Group.ENTERPRISE: 20, Group.DEPUTY: 10, Group.MEDIA: 6}).open().lettered()
        for code in made.codes[:9] + made.codes[20:27] + made.codes[30:33]:
            made.vote(code, {1: 10})
    table = director.soup(f"/ratings/{made.row.uid}").find(id="return-rate")
    lines = {row.find("td").get_text(): [one.get_text(" ", strip=True) for one in row.find_all("td")]
             for row in table.find("tbody").find_all("tr")}
    assert lines["媒体监督员"][3] == "不显示" and lines["人大代表"][3] == "不显示"
    assert lines["企业"][3] == "9" and lines["合计"][3] == "19"


def test_the_open_page_asks_for_its_rate_and_gets_a_part(database, director):
    with database.writing() as session:
        made = rating(session).open()
    part = director.get(f"/ratings/{made.row.uid}/rate", headers={"HX-Request": "true"})
    assert part.status_code == 200 and "<html" not in part.text and 'id="return-rate"' in part.text
    assert director.get(f"/ratings/{made.row.uid}/rate").status_code == 303


def test_the_enterprise_page_tells_of_the_invitation_and_of_nothing_else(database, sign_in):
    with database.writing() as session:
        account = people.person(session, people.enterprise(session))
        made = rating(session, groups={Group.DEPUTY: 5})
        who = invitee(1, credit_code=people.CODE)
        invitations.add(session, VAULT, made.row, [Entry(1, who)], made.act())
        made.open()
    client = sign_in(account=account)
    assert "评议信已经送给贵企业" not in client.get("/enterprise").text
    with database.writing() as session:
        made.session, made.row = session, queries.campaign_row(session, made.row.uid)
        made.lettered()
    before = client.get("/enterprise").text
    assert "评议信已经送给贵企业" in before and "/ratings/ballot" in before
    assert not any(code in before for code in made.codes)
    with database.writing() as session:
        made.session = session
        for code in made.codes:
            made.vote(code, {1: 50})
    assert client.soup("/enterprise").find("main").get_text() == _main(before)


def _main(text):
    return BeautifulSoup(text, "html.parser").find("main").get_text()


def test_lists_ask_the_same_number_of_times_however_long_they_are(database, director):
    counts = {}
    for number, year in ((2, 2031), (40, 2032)):
        with database.writing() as session:
            made = rating(session, invited=number, year=year).open().lettered()
        for path in ("/ratings", f"/ratings/{made.row.uid}", f"/ratings/{made.row.uid}/invitations"):
            director.get(path)
            with counting(database) as said:
                director.get(path)
            counts.setdefault(path.replace(made.row.uid, "…"), []).append(len(said))
    assert all(few == many <= 12 for few, many in counts.values()), counts


def test_only_the_director_s_command_opens_a_campaign(session):
    made = rating(session)
    for role in Role:
        if role is not Role.DIRECTOR:
            with pytest.raises(Refused, match="not_your_role"):
                campaigns.open_campaign(session, made.row, VAULT, act(actor(session, role)))
    with pytest.raises(Refused, match="rating_period_taken"):
        campaigns.create(session, 2026, Half.SECOND, plan(session), made.act())
