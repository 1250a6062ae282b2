"""The ladder in a browser: an order issued and accepted, a card contested and revoked, an instruction, an interview."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from models.accounts import commands as accounts
from models.accounts import queries
from models.accounts.types import Actor, Role
from models.appeals.vault import IdentityVault
from models.handling import commands
from models.supervision.sweeping import Sweep
from models.workdays.queries import load_calendar
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor, new_mark
from tests.support.factories import LETTERHEAD, filing
from tests.support.live import LiveServer
from webapp import clock, ladder

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@dataclass(frozen=True)
class Scene:
    """An appeal that was dispatched three weeks ago and never signed, swept; who works on it in this journey only."""

    number: str
    uid: str
    mark: str

    def who(self, name: str) -> str:
        return f"{name}-{self.mark}"


@pytest.fixture
def scene(live: LiveServer) -> Scene:
    mark = new_mark()
    with live.database.writing() as session:
        clerk = _account(session, f"clerk-{mark}", "李受理", Role.CLERK, "市优办")
        for name, shown, role, unit in (
            ("jingban", "林经办", Role.HANDLER, "财政局"), ("fuzeren", "高局长", Role.APPROVER, "财政局"),
            ("duban", "秦督办", Role.SUPERVISOR, "市优办"), ("zhuren", "贺主任", Role.DIRECTOR, "市优办"),
            ("lingdao", "傅副市长", Role.LEADER, ""),
        ):
            _account(session, f"{name}-{mark}", shown, role, unit)
        number, uid = _appeal(session, live, clerk)
        calendar = load_calendar(session)
    ladder.climb(live.database, Sweep(clock.now(), calendar, LETTERHEAD))
    return Scene(number, uid, mark)


def _account(session: Session, username: str, name: str, role: Role, unit: str) -> Actor:
    found = queries.unit_by_name(session, unit) if unit else None
    row = accounts.create_account(
        session, username, name, PASSWORD, [role], now=clock.now(), unit=found, is_one_time=False
    )
    return queries.actor_of(session, row)


def _appeal(session: Session, live: LiveServer, clerk: Actor) -> tuple[str, str]:
    long_ago, calendar = clock.now() - timedelta(weeks=3), load_calendar(session)
    vault = IdentityVault(live.config.identity_key)
    appeal = commands.submit(session, filing(filed_at=long_ago), None, vault, now=long_ago)
    unit = queries.unit_by_name(session, "财政局")
    assert unit is not None
    commands.accept_and_dispatch(session, appeal, commands.Act(clerk, long_ago, calendar), lead_unit=unit)
    return appeal.number, appeal.uid


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def unfold(page: Page, label: str) -> None:
    page.locator("#record-acts summary", has_text=label).click()


def test_an_order_is_issued_reported_and_accepted(visitor: Visit, scene: Scene) -> None:
    office, unit = visitor(DESKTOP), visitor()
    office.sign_in(scene.who("duban"))
    office.go(f"/office/appeals/{scene.uid}")
    expect(office.page.locator("#ladder")).to_contain_text("红牌")
    office.look("ladder-appeal")
    office.page.locator("#ladder").get_by_role("link", name="发督办单").click()
    press(office.page, "发出")
    expect(office.page.get_by_role("alert")).to_contain_text("请选择事由")
    office.look("ladder-order-errors")
    office.page.get_by_label("责任领导").fill("高局长")
    office.page.get_by_label("拒不签收").check()
    office.page.locator("[name=grounds]").fill("催办三周，至今没有签收。")
    office.page.locator("[name=demand]").fill("请立即签收并核实，三个工作日内书面报告。")
    press(office.page, "发出")
    expect(office.page.locator("#page-message")).to_contain_text("督办单已发出")
    office.look("ladder-order")
    unit.sign_in(scene.who("jingban"))
    unit.page.get_by_role("link", name="督办事项").click()
    unit.page.wait_for_load_state()
    expect(unit.page.locator("main")).to_contain_text("督办单")
    unit.look("ladder-mine")
    unit.page.get_by_role("row").filter(has_text="督办单").first.get_by_role("link").click()
    unit.page.wait_for_load_state()
    unit.look("ladder-record-unit")
    unit.page.locator("#record-acts [name=words]").first.fill("已签收并核实。")
    press(unit.page, "报市优办确认")
    expect(unit.page.locator("#page-message")).to_contain_text("等待市优办确认")
    office.page.reload()
    expect(office.page.locator("main")).to_contain_text("已签收并核实。")
    press(office.page, "确认整改到位")
    expect(office.page.locator("main")).to_contain_text("按期完成")
    office.look("ladder-accepted")


def test_a_card_is_contested_and_revoked_by_the_office(visitor: Visit, scene: Scene) -> None:
    unit, office = visitor(), visitor(DESKTOP)
    unit.sign_in(scene.who("fuzeren"))
    unit.go(f"/desk/appeals/{scene.uid}")
    unit.look("ladder-desk")
    unit.page.locator("#ladder li").filter(has_text="红牌").first.get_by_role("link").click()
    unit.page.wait_for_load_state()
    unfold(unit.page, "提出申诉")
    form = unit.page.locator("form[action$='/contest']")
    form.locator("[name=words]").fill("系统停机两日，已附说明。")
    form.get_by_role("button").click()
    expect(unit.page.locator("#page-message")).to_contain_text("由发出人以外的人员复核")
    office.sign_in(scene.who("duban"))
    office.go("/supervision?show=contested&unit=财政局")
    office.look("ladder-list")
    office.page.get_by_role("row").filter(has_text=scene.number).first.get_by_role("link").click()
    office.page.wait_for_load_state()
    expect(office.page.locator("main")).to_contain_text("系统停机两日")
    office.look("ladder-contested")
    unfold(office.page, "撤销")
    form = office.page.locator("form[action$='/revoke']")
    form.locator("[name=words]").fill("情况属实，予以撤销。")
    form.get_by_role("button").click()
    expect(office.page.locator("#page-message")).to_contain_text("不再计分")
    unit.page.reload()
    expect(unit.page.locator("main")).to_contain_text("已撤销")
    unit.look("ladder-revoked")


def test_a_leaders_instruction_and_an_interview(visitor: Visit, scene: Scene) -> None:
    leader, office, director = visitor(), visitor(DESKTOP), visitor(DESKTOP)
    leader.sign_in(scene.who("lingdao"))
    leader.go(f"/office/appeals/{scene.uid}")
    leader.page.get_by_role("link", name="作批示").click()
    leader.page.locator("[name=demand]").fill("请财政局限期办结并报告。")
    leader.page.locator("[name=due_on]").fill((clock.today() + timedelta(days=7)).isoformat())
    leader.look("ladder-instruct")
    press(leader.page, "交市优办转办")
    expect(leader.page.locator("#page-message")).to_contain_text("由市优办转承办单位办理")
    leader.go("/supervision/instructions")
    leader.look("ladder-instructions")
    office.sign_in(scene.who("duban"))
    office.go(f"/supervision/appeals/{scene.uid}/new/interview")
    office.page.get_by_label("约谈对象").fill("主要负责人")
    office.page.get_by_label("拒不签收").check()
    office.page.locator("[name=grounds]").fill("催办、红牌以后仍不签收。")
    press(office.page, "提出约谈")
    where = office.page.url.removeprefix(office.url)
    director.sign_in(scene.who("zhuren"))
    director.go(where)
    director.page.locator("form[action$='/hold-interview'] [name=words]").fill("同意约谈。")
    press(director.page, "决定约谈")
    director.go("/supervision/policy")
    director.look("ladder-policy")
    office.go(where)
    for name, text in (
        ("held_on", (clock.today() + timedelta(days=3)).isoformat()), ("held_at", "上午9:30"), ("place", "市优办"),
        ("attend", "主要负责人"),
    ):
        office.page.locator(f"[name={name}]").fill(text)
    office.look("ladder-notice")
    press(office.page, "发出约谈通知")
    expect(office.page.locator("main")).to_contain_text("上午9:30，市优办，主要负责人参加")
    office.look("ladder-interview")
