"""The bell and the substitute in a browser: told, opened, read; away for a while, stood in for, and back again."""

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
from models.jobs import commands as jobs
from models.notices.telling import tell_since
from models.workdays.queries import load_calendar
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor, new_mark
from tests.support.factories import IDENTITY, filing
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
UNIT = "住建局"


@dataclass(frozen=True)
class Told:
    """An appeal just dispatched to a unit, and its people, who are of this journey only."""

    number: str
    handler: str
    approver: str
    approver_name: str
    handler_name: str


@pytest.fixture
def told(live: LiveServer) -> Told:
    mark = new_mark()
    with live.database.writing() as session:
        handler = _account(session, f"zj-jb-{mark}", f"蒋经办{mark}", Role.HANDLER)
        approver = _account(session, f"zj-fz-{mark}", f"易负责{mark}", Role.APPROVER)
        clerk = queries.account_by_username(session, "shouli")
        assert clerk is not None
        now, calendar = clock.now(), load_calendar(session)
        vault = IdentityVault(live.config.identity_key)
        appeal = commands.submit(session, filing(filed_at=now), IDENTITY, vault, now=now)
        unit = queries.unit_by_name(session, UNIT)
        assert unit is not None
        act = commands.Act(queries.actor_of(session, clerk), now, calendar)
        commands.accept_and_dispatch(session, appeal, act, lead_unit=unit)
        tell_since(session, appeal, 0, None)
        jobs.order(session, handler, "unknown", {}, total=8, now=now)
        return Told(
            appeal.number, f"zj-jb-{mark}", f"zj-fz-{mark}", approver.display_name, handler.display_name
        )


def _account(session: Session, username: str, name: str, role: Role) -> Actor:
    unit = queries.unit_by_name(session, UNIT)
    row = accounts.create_account(
        session, username, name, PASSWORD, [role], now=clock.now(), unit=unit, is_one_time=False
    )
    return queries.actor_of(session, row)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def bell(person: Visitor) -> str:
    return " ".join(person.page.locator(".bell").inner_text().split())


def test_a_dispatch_rings_the_bell_and_leads_to_the_appeal(visitor: Visit, told: Told) -> None:
    handler = visitor()
    handler.sign_in(told.handler)
    assert bell(handler) == "消息 1 条未读"
    handler.page.locator(".bell").click()
    expect(handler.page.locator("main")).to_contain_text("有新交办的诉求待签收")
    handler.look("notices")
    row = handler.page.locator("tr").filter(has_text=told.number)
    row.get_by_role("button").filter(has_text="打开").click()
    expect(handler.page.locator("h1")).to_contain_text("食品经营许可变更")
    assert bell(handler) == "消息"
    approver = visitor(DESKTOP)
    approver.sign_in(told.approver)
    approver.go("/notices")
    approver.look("notices")
    press(approver.page, "全部标为已读")
    expect(approver.page.locator("#page-message")).to_contain_text("已将 1 条消息标为已读")
    assert bell(approver) == "消息"
    approver.go("/notices?show=unread")
    approver.look("notices-empty")


def test_large_type_keeps_the_bell_in_sight(visitor: Visit, told: Told) -> None:
    handler = visitor()
    handler.sign_in(told.handler)
    press(handler.page, "大字版")
    handler.go("/notices")
    box = handler.page.locator(".bell").bounding_box()
    assert box is not None and box["x"] + box["width"] <= 390 and box["height"] >= 36
    handler.look("notices-large")


def test_a_colleague_stands_in_and_hands_back(visitor: Visit, told: Told) -> None:
    approver, handler = visitor(), visitor(DESKTOP)
    approver.sign_in(told.approver)
    approver.go("/account")
    press(approver.page, "请这位同事代办")
    expect(approver.page.get_by_role("alert")).to_contain_text("请选择开始日期")
    approver.look("substitute-wrong")
    approver.page.get_by_label("由哪位同事代办").select_option(label=told.handler_name)
    today = clock.today()
    approver.page.get_by_label("从哪天起").fill(today.isoformat())
    approver.page.get_by_label("到哪天止").fill((today + timedelta(days=2)).isoformat())
    press(approver.page, "请这位同事代办")
    expect(approver.page.locator("#page-message")).to_contain_text(f"已请{told.handler_name}代办")
    approver.look("substitute-named")
    handler.sign_in(told.handler)
    expect(handler.page.locator(".who")).to_contain_text(f"单位负责人（代{told.approver_name}）")
    expect(handler.page.locator(".counters")).to_contain_text("待我签发")
    handler.look("substitute-desk")
    approver.page.get_by_role("button").filter(has_text="提前结束").click()
    expect(approver.page.locator("#page-message")).to_contain_text("已结束")
    handler.go("/desk")
    expect(handler.page.locator(".who")).not_to_contain_text(told.approver_name)


def test_a_waiting_job_is_looked_at_and_cancelled(visitor: Visit, told: Told) -> None:
    handler = visitor()
    handler.sign_in(told.handler)
    handler.go("/jobs")
    handler.look("jobs")
    handler.page.get_by_role("link", name="后台任务").click()
    expect(handler.page.locator("#job-state")).to_contain_text("排队中")
    handler.look("job-waiting")
    handler.page.get_by_role("link", name="刷新进度").click()
    press(handler.page, "取消")
    expect(handler.page.locator("#job-state")).to_contain_text("已取消")


def test_a_job_tells_how_far_it_is_without_a_reload(
    visitor: Visit, told: Told, live: LiveServer, has_script: bool
) -> None:
    handler = visitor()
    handler.sign_in(told.handler)
    handler.go("/jobs")
    handler.page.get_by_role("link", name="后台任务").click()
    uid = handler.page.url.rsplit("/", 1)[1]
    with live.database.writing() as session:
        jobs.begin(session, uid, now=clock.now())
        jobs.advance(session, uid, 1, done=3, total=8, now=clock.now())
    if not has_script:
        handler.page.get_by_role("link", name="刷新进度").click()
    expect(handler.page.locator("#job-state")).to_contain_text("3 / 8", timeout=8_000)
    with live.database.writing() as session:
        jobs.finish(session, uid, 1, result_name="文书.pdf", now=clock.now())
    if not has_script:
        handler.page.get_by_role("link", name="刷新进度").click()
    expect(handler.page.get_by_role("link", name="下载结果")).to_be_visible(timeout=8_000)
    handler.look("job-done")
