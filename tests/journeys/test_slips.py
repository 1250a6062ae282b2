"""A dispatch order in a browser: issued, signed for by the unit, void, reissued; and a batch print that goes on while
its page is left. The letter and the wording are looked at on the way.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from models.accounts import commands as accounts
from models.accounts import queries
from models.accounts.types import Role
from models.appeals.vault import IdentityVault
from models.handling import commands
from models.workdays.queries import load_calendar
from tests.journeys.conftest import DESKTOP, PASSWORD, Visitor, new_mark
from tests.support.factories import IDENTITY, filing
from tests.support.live import LiveServer, settings
from webapp import clock
from webapp.config import ROOT

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture
def dispatched(live: LiveServer) -> str:
    """The uid of an appeal that was sent to 市监局 today."""
    with live.database.writing() as session:
        now, calendar = clock.now(), load_calendar(session)
        clerk = queries.account_by_username(session, "shouli")
        unit = queries.unit_by_name(session, "市监局")
        assert clerk is not None and unit is not None
        vault = IdentityVault(live.config.identity_key)
        appeal = commands.submit(session, filing(filed_at=now), IDENTITY, vault, now=now)
        act = commands.Act(queries.actor_of(session, clerk), now, calendar)
        commands.accept_and_dispatch(session, appeal, act, lead_unit=unit)
        session.commit()
        return appeal.uid


@pytest.fixture
def director_name(live: LiveServer) -> str:
    """Of a director of this journey's own."""
    name = f"zhuren-{new_mark()}"
    with live.database.writing() as session:
        accounts.create_account(
            session, name, "周主任", PASSWORD, [Role.DIRECTOR], now=clock.now(), is_one_time=False
        )
    return name


@contextmanager
def consumer(live: LiveServer) -> Iterator[None]:
    """The process that does long work, as `make run` starts it."""
    port = int(live.url.rpartition(":")[2])
    running = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"], cwd=ROOT,
        env=settings(live.config.data_dir, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(timeout=40)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def test_an_order_is_issued_signed_for_void_reissued_and_printed_with_others(
    visitor: Visit, dispatched: str, live: LiveServer
) -> None:
    clerk, handler, supervisor = visitor(DESKTOP), visitor(), visitor(DESKTOP)
    clerk.sign_in("shouli")
    clerk.go(f"/office/appeals/{dispatched}")
    clerk.page.get_by_role("link", name="出具文书").click()
    clerk.look("slip-issuing")
    press(clerk.page, "出具交办单")
    expect(clerk.page.locator("#page-message")).to_contain_text("已出具交办单")
    expect(clerk.page.locator("main")).to_contain_text("还没有签收")
    address = clerk.page.url
    clerk.look("slip")
    handler.sign_in("jingban")
    handler.go("/slips?standing=unsigned")
    handler.look("slip-register")
    handler.page.goto(address)
    handler.look("slip-to-sign")
    press(handler.page, "签收")
    expect(handler.page.locator("main")).to_contain_text("张经办")
    supervisor.sign_in("duban")
    supervisor.page.goto(address)
    expect(supervisor.page.locator("main")).to_contain_text("张经办")
    supervisor.page.get_by_text("作废这份文书").click()
    press(supervisor.page, "作废")
    expect(supervisor.page.get_by_role("alert")).to_contain_text("请写明为什么作废")
    supervisor.look("slip-void-missing")
    supervisor.page.locator("[name=reason]").fill("主送单位写错。")
    press(supervisor.page, "作废")
    expect(supervisor.page.locator("main")).to_contain_text("这份文书已经作废")
    supervisor.look("slip-void")
    press(supervisor.page, "重新出具")
    expect(supervisor.page.locator("#page-message")).to_contain_text("代替作废的")
    print_together(supervisor, live)


def print_together(visitor: Visitor, live: LiveServer) -> None:
    page = visitor.page
    visitor.go("/slips?kind=dispatch_order")
    visitor.look("slip-register")
    press(page, "全部打印成一份")
    job = page.url
    expect(page.locator("main")).to_contain_text("可以离开本页")
    visitor.look("slip-batch-waiting")
    visitor.go("/slips")
    with consumer(live):
        visitor.go("/jobs")
        page.goto(job)
        done = page.get_by_role("link", name="下载结果")
        for _ in range(60):
            if done.count():
                break
            page.wait_for_timeout(1_000)
            page.reload()
        expect(done).to_be_visible()
        visitor.look("slip-batch-done")
        with page.expect_download() as coming:
            done.click()
        assert coming.value.path().read_bytes().startswith(b"%PDF-")


def test_a_letter_is_drawn_before_it_is_issued_and_the_wording_is_the_offices_own(
    visitor: Visit, dispatched: str, director_name: str
) -> None:
    director = visitor(DESKTOP)
    director.sign_in(director_name)
    page = director.page
    director.go("/slips/wordings/dispatch_order")
    director.look("slip-wording")
    page.locator("[name=closing]").fill("请【张三】办理。")
    press(page, "启用这些措辞")
    expect(page.get_by_role("alert")).to_contain_text("只能用下面列出的名称")
    page.locator("[name=closing]").fill(f"请按时办结，不得推诿（{director_name}）。")
    press(page, "启用这些措辞")
    expect(page.locator("#page-message")).to_contain_text("版措辞")
    director.go(f"/slips/appeals/{dispatched}")
    expect(page.locator("#transfer")).to_contain_text("两种情形不要混用")
    director.look("slip-letter-goes-with")
    director.go(f"/office/appeals/{dispatched}")
    page.locator("summary", has_text="移送其他机关").click()
    page.locator("[name=transfer_to]").fill("沅江市公安局")
    page.locator("[name=transfer_reason]").fill("涉嫌强迫交易，属公安机关管辖。")
    director.look("hand-over")
    press(page, "移送其他机关")
    director.go(f"/slips/appeals/{dispatched}")
    expect(page.locator("#transfer-title")).to_have_text("移交函（移送其他机关）")
    page.get_by_text("填写移交函").click()
    expect(page.get_by_label("移送给哪个机关")).to_have_value("沅江市公安局")
    page.locator("[name=verified]").fill("经调取检查记录，有关人员三次到企业检查，未制作检查文书。")
    press(page, "预览")
    expect(page.get_by_role("img", name="移交函第 1 页")).to_be_visible()
    director.look("slip-letter")
    press(page, "出具移交函")
    expect(page.locator("#page-message")).to_contain_text("已出具移交函")
