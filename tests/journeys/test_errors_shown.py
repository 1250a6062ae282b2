"""WEB-5: whatever goes wrong with an htmx request, the person reads what happened and keeps what was typed."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, Route
from sqlmodel import col, update

from models.accounts.tables import LoginSession
from tests.journeys.conftest import Visitor
from tests.support.live import LiveServer
from webapp import clock
from webapp.errors import error_page

STATUSES = {
    400: "没有通过检查", 401: "登录已过期", 403: "没有办理这一步的权限", 404: "没有找到", 405: "不能直接打开",
    409: "有了变化", 413: "文件太大", 422: "需要改正", 429: "操作太频繁", 500: "系统出了问题", 503: "系统正忙",
}  # fmt: skip
TYPED = "2026-12-11"
QUICK = 600  # milliseconds instead of the 20 seconds that a request may take
Open = Callable[..., Visitor]


@pytest.fixture(params=[True], ids=["with JavaScript"])
def has_script() -> bool:
    """Without JavaScript the browser shows the error page itself."""
    return True


@pytest.fixture
def home(visitor: Open) -> Iterator[Visitor]:
    """The date calculator, a form that htmx sends. A request that was cut off is told by the console too: no fault."""
    visit = visitor()
    visit.page.set_default_timeout(5_000)
    visit.go("/")
    visit.page.get_by_label("交办日期").fill(TYPED)
    yield visit
    visit.problems.clear()


def calculate(page: Page) -> None:
    page.get_by_role("button", name="算一算").click()


def said(page: Page) -> str:
    """What stands in the message region once something does."""
    page.locator("#page-message .notice").wait_for()
    assert page.get_by_label("交办日期").input_value() == TYPED, "what was typed is gone"
    return page.locator("#page-message").inner_text()


def answer(page: Page, status: int, body: str, kind: str = "text/html; charset=utf-8") -> None:
    def fulfil(route: Route) -> None:
        is_swap = route.request.headers.get("hx-request") == "true"
        route.fulfill(status=status, body=body, content_type=kind) if is_swap else route.continue_()

    page.route("**/*", fulfil)


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_says_what_happened(home: Visitor, app: Flask, status: int) -> None:
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        body = error_page(status).get_data(as_text=True)
    answer(home.page, status, body)
    calculate(home.page)
    assert STATUSES[status] in said(home.page)
    assert home.page.locator("#page-message [role=alert]").count() == 1


@pytest.mark.parametrize("status", [403, 422, 502, 504])
@pytest.mark.parametrize(
    "body", ["", "<!doctype html><html><body>nginx</body></html>"], ids=["nothing", "a stranger's page"]
)
def test_an_answer_that_is_not_ours_is_no_silence(home: Visitor, status: int, body: str) -> None:
    answer(home.page, status, body)
    calculate(home.page)
    assert "没有办成这一步" in said(home.page)
    assert "nginx" not in home.page.content()


def test_a_network_that_is_gone_is_said(home: Visitor) -> None:
    home.page.context.set_offline(True)
    calculate(home.page)
    assert "没有连上服务器" in said(home.page)


def test_a_server_that_does_not_answer_is_said(visitor: Open) -> None:
    visit = visitor()
    waiting: list[Route] = []

    def slow(route: Route) -> None:
        if route.request.headers.get("hx-request") == "true":
            waiting.append(route)
            return
        if route.request.resource_type != "document":
            route.continue_()
            return
        page = route.fetch()
        route.fulfill(response=page, body=page.text().replace('"defaultTimeout": 20000', f'"defaultTimeout": {QUICK}'))

    visit.page.route("**/*", slow)
    visit.go("/")
    visit.page.get_by_label("交办日期").fill(TYPED)
    calculate(visit.page)
    assert "不能确定是否已经办成" in said(visit.page)
    assert waiting, "nothing was asked of the server"
    visit.page.unroute_all(behavior="ignoreErrors")
    visit.problems.clear()


def test_an_ended_sign_in_leads_to_the_sign_in_page_never_into_a_part(visitor: Open, live: LiveServer) -> None:
    visit = visitor({"width": 1440, "height": 900})
    visit.sign_in("jingban")
    visit.go("/desk")
    with live.database.writing() as session:
        session.execute(update(LoginSession).where(col(LoginSession.ended_at).is_(None)).values(ended_at=clock.now()))
    visit.page.get_by_role("search").get_by_role("button").first.click()
    visit.page.wait_for_url("**/login**")
    assert visit.page.get_by_label("密码").is_visible() and visit.page.locator("#desk-queue").count() == 0
