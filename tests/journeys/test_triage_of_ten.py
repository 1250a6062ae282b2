"""The morning's ten appeals at triage, each decided with at most four clicks, with and without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.appeals.queries import by_number
from models.appeals.types import AppealKind, Channel, Filing, State
from models.appeals.vault import Identity, IdentityVault
from models.handling import commands
from tests.journeys.conftest import DESKTOP, Visitor
from tests.support.factories import filing
from tests.support.live import LiveServer
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
FACTORY = Identity(name="陈大年", phone="13873799001", enterprise_name="胜果食品厂", credit_code="91430981MA4L16JQ9B")


@dataclass(frozen=True)
class Morning:
    """One of the ten: what it says, whom it is about, what the clerk decides, and where it ends."""

    title: str
    decision: str
    ends: State = State.DISPATCHED
    against: str = ""
    kind: AppealKind = AppealKind.COMPLAINT


TEN = (
    Morning("食品经营许可迟迟不发", "as suggested"),
    Morning("被窗口来回推了三次", "as suggested", against="行政审批局"),
    Morning("不知道该找谁的一件事", "shuiwu"),
    Morning("退税三个月没有到账", "as suggested"),
    Morning("施工许可卡在图审", "as suggested"),
    Morning("两家公司的货款官司", "decline", State.DECLINED),
    Morning("有人故意刁难企业", "jcy", against="市监局", kind=AppealKind.REPORT),
    Morning("只说了一句话的诉求", "ask", State.AWAITING_SUPPLEMENT),
    Morning("停电一天损失很大", "as suggested"),
    Morning("先放一放再交办的", "accept", State.ACCEPTED),
)
UNITS = {"shuiwu": "税务局", "jcy": "检察院"}


def file_ten(session: Session, vault: IdentityVault) -> list[str]:
    numbers = []
    for one in TEN:
        accused = unit_by_name(session, one.against) if one.against else None
        said: Filing = filing(
            title=one.title, body="情况如题，请核实。", kind=one.kind, channel=Channel.WEB, filed_at=clock.now(),
            against_unit_id=accused.id if accused else None,
        )
        numbers.append(commands.submit(session, said, FACTORY, vault, now=clock.now()).number)
    return numbers


class Hand:
    """A clerk's hand on the mouse: every press of it is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def press(self, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def open(self, name: str) -> None:
        self.clicks += 1
        self.page.locator("summary", has_text=name).click()

    def tick(self, label: str | re.Pattern[str]) -> None:
        self.clicks += 1
        self.page.get_by_label(label).check()


def decide(hand: Hand, decision: str, has_script: bool) -> None:
    page = hand.page
    if decision == "accept":
        return hand.press("只受理，暂不交办")
    if decision == "decline":
        hand.open("不予受理……")
        hand.tick(re.compile("民事"))
        return hand.press("不予受理，告知诉求人")
    if decision == "ask":
        hand.open("请诉求人补充……")
        page.get_by_label("要诉求人补充什么").fill("请补充时间、地点和经过。")
        return hand.press("请诉求人补充")
    if decision in UNITS:
        field = page.locator("main [name=unit]").first
        hand.clicks += 1
        field.click()
        if has_script:
            page.keyboard.type(decision)
            page.keyboard.press("Enter")
        else:
            field.fill(UNITS[decision])
        expect(field).to_have_value(UNITS[decision])
    return hand.press("受理并交办")


def test_ten_appeals_are_decided_one_after_another(live: LiveServer, visitor: Visit, has_script: bool) -> None:
    with live.database.writing() as session:
        numbers = file_ten(session, IdentityVault(live.config.identity_key))
    clerk = visitor(DESKTOP)
    clerk.sign_in("shouli")
    page = clerk.page
    clerk.go("/office/triage")
    page.locator("nav.counters").get_by_role("link", name=re.compile("待受理")).click()
    while numbers[0] not in page.locator("main").inner_text():  # what other journeys left behind waits before them
        page.get_by_role("link", name="先看下一件").click()
    spent = []
    for number, one in zip(numbers, TEN, strict=True):
        expect(page.locator("h1")).to_have_text(one.title)
        expect(page.locator("#similar")).to_contain_text("同一企业")
        expect(page.locator("main")).not_to_contain_text("胜果食品厂 陈大年")
        if one.decision in ("as suggested", "ask"):
            clerk.look(f"triage-{one.decision.split()[0]}")
        hand = Hand(page)
        decide(hand, one.decision, has_script)
        expect(page.locator("#page-message")).to_contain_text(number)
        spent.append(hand.clicks)
    assert max(spent) <= 4 and sum(spent) <= 20, spent
    with live.database.reading() as session:
        ends = {number: by_number(session, number).state for number in numbers}
    assert list(ends.values()) == [one.ends for one in TEN]


def test_the_keyboard_alone_decides_and_enter_twice_decides_once(
    live: LiveServer, visitor: Visit, has_script: bool
) -> None:
    if not has_script:
        return
    with live.database.writing() as session:
        first, second, *_ = file_ten(session, IdentityVault(live.config.identity_key))
    clerk = visitor(DESKTOP)
    clerk.sign_in("shouli")
    page = clerk.page
    with live.database.reading() as session:
        uid = by_number(session, first).uid
    clerk.go(f"/office/triage/{uid}")
    page.keyboard.press("u")
    expect(page.locator("main [name=unit]").first).to_be_focused()
    page.keyboard.type("zjj")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#page-message")).to_contain_text(f"{first} 已交办住建局")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    expect(page.get_by_label(re.compile("民事"))).to_be_visible()
    with live.database.reading() as session:
        assert by_number(session, second).state is State.SUBMITTED
