"""The office's pages of follow-up: the day's list and calls, cases, exclusions, rates, policy, filing away."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, select

from models.accounts.types import Role
from models.appeals.tables import Appeal, AppealView
from models.appeals.types import AppealKind, State
from models.followup import call_lists
from models.followup.tables import DissatisfactionCase, FollowUpCall, FollowUpPolicy, RatingExclusion
from models.followup.types import CaseState
from models.notices.tables import Notice
from models.workdays.shipped import shipped_calendar
from tests.support.factories import MORNING, Story
from tests.support.followed import case_of, rate
from tests.support.page import find_form, hidden_fields, press
from tests.support.statements import counting
from tests.webapp.followed import POLICY
from tests.webapp.followup.test_rating_pages import opened
from webapp.db import Database

CASE = DissatisfactionCase
REACHED = {"reached": "yes", "result": "satisfied", "solved": "yes", "words": "已经拿到许可证。"}


def low(database: Database, story: Story, grade: int = 1, reason: str = "窗口仍说没有收到。") -> str:
    """A low grade, and the uid of its case."""
    with database.writing() as session:
        told = again(session, story)
        rate(told, grade, reason)
        return case_of(told).uid


def again(session: Session, story: Story) -> Story:
    told = Story.__new__(Story)
    told.__dict__ |= story.__dict__ | {"session": session, "appeal": session.get_one(Appeal, story.appeal.id)}
    return told


def draw(database: Database, at: datetime = MORNING) -> int:
    with database.writing() as session:
        return call_lists.draw_today(session, now=at, calendar=shipped_calendar())


def only(database: Database, table):
    with database.reading() as session:
        return session.exec(select(table)).one()


# ---------------------------------------------------------------- the day's list


def test_the_day_goes_from_one_call_to_the_next(tell, sign_in, database):
    stories = [tell() for _ in range(4)]
    low(database, stories[0])
    assert draw(database) == 2
    clerk = sign_in(Role.CLERK)
    page = clerk.soup("/follow-up")
    rows = [row.get_text(" ", strip=True) for row in page.select("#calls tbody tr")]
    assert len(rows) == 2 and "评价不满意" in rows[0] and "抽中回访" in rows[1]
    assert "13873712345" not in page.get_text()
    first = page.select_one("#calls tbody a")["href"]
    called = clerk.soup(first)
    assert called.find("a", class_="phone")["href"] == "tel:13873712345"
    answer = press(clerk, first, first, reached="no", unreached="no_answer")
    assert answer.status_code == 303 and answer.headers["Location"] != first
    answer = press(clerk, answer.headers["Location"], answer.headers["Location"], **REACHED)
    assert answer.headers["Location"] == "/follow-up"
    page = clerk.soup("/follow-up")
    assert "2 / 2" in page.get_text() and "今天的名单已经全部回访" in page.get_text()
    assert "今天没有接通" in page.get_text()


def test_looking_at_the_number_is_a_look_that_the_appellant_counts(tell, sign_in, database):
    story = tell()
    sign_in(Role.CLERK).get(f"/follow-up/calls/{story.appeal.uid}")
    assert only(database, AppealView).viewer_group == "office"


def test_no_list_says_why(sign_in, database, clock):
    assert "还没有抽取" in sign_in(Role.CLERK).soup("/follow-up").get_text()
    clock.move_to(datetime(2026, 11, 21, 3, tzinfo=UTC))
    assert "今天不上班" in sign_in(Role.CLERK).soup("/follow-up").get_text()
    clock.move_to(MORNING)
    draw(database)
    assert "今天没有要回访的" in sign_in(Role.CLERK).soup("/follow-up").get_text()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "reached"), ({"reached": "no"}, "unreached"), ({"reached": "yes", "solved": "yes"}, "result"),
        ({"reached": "yes", "result": "satisfied"}, "solved"),
        ({**REACHED, "words": "改打13873712345。"}, "words"),
    ],
)
def test_a_call_that_says_too_little_comes_back_with_what_was_chosen(tell, sign_in, database, fields, name):
    path = f"/follow-up/calls/{tell().appeal.uid}"
    answer = press(sign_in(Role.CLERK), path, path, **fields)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.data, "html.parser").find(id=f"{name}-error")
    with database.reading() as session:
        assert session.exec(select(FollowUpCall)).all() == []


def test_of_two_who_called_at_once_the_second_sees_the_first(tell, sign_in, database):
    path = f"/follow-up/calls/{tell().appeal.uid}"
    one, two = sign_in(Role.CLERK), sign_in(Role.CLERK)
    stale = BeautifulSoup(two.get(path).data, "html.parser")
    form = hidden_fields(find_form(stale, path))
    press(one, path, path, reached="no", unreached="busy")
    answer = two.post(path, data=form | REACHED)
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422 and "有同事刚刚登记了一次回访" in page.get_text()
    assert "占线" in page.find(id="calls-made").get_text()
    assert page.find("input", attrs={"name": "version"})["value"] == "2"
    assert "已经拿到许可证" in page.get_text()


@pytest.mark.parametrize("changes", [{"is_confidential": True}, {"identity": None}])
def test_whose_number_may_not_be_read_is_told_to_be_left_alone(tell, sign_in, changes):
    page = sign_in(Role.CLERK).soup(f"/follow-up/calls/{tell(**changes).appeal.uid}")
    assert "不作电话回访" in page.get_text() and page.find("form", method="post", action=True) is not None
    assert "13873712345" not in page.get_text()


def test_the_list_takes_the_same_statements_however_long_it_is(tell, sign_in, database):
    clerk, counts = sign_in(Role.CLERK), []
    for number, day in ((3, 0), (12, 1)):
        at = MORNING + timedelta(days=day)
        for _ in range(number):
            tell(at=at)
        draw(database, at)
        clerk.get("/follow-up")
        with counting(database.engine) as said:
            clerk.get("/follow-up")
        counts.append(len(said))
    assert counts[0] == counts[1] <= 6


# ---------------------------------------------------------------- cases


def test_from_the_low_grade_to_its_closing(tell, sign_in, database):
    story = tell()
    page = f"/follow-up/cases/{low(database, story)}"
    clerk, supervisor = sign_in(Role.CLERK), sign_in(Role.SUPERVISOR)
    approver = sign_in(Role.APPROVER, unit="市监局")
    assert "待决定" in clerk.soup("/follow-up/cases").get_text()
    press(clerk, page, "/contact", way="unreached")
    press(clerk, page, "/contact", way="phone", inner="他说窗口仍说没有收到。")
    press(approver, page, "/answer", words="已经查到材料。")
    answer = press(supervisor, page, "/redo", words="没有解决。", told="重新办理，请等候。")
    assert answer.status_code == 303
    case = only(database, DissatisfactionCase)
    assert (case.state, case.redo_round, case.contact_kept) == (CaseState.REDOING, 2, "met")
    with database.writing() as session:
        again(session, story).to(State.REPLIED)
    press(supervisor, page, "/put-right", words="已经出证。", told="许可证已经制好。")
    press(supervisor, page, "/close", words="诉求人同意。")
    assert only(database, DissatisfactionCase).state is CaseState.CLOSED
    text = supervisor.soup(page).get_text()
    for said in ("联系诉求人，没有接通", "联系了诉求人（电话）", "决定重新办理", "确认整改到位", "了结"):
        assert said in text


def test_the_unit_reads_neither_the_grade_nor_what_the_office_noted(tell, sign_in, database):
    uid = low(database, tell())
    press(sign_in(Role.CLERK), f"/follow-up/cases/{uid}", "/contact", way="phone", inner="只给办里看。")
    text = sign_in(Role.HANDLER, unit="市监局").soup(f"/follow-up/cases/{uid}").get_text()
    assert "非常不满意" not in text and "只给办里看" not in text
    assert "诉求人不满意" in text and "窗口仍说没有收到" in text
    assert "非常不满意" in sign_in(Role.AUDITOR).soup(f"/follow-up/cases/{uid}").get_text()


@pytest.mark.parametrize("changes", [{"is_confidential": True}, {"kind": AppealKind.REPORT}])
def test_where_the_appellant_is_kept_from_the_unit_their_words_are_too(tell, sign_in, database, changes):
    uid = low(database, tell(**changes), reason="我是船厂的会计，没有解决。")
    unit = sign_in(Role.HANDLER, unit="市监局").soup(f"/follow-up/cases/{uid}").get_text()
    assert "会计" not in unit and "原话不提供" in unit
    assert "会计" in sign_in(Role.CLERK).soup(f"/follow-up/cases/{uid}").get_text()


def test_on_the_appeals_page_the_office_reads_all_and_the_unit_its_case(tell, sign_in, database):
    story = tell()
    low(database, story)
    office = sign_in(Role.CLERK).soup(f"/office/appeals/{story.appeal.uid}").find(id="followup").get_text()
    desk = sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{story.appeal.uid}").find(id="followup").get_text()
    assert "非常不满意" in office and "申请剔除" in office and "窗口仍说没有收到" in office
    assert "非常不满意" not in desk and "剔除" not in desk and "第 1 次答复" in desk


def test_good_grades_are_none_of_the_units_business(tell, sign_in, database):
    story = tell()
    with database.writing() as session:
        rate(again(session, story), 5)
    desk = sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{story.appeal.uid}")
    assert desk.find(id="followup") is None and "非常满意" not in desk.get_text()
    both = sign_in(Role.HANDLER, Role.CLERK, unit="市监局").soup(f"/office/appeals/{story.appeal.uid}")
    assert "非常满意" not in both.get_text()


def test_deciding_after_somebody_else_decided_is_a_conflict_with_both_before_ones_eyes(tell, sign_in, database):
    page = f"/follow-up/cases/{low(database, tell())}"
    one, two = sign_in(Role.SUPERVISOR), sign_in(Role.DIRECTOR)
    stale = hidden_fields(find_form(two.soup(page), "/redo"))
    press(one, page, "/no-redo", words="依法已经说明。", told="不重新办理。")
    answer = two.post(f"{page}/redo", data=stale | {"words": "要重办。", "told": "重新办理。"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "要重办。" in text and "决定不重新办理" in text
    assert only(database, DissatisfactionCase).state is CaseState.NOT_REDONE


def test_a_word_left_on_the_follow_up_page_is_read_there(tell, sign_in, database, client):
    story = tell(is_confidential=True)
    page = f"/follow-up/cases/{low(database, story)}"
    clerk = sign_in(Role.CLERK)
    assert press(clerk, page, "/contact", way="page").status_code == 422
    press(clerk, page, "/contact", way="page", told="请补充受理通知书的照片。")
    text = opened(client, story).find(id="case").get_text()
    assert "市优办给您留言" in text and "请补充受理通知书的照片" in text


def test_an_extension_out_of_range_is_told_beside_the_number(tell, sign_in, database):
    page = f"/follow-up/cases/{low(database, tell())}"
    answer = press(sign_in(Role.SUPERVISOR), page, "/extend", workdays="16", words="等检测。", told="延期。")
    assert answer.status_code == 422 and "最少 6 个、最多 15 个工作日" in answer.get_data(as_text=True)
    assert press(
        sign_in(Role.SUPERVISOR), page, "/extend", workdays="10", words="等检测。", told="延期。"
    ).status_code == 303


def test_redone_on_the_appeals_own_page_the_case_follows(tell, sign_in, database):
    story = tell()
    low(database, story)
    press(sign_in(Role.SUPERVISOR), f"/office/appeals/{story.appeal.uid}", "/redo", redo_reason="没有解决。",
          redo_told="重新办理。")
    assert only(database, DissatisfactionCase).state is CaseState.REDOING


def test_the_list_of_cases_takes_the_same_statements_however_long_it_is(tell, sign_in, database):
    clerk, counts = sign_in(Role.CLERK), []
    for number in (1, 8):
        for _ in range(number):
            low(database, tell())
        clerk.get("/follow-up/cases")
        with counting(database.engine) as said:
            clerk.get("/follow-up/cases")
        counts.append(len(said))
    assert counts[0] == counts[1] <= 5


def test_time_writes_what_is_missed_and_the_office_is_told_once(app, tell, database, clock):
    low(database, tell())
    clock.shift(timedelta(days=2))
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["sweep"]).exit_code == 0
    assert only(database, DissatisfactionCase).contact_kept == "missed"
    with database.reading() as session:
        assert [one.kind for one in session.exec(select(Notice)).all()].count("case_missed") == 1


# ---------------------------------------------------------------- exclusions, rates, policy


def test_two_people_leave_a_rating_out_and_both_rates_are_shown(tell, sign_in, database):
    story, other = tell(), tell()
    low(database, story)
    with database.writing() as session:
        rate(again(session, other), 4)
    one, two = sign_in(Role.SUPERVISOR), sign_in(Role.DIRECTOR)
    page = f"/follow-up/appeals/{story.appeal.uid}/exclude"
    asked = press(one, page, "/exclude", code="other_matter", evidence="说的是另一件事。").headers["Location"]
    assert "提出人不能审核自己的申请" in one.soup(asked).get_text()
    assert story.appeal.number in two.soup("/office/review").find(id="exclusions-title").parent.get_text()
    assert "剔除评价的申请" not in one.soup("/office/review").get_text()
    press(two, asked, "/decide", step="grant", remark="属实。")
    assert only(database, RatingExclusion).status == "granted"
    row = one.soup("/follow-up/rates").select_one("tbody tr").get_text(" ", strip=True)
    assert "50.0%" in row and "100.0%" in row
    again_ = press(two, asked, "/decide", step="grant", remark="再来。") if two.soup(asked).find(
        "form", action=f"{asked}/decide") else None
    assert again_ is None


def test_every_number_of_the_rates_leads_to_its_list(tell, sign_in, database):
    stories = [tell(), tell(unit="税务局"), tell()]
    low(database, stories[0])
    with database.writing() as session:
        rate(again(session, stories[1]), 5)
    clerk = sign_in(Role.CLERK)
    links = [a["href"] for a in clerk.soup("/follow-up/rates").select("table a")]
    assert len(links) > 10
    for url in links:
        page = clerk.soup(url)
        assert page.select("tbody tr"), url


def test_rates_take_the_same_statements_however_many_replies(tell, sign_in, database):
    clerk, counts = sign_in(Role.CLERK), []
    for number in (1, 8):
        for _ in range(number):
            low(database, tell())
        clerk.get("/follow-up/rates")
        with counting(database.engine) as said:
            clerk.get("/follow-up/rates")
        counts.append(len(said))
    assert counts[0] == counts[1] <= 9


def test_the_director_makes_a_new_version_of_the_policy(sign_in, database):
    director = sign_in(Role.DIRECTOR)
    assert press(director, "/follow-up/policy", "/policy", **POLICY).status_code == 303
    with database.reading() as session:
        newest = session.exec(select(FollowUpPolicy).order_by(FollowUpPolicy.version.desc())).first()
    assert (newest.version, newest.share_percent, newest.rating_days) == (2, 50, 20)
    assert "第2版" in sign_in(Role.AUDITOR).soup("/follow-up/policy").get_text()
    assert sign_in(Role.CLERK).soup("/follow-up/policy").find("form", action="/follow-up/policy") is None


def test_a_policy_without_a_first_day_is_told_so_whether_the_field_is_empty_or_not_there(sign_in):
    director = sign_in(Role.DIRECTOR)
    for left in ({}, {"in_force_from": ""}):
        form = hidden_fields(find_form(director.soup("/follow-up/policy"), "/policy"))
        sent = {name: value for name, value in POLICY.items() if name != "in_force_from"}
        answer = director.post("/follow-up/policy", data=form | sent | left)
        told = BeautifulSoup(answer.data, "html.parser").find(id="in_force_from-error")
        assert answer.status_code == 422 and "请填写施行日期" in told.get_text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("share_percent", "101"), ("attempts_most", "0"), ("rating_days", "１２"), ("put_right_workdays_most", "2"),
        ("in_force_from", "2026-11-01"), ("basis", ""),
    ],
)
def test_a_policy_that_makes_no_sense_is_told_beside_the_field(sign_in, field, value):
    answer = press(sign_in(Role.DIRECTOR), "/follow-up/policy", "/policy", **POLICY | {field: value})
    assert answer.status_code == 422
    assert BeautifulSoup(answer.data, "html.parser").find(id=f"{field}-error")


# ---------------------------------------------------------------- filing away


def test_filing_away_asks_why_nobody_was_asked(tell, sign_in, database):
    story = tell()
    clerk, page = sign_in(Role.CLERK), f"/office/appeals/{story.appeal.uid}"
    answer = press(clerk, page, "/close")
    assert answer.status_code == 422 and "没有回访到" in answer.get_data(as_text=True)
    assert press(clerk, page, "/close", note="诉求人在国外。").status_code == 303
    assert "没有回访。诉求人在国外。" in clerk.soup(page).get_text()


def test_over_an_open_case_nothing_is_filed_away(tell, sign_in, database):
    story = tell()
    low(database, story)
    answer = press(sign_in(Role.CLERK), f"/office/appeals/{story.appeal.uid}", "/close", note="归档。")
    assert answer.status_code == 422 and "还有没有了结的不满意事项" not in answer.get_data(as_text=True)
    assert "请先了结" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("path", "root"), [("/follow-up", "calls"), ("/follow-up/cases", "cases")])
def test_the_lists_are_parts_of_their_own_for_htmx(sign_in, path, root):
    clerk = sign_in(Role.CLERK)
    part = clerk.get(path, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).get_data(as_text=True)
    assert part.strip().startswith(f'<div id="{root}">') and "<html" not in part
    assert clerk.soup(path).find(id=root) is not None
