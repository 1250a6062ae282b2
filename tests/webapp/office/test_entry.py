"""The office writes down a call, a letter, a visit: once, with both days, and the code is told once."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col, select
from werkzeug.test import TestResponse

from models.accounts.types import Role
from models.appeals import views
from models.appeals.queries import attachments, by_number
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.types import Channel, State, ViewerGroup, ViewKind
from models.audit.tables import AuditRow
from models.handling.queries import events
from models.slips.queries import for_appellant
from models.slips.types import ReplySlip
from tests.conftest import SignIn
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import follow, picture
from tests.webapp.test_xss import PAYLOADS, is_harmless
from webapp.db import Database

NEW = "/office/appeals/new"
CALL = {
    "channel": "call", "paper_received_on": "2026-11-17", "appellant_kind": "person", "appellant_name": "周喆珺",
    "phone": "13873712345", "kind": "complaint", "category": "permit_refused",
    "title": "食品经营许可变更超过承诺时限未出证",
    "body": "十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今没有通知。", "demands-0": "请告知最迟何时出证。",
    "step": "submit",
}


@pytest.fixture
def clerk(sign_in: SignIn) -> PageClient:
    return sign_in(Role.CLERK)


def form_of(client: PageClient) -> dict[str, str]:
    return hidden_fields(find_form(client.soup(NEW)))


def post(client: PageClient, **changes: Any) -> TestResponse:
    """A fresh form, filled in; None leaves a field out."""
    values = {**form_of(client), **CALL, **changes}
    return client.post(NEW, data={name: value for name, value in values.items() if value is not None})


def told(client: PageClient) -> tuple[str, str]:
    soup = client.soup(f"{NEW}/receipt")
    return tuple(soup.find(id=f"receipt-{name}").get_text(strip=True) for name in ("number", "code"))


@pytest.fixture
def stored(database: Database) -> Callable[[str], Appeal]:
    def read(number: str) -> Appeal:
        with database.reading() as session:
            found = by_number(session, number)
        assert found is not None
        return found

    return read


def audited(database: Database, action: str) -> list[AuditRow]:
    with database.reading() as session:
        return list(session.exec(select(AuditRow).where(col(AuditRow.action) == action)).all())


def error(response: TestResponse, field: str) -> str:
    found = BeautifulSoup(response.data, "html.parser").find(id=f"{field}-error")
    return found.get_text(strip=True) if found else ""


def test_a_call_becomes_an_appeal_with_recorder_channel_and_day(clerk, stored, database):
    assert post(clerk, attachments=(io.BytesIO(picture()), "来信.png")).status_code == 303
    number, code = told(clerk)
    appeal = stored(number)
    assert (appeal.channel, appeal.paper_received_on, appeal.state) == ("call", date(2026, 11, 17), State.SUBMITTED)
    assert appeal.recorded_by_id is not None and len(code) == 19
    with database.reading() as session:
        assert len(attachments(session, appeal)) == 1
        row = session.get(AppellantIdentity, appeal.id)
        assert row is not None and "周喆珺".encode() not in row.sealed and row.phone_index


def test_the_code_opens_the_follow_up_page_and_is_nowhere_in_the_database(clerk, client, database):
    post(clerk)
    number, code = told(clerk)
    assert client.send("/appeals/track", {"number": number, "code": code}, action="/track").status_code == 303
    shown = client.soup("/appeals/track").get_text()
    assert "市优办登记了您反映的诉求" in shown and "11月17日(周二)收到" in shown
    with database.reading() as session:
        for table in ("appeals", "appeal_events", "audit_log", "act_keys"):
            rows = str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
            assert code not in rows and code.replace("-", "") not in rows


def test_number_and_code_are_shown_until_they_are_told_and_to_nobody_else(clerk, sign_in, stored):
    post(clerk)
    number, code = told(clerk)
    triage = f"/office/triage/{stored(number).uid}"
    assert sign_in(Role.CLERK).get(f"{NEW}/receipt").status_code == 303
    assert clerk.send(f"{NEW}/receipt", {"to": "triage"}, action="/told").location == triage
    assert clerk.get(f"{NEW}/receipt").location == NEW
    assert code not in clerk.get(triage).get_data(as_text=True)
    assert clerk.post(f"{NEW}/receipt/pdf", data=form_of(clerk)).status_code == 303


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"channel": "web"}, "channel", "请选择诉求渠道"),
        ({"channel": "<script>"}, "channel", "请选择诉求渠道"),
        ({"paper_received_on": ""}, "paper_received_on", "请填写收到日期"),
        ({"paper_received_on": "昨天"}, "paper_received_on", "日期不完整"),
        ({"paper_received_on": "20\x0026\u202e<b>"}, "paper_received_on", "日期不完整"),
        ({"paper_received_on": "2026-11-18"}, "paper_received_on", "不能晚于今天"),
        ({"paper_received_on": "2026-11-09"}, "paper_received_on", "最早填11月10日(周二)"),
        ({"paper_received_on": "9999-12-31"}, "paper_received_on", "日期超出范围"),
        ({"paper_received_on": "2026-11-10"}, "late_reason", "为什么没有当天登记"),
        ({"paper_received_on": "2026-11-16", "late_reason": "　"}, "late_reason", "为什么没有当天登记"),
        ({"late_reason": "长" * 201}, "late_reason", "最多可填"),
        ({"appellant_kind": None}, "appellant_kind", "请选择"),
        ({"appellant_name": ""}, "appellant_name", "请填写姓名"),
        ({"phone": "12"}, "phone", "11 位手机号"),
        ({"appellant_kind": "enterprise"}, "enterprise_name", "请填写企业名称"),
        ({"kind": "gossip"}, "kind", "请选择"),
        ({"body": "短"}, "body", "写得具体一些"),
        ({"body": "看不见\u202e的字符在这句话里面"}, "body", "特殊字符"),
        ({"title": "题" * 61}, "title", "最多可填"),
        ({"against_unit": "没有的局"}, "against_unit", "没有找到这个单位"),
        ({"demands-0": "点" * 501}, "demands-0", "最多可填"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(clerk, database, changes, field, said):
    response = post(clerk, address="沅江市琼湖街道1号", **changes)
    assert response.status_code == 422 and said in error(response, field)
    kept = BeautifulSoup(response.data, "html.parser")
    assert kept.find(id="address")["value"] == "沅江市琼湖街道1号"
    with database.reading() as session:
        assert by_number(session, "2026-000001") is None


def test_a_letter_found_later_keeps_both_days_and_the_reason(clerk, stored, database):
    post(clerk, channel="letter", paper_received_on="2026-11-10", late_reason="收发室转交晚了。")
    number, _ = told(clerk)
    appeal = stored(number)
    with database.reading() as session:
        first = events(session, appeal)[0]
    logged = audited(database, "appeal.enter")
    assert first.internal_note.endswith("收发室转交晚了。") and first.actor_id == appeal.recorded_by_id
    assert logged[0].facts == {"channel": "letter", "paper_received_on": "2026-11-10", "workdays_back": 5}
    shown = clerk.soup(f"/office/appeals/{appeal.uid}").get_text()
    assert "来信 · 11月10日(周二) 收到，11月17日 10:05 登记" in shown and "收发室转交晚了。" in shown


@pytest.mark.parametrize(
    "change",
    ["paper_received_on = '2026-01-01'", "paper_received_on = NULL", "recorded_by_id = NULL", "received_at = filed_at"],
)
def test_no_statement_changes_the_day_or_the_recorder(clerk, stored, database, change):
    post(clerk)
    number, _ = told(clerk)
    if change.startswith("received_at"):
        change = "received_at = '2026-01-01 00:00:00'"
    with pytest.raises((IntegrityError, OperationalError)), database.writing() as session:
        session.execute(text(f"UPDATE appeals SET {change} WHERE number = :number"), {"number": number})  # noqa: S608


def test_the_same_form_sent_twice_is_one_appeal_and_one_receipt(clerk, stored):
    values = {**form_of(clerk), **CALL}
    assert clerk.post(NEW, data=values).status_code == 303
    first = told(clerk)
    assert clerk.post(NEW, data=values).status_code == 303 and told(clerk) == first
    again = clerk.post(NEW, data={**values, "title": "另一件事，从这张表又改出来的"})
    assert again.status_code == 409 and "另行编号" in again.get_data(as_text=True)
    renewed = hidden_fields(find_form(BeautifulSoup(again.data, "html.parser")))
    changed = {**values, **renewed, "title": "另一件事，从这张表又改出来的", "seen": stored(first[0]).uid}
    assert clerk.post(NEW, data=changed).status_code == 303
    assert told(clerk)[0] == "2026-000002"


def test_what_the_same_telephone_has_open_is_asked_about_once(clerk, stored):
    post(clerk)
    number, _ = told(clerk)
    asked = post(clerk, phone="138 7371 2345", title="又打来一次的另一件事情")
    soup = BeautifulSoup(asked.data, "html.parser")
    assert asked.status_code == 200 and number in soup.find(id="known").get_text()
    assert "仍要登记" in soup.get_text() and soup.find(id="title")["value"] == "又打来一次的另一件事情"
    seen = {**hidden_fields(find_form(soup)), **CALL, "title": "又打来一次的另一件事情"}
    assert clerk.post(NEW, data=seen).status_code == 303
    assert told(clerk)[0] == "2026-000002"


def test_a_confidential_appeal_is_not_found_by_its_number(clerk):
    """Otherwise a telephone number typed in here would tell who filed it."""
    post(clerk, confidential="y")
    assert post(clerk, title="又打来一次的另一件事情").status_code == 303


def test_a_look_by_telephone_answers_with_the_part_alone(clerk):
    post(clerk, appellant_kind="enterprise", enterprise_name="沅江某某食品有限公司", credit_code="91350100M0001TGQXM")
    values = {**form_of(clerk), "step": "look", "phone": "13873712345", "appellant_kind": "person"}
    part = clerk.post(NEW, data=values, headers={"HX-Request": "true"})
    assert part.status_code == 200 and part.data.strip().startswith(b'<section class="panel" id="known"')


def test_a_credit_code_that_cannot_be_right_warns_and_never_blocks(clerk):
    enterprise = {
        "appellant_kind": "enterprise", "enterprise_name": "沅江某某食品有限公司", "credit_code": "91350100M0001TGQXM",
    }
    assert "仍要登记" in post(clerk, **enterprise).get_data(as_text=True)
    assert post(clerk, **enterprise, seen="credit_code").status_code == 303


def test_an_anonymous_caller_leaves_no_identity(clerk, stored, database):
    post(clerk, appellant_kind="anonymous")
    number, _ = told(clerk)
    with database.reading() as session:
        assert session.get(AppellantIdentity, stored(number).id) is None


def test_twenty_five_letters_within_the_hour_are_a_clerks_work(clerk, app):
    """The 20 an hour of an account and the filings of an address hold back strangers, not the office."""
    for number in range(25):
        values = {"appellant_kind": "anonymous", "title": f"一上午登记的第{number}封来信"}
        assert post(clerk, **values).status_code == 303


def texts(response: TestResponse) -> str:
    assert response.status_code == 200 and response.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(response.data)).pages
    assert len(pages) == 1, "a receipt is one sheet"
    return re.sub(r"\s", "", pages[0].extract_text())


def test_the_receipt_prints_with_the_code_once_and_again_without_it(clerk, stored, database):
    post(clerk, paper_received_on="2026-11-16", late_reason="下班后来电。")
    number, code = told(clerk)
    printed = texts(clerk.send(f"{NEW}/receipt", action="/pdf"))
    assert number in printed and code in printed and "来电，11月16日(周一)收到" in printed
    page = f"/office/appeals/{stored(number).uid}"
    again = texts(clerk.send(page, action="/receipt/pdf"))
    assert number in again and code not in again and "补打" in again
    assert len(audited(database, "receipt.print")) == len(audited(database, "receipt.reprint")) == 1


def test_the_appellant_is_told_that_the_office_printed_the_receipt(clerk, stored, database, client):
    post(clerk)
    number, code = told(clerk)
    texts(clerk.send(f"{NEW}/receipt", action="/pdf"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        texts(clerk.send(f"/office/appeals/{stored(number).uid}", action="/receipt/pdf"))
    with database.reading() as session:
        assert views.counts(session, stored(number))[ViewKind.PRINT] == {ViewerGroup.OFFICE: 2}
    follow(client, number, code)
    assert "您的文书被打印 2 次：市优办 2" in " ".join(client.soup("/appeals/track").find("main").get_text(" ").split())


def test_the_reply_slip_names_both_days(make, database):
    came = {"channel": Channel.LETTER, "paper_received_on": date(2026, 11, 10)}
    appeal = make(State.REPLIED, **came)
    with database.reading() as session:
        content = ReplySlip.from_json(for_appellant(session, appeal)[0].content)
    assert (content.filed_on, content.channel) == (date(2026, 11, 10), "来信（2026年11月17日登记）")


def test_a_filing_by_the_public_has_no_receipt_to_print_again(clerk, make):
    appeal = make()
    assert clerk.post(f"/office/appeals/{appeal.uid}/receipt/pdf", data=form_of(clerk)).status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.LEADER, Role.ADMINISTRATOR])
def test_only_clerk_and_director_enter(sign_in, role):
    assert sign_in(role).get(NEW).status_code == 403
    assert sign_in(Role.DIRECTOR).get(NEW).status_code == 200


@pytest.mark.parametrize("payload", PAYLOADS[::6])
def test_no_script_runs_from_what_a_clerk_typed(clerk, stored, payload):
    """WEB-7, in the fields that only this form has, and on the pages that show them."""
    values = {"paper_received_on": "2026-11-16", "late_reason": payload, "title": payload[:60], "phone": payload}
    is_harmless(post(clerk, **values).get_data(as_text=True))
    assert post(clerk, **{**values, "phone": "13873712345"}).status_code == 303
    number, _ = told(clerk)
    for path in (f"{NEW}/receipt", f"/office/appeals/{stored(number).uid}"):
        is_harmless(clerk.get(path).get_data(as_text=True))
