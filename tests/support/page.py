"""A test client that looks at every page it fetches, as a strict reader would."""

from collections import Counter
from itertools import chain
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FIELDS = ("input", "select", "textarea")
UNLABELLED_OK = ("hidden", "submit", "button")


class PageClient(FlaskClient):
    """Fetches pages, checks them, fills in forms by their hidden fields."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and b"<html" in response.data[:300]:
            check_page(response.get_data(as_text=True))
        return response

    def soup(self, path: str, **kwargs: Any) -> BeautifulSoup:
        response = self.get(path, **kwargs)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.get_data(as_text=True)[:500]}"
        return BeautifulSoup(response.data, "html.parser")

    def send(
        self, path: str, fields: dict[str, Any] | None = None, *, action: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Opens a page, takes the hidden fields of its form (the one whose action ends in `action`), adds ours and
        posts it.
        """
        soup = self.soup(path)
        form = find_form(soup, action)
        target = str(form.get("action") or path)
        return self.post(target, data={**hidden_fields(form), **(fields or {})}, **kwargs)


def find_form(soup: BeautifulSoup, action: str | None = None) -> Tag:
    """The first form that posts inside <main>, or the one whose action ends as asked."""
    scope = soup.find("main") or soup
    for form in scope.find_all("form"):
        is_post = str(form.get("method", "get")).lower() == "post"
        if is_post and (action is None or str(form.get("action", "")).split("?")[0].endswith(action)):
            return form
    raise AssertionError(f"no form with action …{action or ''} on the page")


def hidden_fields(form: Tag) -> dict[str, str]:
    return {
        str(tag["name"]): str(tag.get("value", "")) for tag in form.find_all("input", type="hidden") if tag.get("name")
    }


def typed(form: Tag) -> dict[str, Any]:
    """What a browser would send of a form, as it stands."""
    found: dict[str, Any] = hidden_fields(form)
    for tag in form.find_all(["input", "textarea"]):
        kind = tag.get("type", "text")
        if kind in ("text", "date"):
            found[tag["name"]] = tag.get("value", "")
        elif kind in ("checkbox", "radio") and tag.has_attr("checked"):
            found.setdefault(tag["name"], []).append(tag["value"])
    return found


def press(client: PageClient, page: str, action: str, **fields: Any) -> Any:
    """Sends the form of a page whose action ends so, wherever on the page it stands."""
    soup = client.soup(page)
    found = [(one["action"], one) for one in soup.find_all("form", action=True) if one["action"].endswith(action)]
    found += [(one["formaction"], soup.find("form", id=one["form"])) for one in soup.find_all("button", form=True)
              if str(one.get("formaction", "")).endswith(action)]
    assert found, f"no form {action} on {page}"
    return client.post(str(found[0][0]), data=hidden_fields(found[0][1]) | fields)


def check_page(text: str) -> None:
    """One h1, a title, valid HTML, no id twice, every field labelled."""
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    headings = len(page.findall(".//h1"))
    assert headings == 1, f"{headings} h1 on the page"
    assert (page.findtext("head/title") or "").strip(), "no title"
    twice = [name for name, n in Counter(one.get("id") for one in page.iter()).items() if name is not None and n > 1]
    assert not twice, f"ids used twice: {twice}"
    labelled = {one.get("for") for one in page.iter("label")} - {None}
    within = {field for label in page.iter("label") for field in label.iter() if field.tag in FIELDS}
    for field in chain.from_iterable(map(page.iter, FIELDS)):
        if field.tag == "input" and field.get("type") in UNLABELLED_OK:
            continue
        is_labelled = field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
        assert is_labelled or field in within, f"field without label: {field.attrib}"
