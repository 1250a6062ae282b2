"""Following an appeal by number and code: tolerant of spelling, silent about what is wrong, plain in what it tells."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from statistics import median
from time import perf_counter
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader

from models.appeals.types import Complexity, State
from models.handling import commands, replies
from models.handling.types import Action, ReplyKind
from models.slips.queries import for_appellant
from models.workdays.shipped import shipped_calendar
from tests.support.page import PageClient
from tests.webapp.public.conftest import CODE, follow, given, page, post, text_of
from webapp.db import Database

NUMBER = "2026-000001"
NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_wednesday() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def main_text(client: PageClient) -> str:
    return " ".join(client.soup("/appeals/track").find("main").get_text(" ", strip=True).split())


def opened(client: PageClient) -> str:
    assert follow(client, NUMBER, CODE).location == "/appeals/track"
    return main_text(client)


@pytest.mark.parametrize(
    "number", ["2026-000001", "2026000001", " ２０２６－０００００１ ", "2026 1", "2026—000001", "2026-1"]
)
@pytest.mark.parametrize(
    "code", [CODE, "0123-4567-89ab-cdef", "O I23 4567 89AB CDEF", "０１２３４５６７８９ＡＢＣＤＥＦ"]
)
def test_number_and_code_are_understood_as_people_type_them(
    client: PageClient, story: Any, number: str, code: str
) -> None:
    with story():
        pass
    assert follow(client, number, code).status_code == 303
    assert NUMBER in main_text(client)


WRONG = [
    (NUMBER, "F" * 16),
    ("2026-000777", CODE),
    ("2026-000777", "F" * 16),
    ("二〇二六", CODE),
    (NUMBER, "x"),
    ("x" * 9_000, "y" * 9_000),
]


def test_wrong_number_and_wrong_code_are_answered_alike(client: PageClient, story: Any) -> None:
    with story():
        pass
    said = set()
    for number, code in WRONG:
        response = follow(client, number, code)
        assert response.status_code == 422
        said.add(text_of(page(response), "code-error"))
        assert client.soup("/appeals/track").find(id="number") is not None
    assert len(said) == 1


def test_wrong_number_and_wrong_code_take_the_same_time(client: PageClient, story: Any) -> None:
    with story():
        pass
    fields = {"csrf_token": client.soup("/appeals/track").find("input", attrs={"name": "csrf_token"})["value"]}
    assert any(_gap_between_guesses(client, fields) < 0.005 for _ in range(3)), "slow once is a busy machine"


def _gap_between_guesses(client: PageClient, fields: dict[str, str]) -> float:
    """Seconds between the median answers to a wrong code and to a wrong number, asked in turn."""
    times: dict[str, list[float]] = {NUMBER: [], "2026-000777": []}
    for _ in range(25):
        for number, taken in times.items():
            start = perf_counter()
            client.post("/appeals/track", data={**fields, "number": number, "code": "F" * 16})
            taken.append(perf_counter() - start)
    a, b = (median(taken) for taken in times.values())
    return abs(a - b)


@pytest.mark.parametrize(
    ("number", "code", "field"), [("", CODE, "number"), (NUMBER, "", "code"), (" ", "　", "number")]
)
def test_an_empty_field_is_told_beside_it(client: PageClient, number: str, code: str, field: str) -> None:
    response = follow(client, number, code)
    assert response.status_code == 422 and "请填写" in text_of(page(response), f"{field}-error")


def test_an_appeal_without_a_code_cannot_be_followed(client: PageClient, database: Database) -> None:
    from tests.support.factories import Story

    with database.writing() as session:
        Story(session)
    assert follow(client, NUMBER, CODE).status_code == 422


def test_thirty_minutes_without_a_visit_end_it_and_a_visit_renews(client: PageClient, story: Any) -> None:
    with story():
        pass
    opened(client)
    for minutes, is_open in ((29, True), (58, True), (89, False), (90, False)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            assert (NUMBER in main_text(client)) is is_open


def test_ending_it_forgets_the_appeal(client: PageClient, story: Any) -> None:
    with story():
        pass
    opened(client)
    client.send("/appeals/track", action="/end")
    assert NUMBER not in main_text(client)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.SUBMITTED, "您的诉求已收到，等待市优办受理"),
        (State.ACCEPTED, "市优办已受理，正在确定承办单位"),
        (State.DISPATCHED, "已交市监局办理，等待签收"),
        (State.VERIFYING, "市监局已签收，正在核实"),
        (State.HANDLING, "市监局已核实情况，正在办理"),
        (State.REPLY_SIGN_OFF, "市监局正在审定答复"),
        (State.IN_REVIEW, "市优办正在审核"),
        (State.REPLIED, "已经答复"),
        (State.CLOSED, "已经办结归档"),
    ],
)
def test_every_state_has_its_sentence_and_no_state_names_an_official(
    client: PageClient, story: Any, state: State, says: str
) -> None:
    with story() as told:
        told.to(state)
    text = opened(client)
    assert says in text
    for hidden in ("张经办", "李受理", "王审核", "陈局长", "系统显示材料流转", "周喆珺", "13873712345", "桔城大道"):
        assert hidden not in text
    assert ("经核实，材料在两个股室之间流转" in text) is (state in (State.REPLIED, State.CLOSED))


def test_a_decline_tells_the_reason_and_the_right_channel(client: PageClient, story: Any) -> None:
    with story() as told:
        reason = "属于民事纠纷。请依法向人民法院提起诉讼。"
        commands.decline(told.session, told.appeal, told.act(told.clerk), reason_text=reason)
    text = opened(client)
    assert "不予受理" in text and reason in text
    assert text.index("理由和办理渠道 " + reason) < text.index("办理经过"), "stands above the timeline that repeats it"


def test_once_answered_the_answer_stands_above_the_ended_clock(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.REPLIED)
    text = opened(client)
    assert text.index("经核实，材料在两个股室之间流转") < text.index("计时已结束")
    assert "最后的日期是怎么算的" in text and "为什么是这一天" not in text


def test_promised_dates_count_down_and_explain_themselves(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.VERIFYING)
    text = opened(client)
    assert "核实到位 11月20日(周五) 前" in text and "还剩 2 个工作日" in text and "签收 11月" not in text
    assert "11月17日(周二) 交办当日 不计" in text and "11月20日(周五) 工作日 第 3 日" in text


def test_who_waits_beyond_the_date_reads_what_took_its_place(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.HANDLING).later(days=14)
        commands.decide(told.session, told.appeal, told.act(told.supervisor), Action.RECLASSIFY)
    text = opened(client)
    assert "11月26日(周四)前办结，改为12月8日(周二)前明确初步结果" in text and "改按复杂事项办理" in text


def test_a_complex_matter_shows_how_and_why_the_date_changed_and_its_preliminary_result(
    client: PageClient, story: Any
) -> None:
    with story(complexity=Complexity.COMPLEX) as told:
        told.to(State.HANDLING)
        draft = replies.Draft(ReplyKind.PRELIMINARY, told.draft().entries, "已查明初步情况。", date(2026, 12, 20))
        replies.propose(told.session, told.appeal, draft, told.act(told.handler))
    text = opened(client)
    assert "11月26日(周四)前办结，改为12月8日(周二)前明确初步结果" in text and "经核实属于复杂事项" in text
    assert "已查明初步情况" not in text
    with told.session.__class__(told.session.bind, info=told.session.info) as session:
        appeal = session.merge(told.appeal)
        replies.sign_off(session, appeal, told.act(told.approver))
        session.commit()
    text = main_text(client)
    assert "已查明初步情况" in text and "12月20日(周日) 前告诉您新的进展" in text


def test_a_simple_matter_that_was_verified_has_no_changed_date(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.HANDLING)
    assert "日期有过变化" not in opened(client)


def test_a_correction_by_the_calendar_is_shown_with_its_reason(client: PageClient, story: Any) -> None:
    from dataclasses import replace

    calendar = shipped_calendar()
    unarranged = replace(
        calendar,
        arranged_years=calendar.arranged_years - {2026},
        marked={d: m for d, m in calendar.marked.items() if d.year != 2026},
    )
    with story(at=datetime(2026, 9, 30, 2, tzinfo=UTC), calendar=unarranged) as told:
        told.to(State.DISPATCHED)
        commands.recalculate_all(told.session, now=told.at + timedelta(days=1), calendar=calendar)
    text = opened(client)
    assert "日期有过变化" in text and "改为 10月15日(周四)" in text and "国务院办公厅公布了放假安排" in text


@pytest.mark.slow
def test_the_reply_slip_is_the_appellant_s_to_print_and_nobody_else_s(
    client: PageClient, story: Any, database: Database
) -> None:
    with story() as told:
        told.to(State.REPLIED)
    with story() as other:
        other.to(State.REPLIED)
    with database.reading() as session:
        own, foreign = (for_appellant(session, one.appeal)[0].uid for one in (told, other))
    opened(client)
    printed = client.send("/appeals/track", action="/pdf")
    assert printed.mimetype == "application/pdf"
    assert "沅优办答" in "".join(one.extract_text() for one in PdfReader(BytesIO(printed.data)).pages)
    assert client.send("/appeals/track", action="/pdf").data == printed.data
    fields = {"csrf_token": client.soup("/appeals/track").find("input", attrs={"name": "csrf_token"})["value"]}
    for uid in (foreign, "0" * 32, "x"):
        assert client.post(f"/appeals/track/slips/{uid}/pdf", data=fields).status_code == 404
    client.send("/appeals/track", action="/end")
    assert client.post(f"/appeals/track/slips/{own}/pdf", data=fields).status_code == 303


def test_what_was_filed_is_what_is_followed(client: PageClient) -> None:
    post(client, confidential="y")
    number, code = given(client)
    assert follow(client, number, code).status_code == 303
    text = main_text(client)
    assert "食品经营许可变更超过承诺时限未出证" in text and "请告知最迟何时出证。" in text
    assert "周喆珺" not in text and code not in text
