"""Dispatching a page of appeals in the browser: by portions that run by themselves, or one button a portion."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from models.accounts.queries import actor_of
from models.accounts.types import Role
from models.appeals.vault import IdentityVault
from models.handling import commands
from models.workdays.shipped import shipped_calendar
from tests.journeys.conftest import DESKTOP, PHONE, Visitor
from tests.support import actors
from tests.support.factories import IDENTITY, filing
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
TITLE = "批量交办的食品经营许可"
COUNT = 22


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without JavaScript"], indirect=True)
def test_a_page_of_appeals_is_checked_and_dispatched(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool
) -> None:
    vault = IdentityVault(live.config.identity_key)
    with live.database.writing() as session:
        clerk_there = actor_of(session, actors.account(session, Role.CLERK))
        for number in range(COUNT):
            said = filing(title=f"{TITLE}{number}", filed_at=clock.now())
            appeal = commands.submit(session, said, IDENTITY, vault, now=clock.now())
            commands.accept(session, appeal, commands.Act(clerk_there, clock.now(), shipped_calendar()))
    clerk = visitor(DESKTOP if has_script else PHONE)
    clerk.sign_in("shouli")
    clerk.go(f"/office/appeals?state=to_dispatch&q={TITLE}")
    page = clerk.page
    if has_script:
        page.get_by_label("全选本页").check()
        page.get_by_label("交办给").fill("sjj")
        page.keyboard.press("Enter")
    else:
        for box in page.locator(".cell-pick input").all():
            box.check()
        page.get_by_label("交办给").select_option("市监局")
    clerk.look("bulk-list")
    page.get_by_role("button", name="核对并批量交办").click()
    expect(page.locator("h1")).to_have_text("核对批量交办")
    expect(page.locator("input[type=checkbox]:checked[name=appeal]")).to_have_count(COUNT)
    page.locator("input[type=checkbox][name=appeal]").last.uncheck()
    clerk.look("bulk-check")
    page.get_by_role("button", name="交办勾选的诉求").click()
    if not has_script:
        expect(page.locator("progress")).to_have_attribute("value", "20")
        clerk.look("bulk-running")
        page.get_by_role("button", name="停下，保留已办的").click()
        expect(page.locator("main")).to_contain_text("还有 1 件没有办")
        page.get_by_role("button", name="继续办理剩下的 1 件").click()
    expect(page.locator("h1")).to_have_text("批量交办结果")
    expect(page.locator("main")).to_contain_text(f"已交办 {COUNT - 1} 件")
    clerk.look("bulk-result")
    clerk.go(f"/office/appeals?state=to_dispatch&q={TITLE}")
    expect(page.locator(".row-link")).to_have_count(1)
    page.locator(".cell-pick input").check()
    page.get_by_role("button", name="核对并批量交办").click()
    page.get_by_role("button", name="交办勾选的诉求").click()
    expect(page.locator("h1")).to_have_text("批量交办结果")
