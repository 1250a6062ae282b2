"""The clerk writes down a call while the caller is on the line, with JavaScript and without; axe is silent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


def fill_in(page: Page, title: str, phone: str) -> None:
    page.get_by_label("个人", exact=True).check()
    page.get_by_label("姓名（企业填联系人）").fill("周喆珺")
    page.locator("[name=phone]").fill(phone)
    page.get_by_label("投诉", exact=True).check()
    page.locator("[name=body]").fill("上周三有人来厂门口说占道，要收两千块钱，没有开票，也没有文书。")
    page.locator("[name=title]").fill(title)


def test_a_clerk_enters_a_telephone_call(visitor: Visit, has_script: bool) -> None:
    phone = "13873710001" if has_script else "13873710002"
    clerk = visitor(DESKTOP)
    clerk.sign_in("shouli")
    page = clerk.page
    page.get_by_role("link", name="登记诉求").click()
    clerk.look("entry")
    press(page, "登记")
    expect(page.get_by_role("alert")).to_contain_text("请先改正")
    clerk.look("entry-errors")
    fill_in(page, "上门收占道费不开票", phone)
    press(page, "登记")
    expect(page.locator("#receipt-code")).to_have_text(re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$"))
    number = page.locator("#receipt-number").inner_text()
    clerk.look("entry-receipt")
    press(page, "登记下一件")
    expect(page.locator("#page-message")).to_contain_text("查询码不再显示")
    fill_in(page, "又打来电话说收费的事", phone)
    if has_script:
        page.locator("[name=phone]").press("Tab")
        expect(page.locator("#known")).to_contain_text(number)
    else:
        press(page, "登记")
        expect(page.locator("#known")).to_contain_text(number)
        press(page, "仍要登记")
        expect(page.locator("#receipt-code")).to_be_visible()
    clerk.look("entry-known")
