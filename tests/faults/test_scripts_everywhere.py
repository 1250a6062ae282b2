"""Fifty scripts typed into every text field of the demo: none of them runs in a browser, on any page (T11, WEB-7)."""

import urllib.parse

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Error as PlaywrightError

from tests.faults.conftest import PASSWORD, PEOPLE, STARTS
from tests.faults.test_malformed_everywhere import QUIET
from tests.support.crawler import FILLED, Crawler, Form, soup_of
from tests.support.live import LiveServer
from tests.webapp.test_xss import MARK, PAYLOADS, is_harmless

ROUNDS = 2
"""Times each form is sent, each with the next scripts; a field of 2,000 characters takes all of them at once."""
FOUND = (f"/office/appeals?q={MARK}", f"/desk?q={MARK}", f"/admin?q={MARK}")
PHONE = "13873712345"
SHORT, LONG = 60, 900
"""Characters that a field without a stated limit is taken to hold."""
FIELDS_OF_SCRIPTS, PAGES_WITH_SCRIPTS = 40, 15
"""Fewer than these would mean that the crawl missed most of the house."""
WATCH = f"window.ran = []; window.{MARK} = () => window.ran.push('{MARK}'); window.alert = (it) => window.ran.push(it);"
HUNG = f"""Array.from(document.querySelectorAll('*')).filter((element) => element.getAttributeNames().some((name) =>
  name.startsWith('on') || (name.startsWith('hx-') && element.getAttribute(name).includes('{MARK}'))
)).map((element) => element.outerHTML.slice(0, 90))"""
"""Elements that got a handler or an htmx attribute from what somebody typed."""


def scripts(room: int, turn: int) -> str:
    """As many payloads as fit, beginning with the turn's."""
    found: list[str] = []
    for n in range(len(PAYLOADS)):
        one = PAYLOADS[(turn + n) % len(PAYLOADS)]
        if sum(map(len, found)) + len(found) + len(one) <= room:
            found.append(one)
    return " ".join(found)


def text_fields(page: BeautifulSoup, path: str) -> dict[str, int]:
    """Names of the form's free text fields, each with its room."""
    found = {}
    for form in page.find_all("form"):
        if str(form.get("action") or "").partition("?")[0] in (path, ""):
            for one in form.find_all(["textarea", "input"]):
                is_text = one.name == "textarea" or one.get("type", "text") in ("text", "search")
                if is_text and one.get("name"):
                    usual = LONG if one.name == "textarea" else SHORT
                    found[str(one["name"])] = int(str(one.get("maxlength") or usual))
    return found


def typed(crawler: Crawler, form: Form) -> int:
    """Sends the form with scripts in its texts; a field that refuses them gets a plain text, a number, or none,
    so that the rest is stored. What comes back is looked at as well. How many fields took them.
    """
    took: set[str] = set()
    for turn in range(ROUNDS):
        _, _, content = crawler.ask("GET", form.page)
        fields = text_fields(soup_of(content), form.path.partition("?")[0])
        now = crawler.again(form)
        if now is None or not fields:
            break
        wanted = {name: scripts(room, turn * 17 + n) for n, (name, room) in enumerate(fields.items())}
        for instead in (FILLED, PHONE, "", ""):
            status, _, content = crawler.ask("POST", form.path, dict(now.fields) | wanted)
            is_harmless(content.decode("utf-8", "replace"))
            refused = {name for name in wanted if f'id="{name}-error"'.encode() in content}
            if status != 422 or not refused:
                break
            wanted = {name: instead if name in refused else text for name, text in wanted.items()}
            now = crawler.again(form) or now
        took |= {name for name, text in wanted.items() if MARK in text}
    return len(took)


def as_person(browser: Browser, server: LiveServer, crawler: Crawler) -> BrowserContext:
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([
        {"name": name, "value": value, "url": server.url} for name, value in crawler.visitor.cookies.items()
    ])
    context.add_init_script(WATCH)
    return context


def ran_on(context: BrowserContext, url: str) -> list[str]:
    """What ran, asked for a foreign address, or hung itself on an element of the page."""
    page, foreign = context.new_page(), list[str]()
    page.on("request", lambda one: foreign.append(one.url) if MARK in urllib.parse.urlsplit(one.url).netloc else None)
    try:
        answer = page.goto(url, wait_until="load")
        if answer is None or not (answer.headers.get("content-type") or "").startswith("text/html"):
            return []
        return [*page.evaluate("window.ran"), *page.evaluate(HUNG), *foreign]
    except PlaywrightError as error:
        if "Download is starting" not in str(error):  # a file is never shown in the browser (UPL-3)
            raise
        return []
    finally:
        page.close()


def type_everywhere(crawlers: list[Crawler]) -> tuple[int, int]:
    """How many forms were filled with scripts, and how many of their fields took them."""
    fields, done = 0, set[str]()
    for crawler in crawlers:
        crawler.crawl(*STARTS)
        for kind, form in crawler.forms.items():
            if form.method == "POST" and kind not in done and form.path not in QUIET | {"/login"}:
                done.add(kind)
                fields += typed(crawler, form)
    return len(done), fields


def look_everywhere(crawler: Crawler, browser: Browser, server: LiveServer, looked: set[str]) -> list[str]:
    """Opens, of each kind of page, the first that shows what was typed, and says what ran there."""
    crawler.mark = MARK.encode()
    crawler.crawl(*FOUND, *(form.page for form in crawler.forms.values()), *STARTS, each=8, at_most=90)
    context = as_person(browser, server, crawler)
    ran = []
    for kind, path in crawler.marked.items():
        if f"{kind} {bool(crawler.username)}" not in looked:
            looked.add(f"{kind} {bool(crawler.username)}")
            ran += [f"{crawler.username} {path}: {what}" for what in ran_on(context, server.url + path)]
    context.close()
    return ran


@pytest.mark.slow
def test_no_script_that_anybody_types_ever_runs(
    demo_server: LiveServer, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    crawlers = [Crawler(demo_server.config.port, username, PASSWORD) for username in PEOPLE]
    looked = set[str]()
    for crawler in crawlers:
        crawler.sign_in()
    forms, fields = type_everywhere(crawlers)
    ran = [what for crawler in crawlers for what in look_everywhere(crawler, browser, demo_server, looked)]
    for crawler in crawlers:
        crawler.visitor.close()
    with capsys.disabled():
        print(f" {forms} forms, {fields} text fields, {len(looked)} pages that show them ", end="")
    assert not ran, "\n".join(ran[:20])
    assert fields >= FIELDS_OF_SCRIPTS and len(looked) >= PAGES_WITH_SCRIPTS
