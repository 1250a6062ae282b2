"""A unit comes out below 60 twice: it is read, published, told in a bulletin; its head is called, and it puts right."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from models.accounts import commands, queries
from models.accounts.types import Role
from models.ratings.types import ConductQuestion, Half
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor
from tests.support.live import LiveServer
from tests.support.rated import Got, counted
from webapp import clock

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
ROUGH, RETALIATORY = ConductQuestion.ROUGH, ConductQuestion.RETALIATORY
_told = count(1)


def got(low: str) -> dict[str, Got]:
    """A field of units with ties, one below 60, one that few know."""
    scores = {
        "行政审批局": 93, "市监局": 88, "税务局": 88, "住建局": 84, "人社局": 81, "自然资源局": 77, "交通运输局": 74,
        "农业农村局": 70, "生态环境局": 66, "供电公司": 63,
    }
    field = {name: Got([score, score - 6, score + 4] * 12) for name, score in scores.items() if name != low}
    yes = {ROUGH: 7, RETALIATORY: 2}
    remarks = ("检查时大声呵斥，不出示证件。", "同一条街只查我们一家。")
    return {**field, low: Got([50, 58, 62] * 12, yes, remarks), "司法局": Got([90] * 3 + [None] * 33)}


def account(live: LiveServer, name: str, role: Role, unit: str = "") -> str:
    username = f"pingyi-{role.value}-{next(_told)}"
    with live.database.writing() as session:
        found = queries.unit_by_name(session, unit) if unit else None
        commands.create_account(
            session, username, name, PASSWORD, [role], now=clock.now(), unit=found, is_one_time=False
        )
    return username


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def open_link(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_from_below_60_to_put_right(visitor: Visit, live: LiveServer, has_script: bool) -> None:
    low, year = ("城管执法局", 2026) if has_script else ("财政局", 2024)
    with live.database.writing() as session:
        for half in Half:
            counted(session, got(low), half, year=year)
    director, head, anybody = visitor(DESKTOP), visitor(), visitor()
    director.sign_in(account(live, "贺主任", Role.DIRECTOR, "市优办"))
    page = director.page
    director.go("/ratings/results")
    director.look("rating-results")
    open_link(page, f"{year}年下半年")
    expect(page.locator("main")).to_contain_text(f"低于60分的单位：{low}")
    director.look("rating-campaign")

    # what ballots say of its conduct is looked into
    open_link(page, low)
    director.look("rating-unit")
    page.locator("#conduct summary", has_text="粗暴执法").click()
    page.get_by_label("认定属实", exact=True).first.check()
    page.locator("#rough-reasons").fill("情况属实。")
    press(page, "作出认定")
    expect(page.locator("#evidence-error")).to_contain_text("评议票以外的证据")
    director.look("rating-finding-refused")
    page.locator("#rough-evidence").fill("调取三份执法记录仪视频，与当事人陈述一致。")
    press(page, "作出认定")
    expect(page.locator("#page-message")).to_contain_text("由此提出年度绩效建议")
    open_link(page, "查看评议人写的情况")
    expect(page.locator("main")).to_contain_text("不出示证件")
    director.look("rating-remarks")

    # published, and told in a bulletin
    director.go("/ratings/results")
    open_link(page, f"{year}年下半年")
    open_link(page, "公布和通报")
    page.get_by_label("公开全部得分和名次").check()
    page.locator("[name=reasons]").fill("市优化营商环境领导小组会议同意。")
    director.look("rating-publish")
    press(page, "作出决定")
    open_link(page, "公布和通报")
    press(page, "出具评议通报")
    expect(page.locator("h1")).to_contain_text("评议通报")
    director.look("rating-bulletin")
    anybody.go("/")
    anybody.page.get_by_role("link", name="评议结果").last.click()
    anybody.page.wait_for_load_state()
    anybody.look("ratings-public-list")
    open_link(anybody.page, f"{year}年下半年评议结果")
    expect(anybody.page.locator("main")).to_contain_text("60分")
    anybody.look("ratings-public")

    # the interview is decided, announced, held, and what was asked for is put right
    director.go("/ratings/proposals")
    director.look("rating-proposals")
    row = page.get_by_role("row", name=low).filter(has_text="约谈").filter(has_text=f"{year}年下半年")
    row.get_by_role("link").first.click()
    page.wait_for_load_state()
    director.look("rating-proposal")
    page.get_by_label("同意", exact=True).check()
    page.locator("[name=reasons]").fill("两次低于60分，请主要负责人说明整改打算。")
    press(page, "作出决定")
    expect(page.locator("main")).to_contain_text("评议得分低于60分")
    page.locator("#notify-held_on").fill((clock.today() + timedelta(days=3)).isoformat())
    page.locator("#notify-held_at").fill("上午9:30")
    page.locator("#notify-place").fill("市优办会议室")
    page.locator("#notify-attend").fill("主要负责人")
    press(page, "发出约谈通知")
    expect(page.locator("main")).to_contain_text("约谈通知书 沅优办约")
    director.look("rating-interview")
    record = page.url.removeprefix(live.url)
    page.locator("#record_minutes-words").fill("指出检查不出示证件、呵斥当事人的问题，要求三个工作日内整改。")
    page.locator("#record_minutes-workdays").fill("3")
    press(page, "登记约谈记录")

    head.sign_in(account(live, "廖局长", Role.APPROVER, low))
    head.go("/ratings/mine")
    head.look("rating-mine")
    open_link(head.page, f"{year}年下半年")
    head.look("rating-unit-own")
    head.go(record)
    head.page.locator("#report-words").fill("已停职检查两人，重新培训并公布投诉电话。")
    press(head.page, "报市优办确认")
    director.go(record)
    press(page, "确认整改到位")
    expect(page.locator("main")).to_contain_text("按期完成")
    head.go(f"/ratings/yearly?year={clock.today().year}")
    expect(head.page.locator("main")).to_contain_text("约谈 1")
    head.look("rating-yearly")
    director.go(f"/ratings/yearly?unit={low}&year={clock.today().year}")
    director.look("rating-yearly")


def test_signs_of_retaliation_are_for_few_and_each_look_is_noted(visitor: Visit, live: LiveServer) -> None:
    with live.database.writing() as session:
        uid = counted(session, got("水利局"), Half.FIRST, year=2030 + next(_told)).uid
    auditor, director = visitor(DESKTOP), visitor()
    auditor.sign_in(account(live, "严纪检", Role.AUDITOR))
    auditor.go(f"/ratings/results/{uid}/signal")
    expect(auditor.page.locator("main")).to_contain_text("受邀不等于参加了评议")
    auditor.look("rating-signal")
    director.sign_in(account(live, "贺主任", Role.DIRECTOR, "市优办"))
    director.go(f"/ratings/results/{uid}/signal")
    expect(director.page.locator("main")).to_contain_text("严纪检")
    director.look("rating-signal-phone")
