"""A disk that fills up: a warning, then words without files, then nothing by halves (DUR-7)."""

import gc
import logging
from collections.abc import Iterator
from io import BytesIO

import pytest

from models.accounts.types import Role
from tests.conftest import SignIn
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import FIELDS, NEW, hidden, page, picture, post, text_of
from webapp import disk

GB = 2**30
PLENTY = (100 * GB, 50 * GB)

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Werkzeug's test client leaves its own spool open


@pytest.fixture(autouse=True)
def _spools_are_gone() -> Iterator[None]:
    yield
    gc.collect()


def leave(monkeypatch: pytest.MonkeyPatch, total: int, free: int) -> None:
    monkeypatch.setattr(disk, "usage", lambda folder: (total, free))


@pytest.mark.parametrize(
    ("total", "free", "says"),
    [
        (100 * GB, 10 * GB, []),
        (100 * GB, 10 * GB - 1, ["disk space: little"]),
        (5 * GB, GB, []),
        (5 * GB, GB - 1, ["disk space: little"]),
        (5 * GB, 500 * disk.MB - 1, ["disk space: text_only"]),
        (5 * GB, 100 * disk.MB - 1, ["disk space: none"]),
    ],
)
def test_readiness_stays_and_the_log_warns(
    client: PageClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    total: int, free: int, says: list[str],
) -> None:
    leave(monkeypatch, total, free)
    with caplog.at_level(logging.WARNING, "zhitongche"):
        assert client.get("/readyz").status_code == 200
    assert [record.getMessage() for record in caplog.records] == says


def test_below_500_mb_files_are_refused_and_the_words_taken(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(monkeypatch, 5 * GB, 499 * disk.MB)
    fields = {**FIELDS, **hidden(client)}
    answer = client.post(NEW, data={**fields, "attachments": (BytesIO(picture()), "照片.png")})
    assert answer.status_code == 422
    assert "文字内容不受影响" in text_of(page(answer), "attachments-error")
    assert page(answer).find(id="body").get_text(strip=True) == FIELDS["body"]
    assert client.post(NEW, data=fields).status_code == 303


def test_below_100_mb_nothing_is_written_and_the_words_come_back(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {**FIELDS, **hidden(client)}
    leave(monkeypatch, 5 * GB, 99 * disk.MB)
    for files in ({}, {"attachments": (BytesIO(picture() + bytes(2**20)), "照片.png")}):
        answer = client.post(NEW, data={**fields, **files})
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "600"
        kept = [area.get_text(strip=True) for area in page(answer).find_all("textarea")]
        assert FIELDS["body"] in kept and FIELDS["demands-0"] in kept
    leave(monkeypatch, *PLENTY)
    assert client.post(NEW, data=fields).status_code == 303


def test_pages_can_be_read_and_staff_can_sign_in_while_the_disk_is_full(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(monkeypatch, 5 * GB, 0)
    assert client.get("/").status_code == 200
    assert client.send("/login", {"username": "nobody", "password": "x" * 12}).status_code == 422


def test_the_words_beside_files_that_are_too_large_together_are_not_lost(client: PageClient) -> None:
    files = [(BytesIO(bytes(9 * 2**20)), f"照片{n}.png") for n in range(4)]
    answer = post(client, attachments=files)
    assert answer.status_code == 413
    assert FIELDS["body"] in [area.get_text(strip=True) for area in page(answer).find_all("textarea")]


def test_files_too_large_for_an_entry_bring_back_what_was_typed_in_the_form_s_order(sign_in: SignIn) -> None:
    clerk = sign_in(Role.CLERK)
    fields = hidden_fields(find_form(clerk.soup("/office/appeals/new")))
    files = [(BytesIO(bytes(9 * 2**20)), f"来信{n}.png") for n in range(4)]
    typed = {"appellant_name": "周喆珺", "body": "来电人说明情况。", "title": "来电反映的一件事"}
    answer = clerk.post("/office/appeals/new", data={**fields, **typed, "attachments": files})
    main = page(answer).main
    text = main.get_text()
    assert answer.status_code == 413 and "先不附文件" in text and "市优办" not in text
    assert [area.get_text(strip=True) for area in main.find_all("textarea")] == list(typed.values())
