"""A handler clears the queue: signs several, gives two to a colleague, reuses an earlier reply and sees its slip."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.accounts import commands as accounts
from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import State
from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE, Visitor
from tests.support.factories import Story
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
COLLEAGUE = "赵同事"


@pytest.fixture
def titles(live: LiveServer, has_script: bool) -> list[str]:
    """Four appeals that wait for signing, one that was answered before, and a colleague."""
    mark = "甲" if has_script else "乙"
    with live.database.writing() as session:
        unit = unit_by_name(session, "市监局")
        accounts.create_account(
            session, f"tongshi{int(has_script)}", COLLEAGUE + mark, PASSWORD, [Role.HANDLER], now=clock.now(),
            unit=unit, is_one_time=False,
        )
        Story(session, at=clock.now(), title=f"许可变更{mark}组答复过的").to(State.REPLIED)
        found = [f"许可变更{mark}组第{number}件" for number in range(4)]
        for title in found:
            Story(session, at=clock.now(), title=title).to(State.DISPATCHED)
    return found


def pick(page: Page, titles: list[str]) -> None:
    for title in titles:
        page.locator("tr", has_text=title).get_by_role("checkbox").check()


def test_a_handler_clears_the_queue(
    visitor: Callable[..., Visitor], titles: list[str], has_script: bool
) -> None:
    """At the desk with JavaScript, on a telephone without."""
    mark = "甲" if has_script else "乙"
    visit = visitor(DESKTOP if has_script else PHONE)
    page = visit.page
    visit.sign_in("jingban")
    visit.go(f"/desk?q={mark}组第")
    pick(page, titles[1:] if has_script else titles)
    if has_script:
        page.locator("main h1").click()
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.get_by_role("button", name="批量签收").click()
    expect(page.locator("#page-message")).to_contain_text("已签收 4 件")

    pick(page, titles[:2])
    page.get_by_role("button", name="批量分派").click()
    page.get_by_label(re.compile(COLLEAGUE + mark)).check()
    visit.look("assign")
    page.get_by_role("button", name="分派", exact=True).click()
    expect(page.locator("#page-message")).to_contain_text(f"已分派 2 件给{COLLEAGUE}{mark}")
    expect(page.locator("tr", has_text=titles[0])).to_contain_text(COLLEAGUE + mark)

    page.get_by_text("保存当前筛选").click()
    page.get_by_label("给它起个名字").fill(f"{mark}组")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("navigation", name="我的筛选").get_by_role("link", name=f"{mark}组")).to_be_visible()
    visit.look("queue-kept")
    write(visit, titles[3])


def write(visit: Visitor, title: str) -> None:
    """Verify, then the reply with an earlier one's words in it and the slip beside it."""
    page = visit.page
    page.get_by_role("link", name=title).click()
    page.get_by_label("核实情况").fill("已到场核实。")
    page.get_by_role("button", name="核实到位").click()
    page.get_by_role("link", name="写答复").click()
    facts = page.locator("[name='entries-0-facts']")
    facts.fill("已经写了一句。")
    page.locator(".reuse summary").first.click()
    if not visit.has_script:
        page.get_by_role("button", name="找相似诉求的答复").first.click()
    page.get_by_role("button", name=re.compile("用到这一点")).first.click()
    expect(page.locator(".reuse-added")).to_contain_text("已加入")
    expect(facts).to_have_value(re.compile("^已经写了一句。\n经核实"))
    page.locator(".preview-fold summary").click()
    if not visit.has_script:
        page.get_by_role("button", name="预览", exact=True).click()
    expect(page.locator("svg.slip-sheet").first).to_contain_text("已经写了一句")
    if visit.has_script:
        facts.press_sequentially("再写")
        expect(page.locator("svg.slip-sheet").first).to_contain_text("再写")
    visit.look("reply-preview")
