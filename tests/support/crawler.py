"""Somebody signed in who opens every page they can reach over real HTTP and remembers each form found on the way."""

import re
import urllib.parse
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag

from tests.support.visitor import RETRY, Visitor

NUMBERED = re.compile(r"[0-9a-f]{32}|\d+")
FILLED = "情况已经核实，请按程序办理。"
"""What stands in a text field that would otherwise be empty, so that one bad field is the only one."""


@dataclass(frozen=True)
class Form:
    """A form as it stood on a page: where it goes and what a browser would send."""

    method: str
    path: str
    page: str
    fields: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """The same form on another appeal is the same form."""
        return f"{self.method} {NUMBERED.sub('<id>', self.path.partition('?')[0])}"


@dataclass
class Crawler:
    port: int
    username: str = ""
    password: str = ""
    visitor: Visitor = field(init=False)
    forms: dict[str, Form] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    """Kind of address → the first one of it."""
    failures: list[str] = field(default_factory=list)
    mark: bytes = b""
    marked: dict[str, str] = field(default_factory=dict)
    """Kind of address → the first one whose page holds `mark`."""

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.port)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Once more on a new connection when the server has closed one that was idle."""
        try:
            return self.visitor.ask(method, path, fields)
        except RETRY:
            return self.visitor.ask(method, path, fields)

    def move(self, source: str) -> None:
        """Goes on from another address of this machine."""
        self.visitor.close()
        self.visitor.connection, self.visitor.source = None, source

    def sign_in(self) -> None:
        if not self.username:
            return
        _, _, content = self.ask("GET", "/login")
        form = next(one for one in forms_on("/login", soup_of(content)) if one.path == "/login")
        status, _, _ = self.ask(
            "POST", "/login", dict(form.fields) | {"username": self.username, "password": self.password}
        )
        assert status == 303, f"{self.username} does not get in: {status}"

    def crawl(self, *starts: str, each: int = 1, at_most: int = 400, all_of: tuple[str, ...] = ()) -> None:
        """Follows every link; at most `each` addresses of one kind, and every one of the kinds in `all_of`."""
        waiting, seen, opened = deque(starts), set(starts), dict[str, int]()
        while waiting and at_most:
            path = waiting.popleft()
            kind = NUMBERED.sub("<id>", re.sub(r"=[^&]*", "=", path))
            if opened.get(kind, 0) >= each and kind not in all_of:
                continue
            opened[kind] = opened.get(kind, 0) + 1
            at_most -= 1
            for link in self._open(path, kind):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)

    def _open(self, path: str, kind: str) -> Iterator[str]:
        status, headers, content = self.ask("GET", path)
        if status >= 500:
            self.failures.append(f"GET {path}: {status}")
        self.pages.setdefault(kind, path)
        if self.mark and self.mark in content:
            self.marked.setdefault(kind, path)
        if status != 200 or not headers.get("content-type", "").startswith("text/html"):
            return
        soup = soup_of(content)
        for form in forms_on(path, soup):
            self.forms.setdefault(form.kind, form)
        for tag in soup.select("a, img, link, [hx-get]"):
            target = local(path, str(tag.get("hx-get") or tag.get("href") or tag.get("src") or ""))
            if target and not target.startswith("/static/"):
                yield target

    def again(self, form: Form) -> Form | None:
        """The same form fetched anew, with fresh keys and version; None when it stands there no longer."""
        status, _, content = self.ask("GET", form.page)
        if status != 200:
            return None
        return next((one for one in forms_on(form.page, soup_of(content)) if one.kind == form.kind), None)


def soup_of(content: bytes) -> BeautifulSoup:
    return BeautifulSoup(content, "html.parser")


def local(page: str, target: str) -> str:
    """A link of our own server without its fragment; '' for any other."""
    if not target or target.startswith(("#", "mailto:", "tel:", "data:")):
        return ""
    parts = urllib.parse.urlsplit(urllib.parse.urljoin(f"http://here{page}", target))
    if parts.netloc != "here":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def forms_on(page: str, soup: BeautifulSoup) -> Iterator[Form]:
    """Every form, and once more for each of its buttons that sends it elsewhere."""
    for form in soup.find_all("form"):
        controls = form.find_all(["input", "select", "textarea", "button"])
        controls += soup.find_all(["input", "select", "textarea", "button"], form=str(form.get("id") or "-"))
        fields = (*unchosen(form), *(pair for one in controls for pair in sent(one)))
        for one in (form, *(button for button in controls if button.get("formaction"))):
            action = local(page, str(one.get("formaction") or form.get("action") or page))
            method = str(one.get("formmethod") or form.get("method", "get")).upper()
            if action and method in ("GET", "POST"):
                yield Form(method, action, page, fields)


def unchosen(form: Tag) -> Iterator[tuple[str, str]]:
    """The first choice of each group of radio buttons in which nothing is chosen yet."""
    groups: dict[str, list[Tag]] = {}
    for one in form.find_all("input", type="radio"):
        groups.setdefault(str(one.get("name")), []).append(one)
    for name, choices in groups.items():
        if not any(one.has_attr("checked") for one in choices):
            yield name, str(choices[0].get("value"))


def sent(control: Tag) -> Iterator[tuple[str, str]]:
    """What the control sends: its value, its first choice, or a plausible text. Of the buttons that say which step is
    next the one that submits is pressed, of the others none.
    """
    name, kind = str(control.get("name") or ""), str(control.get("type") or "text")
    if not name or control.has_attr("disabled"):
        return
    if control.name == "button":
        if name == "step":
            yield name, "submit"
    elif control.name == "select":
        options: list[Any] = [one for one in control.find_all("option") if one.get("value")]
        chosen = next((one for one in options if one.has_attr("selected")), options[0] if options else None)
        yield name, str(chosen["value"]) if chosen else ""
    elif control.name == "textarea":
        yield name, control.get_text().strip() or FILLED
    elif kind in ("checkbox", "radio"):
        if control.has_attr("checked"):
            yield name, str(control.get("value") or "y")
    elif kind == "text":
        yield name, str(control.get("value") or FILLED[:8])
    else:
        yield name, str(control.get("value") or "")
