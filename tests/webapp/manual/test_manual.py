"""The manuals inside the product: the same words as docs/manual/, their pictures, a way to them from every page."""

import re

import pytest
from flask.testing import FlaskClient

from tests.support import manual_pages
from webapp.manual.views import MANUALS, PICTURES, Manual

EVERY = pytest.mark.parametrize("manual", MANUALS.values(), ids=MANUALS)
LARGEST_PICTURE = 150_000  # bytes


@EVERY
def test_the_page_says_what_the_manual_of_the_repository_says(manual: Manual) -> None:
    committed = manual_pages.target(manual).read_text(encoding="utf-8")
    assert committed == manual_pages.made(manual), "run python -m tests.support.manual_pages"


@EVERY
def test_a_manual_shows_its_text_and_every_picture_of_it(client: FlaskClient, manual: Manual) -> None:
    page = client.get(f"/help/{manual.name}")
    assert page.status_code == 200
    assert f"<h1>{manual.title}</h1>" in page.text
    assert "**" not in page.text, "a mark of the source that made nothing bold"
    pictures = re.findall(r'src="(/help/pictures/[a-z-]+\.png)"', page.text)
    assert pictures
    for address in pictures:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        answer.close()


def test_the_list_leads_to_every_manual(client: FlaskClient) -> None:
    page = client.get("/help")
    assert page.status_code == 200
    for manual in MANUALS.values():
        assert f'href="/help/{manual.name}"' in page.text


def test_the_foot_of_a_public_page_leads_to_the_manuals(client: FlaskClient) -> None:
    assert 'href="/help/appellant"' in client.get("/").text


@pytest.mark.parametrize("path", ["/help/nobody", "/help/pictures/none.png", "/help/pictures/..%2Fadr%2Freadme.png"])
def test_what_is_not_there_is_a_plain_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_no_picture_is_large() -> None:
    large = [path.name for path in PICTURES.glob("*.png") if path.stat().st_size > LARGEST_PICTURE]
    assert not large
