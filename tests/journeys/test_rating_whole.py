"""A rating from its plan to what was put right: set up, letters, a ballot on a phone, the closing, the interview."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from models.accounts import commands, queries
from models.accounts.types import Role
from models.appeals.receipt import normalise_code
from models.ratings import casting
from models.ratings.types import Answer, UnitAnswers
from models.ratings.vault import RatingVault
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor
from tests.journeys.test_ratings import run_job
from tests.support.live import LiveServer, live_server
from webapp import clock

pytestmark = pytest.mark.browser
LIST = "\n".join(
    ["名称\t统一社会信用代码\t通信地址\t电子邮箱\t联系人\t电话"]
    + [f"沅江演示{no}号企业\t\t沅江市琼湖街道书院路{no}号\t\t\t0737-271234{no}" for no in range(6)]
)
CODE = re.compile(r"\b[0-9A-Z]{4}(?:[ -][0-9A-Z]{4}){3}\b")
LOW = "沅江市城市管理和综合执法局"
SCORES = (60, 60, 60, 60, 59)
"""With the last dimension's weight of 15 of a hundred: 59.85."""


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    """A house of its own: campaigns belong to everybody in it."""
    with live_server(tmp_path) as server:
        with server.database.writing() as session:
            for username, name, role, unit in (
                ("zhuren", "刘主任", Role.DIRECTOR, "市优办"), ("juzhang", "龙局长", Role.APPROVER, "城管执法局"),
            ):
                commands.create_account(
                    session, username, name, PASSWORD, [role], now=clock.now(),
                    unit=queries.unit_by_name(session, unit), is_one_time=False,
                )
        yield server


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_a_rating_from_its_plan_to_what_was_put_right(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool
) -> None:
    director, voter, head = visitor(DESKTOP), visitor(), visitor()
    director.sign_in("zhuren")
    _set_up(director)
    first, *others = _letters(live, director)
    _vote(voter, first)
    _others_vote(live, others[:4])
    _close(director)
    record = _interview(live, director)
    head.sign_in("juzhang")
    head.go(record)
    head.page.locator("#report-words").fill("已停职检查一人，全员培训并公布监督电话。")
    press(head.page, "报市优办确认")
    director.go(record)
    press(director.page, "确认整改到位")
    expect(director.page.locator("main")).to_contain_text("按期完成")
    director.look("rating-whole-put-right")


def _set_up(director: Visitor) -> None:
    page = director.page
    director.go("/ratings/campaigns")
    page.get_by_role("link", name="新建评议").first.click()
    page.get_by_label("最少票数").fill("1")
    press(page, "保存")
    page.get_by_role("link", name="邀请名单", exact=True).click()
    page.get_by_role("link", name="导入名单").click()
    page.get_by_role("textbox", name="名单").fill(LIST)
    press(page, "读取并核对")
    page.get_by_role("button", name="加入 6 个").click()
    page.wait_for_load_state()
    page.get_by_role("navigation", name="当前位置").get_by_role("link").nth(1).click()
    press(page, "启动评议")
    expect(page.locator(".page-message")).to_contain_text("评议已启动")


def _letters(live: LiveServer, director: Visitor) -> list[str]:
    """The codes, a letter each."""
    page = director.page
    page.get_by_role("link", name="去邀请名单制信").click()
    page.get_by_role("button", name="制作没有邮箱的（6 封）").click()
    page.wait_for_load_state()
    director.go(f"/jobs/{run_job(live)}")
    with page.expect_download() as got:
        page.get_by_role("button", name="下载结果").click()
    pages = PdfReader(BytesIO(Path(got.value.path()).read_bytes())).pages
    codes = [found[0] for page in pages if (found := CODE.search(page.extract_text()))]
    assert len(codes) == 6
    return codes


def _others_vote(live: LiveServer, codes: list[str]) -> None:
    """Four more, at home, who say the same."""
    vault, today = RatingVault(live.config.identity_key), clock.today()
    with live.database.writing() as session:
        for code in map(normalise_code, codes):
            ballot = casting.opened(session, vault, code, today, lock=True)
            no = next(one.no for one in ballot.campaign.units if one.name == LOW)
            draft = ballot.draft.with_answers(UnitAnswers(no, tuple(map(Answer, range(1, 6), SCORES))))
            casting.to_check(session, vault, ballot, draft)
            casting.cast(session, vault, code, today)


def _vote(voter: Visitor, code: str) -> None:
    page = voter.page
    voter.go("/ratings/ballot")
    page.get_by_label("评议码").fill(code)
    press(page, "开始评议")
    page.get_by_role("button", name=LOW).click()
    page.wait_for_load_state()
    for no, score in enumerate(SCORES, start=1):
        page.locator(f"[name=value_{no}]").fill(str(score))
    page.get_by_role("radiogroup", name="有没有粗暴执法").get_by_label("有", exact=True).check()
    press(page, "保存并核对")
    press(page, "投出评议票")
    expect(page.locator("h1")).to_contain_text("已投出")


def _close(director: Visitor) -> None:
    page = director.page
    director.go("/ratings/campaigns")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    page.wait_for_load_state()
    expect(page.locator("#return-rate")).to_contain_text("83")
    page.get_by_text("截止评议").last.click()
    page.locator("[name=closing_reason]").fill("邀请的对象都已评完。")
    page.get_by_role("button", name="截止并计票").click()
    page.wait_for_load_state()
    follow(page, "评议结果")
    expect(page.locator("main")).to_contain_text("低于60分的单位：城管执法局")
    director.look("rating-whole-results")


def _interview(live: LiveServer, director: Visitor) -> str:
    page = director.page
    follow(page, "城管执法局")
    expect(page.locator("main")).to_contain_text("59.85")
    follow(page, "约谈单位主要负责人")
    page.get_by_label("同意", exact=True).check()
    page.locator("[name=reasons]").fill("请主要负责人说明整改打算。")
    press(page, "作出决定")
    page.locator("#notify-held_on").fill((clock.today() + timedelta(days=3)).isoformat())
    page.locator("#notify-held_at").fill("上午9:30")
    page.locator("#notify-place").fill("市优办会议室")
    page.locator("#notify-attend").fill("主要负责人")
    press(page, "发出约谈通知")
    record = page.url.removeprefix(live.url)
    page.get_by_role("main").get_by_role("link", name="约谈通知书").click()
    page.wait_for_load_state()
    answer = page.request.post(
        page.url + "/print", form={"csrf_token": page.locator("main [name=csrf_token]").first.input_value()}
    )
    assert answer.ok and "评议得分59.85分" in _text(answer.body())
    director.go(record)
    page.locator("#record_minutes-words").fill("指出检查程序不规范的问题，要求限期整改。")
    page.locator("#record_minutes-workdays").fill("3")
    press(page, "登记约谈记录")
    return record


def _text(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join(one.extract_text() for one in pages).replace("\n", "").replace(" ", "")
