"""The copy of a PDF that units get: it looks the same and tells nobody who made it (IDN-6, T3, UPL-5)."""

import io

import pytest
from pikepdf import Pdf
from PIL import Image
from pypdf import PdfReader

from models.appeals.types import FileWarning
from tests.support import hostile
from tests.support.pdfs import MARK, NO_COPY, PHOTO, PLACES, PROGRESSIVE, laid_open, page
from webapp import files, pdf_copy
from webapp.child import ChildBusy, ChildFailed
from webapp.files import FileRefused, cleaned, judge
from webapp.pdf_copy import copied


@pytest.mark.parametrize("place", PLACES)
def test_no_mark_of_whoever_made_it_is_left(place: str) -> None:
    assert MARK.encode() in laid_open(PLACES[place]), "the mark is where it is looked for"
    copy = copied(PLACES[place])
    assert copy.startswith(b"%PDF-") and MARK.encode() not in laid_open(copy)
    assert b"Exif" not in laid_open(copy) and b"xmpmeta" not in laid_open(copy)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_read_on_the_page_stays(place: str) -> None:
    reader = PdfReader(io.BytesIO(copied(PLACES[place])))
    text = reader.pages[0].extract_text()
    assert "kept words" in text and "and more" in text
    assert not reader.metadata and not reader.is_encrypted


def test_notes_and_fields_keep_what_they_say() -> None:
    assert b"kept note" in laid_open(copied(PLACES["notes"]))
    found = laid_open(copied(PLACES["signature"]))
    assert b"kept field" in found and b"kept value" in found


@pytest.mark.parametrize(("place", "sent"), [
    ("photograph", PHOTO), ("packed photograph", PHOTO), ("photograph in many passes", PROGRESSIVE),
])  # fmt: skip
def test_a_photograph_keeps_every_point(place: str, sent: bytes) -> None:
    with Pdf.open(io.BytesIO(copied(PLACES[place]))) as pdf:
        kept = page(pdf).Resources.XObject.Im0.read_raw_bytes()
    with Image.open(io.BytesIO(sent)) as before, Image.open(io.BytesIO(kept)) as after:
        assert before.tobytes() == after.tobytes() and not after.getexif()


@pytest.mark.parametrize("what", NO_COPY)
def test_of_what_may_hide_something_there_is_no_copy(what: str) -> None:
    assert copied(NO_COPY[what]) == b""
    with pytest.raises(FileRefused) as caught:
        cleaned(NO_COPY[what], "证据1.pdf")
    assert caught.value.code == "copy_impossible" and "证据1.pdf" in caught.value.message_zh


def test_a_copy_that_outgrows_everything_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_copy, "MOST_BYTES", 300)
    assert copied(PLACES["author"]) == b""


@pytest.mark.parametrize("what", [*hostile.RUNS, *hostile.UNREADABLE, *hostile.QUIET])
def test_odd_files_harm_nobody(what: str) -> None:
    data = {**hostile.RUNS, **hostile.UNREADABLE, **hostile.QUIET}[what]
    assert judge(data, "a.pdf").derivative is None
    assert cleaned(PLACES["author"], "a.pdf"), "the child works on"


def test_an_upload_is_kept_with_its_copy_and_its_warning() -> None:
    judged = judge(PLACES["inside"], "张三合同.pdf")
    assert judged.warning is FileWarning.ACTIVE
    assert judged.derivative is not None and MARK.encode() not in laid_open(judged.derivative)


@pytest.mark.parametrize(("trouble", "code"), [(ChildBusy, "copy_busy"), (ChildFailed, "copy_impossible")])
def test_a_child_that_is_busy_or_too_slow_makes_no_copy(
    monkeypatch: pytest.MonkeyPatch, trouble: type[Exception], code: str
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise trouble

    monkeypatch.setattr(files.CHILD, "run", fails)
    with pytest.raises(FileRefused) as caught:
        cleaned(PLACES["author"], "证据1.pdf")
    assert caught.value.code == code
    assert judge(PLACES["author"], "a.pdf").derivative is None, "evidence is taken all the same"
