"""The office asks, the appellant answers on the phone with a photo, the unit starts, the appeal is taken back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, Visitor
from tests.journeys.test_main_journey import file_appeal, open_appeal, photo, press

pytestmark = pytest.mark.browser
QUESTION, ANSWER = "请补充受理单的照片，并写明在哪个窗口办理。", "在二楼六号窗口办理，受理单照片附上。"
Visit = Callable[..., Visitor]


def to_triage(clerk: Visitor, number: str) -> Page:
    clerk.go(f"/office/appeals?q={number}")
    open_appeal(clerk, number)
    clerk.page.get_by_role("link", name=re.compile("去受理交办|去交办")).click()
    clerk.page.wait_for_url("**/office/triage/**")
    return clerk.page


def ask(clerk: Visitor, number: str) -> None:
    page = to_triage(clerk, number)
    page.get_by_text("请诉求人补充……").click()
    press(page, "请诉求人补充")
    expect(page.locator("main")).to_contain_text("请写明")
    page.get_by_label("要诉求人补充什么").fill(QUESTION)
    clerk.look("ask-supplement")
    press(page, "请诉求人补充")
    expect(page.locator("#page-message")).to_contain_text("已请诉求人补充")


def answer(someone: Visitor, number: str, code: str, folder: Path) -> None:
    page = someone.page
    someone.go("/appeals/track")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill(code)
    press(page, "查询")
    expect(page.locator("#questions")).to_contain_text(QUESTION)
    press(page, "提交补充")
    expect(page.locator("#questions")).to_contain_text("请先改正")
    page.locator("[name=answer]").fill(ANSWER)
    page.locator("#questions [name=attachments]").set_input_files(photo(folder))
    someone.look("answer-supplement")
    press(page, "提交补充")
    expect(page.locator("#page-message")).to_contain_text("您的补充已收到")
    expect(page.locator("#questions")).to_have_count(0)


def dispatch(clerk: Visitor, number: str) -> None:
    page = to_triage(clerk, number)
    expect(page.locator("main")).to_contain_text(ANSWER)
    page.locator("main [name=unit]").first.fill("市监局")
    page.keyboard.press("Escape")
    press(page, "受理并交办")
    expect(page.locator("#page-message")).to_contain_text("已交办市监局")


def withdraw(someone: Visitor) -> None:
    page = someone.page
    someone.go("/appeals/track")
    page.get_by_text("撤回这件诉求……").click()
    press(page, "撤回诉求")
    expect(page.locator("#confirmed-error")).to_be_visible()
    page.get_by_label("我确认撤回这件诉求").check()
    someone.look("withdraw")
    press(page, "撤回诉求")
    expect(page.locator("#page-message")).to_contain_text("诉求已撤回")
    expect(page.locator("main")).to_contain_text("撤回")
    expect(page.get_by_text("撤回这件诉求……")).to_have_count(0)


def test_a_supplement_is_asked_for_and_answered_then_the_appeal_withdrawn(visitor: Visit, tmp_path: Path) -> None:
    appellant, clerk, handler = visitor(), visitor(DESKTOP), visitor()
    number, code = file_appeal(appellant, tmp_path)
    clerk.sign_in("shouli")
    ask(clerk, number)
    answer(appellant, number, code, tmp_path)
    dispatch(clerk, number)
    handler.sign_in("jingban")
    in_queue = handler.page.get_by_role("row", name=re.compile(number))  # other journeys have filled the first page
    handler.go(f"/desk?show=to_sign&q={number}")
    expect(in_queue).to_be_visible()
    withdraw(appellant)
    handler.go(f"/desk?show=to_sign&q={number}")
    expect(in_queue).to_have_count(0)
    handler.go(f"/desk?show=ended&q={number}")
    expect(handler.page.locator("main")).to_contain_text("诉求人已撤回")
