"""A served installation, people with passwords, and a phone-sized browser with and without JavaScript."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from models.accounts import commands, queries
from models.accounts.types import Role
from tests.support.live import LiveServer, live_server
from webapp import clock
from webapp.config import ROOT

PASSWORD = "梧桐叶落知秋意-7412"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
SCREENSHOTS = Path(__file__).resolve().parents[1] / "screenshots"
SERIOUS = frozenset({"serious", "critical"})
_marks = count(1)


def new_mark() -> str:
    """Ends the user names that a journey gives its own people: all journeys of a process share one server."""
    return str(next(_marks))


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    role: Role
    unit: str = ""


PEOPLE = (
    Person("shouli", "李受理", Role.CLERK),
    Person("duban", "王督办", Role.SUPERVISOR),
    Person("jingban", "张经办", Role.HANDLER, "市监局"),
    Person("fuzeren", "陈负责", Role.APPROVER, "市监局"),
    Person("tongshi", "孙同事", Role.HANDLER, "市监局"),
    Person("xieban", "刘协办", Role.HANDLER, "税务局"),
    Person("xiebanfuze", "何局长", Role.APPROVER, "税务局"),
)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("live")) as server:
        with server.database.writing() as session:
            for one in PEOPLE:
                unit = queries.unit_by_name(session, one.unit) if one.unit else None
                commands.create_account(
                    session,
                    one.username,
                    one.display_name,
                    PASSWORD,
                    [one.role],
                    now=clock.now(),
                    unit=unit,
                    is_one_time=False,
                )
        yield server


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def is_complaint(said: ConsoleMessage) -> bool:
    """An error in the console. That a form was answered with 4xx is no error of the page."""
    return said.type == "error" and "status of 4" not in said.text


@dataclass
class Visitor:
    """One person's browser. `go`, `look` and `sign_in` know where the server is."""

    page: Page
    url: str
    has_script: bool
    problems: list[str]

    def go(self, path: str) -> None:
        answer = self.page.goto(self.url + path)
        assert answer is not None and answer.status < 500, f"{path}: {answer and answer.status}"

    def sign_in(self, username: str) -> None:
        self.go("/login")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_load_state()

    def look(self, name: str) -> None:
        """A picture for people, and axe for everybody else: nothing serious on any page (WCAG 2.2 AA)."""
        SCREENSHOTS.mkdir(exist_ok=True)
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True, caret="initial")
        overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not self.page.evaluate(overflow), f"{name} scrolls sideways at {width}"
        if self.has_script:
            axe(self.page, name)
        else:
            with scripted_copy(self.page) as copy:
                axe(copy, f"{name} without JavaScript")


def axe(page: Page, name: str) -> None:
    page.evaluate((ROOT / "static" / "vendor" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa']})")
    serious = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"] if one["impact"] in SERIOUS
    ]
    assert not serious, f"{name}: {serious}"
    assert found["passes"], f"{name}: axe looked at nothing"


@contextmanager
def scripted_copy(page: Page) -> Iterator[Page]:
    """The page as somebody without JavaScript has it, where axe can run and no script of ours does: what stands in
    <noscript> is there, what the scripts would add is not.
    """
    content = re.sub(r"(</?)noscript\b", r"\1div", page.content())
    assert page.context.browser is not None
    context = page.context.browser.new_context(viewport=page.viewport_size, locale="zh-CN")
    copy = context.new_page()

    def serve(route: Route) -> None:
        kind = route.request.resource_type
        if kind == "document":
            route.fulfill(body=content, content_type="text/html; charset=utf-8")
        elif kind == "script":
            route.abort()
        else:
            route.continue_()

    copy.route("**/*", serve)
    copy.goto(page.url)
    assert "has-script" not in (copy.get_attribute("html", "class") or "")
    yield copy
    context.close()


@pytest.fixture
def visitor(live: LiveServer, browser: Browser, has_script: bool) -> Iterator[Callable[..., Visitor]]:
    """`visitor()` opens a browser of its own, 390 px wide unless told."""
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def visit(size: dict[str, int] | None = None) -> Visitor:
        context = browser.new_context(
            viewport=size or PHONE,
            java_script_enabled=has_script,
            locale="zh-CN",
            accept_downloads=True,  # type: ignore[arg-type]
        )
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda said: problems.append(said.text) if is_complaint(said) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return Visitor(page, live.url, has_script, problems)

    yield visit
    for context in opened:
        context.close()
    assert not problems, f"the console complained: {problems}"
