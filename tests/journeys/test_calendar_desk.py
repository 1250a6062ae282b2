"""Next year's arrangement in the browser: pasted as it is published, read, previewed, approved by a second person, and
told on the appeal's page. The notice for 2027 is invented.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.accounts import commands
from models.accounts.types import Role
from models.appeals.types import State
from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE, Visitor
from tests.support.factories import Story
from tests.support.live import LiveServer, live_server
from tests.support.notices import NOTICE_2027, NUMBER
from webapp import clock

pytestmark = pytest.mark.browser
DECEMBER = datetime(2026, 12, 24, 2, tzinfo=UTC)
KEEPERS = (("duban", "王督办", Role.SUPERVISOR), ("zhuren", "刘主任", Role.DIRECTOR))
BOX = {"name": "通知正文"}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    """A house of its own: the calendar belongs to everybody in it."""
    with live_server(tmp_path) as server:
        with server.database.writing() as session:
            for username, name, role in KEEPERS:
                commands.create_account(
                    session, username, name, PASSWORD, [role], now=clock.now(), unit=None, is_one_time=False
                )
        yield server


def told(live: LiveServer) -> tuple[str, str]:
    """(uid, number) of an appeal whose conclusion falls into 2027."""
    with live.database.writing() as session:
        appeal = Story(session, at=DECEMBER).to(State.DISPATCHED).appeal
        return appeal.uid, appeal.number


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without JavaScript"], indirect=True)
def test_a_year_is_proposed_previewed_approved_by_another_and_told(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool
) -> None:
    uid, number = told(live)
    size = DESKTOP if has_script else PHONE
    proposer = visitor(size)
    proposer.sign_in("duban")
    page = proposer.page
    proposer.go("/office/calendar?year=2027")
    expect(page.locator("main")).to_contain_text("2027年的放假安排尚未公布")
    proposer.look("calendar-year")
    proposer.go("/office/calendar/provisional")
    expect(page.locator("#calendar-provisional")).to_contain_text(number)
    proposer.look("calendar-provisional")
    proposer.go("/office/calendar/new")
    page.get_by_role("textbox", **BOX).fill(NOTICE_2027.replace("6月9日（周三）", "6月9日（周四）"))
    page.get_by_role("button", name="读取并核对").click()
    expect(page.locator("#notice_text-error")).to_contain_text("6月9日写的是“周四”")
    proposer.look("calendar-fault")
    page.get_by_role("textbox", **BOX).fill(NOTICE_2027)
    page.get_by_role("button", name="读取并核对").click()
    expect(page.locator("#calendar-days")).to_contain_text("放假 30 天，调休上班 7 天")
    proposer.look("calendar-checked")
    page.get_by_role("button", name="提出，等待批准").click()
    expect(page.locator("#calendar-moves")).to_contain_text(number)
    expect(page.locator("#calendar-moves")).to_contain_text("推迟 1 个工作日，转为确定")
    expect(page.locator("#calendar-decide")).to_contain_text("须由另一位督办员或者市优办主任批准")
    expect(page.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    proposer.look("calendar-own-proposal")
    second = visitor(size)
    second.sign_in("zhuren")
    second.page.goto(page.url)
    second.look("calendar-proposal")
    second.page.get_by_role("button", name="批准", exact=True).click()
    expect(second.page.locator(".page-message")).to_contain_text("日历第2版从现在起生效。已重新计算 1 件诉求的期限")
    second.go(f"/office/appeals/{uid}")
    expect(second.page.locator("main")).to_contain_text("更正时限：办结期限由")
    expect(second.page.locator("main")).to_contain_text(NUMBER)
    expect(second.page.locator("main .clock .provisional")).to_have_count(0)
    second.look("calendar-corrected-appeal")
    second.go("/office/calendar?year=2027")
    expect(second.page.locator("#calendar-versions")).to_contain_text("王督办")
    second.look("calendar-arranged-year")
