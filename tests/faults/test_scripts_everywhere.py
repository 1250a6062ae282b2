"""Fifty scripts typed into every text field of the demo: none of them runs in a browser, on any page (T11, WEB-7).

Each form is sent in rounds, all its fields at once, each field with as many of the scripts it has not had yet as it
holds. SCRIPT_ROUNDS=60 (six minutes) goes on until every field has had every script that fits; the usual one proves
every field and every script at least once.
"""

import os
import urllib.parse
from dataclasses import dataclass, field
from itertools import count

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Error as PlaywrightError

from tests.faults.conftest import PASSWORD, PEOPLE, STARTS
from tests.faults.test_malformed_everywhere import APPEALS, QUIET, TASKS, all_of
from tests.support.crawler import FILLED, Crawler, Form, soup_of
from tests.support.live import LiveServer
from tests.webapp.test_xss import MARK, PAYLOADS, is_harmless

ROUNDS = int(os.environ.get("SCRIPT_ROUNDS", "1"))
IS_FULL = len(PAYLOADS) < ROUNDS
FOUND = (f"/office/appeals?q={MARK}", f"/desk?q={MARK}", f"/admin?q={MARK}")
PHONE = "13873712345"
SHORT, LONG = 60, 900
"""Characters that a field without a stated limit is taken to hold."""
FIELDS_OF_SCRIPTS, PAGES_WITH_SCRIPTS, PAGES_LOOKED_AT = 40, 15, 50
"""Fewer than these would mean that the crawl missed most of the house."""
WATCH = f"""window.ran = []; window.violations = [];
window.{MARK} = () => window.ran.push('{MARK}'); window.alert = (it) => window.ran.push(it);
document.addEventListener('securitypolicyviolation', ({{ violatedDirective, blockedURI }}) =>
  window.violations.push(`${{violatedDirective}} ${{blockedURI}}`));"""
HUNG = f"""Array.from(document.querySelectorAll('*')).filter((element) => element.getAttributeNames().some((name) =>
  name.startsWith('on') || (name.startsWith('hx-') && element.getAttribute(name).includes('{MARK}'))
)).map((element) => element.outerHTML.slice(0, 90))"""
"""Elements that got a handler or an htmx attribute from what somebody typed."""


@dataclass
class Field:
    """A text field of one kind of form, and the scripts it has had. `wanted` are those that fit."""

    room: int
    wanted: list[str]
    had: set[str] = field(default_factory=set)
    took: set[str] = field(default_factory=set)

    def next(self) -> list[str]:
        """As many as fit, those it has not had first."""
        found: list[str] = []
        for one in sorted(self.wanted, key=lambda one: one in self.had):
            if sum(map(len, found)) + len(found) + len(one) <= self.room:
                found.append(one)
        return found

    @property
    def left(self) -> list[str]:
        return [one for one in self.wanted if one not in self.had]


ONCE = frozenset({
    "POST /desk/appeals/<id>/amend", "POST /desk/assist/<id>/send-back", "POST /office/appeals/<id>/unmerge",
    "POST /filters/desk", "POST /custody/<id>",
})  # fmt: skip
"""Forms that the demo holds once or a few times and that are used up by being sent: they take about half of the scripts
in one go, or a filter's name at a time.
"""
_address = count(1)
JUDGED = (200, 303, 409, 422)
"""Answers of a form that read what was typed."""
FIELDS: dict[tuple[str, str], Field] = {}


def field_of(form: Form, name: str, room: int) -> Field:
    """The next field begins with other scripts, so that few rounds meet all of them."""
    key = (form.kind, name)
    if key not in FIELDS:
        turn = len(FIELDS) * 7 % len(PAYLOADS)
        fit = [one for one in PAYLOADS[turn:] + PAYLOADS[:turn] if len(one) <= room]
        FIELDS[key] = Field(room, fit)
    return FIELDS[key]


def text_fields(page: BeautifulSoup, path: str) -> dict[str, int]:
    """Names of the form's free text fields, each with its room."""
    found = {}
    for form in page.find_all("form"):
        if str(form.get("action") or "").partition("?")[0] in (path, ""):
            for one in form.find_all(["textarea", "input"]):
                is_text = one.name == "textarea" or one.get("type", "text") in ("text", "search")
                if is_text and one.get("name"):
                    counter = form.find(id=f"{one['name']}-count")
                    told = one.get("maxlength") or (counter and counter.get("data-max"))
                    found[str(one["name"])] = int(str(told or (LONG if one.name == "textarea" else SHORT)))
    return found


def typed(crawler: Crawler, form: Form) -> None:
    """Sends the form with scripts in its texts, round by round; a field that refuses them gets a plain text, a number,
    or none, so that the rest is stored. What comes back is looked at as well.
    """
    for turn in range(ROUNDS):
        now = crawler.again(form) or (elsewhere(crawler, form) if turn else None)
        if now is None:
            return
        form, (_, _, content) = now, crawler.ask("GET", now.page)
        rooms = text_fields(soup_of(content), form.path.partition("?")[0])
        fields = {name: field_of(form, name, room) for name, room in rooms.items()}
        if not any(one.left for one in fields.values()):
            return
        send(crawler, form, {name: one.next() for name, one in fields.items()}, fields)


def elsewhere(crawler: Crawler, form: Form) -> Form | None:
    """The same form on another appeal, once its own is gone."""
    crawler.forms.pop(form.kind, None)
    crawler.crawl(*STARTS, all_of=(*TASKS, *APPEALS), at_most=300)
    return crawler.forms.get(form.kind)


def send(crawler: Crawler, form: Form, given: dict[str, list[str]], fields: dict[str, Field]) -> None:
    texts = {name: " ".join(some) for name, some in given.items()}
    for instead in (FILLED, PHONE, "", ""):
        status, _, content = crawler.ask("POST", form.path, dict(form.fields) | texts)
        if status == 429:  # enough for an hour from that address
            crawler.move(f"127.0.2.{next(_address)}")
            status, _, content = crawler.ask("POST", form.path, dict(form.fields) | texts)
        is_harmless(content.decode("utf-8", "replace"))
        for name, some in given.items():
            fields[name].had |= set(some) if status in JUDGED else set()
        refused = {name for name in texts if f'id="{name}-error"'.encode() in content}
        if status != 422 or not refused:
            break
        texts = {name: instead if name in refused else text for name, text in texts.items()}
        form = crawler.again(form) or form
    for name, text in texts.items():
        fields[name].took |= {one for one in given[name] if one in text}


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
        return [*page.evaluate("window.ran"), *page.evaluate(HUNG), *page.evaluate("window.violations"), *foreign]
    except PlaywrightError as error:
        if "Download is starting" not in str(error):  # a file is never shown in the browser (UPL-3)
            raise
        return []
    finally:
        page.close()


def type_everywhere(crawlers: list[Crawler]) -> int:
    """How many forms were filled with scripts."""
    done = set[str]()
    for crawler in crawlers:
        crawler.crawl(*STARTS, all_of=all_of(crawler), at_most=600)
        for kind, form in list(crawler.forms.items()):
            if form.method == "POST" and kind not in done and form.path not in QUIET | {"/login"}:
                done.add(kind)
                typed(crawler, form)
    return len(done)


def look_everywhere(crawler: Crawler, browser: Browser, server: LiveServer, looked: set[str]) -> list[str]:
    """Opens, of each kind of page, the first that shows what was typed, and one of the other kinds, and says what ran
    there or was stopped by the pages' policy (WEB-2).
    """
    crawler.mark = MARK.encode()
    crawler.crawl(*FOUND, *(form.page for form in crawler.forms.values()), *STARTS, each=8, at_most=90)
    context = as_person(browser, server, crawler)
    ran = []
    plain = {kind: path for kind, path in crawler.pages.items() if "?" not in kind}
    for kind, path in (plain | crawler.marked).items():
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
    forms = type_everywhere(crawlers)
    ran = [what for crawler in crawlers for what in look_everywhere(crawler, browser, demo_server, looked)]
    shown = {kind for crawler in crawlers for kind in crawler.marked}
    for crawler in crawlers:
        crawler.visitor.close()
    taken = [one for one in FIELDS.values() if one.took]
    left = {key: len(one.left) for key, one in FIELDS.items() if one.left}
    with capsys.disabled():
        print(f" {forms} forms, {len(taken)} of {len(FIELDS)} text fields took scripts, {len(shown)} pages show them, "
              f"{len(looked)} looked at, {sum(left.values())} scripts still to type ", end="")
    assert not ran, "\n".join(ran[:20])
    assert len(taken) >= FIELDS_OF_SCRIPTS and len(shown) >= PAGES_WITH_SCRIPTS and len(looked) >= PAGES_LOOKED_AT
    assert not [key for key, one in FIELDS.items() if one.wanted and not one.had], "a field was left out"
    assert not set(PAYLOADS) - set().union(*(one.took for one in taken)), "no field took these"
    unknown = {key: number for key, number in left.items() if key[0] not in ONCE}
    assert not (IS_FULL and unknown), "; ".join(map(str, unknown.items()))
