"""A unit registers what it completed itself: in one form, once, and never closes it alone."""

from datetime import date
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlmodel import select
from werkzeug.test import TestResponse

from models.accounts.types import Role
from models.appeals.queries import by_number, demands
from models.appeals.tables import AppellantIdentity
from models.appeals.types import State
from models.handling.queries import events, reply, reply_items
from models.handling.tables import SelfRegistration
from models.handling.types import ReplyKind
from tests.conftest import SignIn
from tests.support.factories import MORNING
from tests.support.matters import matter
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.statements import counting
from webapp.db import Database

PAGE, NEW = "/desk/self-registered", "/desk/self-registered/new"
MATTER = {
    "channel": "visit", "received_on": "2026-11-16", "completed_on": "2026-11-17", "appellant_kind": "person",
    "appellant_name": "周喆珺", "phone": "13873712345", "kind": "consult", "title": "店招备案要带什么材料",
    "body": "店主到大厅咨询店招备案要带什么材料，多久能办好。", "demands-0": "请一次说清要带的材料。",
    "outcomes-0": "solved", "done-0": "当场给了材料清单，两天内办结备案。", "attitude": "satisfied", "step": "submit",
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(MORNING, tick=True):
        yield


@pytest.fixture
def handler(sign_in: SignIn) -> PageClient:
    return sign_in(Role.HANDLER, unit="市监局")


def form_of(client: PageClient) -> dict[str, str]:
    return hidden_fields(find_form(client.soup(NEW)))


def post(client: PageClient, **changes: Any) -> TestResponse:
    values = {**form_of(client), **MATTER, **changes}
    return client.post(NEW, data={name: value for name, value in values.items() if value is not None})


def error(response: TestResponse, field: str) -> str:
    found = BeautifulSoup(response.data, "html.parser").find(id=f"{field}-error")
    return found.get_text(strip=True) if found else ""


def test_a_report_goes_to_the_office_as_a_record_with_its_answers(handler, database: Database):
    second = {"demands-1": "请说明多久办好。", "outcomes-1": "explained", "done-1": "承诺两个工作日。"}
    assert post(handler, **second).location == PAGE
    with database.reading() as session:
        appeal = by_number(session, "2026-000001")
        assert (appeal.state, appeal.is_self_registered) == (State.REGISTERED, True)
        assert (appeal.paper_received_on, appeal.next_due_on) == (date(2026, 11, 16), None)
        assert [one.text for one in demands(session, appeal)] == ["请一次说清要带的材料。", "请说明多久办好。"]
        items = reply_items(session, reply(session, appeal, ReplyKind.FINAL)).values()
        assert {one.outcome for one in items} == {"solved", "explained"}
        row = session.get(AppellantIdentity, appeal.id)
        assert "周喆珺".encode() not in row.sealed
    shown = handler.soup(PAGE).get_text()
    assert "还差 2 件" in shown and "1 / 3 件" in shown and "自办件待认定" in shown
    page = handler.soup(f"/desk/appeals/{appeal.uid}").get_text()
    assert "11月17日(周二) 办结，11月17日(周二) 报送" in page and "周喆珺" in page and "表示满意" in page
    assert "承办单位已自行答复诉求人" in page and "登记自办件给" not in page


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"channel": "web"}, "channel", "请选择诉求渠道"),
        ({"kind": "report"}, "kind", "举报请转市优办"),
        ({"kind": None}, "kind", "举报请转市优办"),
        ({"received_on": ""}, "received_on", "请填写收到日期"),
        ({"received_on": "2026-11-18"}, "received_on", "不能晚于今天"),
        ({"completed_on": "2026-11-18"}, "completed_on", "还没有办完的"),
        ({"completed_on": "2026-11-15"}, "completed_on", "不能早于收到日期"),
        ({"received_on": "2020-01-01", "completed_on": "2020-01-02"}, "completed_on", "核对年份"),
        ({"completed_on": "\x01" * 500}, "completed_on", "日期不完整"),
        ({"completed_on": "²"}, "completed_on", "日期不完整"),
        ({"attitude": "delighted"}, "attitude", "请选择诉求人的态度"),
        ({"outcomes-0": ""}, "outcomes-0", "请选择这一点的结果"),
        ({"outcomes-0": "in_progress"}, "outcomes-0", "请选择这一点的结果"),
        ({"done-0": "　"}, "done-0", "请写明做了什么"),
        ({"done-0": "长" * 2001}, "done-0", "最多可填"),
        ({"done-1": "只写了办理", "outcomes-1": "solved"}, "demands-1", "请写明这一点诉求"),
        ({"demands-1": "只写了诉求"}, "done-1", "请写明做了什么"),
        ({"appellant_name": ""}, "appellant_name", "请填写姓名"),
        ({"title": ""}, "title", "请用一句话"),
        ({"body": "看不见\u202e的字符在这句话里面"}, "body", "特殊字符"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(handler, database, changes, field, said):
    response = post(handler, address="沅江市琼湖街道1号", **changes)
    assert response.status_code == 422 and said in error(response, field)
    kept = BeautifulSoup(response.data, "html.parser")
    assert kept.find(id="address")["value"] == "沅江市琼湖街道1号"
    with database.reading() as session:
        assert session.exec(select(SelfRegistration)).all() == []


@pytest.mark.parametrize(
    "hostile",
    [
        {"outcomes-²": "solved"}, {"done-" + "9" * 5000: "x"}, {"outcomes-7": "solved", "done-3": "只有一半"},
        {f"demands-{no}": "多" for no in range(40)}, {"demands-0": None, "outcomes-0": None, "done-0": None},
    ],
)
def test_odd_rows_are_an_error_of_the_form_and_never_of_the_server(handler, hostile):
    assert post(handler, **hostile).status_code in (303, 422)


def test_rows_are_added_and_removed_without_losing_the_others(handler):
    added = BeautifulSoup(post(handler, add_demand="1", step=None).data, "html.parser")
    assert added.find("textarea", attrs={"name": "done-1"}) is not None
    assert added.find("textarea", attrs={"name": "done-0"}).get_text(strip=True) == MATTER["done-0"]
    rows = {"demands-1": "第二点", "outcomes-1": "solved", "done-1": "办了。", "remove_demand": "1", "step": None}
    assert BeautifulSoup(post(handler, **rows).data, "html.parser").find("textarea", attrs={"name": "done-1"}) is None


def test_the_same_form_sent_twice_is_one_report(handler, database):
    values = {**form_of(handler), **MATTER}
    assert handler.post(NEW, data=values).status_code == handler.post(NEW, data=values).status_code == 303
    assert handler.post(NEW, data={**values, "title": "另一件事，从这张表又改出来的"}).status_code == 409
    with database.reading() as session:
        assert len(session.exec(select(SelfRegistration)).all()) == 1


def test_a_late_report_is_taken_and_says_so(handler):
    post(handler, received_on="2026-11-02", completed_on="2026-11-09")
    assert "逾期报送" in handler.soup(PAGE).find("tbody").get_text()


def test_what_came_back_is_amended_and_reported_again(handler, sign_in, database):
    with database.writing() as session:
        appeal = matter(session, State.TO_AMEND)
    path = f"/desk/appeals/{appeal.uid}"
    assert "去补正" in handler.soup(path).get_text() and "第二点请写依据。" in handler.soup(path).get_text()
    soup = handler.soup(f"{path}/amend")
    assert soup.find("textarea", attrs={"name": "done-1"}).get_text(strip=True) == "已说明办理条件。"
    mended = {
        "completed_on": "2026-11-13", "attitude": "not_asked", "outcomes-0": "solved", "done-0": "已办结。",
        "outcomes-1": "explained", "done-1": "依据是备案管理办法第五条。", "remark": "补写了依据。",
    }
    hidden = hidden_fields(find_form(soup))
    for change, field in ({"remark": ""}, "remark"), ({"completed_on": "2026-11-11"}, "completed_on"):
        refused = handler.post(f"{path}/amend", data={**hidden, **mended, **change})
        assert refused.status_code == 422 and error(refused, field)
    hidden = hidden_fields(find_form(handler.soup(f"{path}/amend")))
    assert handler.post(f"{path}/amend", data={**hidden, **mended}).status_code == 303
    assert handler.get(f"{path}/amend").status_code == 303
    with database.reading() as session:
        found = by_number(session, appeal.number)
        assert found.state is State.REGISTERED
        assert events(session, found)[-1].internal_note == "补写了依据。"
    other = sign_in(Role.HANDLER, unit="税务局")
    assert other.get(f"{path}/amend").status_code == 404
    assert other.post(f"{path}/amend", data=hidden_fields(find_form(other.soup(NEW)))).status_code == 404


def test_the_month_in_the_address_is_a_filter_and_never_an_error(handler):
    for asked in ("2026-10", "2026-99", "x" * 3000, "²⁰²⁶-11", "2026-11\x00"):
        assert handler.get(PAGE, query_string={"month": asked}).status_code == 200
    assert "2026年10月还没有自办件" in handler.soup(f"{PAGE}?month=2026-10").get_text()


def test_statements_do_not_grow_with_the_reports(handler, database):
    def asked() -> int:
        with counting(database) as said:
            handler.soup(PAGE)
        return len(said)

    with database.writing() as session:
        matter(session)
    one = asked()
    with database.writing() as session:
        for _ in range(4):
            matter(session)
    assert asked() == one <= 6
