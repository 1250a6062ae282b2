"""Files: kept through an error and the check page, refused ones told, limits of one appeal, nothing left behind."""

import gc
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup

from models.appeals import queries
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import FIELDS, NEW, given, hidden, page, picture, post, text_of
from webapp import staging
from webapp.db import Database
from webapp.files import FileStore
from webapp.forms import key_digest

PDF = b"%PDF-1.7\ntrailer\n%%EOF\n"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Werkzeug's test client leaves its own spool open


@pytest.fixture(autouse=True)
def _spools_are_gone() -> Iterator[None]:
    yield
    gc.collect()


def file(data: bytes, name: str = "现场照片.png") -> tuple[BytesIO, str]:
    return BytesIO(data), name


def listed(soup: BeautifulSoup) -> list[str]:
    return [row.find("span").get_text() for row in soup.select(".staged li")]


def staged_count(database: Database, key: str) -> int:
    with database.reading() as session:
        return len(queries.staged_uploads(session, key_digest(key)))


@pytest.fixture
def files(app: Any) -> FileStore:
    """The store of this test run; names are compared before and after."""
    return app.extensions["zhitongche.files"]


def test_files_survive_an_error_and_the_check_page_and_become_the_appeal_s(
    client: PageClient, database: Database, stored: Any, files: FileStore
) -> None:
    before = set(files.iter_names())
    failed = page(post(client, title="", attachments=[file(picture()), file(PDF, "合同.pdf")]))
    assert listed(failed) == ["现场照片.png", "合同.pdf"]
    fields = {**FIELDS, **hidden_fields(find_form(failed))}
    checked = page(client.post(NEW, data={**fields, "step": "check"}))
    assert "合同.pdf" in checked.find("main").get_text()
    client.post(NEW, data={**hidden_fields(find_form(checked)), "step": "submit"})
    with database.reading() as session:
        kept = queries.attachments(session, stored(given(client)[0]))
    assert [one.display_name for one in kept] == ["现场照片.png", "合同.pdf"]
    names = {name for one in kept for name in (one.stored_name, one.derivative_name) if name}
    assert names == set(files.iter_names()) - before and len(names) == 3
    assert staged_count(database, fields["submission_key"]) == 0


def test_a_direct_submission_brings_its_files(client: PageClient, database: Database, stored: Any) -> None:
    assert post(client, attachments=[file(picture()), file(PDF, "合同.pdf")]).status_code == 303
    with database.reading() as session:
        assert len(queries.attachments(session, stored(given(client)[0]))) == 2


@pytest.mark.parametrize("button", [{"add_demand": "1"}, {"step": "edit"}, {"step": "check"}])
def test_files_survive_every_button(client: PageClient, button: dict[str, str], database: Database) -> None:
    fields = hidden(client)
    client.post(NEW, data={**FIELDS, **fields, "attachments": file(picture()), "step": "check", **button})
    assert staged_count(database, fields["submission_key"]) == 1


def test_an_htmx_button_leaves_files_in_the_browser(client: PageClient, database: Database) -> None:
    fields = hidden(client)
    data = {**fields, "attachments": file(picture()), "add_demand": "1"}
    client.post(NEW, data=data, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert staged_count(database, fields["submission_key"]) == 0


def test_a_file_is_taken_back_and_deleted(client: PageClient, database: Database, files: FileStore) -> None:
    before = set(files.iter_names())
    soup = page(post(client, title="", attachments=[file(picture()), file(PDF, "合同.pdf")]))
    button = soup.select(".staged button")[0]
    data = {**FIELDS, **hidden_fields(find_form(soup)), button["name"]: button["value"]}
    response = client.post(NEW, data=data)
    assert response.status_code == 200 and listed(page(response)) == ["合同.pdf"]
    assert len(set(files.iter_names()) - before) == 1


@pytest.mark.parametrize("which", ["0", "99999", "-1", "²", "abc", "1" * 5_000, ""])
def test_only_the_form_s_own_files_can_be_taken_back(client: PageClient, database: Database, which: str) -> None:
    soup = page(post(client, title="", attachments=[file(picture())]))
    other = hidden(client)
    own = soup.select(".staged button")[0]["value"]
    client.post(NEW, data={**FIELDS, **other, "remove_file": own})
    fields = hidden_fields(find_form(soup))
    assert client.post(NEW, data={**FIELDS, **fields, "remove_file": which}).status_code == 200
    assert staged_count(database, fields["submission_key"]) == 1


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "空.png", "空文件"),
        (b"MZ...", "木马.exe", "格式不能接收"),
        (b"<svg onload=alert(1)>", "图.svg", "格式不能接收"),
        (PDF, "假.png", "与扩展名不符"),
        (picture()[:60], "残.png", "已损坏"),
        (b"%PDF-1.7 cut", "残.pdf", "已损坏"),
        (picture() + b"x" * (10 * 2**20), "大.png", "超过 10 MB"),
    ],
)
def test_a_refused_file_is_told_and_the_rest_kept(client: PageClient, data: bytes, name: str, says: str) -> None:
    response = post(client, attachments=[file(data, name), file(PDF, "合同.pdf")])
    soup = page(response)
    assert response.status_code == 422 and says in text_of(soup, "attachments-error")
    assert listed(soup) == ["合同.pdf"] and find_form(soup).find(id="title")["value"] == FIELDS["title"]


def test_each_fault_of_the_files_is_a_line_of_its_own(client: PageClient) -> None:
    soup = page(post(client, attachments=[file(b"MZ...", "木马.exe"), file(picture()[:60], "残.png")]))
    lines = [one.get_text() for one in soup.select("#attachments-error .one-error")]
    assert len(lines) == 2 and "木马.exe" in lines[0] and "残.png" in lines[1]


def test_six_files_are_one_too_many(client: PageClient) -> None:
    colours = ["navy", "red", "green", "blue", "white", "black"]
    soup = page(post(client, attachments=[file(picture(colour), f"{colour}.png") for colour in colours]))
    assert "最多上传 5 个文件" in text_of(soup, "attachments-error") and len(listed(soup)) == 5


def test_thirty_megabytes_together_are_the_limit(client: PageClient) -> None:
    big = [file(PDF + bytes([no]) * (8 * 2**20) + b"%%EOF", f"{no}.pdf") for no in range(1, 4)]
    soup = page(post(client, title="", attachments=big))
    more = {
        **FIELDS,
        **hidden_fields(find_form(soup)),
        "attachments": file(PDF + b"9" * (9 * 2**20) + b"%%EOF", "9.pdf"),
    }
    assert "合计不超过 30 MB" in text_of(page(client.post(NEW, data=more)), "attachments-error")


def test_the_same_file_sent_again_is_one_file(client: PageClient) -> None:
    soup = page(post(client, title="", attachments=file(picture())))
    again = {**FIELDS, **hidden_fields(find_form(soup)), "title": "", "attachments": file(picture(), "另名.png")}
    assert listed(page(client.post(NEW, data=again))) == ["现场照片.png"]


def test_a_full_disk_refuses_the_file_and_takes_the_text(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: FileStore, data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileStore, "put", full)
    soup = page(post(client, attachments=file(picture())))
    assert staging.NO_ROOM in text_of(soup, "attachments-error")
    again = {**FIELDS, **hidden_fields(find_form(soup))}
    assert client.post(NEW, data=again).status_code == 303


def test_hostile_names_are_shown_tame(client: PageClient) -> None:
    soup = page(post(client, title="", attachments=file(PDF, "../../etc/\u202epasswd<script>.pdf")))
    assert listed(soup) == ["passwd<script>.pdf"]
