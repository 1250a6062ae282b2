"""Home: the calculator, the figures, large type."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event

from models.appeals.types import State
from tests.support.page import PageClient
from tests.webapp.public.conftest import page, text_of
from webapp.db import Database

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize(
    ("start", "matter", "due"),
    [
        ("2026-09-30", "simple", "2026-10-15"),
        ("2026-09-30", "complex", "2026-10-27"),
        ("2026年2月13日", "simple", "2026-03-02"),
        ("２０２６/11/20", "complex", "2026-12-11"),
    ],
)
def test_the_calculator_knows_the_office_s_vectors(client: PageClient, start: str, matter: str, due: str) -> None:
    soup = client.soup(f"/?start={start}&matter={matter}")
    assert soup.select_one(".result time")["datetime"] == due


def test_a_date_explains_itself_day_by_day(client: PageClient) -> None:
    days = [row.get_text(" ", strip=True) for row in client.soup("/?start=2026-09-30").select(".result .day")]
    assert "10月1日(周四) 国庆节 不计" in days[1]
    assert any("10月10日(周六) 调休上班 第 3 日" in day for day in days)


def test_a_year_without_arrangement_is_marked_provisional(client: PageClient) -> None:
    assert "暂算" in client.soup("/?start=2026-12-21&matter=complex").select_one(".result").get_text()


@pytest.mark.parametrize(
    "start", ["abc", "2026-02-30", "1948-12-31", "2101-01-01", "9999-12-31", "0000-01-01", "2026-13-01", "明天"]
)
def test_a_bad_date_is_told_beside_the_field(client: PageClient, start: str) -> None:
    response = client.get("/", query_string={"start": start})
    assert response.status_code == 422
    assert text_of(page(response), "start-error")
    assert page(response).find(id="start")["value"] == start


def test_the_calculator_alone_answers_an_htmx_swap(client: PageClient) -> None:
    whole, part = client.get("/?start=2026-09-30"), client.get("/?start=2026-09-30", headers=HTMX)
    assert b"<html" in whole.data and b"<html" not in part.data
    assert part.get_data(as_text=True).strip().startswith('<div id="calculator">')


def figures(client: PageClient) -> list[str]:
    return [one.get_text(" ", strip=True) for one in client.soup("/").select(".figure")]


def test_figures_carry_their_denominators_and_count_overdue_ones(client: PageClient, story, database: Database) -> None:
    at = datetime(2026, 11, 2, 2, tzinfo=UTC)
    with story(at=at) as one:
        one.to(State.REPLIED)
    with story(at=at) as two:
        two.to(State.VERIFYING)
    with story(at=datetime(2026, 11, 20, 2, tzinfo=UTC)) as three:
        three.to(State.VERIFYING)
    with time_machine.travel(datetime(2026, 11, 22, 2, tzinfo=UTC), tick=False):
        assert figures(client) == [
            "收到 3 件，本月提交",
            "按时 50.0% 1 / 2 件，应办结的",
            "已答复 33.3% 1 / 3 件，本月提交的",
            "满意 — 本月暂无评价",
        ]


def test_figures_of_an_empty_month_are_no_percentages(client: PageClient) -> None:
    assert figures(client) == ["收到 0 件，本月提交", "按时 — 本月暂无", "已答复 — 本月暂无", "满意 — 本月暂无评价"]


def test_figures_are_read_again_after_a_minute(client: PageClient, story) -> None:
    now = datetime(2026, 11, 18, 2, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        assert figures(client)[0].startswith("收到 0")
    with story():
        pass
    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        assert figures(client)[0].startswith("收到 0")
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        assert figures(client)[0].startswith("收到 1")


def test_home_and_follow_up_need_few_statements(client: PageClient, database: Database, story) -> None:
    with story() as told:
        number = told.to(State.REPLIED).appeal.number
    client.get("/")
    with client.session_transaction() as cookie:
        cookie["tracked"] = [number, int(datetime.now(UTC).timestamp())]
    counted: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    client.get("/")
    assert len(counted) <= 5
    counted.clear()
    assert number in client.get("/appeals/track").get_data(as_text=True)
    assert len(counted) <= 17


def test_large_type_is_remembered_and_leads_back_to_a_local_page_only(client: PageClient) -> None:
    for to, lands in (
        ("/privacy", "/privacy"),
        ("//evil.test/", "/"),
        ("https://evil.test", "/"),
        ("/\\evil", "/"),
        ("", "/"),
    ):
        answer = (
            client.send("/privacy", {"next": to})
            if False
            else client.post("/large-type", data={**token(client), "next": to})
        )
        assert answer.status_code == 303 and answer.location == lands
    assert "large-type" in client.soup("/").html["class"]


def token(client: PageClient) -> dict[str, str]:
    field = client.soup("/privacy").find("input", attrs={"name": "csrf_token"})
    return {"csrf_token": field["value"]}


def test_a_second_press_goes_back_to_the_standard_size(client: PageClient) -> None:
    for is_large in (True, False):
        client.post("/large-type", data={**token(client), "next": "/"})
        assert ("large-type" in client.soup("/").html["class"]) is is_large
