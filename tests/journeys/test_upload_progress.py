"""Files on a slow line: how far they have come is seen and said, one can stop, nothing is lost (ux.md, Public 2)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
TEXT = "十月下旬提交许可变更，窗口告知五个工作日出证，至今没有通知。"
BYTES_A_SECOND = 400_000
# Kept where the next page finds it: the last sentence may stand for a few milliseconds only.
LISTEN = """
    sessionStorage.said = "";
    const keep = (all) => { sessionStorage.said += all.map((one) => one.target.textContent + "\\n").join(""); };
    new MutationObserver(keep).observe(document.querySelector("[data-upload-said]"), {childList: true});
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """About 1.4 MB: noise does not compress."""
    path = tmp_path / "受理通知书.png"
    Image.effect_noise((1_200, 1_000), 90).save(path)
    return path


def slow(page: Page) -> None:
    line = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": BYTES_A_SECOND}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


def fill_in(visit: Visitor, file: Path) -> Page:
    visit.go("/appeals/new")
    page = visit.page
    page.get_by_label("匿名").check()
    page.get_by_label("投诉").check()
    page.get_by_label("标题").fill("许可变更超过承诺时限")
    page.get_by_label("情况说明").fill(TEXT)
    page.locator("[name=attachments]").set_input_files(file)
    return page


def send(page: Page) -> None:
    page.get_by_role("button", name="下一步：检查一遍").last.click(no_wait_after=True)


def test_who_sends_a_file_sees_and_hears_how_far_it_has_come(
    visitor: Callable[..., Visitor], has_script: bool, large: Path
) -> None:
    visit = visitor()
    page = fill_in(visit, large)
    bar = page.get_by_role("progressbar", name="正在上传材料")
    expect(bar).to_be_hidden()
    if has_script:
        page.evaluate(LISTEN)
        slow(page)
        send(page)
        expect(bar).to_be_visible()
        so_far = re.compile(r"已传 \d\.\d MB，共 1\.\d MB（[2-9]\d%）")
        expect(page.locator("[data-upload-line]")).to_contain_text(so_far)
        visit.look("upload-progress")
        expect(page.locator("h1")).to_contain_text("请检查", timeout=20_000)
        sentences = page.evaluate("sessionStorage.said").strip().split("\n")
        assert 3 <= len(sentences) <= 6, sentences
        assert "正在检查" in sentences[-1], sentences
    else:
        send(page)
    expect(page.locator("h1")).to_contain_text("请检查", timeout=20_000)
    expect(page.locator("main")).to_contain_text("受理通知书.png")
    page.get_by_role("button", name="提交诉求").last.click()
    expect(page.locator("#receipt-number")).to_be_visible()


def test_a_page_that_comes_back_works_like_any_other(
    visitor: Callable[..., Visitor], has_script: bool, large: Path
) -> None:
    visit = visitor()
    page = fill_in(visit, large)
    page.get_by_label("标题").fill("")
    send(page)
    summary = page.locator("#error-summary")
    expect(summary).to_contain_text("请先改正")
    expect(page.locator(".staged")).to_contain_text("受理通知书.png")
    if has_script:
        expect(summary).to_be_focused()
        visit.look("upload-error")
    page.get_by_label("标题").fill("许可变更超过承诺时限")
    page.locator("[name=attachments]").set_input_files({
        "name": "无关.txt", "mimeType": "text/plain", "buffer": "不是图片".encode(),
    })
    send(page)
    expect(page.locator("#attachments-error")).to_contain_text("无关.txt")
    send(page)
    expect(page.locator("main")).to_contain_text("受理通知书.png")


def test_sending_can_be_stopped_and_a_broken_line_is_told(
    visitor: Callable[..., Visitor], has_script: bool, large: Path
) -> None:
    if not has_script:
        return  # the browser's own stop button
    visit = visitor()
    page = fill_in(visit, large)
    check, keep = (page.get_by_role("button", name=name).last for name in ("下一步：检查一遍", "先存起来"))
    slow(page)
    send(page)
    expect(page.get_by_role("group", name="上传材料")).to_be_focused()
    expect(check).to_be_disabled()
    expect(keep).to_be_disabled()
    page.get_by_role("button", name="取消上传").click()
    told = page.get_by_role("alert").filter(has_text="已取消")
    expect(told).to_be_focused()
    expect(told.locator(".notice-info .icon")).to_be_visible()
    visit.look("upload-cancelled")
    expect(check).to_be_enabled()
    expect(keep).to_be_enabled()
    expect(page.get_by_label("情况说明")).to_have_value(TEXT)
    page.route("**/appeals/new", lambda route: route.abort())
    send(page)
    told = page.get_by_role("alert").filter(has_text="没有连上服务器")
    expect(told).to_be_focused()
    expect(told.locator(".notice-soon .icon")).to_be_visible()
    expect(check).to_be_enabled()
    visit.problems.clear()  # the browser's own line about the broken connection
    page.unroute("**/appeals/new")
    send(page)
    expect(page.locator("h1")).to_contain_text("请检查", timeout=20_000)


def test_files_over_the_limit_are_not_sent(visitor: Callable[..., Visitor], has_script: bool, large: Path) -> None:
    if not has_script:
        return  # the server tells it
    visit = visitor()
    page = fill_in(visit, large)
    files = page.locator("[name=attachments]")
    files.set_input_files([{"name": f"照片{no}.png", "mimeType": "image/png", "buffer": b"0"} for no in range(6)])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    told = page.get_by_role("alert").filter(has_text="超过上限")
    for button in ("下一步：检查一遍", "先存起来"):
        page.get_by_role("button", name=button).last.click()
        expect(told).to_be_visible()
        expect(files).to_be_focused()
    visit.look("upload-over-the-limit")
    assert not sent
    files.set_input_files(large)
    expect(told).to_be_hidden()
    send(page)
    expect(page.locator("h1")).to_contain_text("请检查", timeout=20_000)
