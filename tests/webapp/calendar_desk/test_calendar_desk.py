"""The calendar desk over HTTP: a year at a glance, proposed by one person, approved by another, and what it moves."""

from datetime import date
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from models.accounts.types import Role
from models.appeals.types import State
from models.handling import arranging, recalculation
from models.workdays.commands import import_arrangement
from models.workdays.queries import arranged_days, load_calendar
from models.workdays.tables import ArrangementRow
from models.workdays.types import ArrangementStatus
from tests.conftest import SignIn
from tests.models.handling.arrangements import days_of
from tests.support import actors
from tests.support.factories import Story
from tests.support.notices import NOTICE_2027, NUMBER, csv_2027, days_2027
from tests.support.page import find_form, hidden_fields
from tests.support.statements import counting
from tests.webapp.calendar_desk.conftest import DECEMBER, DESK, NEW, Desk, text_of
from webapp.calendar_desk.moving import shift_text
from webapp.db import Database

HTMX = {"HX-Request": "true"}


def error(answer: TestResponse, name: str) -> str:
    found = BeautifulSoup(answer.data, "html.parser").select_one(f"#{name}-error")
    return found.get_text(" ") if found else ""


# ---------------------------------------------------------------- a year at a glance


def test_a_year_has_twelve_months_with_a_word_in_every_marked_day(desk: Desk) -> None:
    page = desk.supervisor.soup(f"{DESK}?year=2026")
    assert len(page.select("table.month")) == 12
    marked = page.select("td.date:has(.date-mark)")
    marks = {str(one.time["datetime"]): one.select_one(".date-mark").get_text() for one in marked}
    assert len(marks) == 39 and (marks["2026-10-01"], marks["2026-10-10"]) == ("休", "班")
    assert page.select_one("td[aria-current=date] time")["datetime"] == "2026-12-24"
    text = text_of(page)
    assert "全年 248 个工作日" in text and "国务院办公厅2025年11月4日通知" in text and "调休上班，计为工作日" in text
    assert "国庆节：10月1日（周四）至10月7日（周三），共7天" in text


def test_a_year_without_arrangement_says_provisional_and_gives_the_days_by_law(desk: Desk) -> None:
    page = desk.supervisor.soup(f"{DESK}?year=2027")
    text = text_of(page)
    assert "2027年的放假安排尚未公布" in text and "2月6日（周六） 春节" in text
    assert page.select_one(".heading .provisional") is not None


ODD = ["year=1948", "year=2101", "year=next", "year=²⁰²⁶", "version=2", "version=0", "year=99999999"]


@pytest.mark.parametrize("asked", ODD)
def test_a_year_or_version_that_there_is_not_is_missing(desk: Desk, asked: str) -> None:
    assert desk.supervisor.get(f"{DESK}?{asked}").status_code == 404


def test_readers_read_and_do_not_propose(desk: Desk, sign_in: SignIn) -> None:
    url = desk.proposed()
    for role in (Role.CLERK, Role.LEADER, Role.AUDITOR):
        reader = sign_in(role)
        page = reader.soup(DESK)
        assert page.find("a", href=NEW) is None and "日历" in page.nav.get_text()
        assert page.select_one("#calendar-decide") is None and "还没有导入" not in text_of(page)
        assert reader.soup(url).select_one("#calendar-decide form") is None
        assert reader.get(NEW).status_code == 403


def test_an_earlier_calendar_is_shown_as_it_was(desk: Desk) -> None:
    url = desk.proposed()
    assert desk.director.send(url, action="/approve").status_code == 303
    now, then = desk.director.soup(f"{DESK}?year=2027"), desk.director.soup(f"{DESK}?year=2027&version=1")
    assert "日历第 2 版" in text_of(now) and "劳动节调休上班：5月8日（周六）" in text_of(now)
    assert "这是第 1 版，不是现行的日历" in text_of(then) and "尚未公布" in text_of(then)
    versions = text_of(desk.director.soup(DESK).select_one("#calendar-versions"))  # type: ignore[arg-type]
    assert "王督办" in versions and "刘主任" in versions and NUMBER in versions and "第2版" in versions


# ---------------------------------------------------------------- reading what was pasted or sent


def test_what_was_read_is_shown_for_checking_and_changes_nothing(desk: Desk) -> None:
    answer = desk.propose(step="check")
    assert answer.status_code == 200
    text = text_of(answer)
    assert "2027年：放假 30 天，调休上班 7 天，全年" in text and "2027年2月5日(周五) 放假 春节" in text
    assert "改期 1 个" in text and "市监局" in text
    page = BeautifulSoup(answer.data, "html.parser")
    assert page.select_one("#notice_text").get_text().strip() == NOTICE_2027.strip()  # type: ignore[union-attr]
    assert desk.row().status is ArrangementStatus.IN_FORCE and desk.actions() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_any_spelling_and_takes_the_place_of_the_text(desk: Desk, encoding: str) -> None:
    file = (BytesIO(csv_2027().encode(encoding)), "2027.csv")
    answer = desk.propose(notice_text="别的", notice_file=file)
    assert answer.status_code == 303
    with desk.database.reading() as session:
        assert arranged_days(session, desk.row()) == days_2027()


@pytest.mark.parametrize(("fields", "name", "said"), [
    ({"notice_text": ""}, "notice_text", "请粘贴通知正文，或者选择文件"),
    ({"notice_text": "你好", "year": "2027", "source": "x"}, "notice_text", "没有读到放假安排"),
    ({"notice_text": NOTICE_2027.replace("6月9日（周三）", "6月9日（周四）")}, "notice_text",
     "第11行：6月9日写的是“周四”，而2027年的这一天是周三"),
    ({"notice_text": NOTICE_2027.replace("共9天", "共8天")}, "notice_text", "第8行：写的是“共8天”"),
    ({"notice_text": "date,kind,name,source\n2027-02-30,off,春节,x"}, "notice_text",
     "第2行：日期“2027-02-30”不是有效日期"),
    ({"notice_text": NOTICE_2027, "year": "2026"}, "year", "正文里写的是2027年"),
    ({"notice_text": NOTICE_2027, "year": "明年"}, "year", "请填写四位年份"),
    ({"notice_text": NOTICE_2027.split("通知如下。")[1], "source": "x"}, "year", "正文里没有写是哪一年的安排"),
    ({"notice_text": NOTICE_2027.split("通知如下。")[1], "year": "2027"}, "source", "正文里没有文号"),
    ({"notice_text": "x" * 20_001}, "notice_text", "最多可填 20000 个字"),
    ({"notice_file": (BytesIO(b"PK\x03\x04\x80\x81\xff"), "2027.xlsx")}, "notice_file", "这个文件读不了"),
    ({"notice_file": (BytesIO(b"x" * 100_001), "2027.csv")}, "notice_file", "这个文件读不了"),
    ({"notice_file": (BytesIO(b"date,kind\x00"), "2027.csv")}, "notice_file", "这个文件读不了"),
])
@pytest.mark.parametrize("step", ["check", "propose"])
def test_what_is_wrong_is_told_beside_its_field_and_the_text_is_kept(
    desk: Desk, fields: dict[str, object], name: str, said: str, step: str
) -> None:
    sent = {key: (BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
            for key, value in fields.items()}
    answer = desk.propose(step=step, **sent)
    assert answer.status_code == 422
    assert said in error(answer, name), text_of(answer)
    if isinstance(fields.get("notice_text"), str):
        typed = BeautifulSoup(answer.data, "html.parser").select_one("#notice_text").get_text()  # type: ignore[union-attr]
        assert typed.strip() == str(fields["notice_text"]).strip()
    assert desk.row().status is ArrangementStatus.IN_FORCE


def test_a_year_and_a_number_may_be_said_beside_the_text(desk: Desk) -> None:
    body = NOTICE_2027.split("通知如下。")[1]
    answer = desk.propose(notice_text=body, year="２０２７年", source="国办发明电〔2026〕99号")
    assert answer.status_code == 303 and desk.row().source == "国办发明电〔2026〕99号"


def test_a_double_click_proposes_once(desk: Desk) -> None:
    page = desk.supervisor.soup(NEW)
    form = {**hidden_fields(find_form(page)), "notice_text": NOTICE_2027, "step": "propose"}
    assert [desk.supervisor.post(NEW, data=form).status_code for _ in range(2)] == [303, 303]
    assert desk.actions() == ["calendar.propose"]


# ---------------------------------------------------------------- the second person


def test_the_proposer_is_told_why_not_and_refused(desk: Desk) -> None:
    url = desk.proposed()
    page = desk.supervisor.soup(url)
    assert "这份放假安排是您提出的，须由另一位" in text_of(page)
    assert [form["action"].rpartition("/")[2] for form in page.select("#calendar-decide form")] == ["withdraw"]
    form = hidden_fields(page.select_one("#calendar-decide form"))  # type: ignore[arg-type]
    for act in ("approve", "refuse"):
        data = {**form, "submission_key": f"another-key-{act:0>8}", "reason": "不对"}
        answer = desk.supervisor.post(f"{url}/{act}", data=data)
        assert answer.status_code == 422 and "须由另一位" in text_of(answer)
    assert desk.version() == 1 and desk.actions()[-1] == "denied"


def test_a_second_person_sees_every_date_that_moves_and_approves(desk: Desk) -> None:
    url = desk.proposed()
    page = desk.director.soup(url)
    [row] = page.select("#calendar-moves tbody tr")
    told = " ".join(row.get_text(" ").split())
    assert "2026-000001" in told and "市监局" in told and "办结" in told
    assert "2027年1月5日(周二)" in told and "2027年1月6日(周三)" in told and "推迟 1 个工作日，转为确定" in told
    answer = desk.director.send(url, action="/approve")
    assert answer.status_code == 303
    text = desk.director.soup(url)
    assert "日历第2版从现在起生效。已重新计算 1 件诉求的期限" in str(text) and "已生效" in text_of(text)
    assert text.select_one("#calendar-decide") is None
    assert desk.version() == 2 and desk.actions() == ["calendar.propose", "calendar.approve"]
    with desk.database.reading() as session:
        assert load_calendar(session).marked.keys() >= {day.on for day in days_2027()}
        assert recalculation.left_count(session, load_calendar(session)) == 0


def test_a_refusal_is_read_by_the_proposer(desk: Desk) -> None:
    url = desk.proposed()
    assert desk.director.send(url, {"reason": ""}, action="/refuse").status_code == 422
    assert error(desk.director.send(url, {"reason": " "}, action="/refuse"), "reason")
    assert desk.director.send(url, {"reason": "春节的调休与通知不符。"}, action="/refuse").status_code == 303
    text = text_of(desk.supervisor.soup(url))
    assert "未批准" in text and "春节的调休与通知不符。" in text
    assert desk.version() == 1


def test_the_proposer_takes_it_back(desk: Desk) -> None:
    url = desk.proposed()
    assert desk.supervisor.send(url, action="/withdraw").status_code == 303
    assert "已撤回" in text_of(desk.director.soup(url)) and desk.version() == 1
    assert desk.actions() == ["calendar.propose", "calendar.withdraw"]


def test_an_approval_sent_twice_is_one_approval(desk: Desk) -> None:
    url = desk.proposed()
    form = hidden_fields(find_form(desk.director.soup(url), "/approve"))
    assert [desk.director.post(f"{url}/approve", data=form).status_code for _ in range(2)] == [303, 303]
    assert desk.version() == 2 and desk.actions().count("calendar.approve") == 1


def test_what_was_proposed_for_an_older_calendar_is_stale_and_offered_anew(desk: Desk) -> None:
    url = desk.proposed()
    form = hidden_fields(find_form(desk.director.soup(url), "/approve"))
    with desk.database.writing() as session:
        import_arrangement(session, days_of(2028), at=DECEMBER)
    answer = desk.director.post(f"{url}/approve", data=form)
    assert answer.status_code == 409 and "日历已经有了新的版本" in text_of(answer)
    link = desk.director.soup(url).find("a", string="按现在的日历重新提出")
    assert link is not None
    anew = desk.director.soup(str(link["href"]))
    assert anew.select_one("#notice_text").get_text().strip() == NOTICE_2027.strip()  # type: ignore[union-attr]
    assert desk.version() == 2 and "calendar.approve" not in desk.actions()


# ---------------------------------------------------------------- many dates


def test_the_list_is_paged_and_htmx_gets_the_list_alone(app: Flask, database: Database, sign_in: SignIn) -> None:
    desk = Desk(database, sign_in, count=60)
    url = desk.proposed()
    asked = []
    for page in (1, 2):
        with counting(database) as statements:
            shown = desk.director.soup(f"{url}?page={page}")
        asked.append((len(shown.select("#calendar-moves tbody tr")), len(statements)))
    assert [rows for rows, _ in asked] == [50, 10] and asked[0][1] >= asked[1][1]
    part = desk.director.get(f"{url}?page=2", headers=HTMX).get_data(as_text=True)
    assert "<html" not in part and BeautifulSoup(part, "html.parser").find(True)["id"] == "calendar-moves"
    listed = desk.director.soup(f"{DESK}/provisional?page=2")
    assert len(listed.select("#calendar-provisional tbody tr")) == 10
    part = desk.director.get(f"{DESK}/provisional", headers=HTMX).get_data(as_text=True)
    assert "<html" not in part and part.count("<tr") == 51


def test_the_lists_ask_no_more_of_the_database_for_more_dates(desk: Desk) -> None:
    url, asked = desk.proposed(), []
    for more in (0, 0, 7):
        with desk.database.writing() as session:
            for _ in range(more):
                Story(session, unit="税务局", at=DECEMBER).to(State.DISPATCHED)
        counts = []
        for path in (url, f"{DESK}/provisional", DESK):
            with counting(desk.database) as statements:
                page = desk.director.soup(path)
            counts.append(len(statements))
        asked.append((len(page.select("tbody tr")), counts))
    assert asked[1][1] == asked[2][1], asked


def test_what_a_portion_left_goes_on_by_itself_or_by_a_button(app: Flask, database: Database, sign_in: SignIn) -> None:
    desk = Desk(database, sign_in, count=5)
    url = desk.proposed()
    with database.writing() as session:
        row = session.get_one(ArrangementRow, desk.row().id)
        arranging.approve(
            session, row, actor=actors.actor(session, Role.DIRECTOR), now=DECEMBER, limit=2
        )
    page = desk.director.soup(url)
    assert "还有 3 个期限没有按现行日历重新计算" in text_of(page)
    form = find_form(page, "/recompute")
    assert form["hx-trigger"].startswith("load") and form["hx-target"] == "#calendar-left"
    part = desk.director.post(f"{DESK}/recompute", data=hidden_fields(form), headers=HTMX)
    assert part.status_code == 200 and b"<html" not in part.data and "还有" not in part.get_data(as_text=True)
    with database.reading() as session:
        assert recalculation.left_count(session, load_calendar(session)) == 0
    again = desk.director.post(f"{DESK}/recompute", data=hidden_fields(form))
    assert again.status_code == 303 and again.headers["Location"] == DESK


def test_the_sweep_finishes_what_was_interrupted(app: Flask, database: Database, sign_in: SignIn) -> None:
    desk = Desk(database, sign_in, count=3)
    desk.proposed()
    with database.writing() as session:
        row = session.get_one(ArrangementRow, desk.row().id)
        arranging.approve(session, row, actor=actors.actor(session, Role.DIRECTOR), now=DECEMBER, limit=1)
    said = app.test_cli_runner().invoke(args=["sweep"])
    assert said.stdout.startswith("重新计算暂算期限的诉求 2 件") and said.stderr == ""


# ---------------------------------------------------------------- words


def test_how_far_a_date_moves_is_told_in_working_days_of_the_new_calendar(database: Database) -> None:
    with database.reading() as session:
        calendar = load_calendar(session)
    assert shift_text(date(2026, 11, 26), date(2026, 11, 26), calendar) == "日期不变"
    assert shift_text(date(2026, 11, 26), date(2026, 11, 30), calendar) == "推迟 2 个工作日"
    assert shift_text(date(2026, 11, 30), date(2026, 11, 26), calendar) == "提前 2 个工作日"
    assert shift_text(date(2026, 10, 4), date(2026, 9, 30), calendar) == "提前 4 天"
