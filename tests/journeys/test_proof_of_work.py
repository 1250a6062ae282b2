"""ABU-1 in a browser: the proof is done in the background under our content policy; without script the telephone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, Visitor
from tests.support import visitor as over_http
from tests.support.live import LiveServer, live_server

TEXT = "十月下旬提交许可变更，窗口告知五个工作日出证，至今没有通知。"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that asks after the first filing, and after the first wrong code."""
    folder = tmp_path_factory.mktemp("proof")
    with live_server(folder, INTAKE_PROOF_PER_HOUR="1", LOOKUP_PROOF_PER_HOUR="1") as server:
        somebody = over_http.Visitor(server.config.port)
        somebody.send(somebody.form())
        somebody.close()
        yield server


def fill_in(page: Page) -> None:
    page.get_by_label("匿名").check()
    page.get_by_label("投诉").check()
    page.get_by_label("标题").fill("许可变更超过承诺时限")
    page.get_by_label("情况说明").fill(TEXT)
    page.get_by_role("button", name="下一步：检查一遍").last.click()


def test_a_filing_is_proved_while_the_answers_are_read(
    visitor: Callable[..., Visitor], has_script: bool
) -> None:
    visit = visitor()
    visit.go("/appeals/new")
    fill_in(visit.page)
    if has_script:
        expect(visit.page.get_by_text("验证已完成")).to_be_visible()
        visit.look("proof-done")
        visit.page.get_by_role("button", name="提交诉求").last.click()
        expect(visit.page.locator("#receipt-number")).to_be_visible()
        return
    visit.page.get_by_role("button", name="提交诉求").last.click()
    expect(visit.page.get_by_text("没有开启脚本")).to_be_visible()
    expect(visit.page.get_by_text(TEXT)).to_be_visible()
    expect(visit.page.locator("#proof").get_by_role("link", name="0737-2700000")).to_be_visible()
    visit.look("proof-by-telephone")


def test_a_pressed_button_waits_for_the_proof_and_then_goes_by_itself(
    visitor: Callable[..., Visitor], has_script: bool
) -> None:
    if not has_script:
        return  # nothing waits there
    visit = visitor(DESKTOP)
    page = visit.page
    for _ in range(2):
        visit.go("/appeals/track")
        page.get_by_label("受理编号").fill("2026-000001")
        page.get_by_label("查询码").fill("ABCD-EFGH-JKMN-PQRS")
        page.get_by_role("button", name="查询").click()  # at once: the workers have hardly begun
        expect(page.locator("#code-error")).to_contain_text("不对")
    visit.look("proof-look-up")
