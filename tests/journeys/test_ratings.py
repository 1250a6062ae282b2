"""A rating in the browser: the director sets it up, invites, prints the letters; somebody votes on a phone."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from sqlmodel import col, select

from models.accounts import commands
from models.accounts.types import Role
from models.jobs.tables import Job
from models.ratings import queries
from models.ratings.types import Group, Scale
from models.ratings.vault import RatingVault
from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE, Visitor
from tests.support.live import LiveServer, live_server
from tests.support.ratings import rating
from webapp import clock, create_app, jobs

pytestmark = pytest.mark.browser
LIST = """名称\t统一社会信用代码\t通信地址\t电子邮箱\t联系人\t电话
沅江芦花香食品有限公司\t91430981MA4L000028\t沅江市琼湖街道桔城大道1号\t\t苏堃\t13873712345
沅江杰新纺织有限公司\t\t沅江市琼湖街道书院路20号\t\t\t0737-2712345
沅江洞庭农业有限公司
沅江杰新纺织有限公司\t\t沅江市琼湖街道书院路20号\t\t\t0737-2712345"""


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    """A house of its own: campaigns belong to everybody in it."""
    with live_server(tmp_path) as server:
        with server.database.writing() as session:
            for username, name, role in (("zhuren", "刘主任", Role.DIRECTOR), ("shouli", "李受理", Role.CLERK)):
                commands.create_account(
                    session, username, name, PASSWORD, [role], now=clock.now(), unit=None, is_one_time=False
                )
        yield server


def vault_of(live: LiveServer) -> RatingVault:
    return RatingVault(live.config.identity_key)


def run_job(live: LiveServer) -> str:
    """What the consumer does with the job ordered last; its uid."""
    app = create_app(live.config)
    with app.app_context(), live.database.reading() as session:
        uid = session.exec(select(Job.uid).order_by(col(Job.id).desc())).first()
    with app.app_context():
        jobs.run(uid or "")
    app.extensions["zhitongche.db"].dispose()
    return uid or ""


def test_the_director_sets_up_a_rating_invites_prints_and_closes(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool
) -> None:
    director = visitor(DESKTOP if has_script else PHONE)
    director.sign_in("zhuren")
    page = director.page
    director.go("/ratings/campaigns")
    director.look("ratings-none")
    page.get_by_role("link", name="新建评议").first.click()
    director.look("ratings-new")
    page.get_by_label("权重").first.fill("15")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("权重合计应为 100，现在是 95")
    director.look("ratings-lacking")
    page.get_by_role("link", name="权重合计应为").click()
    page.get_by_label("权重").first.fill("20")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="邀请名单", exact=True).click()
    page.get_by_role("link", name="导入名单").click()
    page.get_by_role("textbox", name="名单").fill(LIST)
    page.get_by_role("button", name="读取并核对").click()
    expect(page.locator("#checked")).to_contain_text("第 4 行：通信地址和电子邮箱至少填写一项")
    expect(page.locator("#checked")).to_contain_text("第 5 行：与第 3 行是同一个对象")
    expect(page.locator("#checked")).to_contain_text("校验位不符")
    director.look("ratings-import-checked")
    page.get_by_role("button", name="加入 2 个").click()
    expect(page.locator(".page-message")).to_contain_text("已加入 2 个邀请对象")
    expect(page.get_by_role("textbox", name="名单")).to_have_value(
        "名称\t统一社会信用代码\t通信地址\t电子邮箱\t联系人\t电话\n沅江洞庭农业有限公司")
    director.look("ratings-import-left")
    page.get_by_role("link", name="返回名单").click()
    director.look("ratings-invitations-draft")
    _start(live, director)
    _print(live, director)


def _start(live: LiveServer, director: Visitor) -> None:
    page = director.page
    page.get_by_role("navigation", name="当前位置").get_by_role("link").nth(1).click()
    expect(page.locator("main")).to_contain_text("邀请的人数少于最少票数（10）")
    page.get_by_role("link", name="修改设置").click()
    page.get_by_label("最少票数").fill("2")
    page.get_by_role("button", name="保存").click()
    director.look("ratings-draft")
    page.get_by_role("button", name="启动评议").click()
    expect(page.locator(".page-message")).to_contain_text("评议已启动")
    director.look("ratings-open")


def _print(live: LiveServer, director: Visitor) -> None:
    page = director.page
    page.get_by_role("link", name="去邀请名单制信").click()
    director.look("ratings-invitations-open")
    page.get_by_role("button", name="制作没有邮箱的（2 封）").click()
    expect(page.locator("h1")).to_contain_text("评议信制作")
    uid = run_job(live)
    director.go(f"/jobs/{uid}")
    expect(page.locator("main")).to_contain_text("最多保留一天")
    director.look("ratings-letters-job")
    with page.expect_download() as got:
        page.get_by_role("button", name="下载结果").click()
    pages = PdfReader(BytesIO(Path(got.value.path()).read_bytes())).pages
    assert len(pages) == 2 and "沅江芦花香食品有限公司" in pages[0].extract_text()
    page.get_by_role("button", name="已下载，删除文件").click()
    expect(page.locator(".page-message")).to_contain_text("文件已删除")


@pytest.mark.parametrize("scale", [Scale.SCORE, Scale.GRADES])
def test_somebody_votes_with_a_code_from_a_letter(
    live: LiveServer, visitor: Callable[..., Visitor], has_script: bool, scale: Scale
) -> None:
    with live.database.writing() as session:
        today = clock.today()
        made = rating(
            session, invited=8, rated=12, scale=scale, opens_on=today, closes_on=today, vault=vault_of(live)
        ).open().lettered()
    voter = visitor(PHONE if has_script else DESKTOP)
    page = voter.page
    voter.go("/ratings/ballot")
    voter.look(f"ballot-enter-{scale.value}")
    page.get_by_label("评议码").fill("0000 0000 0000 0000")
    page.get_by_role("button", name="开始评议").click()
    expect(page.locator("#code-error")).to_contain_text("没有这个评议码")
    page.get_by_label("评议码").fill(made.codes[0].lower())
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("选择要评议的单位")
    voter.look(f"ballot-units-{scale.value}")
    page.get_by_label("查找单位").fill("sjj")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="沅江市市场监督管理局").click()
    voter.look(f"ballot-unit-{scale.value}")
    _answer(voter, scale)
    expect(page.locator("h1")).to_contain_text("核对评议")
    voter.look(f"ballot-check-{scale.value}")
    page.get_by_role("button", name="投出评议票").click()
    expect(page.locator("h1")).to_contain_text("已投出")
    voter.look(f"ballot-done-{scale.value}")
    page.get_by_role("button", name="用另一个评议码评议").click()
    page.get_by_label("评议码").fill(made.codes[0])
    page.get_by_role("button", name="开始评议").click()
    expect(page.locator("h1")).to_contain_text("评议码已经用过")
    voter.look(f"ballot-spent-{scale.value}")
    with live.database.reading() as session:
        assert sum(found[2] for found in queries.counts(session, made.row).values()) == 1


def _answer(voter: Visitor, scale: Scale) -> None:
    page = voter.page
    if scale is Scale.SCORE:
        page.get_by_label("服务态度").fill("101")
        page.get_by_role("button", name="保存并核对").click()
        expect(page.locator("#value_1-error")).to_contain_text("请填 0 至 100 的整数")
        voter.look("ballot-wrong")
        page.get_by_label("服务态度").fill("85")
        page.get_by_label("办事效率").fill("59")
    else:
        page.get_by_role("radiogroup", name="服务态度").get_by_label("满意", exact=True).check()
        page.get_by_role("radiogroup", name="办事效率").get_by_label("很不满意").check()
    conduct = page.get_by_role("radiogroup", name="有没有粗暴执法")
    conduct.get_by_label("有", exact=True).check()
    page.locator("#remark_rough").fill("十月三日上门检查，推搡员工。")
    page.get_by_role("button", name="保存并核对").click()


def test_the_return_rate_shows_no_small_number(live: LiveServer, visitor: Callable[..., Visitor]) -> None:
    with live.database.writing() as session:
        today = clock.today()
        groups = {Group.ENTERPRISE: 30, Group.DEPUTY: 12, Group.MEMBER: 8, Group.MEDIA: 6}
        made = rating(session, groups=groups, opens_on=today, closes_on=today, vault=vault_of(live)).open().lettered()
        for code in made.codes[:19] + made.codes[30:37] + made.codes[42:45]:
            made.vote(code, {1: 70}, today=today)
        uid = made.row.uid
    for size in (DESKTOP, PHONE):
        clerk = visitor(size)
        clerk.sign_in("shouli")
        clerk.go(f"/ratings/{uid}")
        expect(clerk.page.locator("#return-rate")).to_contain_text("不显示")
        clerk.look("ratings-rate")
        clerk.go("/ratings/campaigns")
        clerk.look("ratings-index")
