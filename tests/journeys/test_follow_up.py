"""Follow-up in a browser: the appellant rates with the thumb, by keyboard, in large type and through a link; the office
calls, decides, leaves a rating out by two people; the unit answers. With and without JavaScript, axe clean.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from models.accounts import commands as accounts
from models.accounts import queries
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.appeals.vault import IdentityVault
from models.followup import call_lists
from models.workdays.queries import load_calendar
from models.workdays.rules import local_day
from models.workdays.types import DayKind, MarkedDay
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor
from tests.support.factories import Story
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
CODE = "0123456789ABCDEF"
_marks = count(1)


@dataclass(frozen=True)
class Scene:
    """Replies of this journey's own, and who works on them."""

    numbers: tuple[str, ...]
    uids: tuple[str, ...]
    mark: str

    def who(self, name: str) -> str:
        return f"hui{name}-{self.mark}"


@pytest.fixture
def scene(live: LiveServer) -> Scene:
    mark = str(next(_marks))
    with live.database.writing() as session:
        for name, shown, role, unit in (
            ("shouli", "李受理", Role.CLERK, "市优办"), ("duban", "秦督办", Role.SUPERVISOR, "市优办"),
            ("zhuren", "贺主任", Role.DIRECTOR, "市优办"), ("fuzeren", "高局长", Role.APPROVER, "住建局"),
        ):
            found = queries.unit_by_name(session, unit)
            accounts.create_account(
                session, f"hui{name}-{mark}", shown, PASSWORD, [role], now=clock.now(), unit=found, is_one_time=False
            )
        appeals = [_replied(session, live) for _ in range(2)]
        return Scene(tuple(one.number for one in appeals), tuple(one.uid for one in appeals), mark)


def _replied(session: Session, live: LiveServer) -> Appeal:
    known = receipt.hash_code(live.config.receipt_key, CODE)
    vault, at = IdentityVault(live.config.identity_key), clock.now() - timedelta(minutes=10)
    story = Story(
        session, unit="住建局", at=at, calendar=load_calendar(session), vault=vault, receipt_code_hash=known
    )
    return story.to(State.REPLIED).appeal


def draw(live: LiveServer) -> int:
    """Today's list, whatever day and hour it is; 0 when an earlier journey has drawn it."""
    at = clock.now().replace(hour=2)
    day = local_day(at)
    with live.database.writing() as session:
        calendar = load_calendar(session)
        worked = {**calendar.marked, day: MarkedDay(day, DayKind.WORK, "调休上班", "测试")}
        return call_lists.draw_today(session, now=at, calendar=replace(calendar, marked=worked))


def track(visitor: Visitor, number: str) -> Page:
    visitor.go("/appeals/track")
    visitor.page.get_by_label("受理编号").fill(number)
    visitor.page.get_by_label("查询码").fill(CODE)
    press(visitor.page, "查询")
    return visitor.page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_a_reply_is_rated_with_the_thumb_and_by_keyboard(visitor: Visit, scene: Scene) -> None:
    phone = visitor()
    page = track(phone, scene.numbers[0])
    phone.look("rating-follow-up")
    choices = page.get_by_role("group", name="您对这次答复满意吗？").or_(page.get_by_role("radiogroup"))
    expect(choices.first.get_by_role("radio")).to_have_count(5)
    for row in page.locator(".grades .choice").all():
        box = row.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 300, box
    page.get_by_label("非常不满意", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("非常不满意", exact=True)).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("不满意", exact=True)).to_be_checked()
    press(page, "提交评价")
    expect(page.get_by_role("alert")).to_contain_text("请写明不满意的原因")
    expect(page.get_by_label("不满意", exact=True)).to_be_checked()
    phone.look("rating-error")
    page.get_by_label("原因或者建议").fill("窗口仍然说没有收到材料。")
    press(page, "提交评价")
    expect(page.locator("#rating-title")).to_have_text("您已评价")
    expect(page.locator("#case")).to_contain_text("前与您联系")
    phone.look("rating-given")


def test_large_type_fits_the_phone(visitor: Visit, scene: Scene) -> None:
    phone = visitor()
    track(phone, scene.numbers[0])
    press(phone.page, "大字版")
    phone.go("/appeals/track")
    assert "large-type" in (phone.page.get_attribute("html", "class") or "")
    phone.look("rating-large-type")


def test_another_telephone_rates_through_a_link(visitor: Visit, scene: Scene) -> None:
    desk, phone = visitor(DESKTOP), visitor()
    page = track(desk, scene.numbers[1])
    press(page, "在另一台手机上评价")
    url = page.locator("#rating-link").inner_text()
    expect(page.get_by_alt_text("评价网址的二维码")).to_be_visible()
    desk.look("rating-link-offered")
    phone.page.goto(url)
    phone.look("rating-link")
    phone.page.get_by_label("非常满意", exact=True).check()
    press(phone.page, "提交评价")
    expect(phone.page.locator("#page-message")).to_contain_text("评价已收到")
    phone.page.goto(url)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("链接已经失效")
    phone.look("rating-link-gone")


def low(visitor: Visitor, number: str) -> None:
    page = track(visitor, number)
    page.get_by_label("非常不满意", exact=True).check()
    page.get_by_label("原因或者建议").fill("窗口仍然说没有收到材料。")
    press(page, "提交评价")


def test_the_office_calls_from_the_days_list(visitor: Visit, scene: Scene, live: LiveServer) -> None:
    low(visitor(), scene.numbers[0])
    draw(live)
    office = visitor(DESKTOP)
    office.sign_in(scene.who("shouli"))
    office.page.get_by_role("link", name="回访", exact=True).click()
    office.page.wait_for_load_state()
    office.look("follow-up-day")
    office.go(f"/follow-up/calls/{scene.uids[1]}")
    expect(office.page.locator("a.phone")).to_have_text("13873712345")
    office.look("follow-up-call")
    press(office.page, "保存，下一位")
    expect(office.page.get_by_role("alert")).to_contain_text("请选择是否接通")
    office.page.get_by_label("接通了诉求人").check()
    office.page.get_by_label("部分满意").check()
    office.page.get_by_label("解决了", exact=True).check()
    office.page.locator("[name=words]").fill("证已经拿到，但是多跑了两趟。")
    press(office.page, "保存，下一位")
    expect(office.page.locator("#page-message")).to_contain_text("已登记第1次回访：接通：部分满意")
    small = visitor()
    small.sign_in(scene.who("shouli"))
    for path, name in (("/follow-up", "follow-up-day"), (f"/follow-up/calls/{scene.uids[0]}", "follow-up-call")):
        small.go(path)
        small.look(name)


def test_a_low_grade_is_answered_decided_and_redone(visitor: Visit, scene: Scene) -> None:
    low(visitor(), scene.numbers[0])
    clerk, unit, decider = visitor(DESKTOP), visitor(), visitor(DESKTOP)
    unit.sign_in(scene.who("fuzeren"))
    unit.page.get_by_role("link", name="不满意", exact=True).click()
    unit.page.wait_for_load_state()
    unit.look("cases-unit")
    unit.page.get_by_role("row").filter(has_text=scene.numbers[0]).get_by_role("link").click()
    unit.page.wait_for_load_state()
    expect(unit.page.locator("main")).not_to_contain_text("非常不满意")
    unit.page.locator("#case-acts [name=words]").fill("已经查到材料，今天补录。")
    press(unit.page, "提交说明")
    unit.look("case-unit")
    clerk.sign_in(scene.who("shouli"))
    clerk.go("/follow-up/cases")
    clerk.look("cases-office")
    clerk.page.get_by_role("row").filter(has_text=scene.numbers[0]).get_by_role("link").click()
    clerk.page.wait_for_load_state()
    clerk.page.get_by_label("在诉求人的进度页面留言").check()
    clerk.page.locator("#case-acts [name=told]").first.fill("材料已经找到，正在补录，请再等一天。")
    press(clerk.page, "保存联系情况")
    decider.sign_in(scene.who("duban"))
    decider.page.goto(clerk.page.url)
    decider.look("case-office")
    form = decider.page.locator("section.act", has=decider.page.get_by_role("heading", name="决定重新办理"))
    form.locator("[name=words]").fill("第一点没有解决。")
    form.locator("[name=told]").fill("已经要求住建局重新办理。")
    press(decider.page, "重新办理")
    expect(decider.page.locator("#page-message")).to_contain_text("已交原承办单位重新办理")
    decider.look("case-redoing")
    person = visitor()
    page = track(person, scene.numbers[0])
    expect(page.locator("#case")).to_contain_text("已经要求住建局重新办理")
    person.look("rating-case")


def test_two_people_leave_a_rating_out(visitor: Visit, scene: Scene) -> None:
    low(visitor(), scene.numbers[0])
    one, two = visitor(DESKTOP), visitor(DESKTOP)
    one.sign_in(scene.who("duban"))
    one.go(f"/office/appeals/{scene.uids[0]}")
    one.look("follow-up-appeal")
    one.page.get_by_role("link", name="申请剔除").click()
    one.page.wait_for_load_state()
    one.look("exclusion-ask")
    one.page.get_by_label("评价针对的是另一件事，与本件答复无关").check()
    one.page.locator("[name=evidence]").fill("经核对，说的是去年的另一件事。")
    press(one.page, "提交审核")
    expect(one.page.locator("main")).to_contain_text("提出人不能审核自己的申请")
    two.sign_in(scene.who("zhuren"))
    two.go("/office/review")
    two.look("exclusion-review")
    two.page.get_by_role("link", name=scene.numbers[0]).click()
    two.page.wait_for_load_state()
    two.look("exclusion-decide")
    two.page.locator("[name=remark]").fill("属实。")
    press(two.page, "同意剔除")
    for path, name in (("/follow-up/rates", "rates"), ("/follow-up/policy", "follow-up-policy")):
        two.go(path)
        two.look(name)
    two.go("/follow-up/rates")
    two.page.locator("table a").first.click()
    two.page.wait_for_load_state()
    two.look("rates-list")
    small = visitor()
    small.sign_in(scene.who("zhuren"))
    for path, name in (("/follow-up/rates", "rates"), ("/follow-up/cases", "cases-office")):
        small.go(path)
        small.look(name)
