"""The lists of the register: filters in the address, reports of a period, half a year, tables to take away."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlmodel import col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.supervision import work_errors
from models.supervision.work_error_types import Circumstance, Grade, RevokeReason, Source
from tests.conftest import SignIn
from tests.support import actors
from tests.support.factories import MORNING
from tests.support.page import PageClient
from tests.support.statements import counting
from tests.support.work_errors import act, work_error
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
OCTOBER, AUGUST = date(2026, 10, 20), date(2026, 8, 20)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def overseer(app: object, sign_in: SignIn) -> PageClient:
    return sign_in(Role.SUPERVISOR, unit="市优办")


def told(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def lines(page: BeautifulSoup) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.select("main tbody tr")]


def many(database: Database, unit: str, counts: dict[Grade, int], **changes: object) -> None:
    with database.writing() as session:
        for grade, count in counts.items():
            for _ in range(count):
                work_error(session, unit, grade, **changes)


# ---------------------------------------------------------------- the register


def test_the_register_is_narrowed_in_the_address(overseer: PageClient, database: Database) -> None:
    many(database, "市监局", {Grade.SLIGHT: 1, Grade.LARGER: 1}, occurred_on=OCTOBER, content="十月的差错。")
    many(database, "税务局", {Grade.SLIGHT: 1}, occurred_on=date(2026, 6, 30), content="六月的差错。")
    assert len(lines(overseer.soup("/work-errors"))) == 3
    for query, count in (
        ("unit=税务局", 1), ("grade=larger", 1), ("half=2026H1", 1), ("half=2026H2", 2), ("month=2026-10", 2),
        ("month=2026-10&grade=slight", 1), ("status=revoked", 0), ("unit=没有&grade=x&half=9&month=0", 3),
    ):
        page = overseer.soup(f"/work-errors?{query}")
        assert len(lines(page)) == count, query
    page = overseer.soup("/work-errors?unit=税务局&half=2026H1")
    chosen = {str(one.parent["name"]): one["value"] for one in page.select("main select option[selected]")}
    assert chosen["unit"] == "税务局" and chosen["half"] == "2026H1"
    part = overseer.get("/work-errors?month=2026-10", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="work-errors">') and "<h1" not in part


def test_a_unit_finds_its_own_and_no_choice_of_units(sign_in: SignIn, app: object, database: Database) -> None:
    many(database, "市监局", {Grade.SLIGHT: 1}, content="市监局的差错。")
    many(database, "税务局", {Grade.SLIGHT: 4}, content="税务局的差错。")
    unit = sign_in(Role.HANDLER, unit="市监局")
    for query in ("", "?unit=税务局"):
        page = unit.soup(f"/work-errors{query}")
        assert len(lines(page)) == 1 and "税务局" not in page.get_text()
    assert page.select_one("[name=unit]") is None and page.find("form", action="/work-errors/export/register") is None
    assert unit.get("/work-errors/monthly").status_code == 403
    sums = lines(unit.soup("/work-errors/half-years"))
    assert len(sums) == 1 and sums[0].startswith("市监局")


# ---------------------------------------------------------------- reports


def test_the_monthly_report_shows_the_month_just_past_and_when_it_is_due(
    overseer: PageClient, database: Database
) -> None:
    many(database, "市监局", {Grade.GENERAL: 1, Grade.LARGER: 1, Grade.SERIOUS: 1}, occurred_on=OCTOBER)
    many(database, "草尾镇", {Grade.LARGER: 1}, occurred_on=AUGUST)
    many(database, "税务局", {Grade.LARGER: 1}, occurred_on=date(2026, 11, 3))
    page = overseer.soup("/work-errors/monthly")
    assert "2026年10月" in told(page) and "报送时间： 2026年11月2日" in told(page)
    assert len(lines(page)) == 2 and all("市监局" in line for line in lines(page))
    november = overseer.soup("/work-errors/monthly?period=2026-11")
    found = lines(november)
    assert len(found) == 4  # those of October got their grade in November: no earlier report can have had them
    assert sum("补报" in line for line in found) == 3
    assert any("草尾镇" in line and "市委办" in line for line in found)
    assert any("税务局" in line and "市政府办" in line and "补报" not in line for line in found)
    assert "还没有结束" in told(november) and "2026年12月1日" in told(november)


def test_a_due_date_in_a_year_without_an_arrangement_is_provisional(
    app: object, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 12, 20, 2, tzinfo=UTC))
    page = sign_in(Role.AUDITOR).soup("/work-errors/monthly?period=2026-12")
    assert "2027年1月4日" in told(page) and "暂算" in told(page)


def test_what_is_revoked_stands_in_no_report_and_no_sum(overseer: PageClient, database: Database) -> None:
    with database.writing() as session:
        error = work_error(session, "市监局", Grade.SERIOUS, occurred_on=OCTOBER)
        unit = unit_by_name(session, "市监局")
        boss = actors.actor(session, Role.DIRECTOR, unit="市优办")
        assert unit is not None
        work_errors.revoke(session, error, unit, RevokeReason.OBJECTIVE, act(boss), reason="系统故障。")
    for path in ("monthly", "quarterly?period=2026Q4", "half-years"):
        assert lines(overseer.soup(f"/work-errors/{path}")) == [], path
    assert "已撤销" in lines(overseer.soup("/work-errors"))[0]


def test_the_quarterly_list_holds_serious_errors_only(overseer: PageClient, database: Database) -> None:
    many(database, "市监局", {Grade.LARGER: 1, Grade.SERIOUS: 1}, occurred_on=AUGUST, at=MORNING - timedelta(days=80))
    page = overseer.soup("/work-errors/quarterly")
    assert "2026年第三季度" in told(page) and "2026年10月10日 前" in told(page)
    assert len(lines(page)) == 1 and "严重差错" in lines(page)[0]


def test_a_unit_that_comes_to_a_larger_one_by_adding_up_is_named_with_the_sum(
    overseer: PageClient, database: Database
) -> None:
    many(database, "市监局", {Grade.SLIGHT: 4, Grade.GENERAL: 2}, occurred_on=OCTOBER)
    many(database, "税务局", {Grade.SLIGHT: 7}, occurred_on=OCTOBER)
    page = overseer.soup("/work-errors/monthly?period=2026-10")
    derived = page.select_one("#derived-title")
    assert derived is not None and derived.parent is not None
    text = derived.parent.get_text()
    assert "轻微 4 → 一般 1 余 1；一般 2＋1＝3 → 较大 1" in text and "税务局" not in text
    assert overseer.soup("/work-errors/monthly?period=2026-09").select_one("#derived-title") is None


# ---------------------------------------------------------------- half a year


def test_the_half_year_shows_how_each_unit_adds_up_the_gravest_first(overseer: PageClient, database: Database) -> None:
    many(database, "税务局", {Grade.SLIGHT: 7}, occurred_on=OCTOBER)
    many(database, "市监局", {Grade.SLIGHT: 2}, occurred_on=OCTOBER)
    many(database, "市监局", {Grade.SLIGHT: 2}, occurred_on=date(2026, 6, 30))
    page = overseer.soup("/work-errors/half-years")
    first, second = lines(page)
    assert first.startswith("税务局") and "轻微 7 → 一般 2 余 1" in first
    assert second.startswith("市监局") and "不折算" in second
    link = page.select_one("main tbody a")
    assert link is not None and len(lines(overseer.soup(str(link["href"])))) == 7
    assert len(lines(overseer.soup("/work-errors/half-years?half=2026H1"))) == 1


# ---------------------------------------------------------------- tables to take away


def sheet(client: PageClient, path: str, which: str) -> Worksheet:
    answer = client.send(path, action=f"export/{which}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return load_workbook(BytesIO(answer.data)).worksheets[0]


def exports(database: Database) -> list[dict[str, object]]:
    with database.reading() as session:
        found = session.exec(select(AuditRow).where(col(AuditRow.action) == "work_error.export")).all()
        return [one.facts for one in found]


def test_every_list_is_handed_out_as_a_table_with_its_trace(overseer: PageClient, database: Database) -> None:
    many(database, "市监局", {Grade.SLIGHT: 3, Grade.LARGER: 1, Grade.SERIOUS: 1}, occurred_on=OCTOBER)
    with database.writing() as session:
        error = work_error(session, "税务局", occurred_on=OCTOBER)
        words = "已更正。"
        work_errors.answer(session, error, act(actors.actor(session, Role.APPROVER, unit="税务局")), words=words)
    register = sheet(overseer, "/work-errors?unit=税务局", "register")
    assert register.max_row == 2 and [one.value for one in register[1]][:4] == ["编号", "时间", "责任单位", "错情内容"]
    assert "已更正。" in [one.value for one in register[2]]
    assert sheet(overseer, "/work-errors/monthly?period=2026-10", "monthly").max_row == 3
    assert sheet(overseer, "/work-errors/quarterly?period=2026Q4", "quarterly").max_row == 2
    sums = sheet(overseer, "/work-errors/half-years", "half-years")
    assert any("轻微 3 → 一般 1" in str(one.value) for row in sums.rows for one in row)
    assert exports(database) == [
        {"list": "register", "asked": "税务局", "rows": 1}, {"list": "monthly", "asked": "2026年10月", "rows": 2},
        {"list": "quarterly", "asked": "2026年第四季度", "rows": 1},
        {"list": "half-years", "asked": "2026年下半年", "rows": 2},
    ]


def test_no_cell_of_a_table_is_a_formula(overseer: PageClient, database: Database) -> None:
    text = '=HYPERLINK("x")'
    many(
        database, "市监局", {Grade.LARGER: 1}, content=text, accountability="+1", basis="@SUM(A1)",
        source=Source.OTHER, circumstances=(Circumstance.ART_7_5,), occurred_on=OCTOBER,
    )
    for path, which in (("/work-errors", "register"), ("/work-errors/monthly?period=2026-10", "monthly")):
        cells = [one for row in sheet(overseer, path, which).rows for one in row]
        assert not [one for one in cells if one.data_type == "f"]
        assert f"'{text}" in [one.value for one in cells]


def test_a_list_that_there_is_not_cannot_be_had(overseer: PageClient, database: Database) -> None:
    token = overseer.soup("/work-errors/half-years").select_one("#page-tools [name=csrf_token]")
    assert token is not None
    answer = overseer.post("/work-errors/export/everything", data={"csrf_token": str(token["value"])})
    assert answer.status_code == 404 and exports(database) == []


@pytest.mark.parametrize("path", [
    "/work-errors", "/work-errors/monthly?period=2026-10", "/work-errors/quarterly?period=2026Q4",
    "/work-errors/half-years",
])
def test_a_list_asks_no_more_of_the_database_for_more_rows(
    overseer: PageClient, database: Database, path: str
) -> None:
    asked = []
    for count in (1, 8):
        for unit in ("市监局", "税务局", "住建局")[: 1 if count == 1 else 3]:
            many(database, unit, dict.fromkeys(Grade, count), occurred_on=OCTOBER)
        overseer.get(path)
        with counting(database) as statements:
            page = overseer.soup(path)
        asked.append((len(lines(page)), len(statements)))
    assert asked[0][0] < asked[1][0] and asked[0][1] == asked[1][1], asked
    assert asked[1][1] <= 6, asked


def test_taking_a_table_away_asks_no_more_for_more_rows(overseer: PageClient, database: Database) -> None:
    asked = []
    for count in (1, 9):
        many(database, "市监局", {Grade.LARGER: count}, occurred_on=OCTOBER)
        with counting(database) as statements:
            sheet(overseer, "/work-errors", "register")
        asked.append(len(statements))
    assert asked[0] == asked[1], asked
