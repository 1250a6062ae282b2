"""The director changes the time limits in the browser: what it changes is shown first, running appeals stay; and an
approver finds every request that waits for the signature.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.accounts import commands, queries
from models.accounts.types import Role
from models.appeals.types import State
from models.handling import adjustments
from models.handling.adjustment_types import AdjustmentKind
from models.handling.adjustments import Request
from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE, Visitor
from tests.support.factories import Story
from tests.support.live import LiveServer, live_server
from webapp import clock
from webapp.filters import cn_full_date

pytestmark = pytest.mark.browser
PEOPLE = (
    ("zhuren", "刘主任", Role.DIRECTOR, ""), ("shouli", "李受理", Role.CLERK, ""),
    ("fuzeren", "陈负责", Role.APPROVER, "市监局"),
)
NEW = "政企交流日事项办理时限"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    """A house of its own: time limits belong to everybody in it."""
    with live_server(tmp_path) as server:
        with server.database.writing() as session:
            for username, name, role, unit in PEOPLE:
                commands.create_account(
                    session, username, name, PASSWORD, [role], now=clock.now(), is_one_time=False,
                    unit=queries.unit_by_name(session, unit) if unit else None,
                )
        yield server


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without JavaScript"], indirect=True)
def test_the_director_compares_and_saves_a_version_and_adds_a_further_policy(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool
) -> None:
    with live.database.writing() as session:
        uid = Story(session, at=clock.now()).to(State.DISPATCHED).appeal.uid
    director = visitor(DESKTOP if has_script else PHONE)
    director.sign_in("zhuren")
    page = director.page
    director.go("/office/policies")
    expect(page.locator("main")).to_contain_text("今天交办适用第1版")
    director.look("policies")
    page.get_by_role("link", name="修订").first.click()
    page.get_by_label("核实到位").fill("8")
    page.get_by_role("button", name="核对变化").click()
    expect(page.locator("#limit_conclude-error")).to_contain_text("不能少于“核实到位”的 8 个工作日")
    director.look("policies-fault")
    page.get_by_label("核实到位").fill("2")
    page.get_by_label("简单事项办结").fill("5")
    page.get_by_role("textbox", name="依据").fill("沅优办〔2026〕9号")
    page.get_by_role("button", name="核对变化").click()
    expect(page.locator("#changes")).to_contain_text("2 个工作日")
    expect(page.locator("#examples")).to_contain_text("提前")
    expect(page.locator("main")).to_contain_text("现有 1 件在办诉求仍按原来的版本计时")
    director.look("policies-compared")
    page.get_by_role("button", name="保存").click()
    tomorrow = cn_full_date(clock.today() + timedelta(days=1))
    expect(page.locator(".page-message")).to_contain_text(f"第2版已保存，{tomorrow}起施行")
    director.look("policies-version")
    director.go("/office/policies/new")
    page.get_by_role("textbox", name="名称").fill(NEW)
    page.get_by_role("textbox", name="依据").fill("政企交流日会议纪要〔2026〕3号")
    page.get_by_label("投诉").check()
    page.get_by_label("只用于简单事项").check()
    page.get_by_role("button", name="核对变化").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".page-message")).to_contain_text("第1版已保存")
    page.get_by_role("button", name="停用").click()
    expect(page.locator(".page-message")).to_contain_text("以后交办不再选用")
    director.look("policies-ended")
    director.go("/office/policies")
    expect(page.locator("main")).to_contain_text(NEW)
    director.look("policies-three")
    clerk = visitor(DESKTOP if has_script else PHONE)
    clerk.sign_in("shouli")
    clerk.go("/office/policies")
    expect(clerk.page.get_by_role("link", name="修订")).to_have_count(0)
    clerk.go(f"/office/appeals/{uid}")
    clerk.page.get_by_text("为什么是这一天").first.click()
    expect(clerk.page.locator(".explanation").first).to_contain_text("沅政办发〔2023〕5号附件3第83条")
    clerk.look("policies-explained")


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without JavaScript"], indirect=True)
def test_an_approver_finds_a_request_and_sends_it(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool
) -> None:
    with live.database.writing() as session:
        story = Story(session, at=clock.now()).to(State.HANDLING)
        asked = Request(AdjustmentKind.EXTENSION, "等待检测机构出具报告。", workdays=3)
        adjustments.ask(session, story.appeal, story.act(story.handler), asked)
        Story(session, at=clock.now()).to(State.REPLY_SIGN_OFF)
    approver = visitor(DESKTOP if has_script else PHONE)
    approver.sign_in("fuzeren")
    page = approver.page
    approver.go("/desk")
    page.get_by_role("link", name="待我签发").click()
    expect(page.locator(".counter[aria-current]")).to_contain_text("2")
    expect(page.locator("tbody")).to_contain_text("申请延期")
    approver.look("desk-to-sign-off")
    page.get_by_role("row").filter(has_text="申请延期").get_by_role("link").click()
    page.get_by_role("button", name="签发，报市优办").click()
    approver.go("/desk?show=to_sign_off")
    expect(page.locator(".counter[aria-current]")).to_contain_text("1")
