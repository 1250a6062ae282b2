"""A corpus of hostile files: refused by cause or made harmless; units get pixels and a neutral name (UPL-4, IDN-6)."""

import io
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image

from models.accounts.types import Role
from models.appeals.types import FileWarning, State, StoredFile
from tests.conftest import SignIn
from tests.support import hostile, pdfs
from tests.support.factories import Story
from webapp import files
from webapp.child import ChildBusy
from webapp.db import Database
from webapp.files import FileRefused, judge


def test_the_corpus_is_large() -> None:
    assert len(hostile.refused()) + len(hostile.taken()) + len(hostile.RUNS) + len(hostile.UNREADABLE) >= 60
    assert len(hostile.RUNS) + len(hostile.UNREADABLE) >= 20, "hostile PDFs (UPL-5)"


@pytest.mark.parametrize("sent", hostile.refused(), ids=str)
def test_is_refused_by_cause(sent: hostile.Sent) -> None:
    with pytest.raises(FileRefused) as caught:
        judge(sent.data, sent.name)
    assert caught.value.code == sent.code


@pytest.mark.parametrize("sent", hostile.taken(), ids=str)
def test_is_taken_under_a_harmless_name_and_drawn_anew(sent: hostile.Sent) -> None:
    judged = judge(sent.data, sent.name)
    assert len(judged.display_name) <= 100 and not re.search(r"[/\\\x00-\x1f\u202a-\u202e]", judged.display_name)
    assert judged.derivative is not None
    for trace in (hostile.MARK.encode(), b"<html", b"Exif", b"PK\x03\x04", b"xmpmeta"):
        assert trace not in judged.derivative
    with Image.open(io.BytesIO(judged.derivative)) as picture:
        picture.load()
        assert picture.format == "JPEG" and not picture.getexif() and "comment" not in picture.info


def test_a_picture_taken_sideways_stands_upright() -> None:
    with Image.open(io.BytesIO(judge(hostile.marked_jpg(), "a.jpg").derivative or b"")) as picture:
        assert picture.size == (30, 40)


@pytest.mark.parametrize("what", hostile.RUNS)
def test_a_pdf_that_could_run_something_is_flagged_and_kept(what: str) -> None:
    assert judge(hostile.RUNS[what], "a.pdf").warning is FileWarning.ACTIVE


@pytest.mark.parametrize("what", hostile.UNREADABLE)
def test_a_pdf_that_cannot_be_looked_through_says_so(what: str) -> None:
    assert judge(hostile.UNREADABLE[what], "a.pdf").warning is FileWarning.UNCHECKED


@pytest.mark.parametrize("what", hostile.QUIET)
def test_an_ordinary_pdf_is_not_flagged(what: str) -> None:
    assert judge(hostile.QUIET[what], "a.pdf").warning is FileWarning.NONE


@pytest.fixture
def uid(app: Flask, database: Database) -> str:
    """An appeal with a picture and a PDF whose names and insides tell who sent them."""
    store = app.extensions["zhitongche.files"]
    kept: list[StoredFile] = []
    for name, data in (("张三举报.jpg", hostile.marked_jpg()), ("张三合同.pdf", pdfs.PLACES["everything"])):
        judged = judge(data, name)
        copy = store.put(judged.derivative) if judged.derivative else None
        kept.append(StoredFile(
            store.put(data), judged.display_name, judged.kind, judged.size, judged.sha256, copy, "0" * 64,
            len(judged.derivative or b""), judged.warning,
        ))
    with database.writing() as session:
        return Story(session, files=tuple(kept)).to(State.IN_REVIEW).appeal.uid


def links(client: Any, path: str) -> list[Any]:
    return client.soup(path).select(".files a")


@pytest.mark.parametrize(("role", "path"), [
    (Role.HANDLER, "/desk"), (Role.APPROVER, "/desk"), (Role.CLERK, "/office"), (Role.LEADER, "/office"),
])  # fmt: skip
def test_units_and_clerks_get_copies_without_a_name_or_a_trace(
    sign_in: SignIn, uid: str, role: Role, path: str
) -> None:
    client = sign_in(role, unit="市监局" if path == "/desk" else "")
    page = f"{path}/appeals/{uid}"
    assert "张三" not in client.get(page).get_data(as_text=True)
    picture, pdf = links(client, page)
    assert [picture.get_text(), pdf.get_text()] == ["证据1.jpg", "证据2.pdf"]
    answer = client.get(picture["href"])
    assert answer.status_code == 200 and hostile.MARK.encode() not in answer.data and b"Exif" not in answer.data
    assert "%E8%AF%81%E6%8D%AE1.jpg" in answer.headers["Content-Disposition"]
    answer = client.get(pdf["href"])
    assert "%E5%BC%A0%E4%B8%89" not in answer.headers["Content-Disposition"]
    assert hostile.MARK.encode() not in pdfs.laid_open(answer.data)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DIRECTOR])
def test_supervisor_and_director_get_the_original(sign_in: SignIn, uid: str, role: Role) -> None:
    client = sign_in(role)
    picture, pdf = links(client, f"/office/appeals/{uid}")
    assert [picture.get_text(), pdf.get_text()] == ["张三举报.jpg", "张三合同.pdf"]
    assert client.get(picture["href"]).data == hostile.marked_jpg()
    assert client.get(pdf["href"]).data == pdfs.PLACES["everything"]


def test_staff_are_warned_beside_the_file(sign_in: SignIn, uid: str) -> None:
    soup = sign_in(Role.HANDLER, unit="市监局").soup(f"/desk/appeals/{uid}")
    assert [one.get_text() for one in soup.select(".file-warning")] == ["含有可执行内容，请勿打开，联系市优办"]


def without_a_copy(app: Flask, database: Database, name: str, data: bytes) -> str:
    """The page of an appeal with a file from before there were copies."""
    stored = app.extensions["zhitongche.files"].put(data)
    with database.writing() as session:
        file = StoredFile(stored, name, name.rpartition(".")[2], len(data), "0" * 64)
        return f"/desk/appeals/{Story(session, files=(file,)).to(State.VERIFYING).appeal.uid}"


@pytest.mark.parametrize(("name", "data"), [
    ("张三.jpg", hostile.marked_jpg()), ("张三.pdf", pdfs.PLACES["everything"]),
])  # fmt: skip
def test_a_file_without_a_copy_is_copied_when_asked_for(
    app: Flask, database: Database, sign_in: SignIn, name: str, data: bytes
) -> None:
    page = without_a_copy(app, database, name, data)
    client = sign_in(Role.HANDLER, unit="市监局")
    answer = client.get(links(client, page)[0]["href"])
    assert answer.status_code == 200 and hostile.MARK.encode() not in answer.data
    assert answer.mimetype != "application/pdf" or hostile.MARK.encode() not in pdfs.laid_open(answer.data)


@pytest.mark.parametrize(("name", "data"), [
    ("张三.jpg", hostile.JPG[:300]), ("张三.pdf", pdfs.NO_COPY["encrypted"]), ("张三.pdf", pdfs.NO_COPY["cut short"]),
])  # fmt: skip
def test_a_file_of_which_no_copy_can_be_made_is_not_handed_to_the_unit(
    app: Flask, database: Database, sign_in: SignIn, name: str, data: bytes
) -> None:
    page = without_a_copy(app, database, name, data)
    client = sign_in(Role.HANDLER, unit="市监局")
    link = links(client, page)[0]["href"]
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(link, headers=headers)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422 and "请联系市优办" in text and "证据1" in text and "张三" not in text
        assert ("图片" in text and "加密" not in text) is name.endswith("jpg")
    office = sign_in(Role.SUPERVISOR)
    assert office.get(link.replace("/desk/", "/office/")).data == data


def refusal(client: Any, link: str, status: int) -> Any:
    answer = client.get(link)
    assert answer.status_code == status
    return BeautifulSoup(answer.data, "html.parser").main


def test_whoever_gets_no_copy_finds_the_way_back_and_calls_once(
    app: Flask, database: Database, sign_in: SignIn
) -> None:
    page = without_a_copy(app, database, "张三.pdf", pdfs.NO_COPY["encrypted"])
    client = sign_in(Role.HANDLER, unit="市监局")
    main = refusal(client, links(client, page)[0]["href"], 422)
    assert main.select_one(".buttons a.btn-main")["href"] == page
    assert main.get_text().count("请联系市优办") == 1 and len(main.select("a[href^='tel:']")) == 1


def test_the_office_s_own_clerk_is_told_who_opens_the_original(
    app: Flask, database: Database, sign_in: SignIn
) -> None:
    page = without_a_copy(app, database, "张三.pdf", pdfs.NO_COPY["encrypted"]).replace("/desk/", "/office/")
    clerk = sign_in(Role.CLERK)
    main = refusal(clerk, links(clerk, page)[0]["href"], 422)
    text = main.get_text()
    assert "督办员、主任可以打开原件" in text and "市优办" not in text and not main.select("a[href^='tel:']")
    assert main.select_one(".buttons a.btn-main")["href"] == page


def test_a_link_to_a_file_opens_beside_the_page_and_may_answer_with_a_page(
    app: Flask, database: Database, sign_in: SignIn
) -> None:
    """As a download the browser would throw the explanation away; in the page's place it would cost what is typed."""
    page = without_a_copy(app, database, "张三.jpg", hostile.JPG[:300])
    link = links(sign_in(Role.HANDLER, unit="市监局"), page)[0]
    assert "download" not in link.attrs and link["target"] == "_blank" and link["rel"] == ["noopener"]


def test_only_a_copy_that_is_there_is_said_to_be_cleaned(
    app: Flask, database: Database, sign_in: SignIn, uid: str
) -> None:
    client = sign_in(Role.HANDLER, unit="市监局")
    none = without_a_copy(app, database, "张三.jpg", hostile.JPG[:300])
    assert "已去除" not in client.soup(none).select_one(".files").get_text()
    assert "已去除拍摄信息" in client.soup(f"/desk/appeals/{uid}").select_one(".files").get_text()


def test_a_file_whose_copy_must_wait_says_so(
    app: Flask, database: Database, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = without_a_copy(app, database, "a.jpg", hostile.JPG)
    client = sign_in(Role.HANDLER, unit="市监局")
    link = links(client, page)[0]["href"]

    def waits(*arguments: object, **options: object) -> None:
        raise ChildBusy

    monkeypatch.setattr(files.CHILD, "run", waits)
    answer = client.get(link)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "请稍后再点开" in answer.get_data(as_text=True)
    main = BeautifulSoup(answer.data, "html.parser").main
    assert main.select_one(".buttons a.btn-main")["href"] == page and "来电" not in main.get_text()
