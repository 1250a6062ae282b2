"""A handler with an assisting unit and a conflict: the clerk asks a second unit, its word reaches the lead, and two
colleagues who write the same reply at once both keep their text. With JavaScript and without; axe is silent.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.appeals.types import State
from tests.journeys.conftest import DESKTOP, Visitor
from tests.support.factories import Story
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
TASK = "请核对近三年的纳税申报记录。"
WORD = "经核对，近三年申报记录完整，没有欠税。"


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def filed(live: LiveServer, title: str) -> str:
    with live.database.writing() as session:
        return Story(session, at=clock.now(), identity=None, title=title).to(State.SUBMITTED).appeal.uid


def dispatch(clerk: Visitor, uid: str) -> None:
    clerk.sign_in("shouli")
    clerk.go(f"/office/triage/{uid}")
    page = clerk.page
    page.locator("[name=unit]").first.fill("市监局")
    page.get_by_text("还要请其他单位协办……").click()
    page.locator("[name=assist_unit]").fill("税务局")
    press(page, "受理并交办")
    expect(page.locator("#assist_task-error")).to_be_visible()
    clerk.look("assist-dispatch-error")
    page.locator("[name=assist_task]").fill(TASK)
    press(page, "受理并交办")
    expect(page.locator("#page-message")).to_contain_text("已请税务局协办")


def open_task(visitor: Visitor, title: str) -> None:
    visitor.page.get_by_role("link", name="协办", exact=True).click()
    visitor.page.get_by_role("row").filter(has_text=title).get_by_role("link").first.click()
    visitor.page.wait_for_load_state()


def contribute(handler: Visitor, head: Visitor, title: str) -> None:
    handler.sign_in("xieban")
    open_task(handler, title)
    handler.look("assist-task")
    press(handler.page, "签收协办")
    handler.page.locator("[name=contribution]").fill(WORD)
    press(handler.page, "送单位负责人签发")
    expect(handler.page.locator("#page-message")).to_contain_text("已送单位负责人签发")
    head.sign_in("xiebanfuze")
    head.page.get_by_role("link", name="协办", exact=True).click()
    head.look("assist-list")
    open_task(head, title)
    expect(head.page.locator("main")).to_contain_text(WORD)
    press(head.page, "签发，送主办单位")
    expect(head.page.locator("#page-message")).to_contain_text("主办单位和市优办现在可以看到")


def start_work(handler: Visitor, uid: str) -> None:
    handler.sign_in("jingban")
    handler.go(f"/desk/appeals/{uid}")
    press(handler.page, "签收")
    handler.page.locator("[name=facts]").fill("已到窗口核实。")
    press(handler.page, "核实到位")


def write(visitor: Visitor, facts: str) -> None:
    visitor.page.locator("[name=entries-0-facts]").fill(facts)
    press(visitor.page, "保存草稿")


def test_an_assisting_unit_contributes_and_two_colleagues_collide(
    visitor: Visit, live: LiveServer, has_script: bool
) -> None:
    title = f"协办和冲突的一件{'甲' if has_script else '乙'}"
    uid = filed(live, title)
    dispatch(visitor(DESKTOP), uid)
    contribute(visitor(), visitor(DESKTOP), title)
    first, second = visitor(DESKTOP), visitor()
    start_work(first, uid)
    second.sign_in("tongshi")
    for one in (first, second):
        one.go(f"/desk/appeals/{uid}/reply")
        expect(one.page.locator("#assistances")).to_contain_text(WORD)
    write(first, "甲写的查明情况。")
    expect(first.page.locator("#page-message")).to_contain_text("草稿已保存")
    write(second, "乙写的查明情况。")
    expect(second.page.locator("main")).to_contain_text("已由其他同事修改过")
    expect(second.page.locator("main")).to_contain_text("甲写的查明情况。")
    expect(second.page.locator("[name=entries-0-facts]")).to_have_value("乙写的查明情况。")
    second.look("assist-conflict")
    press(second.page, "保存草稿")
    expect(second.page.locator("#page-message")).to_contain_text("草稿已保存")
    first.go(f"/desk/appeals/{uid}/reply")
    expect(first.page.locator("[name=entries-0-facts]")).to_have_value("乙写的查明情况。")
