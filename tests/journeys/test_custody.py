"""The custodian's reveal in a browser: asked, decided by another unit's custodian, shown for half an hour, counted.

And the sign-in that dies while somebody writes a reply: nothing is lost, with script and without.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, col, update

from models.accounts import commands as accounts
from models.accounts import queries
from models.accounts.tables import LoginSession
from models.accounts.types import Actor, Role
from models.appeals import receipt
from models.appeals.vault import IdentityVault
from models.handling import commands
from models.workdays.queries import load_calendar
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor, new_mark
from tests.support.factories import IDENTITY, filing
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
CODE = "0123456789ABCDEF"
REASON = "需要当面核对材料的原件和提交时间，经市优办转达会耽误核实。"
FACTS = "经核实，材料在两个股室之间流转时未及时登记。"


@dataclass(frozen=True)
class Told:
    """An appeal under way, and who works on it in this journey only."""

    number: str
    uid: str
    handler: str
    custodian: str


@pytest.fixture
def told(live: LiveServer) -> Told:
    mark = new_mark()
    with live.database.writing() as session:
        handler = _account(session, f"shuiwu-{mark}", "何经办", Role.HANDLER, "税务局")
        _account(session, f"baoguan-{mark}", "宋保管", Role.CUSTODIAN, "司法局")
        clerk = queries.account_by_username(session, "shouli")
        assert clerk is not None
        return _appeal(session, live, handler, queries.actor_of(session, clerk), mark)


def _account(session: Session, username: str, name: str, role: Role, unit: str) -> Actor:
    found = queries.unit_by_name(session, unit)
    row = accounts.create_account(
        session, username, name, PASSWORD, [role], now=clock.now(), unit=found, is_one_time=False
    )
    return queries.actor_of(session, row)


def _appeal(session: Session, live: LiveServer, handler: Actor, clerk: Actor, mark: str) -> Told:
    """Confidential, dispatched, signed and verified."""
    now, calendar = clock.now(), load_calendar(session)
    known = receipt.hash_code(live.config.receipt_key, CODE)
    made = filing(filed_at=now, is_confidential=True, receipt_code_hash=known)
    vault = IdentityVault(live.config.identity_key)
    appeal = commands.submit(session, made, IDENTITY, vault, now=now)
    unit = queries.unit_by_name(session, "税务局")
    assert unit is not None
    commands.accept_and_dispatch(session, appeal, commands.Act(clerk, now, calendar), lead_unit=unit)
    commands.sign(session, appeal, commands.Act(handler, now, calendar))
    commands.verify(
        session, appeal, commands.Act(handler, now, calendar, internal_note="已核实。"),
        complexity=commands.Complexity.SIMPLE,
    )
    session.commit()
    return Told(appeal.number, appeal.uid, f"shuiwu-{mark}", f"baoguan-{mark}")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def test_a_sealed_identity_is_asked_for_granted_shown_and_counted(visitor: Visit, told: Told) -> None:
    handler, custodian = visitor(), visitor(DESKTOP)
    handler.sign_in(told.handler)
    handler.go(f"/desk/appeals/{told.uid}")
    handler.page.get_by_role("link", name="申请查看身份").click()
    press(handler.page, "提交申请")
    expect(handler.page.get_by_role("alert")).to_contain_text("请写明理由")
    handler.look("reveal-ask")
    handler.page.locator("[name=reason]").fill(REASON)
    press(handler.page, "提交申请")
    expect(handler.page.locator("main")).to_contain_text("等待身份保管人审批")
    custodian.sign_in(told.custodian)
    custodian.look("custody")
    custodian.page.get_by_role("row").filter(has_text=told.number).get_by_role("link").click()
    expect(custodian.page.locator("main")).to_contain_text(REASON)
    expect(custodian.page.locator("body")).not_to_contain_text(IDENTITY.name)
    custodian.look("custody-request")
    custodian.page.locator("[name=remark]").fill("核实需要，同意。")
    press(custodian.page, "同意查看")
    expect(custodian.page.locator("#page-message")).to_contain_text("30分钟内可以查看")
    handler.page.get_by_role("link", name="刷新").click()
    expect(handler.page.locator("body")).not_to_contain_text(IDENTITY.name)
    handler.look("reveal-open")
    press(handler.page, "显示")
    expect(handler.page.locator("main")).to_contain_text(IDENTITY.name)
    expect(handler.page.locator("main")).to_contain_text(IDENTITY.phone)
    handler.look("reveal-shown")
    handler.page.get_by_role("link", name="隐藏").click()
    expect(handler.page.locator("body")).not_to_contain_text(IDENTITY.name)
    appellant = visitor()
    appellant.go("/appeals/track")
    appellant.page.locator("[name=number]").fill(told.number)
    appellant.page.locator("[name=code]").fill(CODE)
    press(appellant.page, "查询")
    expect(appellant.page.locator("main")).to_contain_text("您的身份信息被查看 1 次：承办单位 1")
    appellant.look("reveal-counted")


def end_sign_ins(live: LiveServer) -> None:
    """The half hour without a sign of life has passed."""
    with live.database.writing() as session:
        long_ago = clock.now() - queries.IDLE_LIMIT - queries.IDLE_LIMIT / 30
        session.execute(update(LoginSession).where(col(LoginSession.ended_at).is_(None)).values(last_seen_at=long_ago))


def test_the_session_dies_while_typing_a_reply(visitor: Visit, told: Told, live: LiveServer, has_script: bool) -> None:
    handler = visitor()
    handler.sign_in(told.handler)
    page, path = handler.page, f"/desk/appeals/{told.uid}/reply"
    handler.go(path)
    page.locator("[name=entries-0-facts]").fill(FACTS)
    if has_script:
        expect(page.locator("#autosave")).to_contain_text("已自动保存")
        handler.look("reply-autosaved")
    end_sign_ins(live)
    page.locator("[name=entries-1-facts]").fill(FACTS * 2)
    if has_script:
        expect(page.locator("#page-message")).to_contain_text("写到这里的内容已为您保留")
        expect(page.locator("[name=entries-1-facts]")).to_have_value(FACTS * 2)
        handler.look("reply-signed-out")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("link", name="重新登录").click()
    else:
        press(page, "保存草稿")
        expect(page.locator("#page-message")).to_contain_text("已为您保留")
    page.get_by_label("用户名").fill(told.handler)
    page.get_by_label("密码").fill(PASSWORD)
    press(page, "登录")
    assert page.url.endswith(path)
    expect(page.locator("body")).to_contain_text("您的登录已过期，刚才填写的内容已为您保留")
    expect(page.locator("[name=entries-0-facts]")).to_have_value(FACTS)
    expect(page.locator("[name=entries-1-facts]")).to_have_value(FACTS * 2)
    handler.look("reply-kept")
    press(page, "保存草稿")
    expect(page.locator("#page-message")).to_contain_text("草稿已保存")
    expect(page.locator("body")).not_to_contain_text("已为您保留")
    expect(page.locator("[name=entries-1-facts]")).to_have_value(FACTS * 2)
