"""Real letters to a city's leaders go through the form as they are."""

import csv
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.support.page import PageClient
from tests.webapp.public.conftest import given, page, post, text_of

LETTERS = SHARED / "data" / "letters.csv"


def letters() -> list[dict[str, str]]:
    if not LETTERS.is_file():
        return []
    with LETTERS.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def chosen() -> list[dict[str, str]]:
    """The ten longest, the ten shortest that say enough, and ten from the middle."""
    usable = sorted((one for one in letters() if len(one["body"].strip()) >= 10), key=lambda one: len(one["body"]))
    middle = len(usable) // 2
    return usable[-10:] + usable[:10] + usable[middle : middle + 10]


@pytest.mark.shared
@pytest.mark.parametrize("letter", chosen(), ids=lambda letter: letter["id"])
def test_a_real_letter_is_filed_as_it_was_written(client: PageClient, stored: Any, letter: dict[str, str]) -> None:
    response = post(
        client, title=letter["title"], body=letter["body"], appellant_name=letter["author"], **{"demands-0": None}
    )
    assert response.status_code == 303
    kept = stored(given(client)[0])
    assert kept.title == letter["title"].strip()
    assert kept.body.split() == letter["body"].replace("\u200b", "").replace("\ufeff", "").split()


@pytest.mark.shared
def test_a_letter_that_is_too_long_is_told_its_length_and_kept(client: PageClient) -> None:
    body = "".join(one["body"] for one in letters())[:7_000]
    response = post(client, body=body)
    assert response.status_code == 422
    assert "最多可填 5000 个字，现在有" in text_of(page(response), "body-error")
    assert page(response).find(id="body").get_text().strip()[:500] == body.strip()[:500]
