"""The clock in people's hands: an extension asked, sent and granted, a pause begun and ended, a return ruled, a matter
done again; the appellant reads each of them. With JavaScript and without; axe is silent.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.appeals.receipt import hash_code
from models.appeals.types import State
from tests.journeys.conftest import DESKTOP, Visitor
from tests.support.factories import Story
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def unfold(page: Page, label: str) -> None:
    page.locator("summary").filter(has_text=label).first.click()


def made(live: LiveServer, title: str, state: State) -> str:
    with live.database.writing() as session:
        return Story(session, at=clock.now(), identity=None, title=title).to(state).appeal.uid


def said(visitor: Visitor, text: str) -> None:
    expect(visitor.page.locator("#page-message")).to_contain_text(text)


def ask_for_days(handler: Visitor, uid: str) -> None:
    handler.sign_in("jingban")
    handler.go(f"/desk/appeals/{uid}")
    unfold(handler.page, "申请延期")
    press(handler.page, "提出延期申请")
    expect(handler.page.locator("#extension_workdays-error")).to_be_visible()
    handler.look("ask-extension-error")
    handler.page.locator("[name=extension_workdays]").fill("5")
    handler.page.locator("[name=extension_grounds]").fill("检测机构最早下周二到场。")
    press(handler.page, "提出延期申请")
    said(handler, "等单位负责人签发")


def grant(supervisor: Visitor, uid: str, told: str) -> None:
    supervisor.go("/office/review")
    supervisor.go(f"/office/appeals/{uid}")
    supervisor.page.locator("[name=told_reason]").fill(told)
    supervisor.look("grant")
    press(supervisor.page, "同意")
    said(supervisor, "已同意申请")


def test_the_clock_moves_only_by_what_was_asked_sent_and_ruled(
    visitor: Visit, live: LiveServer, has_script: bool
) -> None:
    mark = "甲" if has_script else "乙"
    uid = made(live, f"等检测报告的一件{mark}", State.HANDLING)
    handler, head, supervisor = visitor(), visitor(DESKTOP), visitor(DESKTOP)
    ask_for_days(handler, uid)
    head.sign_in("fuzeren")
    head.go(f"/desk/appeals/{uid}")
    head.look("send-extension")
    press(head.page, "签发，报市优办")
    said(head, "已报市优办")
    supervisor.sign_in("duban")
    grant(supervisor, uid, "设备需要检测，办理期限相应延长。")
    expect(supervisor.page.locator("#adjustments")).to_contain_text("已同意")
    head.go(f"/desk/appeals/{uid}")
    unfold(head.page, "申请中止计时")
    head.page.locator("[name=pause_reason][value=test]").check()
    head.page.locator("[name=pause_workdays]").fill("5")
    head.page.locator("[name=pause_grounds]").fill("样品已送检。")
    press(head.page, "提出中止计时申请")
    said(head, "已报市优办")
    grant(supervisor, uid, "样品正在检测，检测期间停止计时。")
    head.go(f"/desk/appeals/{uid}")
    expect(head.page.locator(".clock")).to_contain_text("正在中止计时（检测）")
    head.page.get_by_text("为什么是这一天").click()
    head.look("paused")
    head.page.locator("[name=resume_note]").fill("检测报告已出。")
    press(head.page, "恢复计时")
    said(head, "已恢复计时")


def test_a_return_is_ruled_once_and_the_matter_done_again(visitor: Visit, live: LiveServer, has_script: bool) -> None:
    mark = "甲" if has_script else "乙"
    uid = made(live, f"不归我们的一件{mark}", State.DISPATCHED)
    head, supervisor = visitor(), visitor(DESKTOP)
    head.sign_in("fuzeren")
    head.go(f"/desk/appeals/{uid}")
    unfold(head.page, "申请退回")
    head.page.locator("[name=return_unit]").fill("税务局")
    head.page.locator("[name=return_grounds]").fill("属于税务管理事项。")
    head.page.locator("[name=return_basis]").fill("部门三定方案。")
    head.look("ask-return")
    press(head.page, "提出退回申请")
    said(head, "已报市优办")
    supervisor.sign_in("duban")
    supervisor.go("/office/review")
    supervisor.look("review-requests")
    supervisor.go(f"/office/appeals/{uid}")
    expect(supervisor.page.locator("[name=ruled_unit]")).to_have_value("税务局")
    supervisor.page.locator("[name=ruling]").fill("涉税事项由税务局承办。")
    supervisor.look("rule-return")
    press(supervisor.page, "作出裁定")
    said(supervisor, "已裁定由税务局承办")
    expect(supervisor.page.locator("#adjustments")).to_contain_text("已同意")


def test_the_appellant_reads_that_the_matter_is_done_again(visitor: Visit, live: LiveServer, has_script: bool) -> None:
    mark, code = ("甲", "7K3M9QXA2FHTW8PD") if has_script else ("乙", "8K3M9QXA2FHTW8PD")
    with live.database.writing() as session:
        hashed = hash_code(live.config.receipt_key, code)
        title = f"没有解决的一件{mark}"
        appeal = Story(session, at=clock.now(), identity=None, title=title, receipt_code_hash=hashed).to(
            State.REPLIED
        ).appeal
        uid, number = appeal.uid, appeal.number
    supervisor, person = visitor(DESKTOP), visitor()
    supervisor.sign_in("duban")
    supervisor.go(f"/office/appeals/{uid}")
    unfold(supervisor.page, "重新办理")
    supervisor.page.locator("[name=redo_reason]").fill("第二点没有办结。")
    supervisor.page.locator("[name=redo_told]").fill("第二点将重新办理。")
    press(supervisor.page, "重新办理")
    said(supervisor, "时限从今天重新起算")
    person.go("/appeals/track")
    person.page.locator("[name=number]").fill(number)
    person.page.locator("[name=code]").fill(code)
    press(person.page, "查询")
    expect(person.page.locator("main")).to_contain_text("市优办决定重新办理")
    expect(person.page.locator("main")).to_contain_text("第二点将重新办理。")
    person.look("redone")
