"""WEB-2: an htmx handler that somebody smuggles into a page does nothing, whoever processes it."""

import pytest
from playwright.sync_api import Browser, Page

from tests.support.live import LiveServer

INJECTED = """() => {
  window.ran = [];
  const put = (html) => {
    const box = document.createElement('div');
    box.innerHTML = html;
    document.querySelector('main').append(box);
    htmx.process(box);
    return box.firstElementChild;
  };
  const clicked = put('<button type="button" hx-on:click="window.ran.push(1)">一</button>');
  const data = put('<button type="button" data-hx-on:click="window.ran.push(2)">二</button>');
  const short = put('<button type="button" hx-on="click: window.ran.push(3)">三</button>');
  put('<p hx-on::after:init="window.ran.push(4)" hx-on::load="window.ran.push(5)" hx-get="/privacy">四</p>');
  [clicked, data, short].forEach((one) => one.click());
  return new Promise((done) => setTimeout(() => done(window.ran), 300));
}"""


@pytest.fixture(params=[False, True], ids=["with our policy", "without it"])
def page(live: LiveServer, browser: Browser, request: pytest.FixtureRequest) -> Page:
    """Without the policy the browser would run it: then only the page's own refusal is left."""
    context = browser.new_context(bypass_csp=request.param, locale="zh-CN")
    opened = context.new_page()
    opened.goto(f"{live.url}/")
    yield opened
    context.close()


def test_an_injected_handler_does_nothing(page: Page) -> None:
    assert page.evaluate("typeof htmx") == "object"
    assert page.evaluate(INJECTED) == []
