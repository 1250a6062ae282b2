"""An error is registered, refused too light a grade, answered by the unit, revoked by the director, and counted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.accounts import commands, queries
from models.accounts.types import Role
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor, new_mark
from tests.support.hostile import drawn
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
JUDGED = 30_000
"""Milliseconds: the first file of a server starts the process that looks into pictures."""


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def account(live: LiveServer, name: str, role: Role, unit: str) -> str:
    """Of this journey only: the others do not find its unit's errors in their lists."""
    username = f"cuoqing-{role.value}-{new_mark()}"
    with live.database.writing() as session:
        found = queries.unit_by_name(session, unit)
        commands.create_account(
            session, username, name, PASSWORD, [role], now=clock.now(), unit=found, is_one_time=False
        )
    return username


def register(page: Page, unit: str, content: str) -> None:
    page.get_by_role("link", name="错情", exact=True).click()
    page.get_by_role("link", name="登记错情").first.click()
    page.wait_for_load_state()
    page.locator("[name=unit]").fill(unit)
    page.locator("[name=occurred_on]").fill(clock.today().isoformat())
    page.locator("[name=content]").fill(content)
    page.locator("[name=source]").select_option(label="群众信访反映")
    page.get_by_label("经做工作挽回不良影响或降低损失的").check()
    page.get_by_label("一般差错", exact=True).check()


def test_an_error_is_registered_answered_and_revoked(visitor: Visit, live: LiveServer, has_script: bool) -> None:
    unit = "文旅广体局" if has_script else "教育局"
    content = f"企业反映证照补办超时，经查证属实，已当天办结并致歉（{unit}）。"
    supervisor, head, boss = visitor(DESKTOP), visitor(), visitor(DESKTOP)
    supervisor.sign_in("duban")
    page = supervisor.page
    register(page, unit, content)
    press(page, "登记")
    expect(page.locator("#grade-error")).to_contain_text("视为较大差错，不能登记为一般差错")
    supervisor.look("work-error-refused")
    page.get_by_label("较大差错", exact=True).check()
    press(page, "登记")
    expect(page.locator("#page-message")).to_contain_text("已登记")
    expect(page.locator("main")).to_contain_text("撤销登记、降低等级须由另一人办理")
    supervisor.look("work-error")
    path = page.url.removeprefix(live.url)
    page.get_by_text("添加佐证").first.click()
    press(page, "添加佐证")
    expect(page.locator("#evidence-error")).to_contain_text("请选择佐证材料的文件")
    supervisor.look("work-error-no-evidence")
    sent = {"name": "补办申请表.jpg", "mimeType": "image/jpeg", "buffer": drawn("JPEG")}
    page.locator("[name=evidence]").set_input_files([sent])  # type: ignore[list-item]
    press(page, "添加佐证")
    expect(page.locator("#page-message")).to_contain_text("已收下 1 份佐证", timeout=JUDGED)
    expect(page.locator("#evidence-part")).to_contain_text("补办申请表.jpg")
    supervisor.look("work-error-evidence")

    head.sign_in(account(live, "何局长", Role.APPROVER, unit))
    head.page.get_by_role("link", name="错情", exact=True).click()
    head.look("work-errors-unit")
    head.page.get_by_role("link", name=content).click()
    with head.page.expect_download() as copy:
        head.page.get_by_role("link", name="佐证1.jpg").click()
    assert copy.value.suggested_filename == "佐证1.jpg"
    head.page.locator("[name=statement]").fill("已修订补办流程，两个工作日内办结。")
    press(head.page, "提交说明")
    expect(head.page.locator("#page-message")).to_contain_text("说明已提交")
    head.look("work-error-answered")

    boss.sign_in(account(live, "贺主任", Role.DIRECTOR, "市优办"))
    boss.go("/work-errors/monthly?period=" + f"{clock.today():%Y-%m}")
    expect(boss.page.locator("main")).to_contain_text(content)
    boss.look("work-errors-month")
    boss.go("/work-errors/half-years")
    expect(boss.page.get_by_role("row").filter(has_text=unit)).to_contain_text("不折算")
    boss.look("work-errors-half-year")
    with boss.page.expect_download() as taken:
        boss.page.get_by_role("button", name="下载表格").click()
    assert taken.value.suggested_filename.startswith("工作错情半年折算表")
    boss.go(path)
    boss.page.get_by_text("撤销登记……").click()
    boss.page.get_by_label("由于不可抗力造成").check()
    boss.page.locator("[name=reason]").fill("当天全市停电，属于不可抗力。")
    press(boss.page, "撤销登记")
    expect(boss.page.locator("#page-message")).to_contain_text("已撤销")
    boss.go("/work-errors/half-years")
    expect(boss.page.locator("main")).not_to_contain_text(unit)
