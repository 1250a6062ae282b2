"""An enterprise with two colleagues, at phone width: one registers, files and invites, the other joins, answers what
the office asks and removes the first, who is out at the next request.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.handling import supplements
from models.handling.commands import Act
from models.workdays.queries import load_calendar
from tests.journeys.conftest import PASSWORD, Visitor
from tests.support import actors
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
QUESTION = "请说明检验报告是哪一天送检的。"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def sign_in_fields(page: Page, username: str) -> None:
    page.locator("#username").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#repeated").fill(PASSWORD)


def register(first: Visitor, code: str, username: str) -> None:
    page = first.page
    first.go("/")
    page.get_by_role("link", name="注册企业账号").click()
    press(page, "下一步")
    expect(page.get_by_role("alert")).to_contain_text("请先改正以下 4 处")
    first.look("enterprise-register-errors")
    page.locator("#enterprise_name").fill("沅江市芦花香食品有限公司")
    page.locator("#credit_code").fill(code.lower())
    page.locator("#contact_name").fill("苏堃")
    page.locator("#phone").fill("138 7371 2345")
    press(page, "下一步")
    expect(page.locator("main")).to_contain_text("校验位不符")
    expect(page.locator("main")).to_contain_text(code)
    first.look("enterprise-register-check")
    sign_in_fields(page, username)
    press(page, "注册")
    expect(page.get_by_role("heading", level=1)).to_have_text("沅江市芦花香食品有限公司")
    first.look("enterprise-empty")


def file_appeal(first: Visitor) -> str:
    page = first.page
    page.get_by_role("link", name="我要反映").last.click()
    expect(page.locator("main")).to_contain_text("本企业有账号的同事都能看到")
    expect(page.locator("#enterprise_name")).to_have_value("沅江市芦花香食品有限公司")
    expect(page.locator("#phone")).to_have_value("13873712345")
    page.get_by_label("求助", exact=True).check()
    page.locator("[name=title]").fill("冷库检验报告迟迟不出")
    page.locator("[name=body]").fill("十月下旬送检，说好七天出报告，现在一个月了，影响冷库投用。")
    first.look("enterprise-filing")
    press(page, "下一步：检查一遍")
    press(page, "提交诉求")
    number = page.locator("#receipt-number").inner_text().strip()
    press(page, "我已保存好查询码")
    return number


def invite(first: Visitor) -> str:
    page = first.page
    first.go("/enterprise/people")
    press(page, "生成邀请码")
    code = page.locator("#invitation-code").inner_text().strip()
    first.look("enterprise-invitation")
    return code


def join(second: Visitor, code: str, username: str) -> None:
    page = second.page
    second.go("/login")
    page.get_by_role("link", name="凭邀请码加入").click()
    page.locator("#code").fill(code.lower().replace("-", " "))
    page.locator("#contact_name").fill("欧阳明")
    page.locator("#phone").fill("0737-2712345")
    sign_in_fields(page, username)
    second.look("enterprise-join")
    press(page, "加入")
    expect(page.locator("#page-message")).to_contain_text("您已加入企业账号")


def ask(live: LiveServer, number: str) -> None:
    """The office asks for what is missing, as its own journey shows."""
    with live.database.writing() as session:
        appeal = session.exec(select(Appeal).where(col(Appeal.number) == number)).one()
        act = Act(actors.actor(session, Role.CLERK), clock.now(), load_calendar(session))
        supplements.ask_supplement(session, appeal, act, question=QUESTION)


def answer(second: Visitor, number: str) -> None:
    page = second.page
    second.go("/enterprise")
    expect(page.locator("tbody")).to_contain_text("等您回答")
    expect(page.locator("tbody")).to_contain_text(number)
    second.look("enterprise-list")
    page.get_by_role("link", name="冷库检验报告迟迟不出").click()
    expect(page.locator("main")).to_contain_text(QUESTION)
    second.look("enterprise-appeal")
    page.locator("[name=answer]").fill("十月二十六日送检，回执见附件。")
    press(page, "提交补充")
    expect(page.locator("#page-message")).to_contain_text("您的补充已收到")


def remove_the_first(second: Visitor) -> None:
    page = second.page
    second.go("/enterprise/people")
    expect(page.locator("main")).to_contain_text("苏堃")
    second.look("enterprise-people")
    page.get_by_role("table", name="有本企业账号的同事").locator("summary").click()
    press(page, "确认移出")
    expect(page.locator("#page-message")).to_contain_text("已移出")
    expect(page.locator("main")).not_to_contain_text("苏堃")


def test_an_enterprise_with_two_colleagues(visitor: Visit, live: LiveServer, has_script: bool) -> None:
    mark = int(has_script)
    first, second = visitor(), visitor()
    register(first, f"91430981MA4L00{mark}0X9", f"suk{mark}")
    number = file_appeal(first)
    code = invite(first)
    join(second, code, f"ouyang{mark}")
    ask(live, number)
    answer(second, number)
    first.go("/enterprise")
    expect(first.page.locator("tbody")).to_contain_text(number)
    remove_the_first(second)
    first.go("/enterprise")
    expect(first.page.get_by_role("heading", level=1)).to_have_text("登录")
    first.page.get_by_label("用户名").fill(f"suk{mark}")
    first.page.get_by_label("密码").fill(PASSWORD)
    press(first.page, "登录")
    expect(first.page.locator("main")).to_contain_text("用户名或密码不对")
