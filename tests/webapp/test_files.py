"""Uploads: UPL-1 to UPL-4, and the order of DUR-1."""

import hashlib
import io
import os
import re
import stat
import struct
import time
import zlib
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from models.errors import NotFound
from webapp import files
from webapp.child import CHILD, Child, ChildFailed
from webapp.files import (
    MESSAGES,
    FileRefused,
    FileStore,
    JudgedFile,
    display_name,
    download_headers,
    judge,
    require_room,
)

PDF = b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj\ntrailer\n%%EOF\n"


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "navy").save(stream, kind)
    return stream.getvalue()


JPG, PNG = picture("JPEG"), picture("PNG")


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (JPG, "现场照片.jpg", "jpg"),
        (JPG, "现场照片.JPEG", "jpg"),
        (PNG, "截图.png", "png"),
        (PDF, "投诉材料.PDF", "pdf"),
    ],
)
def test_pictures_and_pdfs_are_taken_with_their_chinese_names(data: bytes, name: str, kind: str) -> None:
    sha256 = hashlib.sha256(data).hexdigest()
    assert judge(data, name) == JudgedFile(kind, len(data), sha256, name)


def test_a_stream_is_judged_and_left_at_its_beginning() -> None:
    stream = io.BytesIO(PDF)
    stream.read(7)
    assert judge(stream, "a.pdf").size == len(PDF)
    assert stream.tell() == 0


def test_a_pdf_is_not_parsed_so_that_locked_and_odd_ones_are_taken() -> None:
    assert judge(b"%PDF-2.0\n/Encrypt\n" + os.urandom(500) + b"\n%%EOF" + b"\0" * 300, "加密.pdf").kind == "pdf"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.pdf", "file_empty"),
        (PNG, "a.jpg", "file_kind_mismatch"),
        (JPG, "a.png", "file_kind_mismatch"),
        (JPG, "a.pdf", "file_kind_mismatch"),
        (PDF, "a.png", "file_kind_mismatch"),
        (b"<svg onload=alert(1)>", "a.png", "file_kind_mismatch"),
        (b"<html>%PDF-1.4 %%EOF", "a.pdf", "file_kind_mismatch"),
        (b"GIF89a" + JPG, "a.jpg", "file_kind_mismatch"),
        (b"<svg/>", "a.svg", "file_kind_unknown"),
        (b"MZ", "a.exe", "file_kind_unknown"),
        (PDF, "a.pdf.", "file_kind_unknown"),
        (PDF, "pdf", "file_kind_unknown"),
        (PDF, "a.pdf.exe", "file_kind_unknown"),
        (PDF, "票据\u202efdp.exe", "file_kind_unknown"),
        (PDF, "", "file_kind_unknown"),
        (PDF[:-7], "a.pdf", "file_broken"),
        (JPG[:200], "a.jpg", "file_broken"),
        (b"\xff\xd8\xff" + b"\0" * 500, "a.jpg", "file_broken"),
        (PNG[:-40], "a.png", "file_broken"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "file_broken"),
        (PDF + b"\0" * files.MOST_BYTES, "a.pdf", "file_too_large"),
    ],
)
def test_what_is_not_what_it_says_is_refused_by_cause(data: bytes, name: str, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        judge(data, name)
    assert caught.value.code == code
    assert caught.value.message_zh.startswith("“")


def test_a_picture_of_too_many_pixels_is_an_error_and_not_a_warning() -> None:
    assert judge(png_that_claims(5000, 5000), "刚好.png").kind == "png"
    for side in (5001, 13_000):
        bomb = png_that_claims(side, side)
        assert len(bomb) < 200_000
        started = time.perf_counter()
        with pytest.raises(FileRefused, match="file_too_many_pixels"):
            judge(bomb, "大图.png")
        assert time.perf_counter() - started < 3


def test_a_picture_whose_text_unpacks_without_end_is_refused() -> None:
    text = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    with pytest.raises(FileRefused, match="file_broken"):
        judge(PNG[:33] + chunk + PNG[33:], "a.png")


def test_a_child_that_hangs_is_ended_on_time_and_the_next_file_is_judged() -> None:
    child = Child()
    started = time.perf_counter()
    try:
        with pytest.raises(ChildFailed):
            child.run(time.sleep, 60, seconds=0.5)
        assert time.perf_counter() - started < 10
        assert child.run(abs, -3, seconds=10) == 3
    finally:
        child.stop()


def test_a_child_that_dies_or_wants_all_memory_costs_only_its_file() -> None:
    child = Child()
    try:
        with pytest.raises(ChildFailed):
            child.run(os._exit, 9, seconds=10)
        with pytest.raises(ChildFailed):
            child.run(bytes, 4 * 2**30, seconds=10)
        assert child.run(abs, -3, seconds=10) == 3
    finally:
        child.stop()


def test_pictures_are_decoded_in_another_process_that_cannot_write_files(tmp_path: Path) -> None:
    assert CHILD.run(os.getpid, seconds=10) != os.getpid()
    with pytest.raises(OSError, match="File too large"):
        CHILD.run(Path.write_bytes, tmp_path / "x", b"data", seconds=10)


def test_five_files_and_thirty_megabytes_are_the_most_for_one_appeal() -> None:
    require_room([6 * 2**20] * 5)
    with pytest.raises(FileRefused, match="files_too_many"):
        require_room([1] * 6)
    with pytest.raises(FileRefused, match="files_too_large_together"):
        require_room([10 * 2**20, 10 * 2**20, 10 * 2**20, 1])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("投诉材料.pdf", "投诉材料.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\张三\\受理单.JPG", "受理单.JPG"),
        ("/tmp/a.png", "a.png"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf"),
        ("票据\u202efdp.exe", "票据fdp.exe"),
        ("\ud800图.png", "图.png"),
        ("", "附件"),
        (".pdf", "附件.pdf"),
        ("..", "附件."),
        ("𠮷\U000e0100.png", "𠮷\U000e0100.png"),
        ("一" * 300 + ".pdf", "一" * 96 + ".pdf"),
        ("一" * 300, "一" * 100),
        ("a." + "b" * 300, ("a." + "b" * 300)[:100]),
        (" 两 \t 个 词 .pdf", "两 个 词.pdf"),
    ],
)
def test_a_name_keeps_its_words_and_loses_folders_and_hidden_characters(given: str, kept: str) -> None:
    assert display_name(given) == kept
    assert len(kept) <= 100
    assert display_name(kept) == kept


def test_a_download_is_saved_and_never_shown_or_run() -> None:
    headers = download_headers("pdf", '投诉"材料;\r\nx.pdf')
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "no-store"
    disposition = headers["Content-Disposition"]
    assert disposition.isascii()
    assert disposition.isprintable()
    found = re.fullmatch(r"attachment; filename=\"attachment\.pdf\"; filename\*=UTF-8''([\w.~%-]+)", disposition)
    assert found is not None
    assert unquote(found[1]) == '投诉"材料;x.pdf'


def test_every_message_is_a_sentence_that_says_what_to_do() -> None:
    assert all(text.endswith("。") and "请" in text for text in MESSAGES.values())


def test_a_stored_file_comes_back_and_only_the_application_may_read_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    name = store.put(PDF)
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert store.read(name) == PDF
    assert store.path(name) == tmp_path / "files" / name[:2] / name[2:4] / name
    assert stat.S_IMODE(store.path(name).stat().st_mode) == 0o600
    for folder in (store.path(name).parent, store.path(name).parent.parent, tmp_path / "files"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "../secret", "a" * 31, "A" * 32, "0" * 32 + "\n", "/etc/passwd", "0" * 33])
def test_no_name_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    store = FileStore(tmp_path)
    for act in (store.path, store.read, store.delete):
        with pytest.raises(NotFound):
            act(name)


def test_the_store_lists_what_it_holds_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert list(store.iter_names()) == []
    names = {store.put(b"one"), store.put(b"two"), store.put(b"two")}
    assert len(names) == 3
    assert set(store.iter_names()) == names
    gone = names.pop()
    store.delete(gone)
    store.delete(gone)
    assert set(store.iter_names()) == names
    with pytest.raises(NotFound):
        store.read(gone)


def test_file_and_folders_are_synced_before_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []
    sync, rename = os.fsync, Path.rename

    def recorded_sync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        acts.append(f"sync {path.relative_to(tmp_path)}")
        sync(descriptor)

    def recorded_rename(self: Path, target: Path) -> Path:
        acts.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", recorded_sync)
    monkeypatch.setattr(Path, "rename", recorded_rename)
    name = FileStore(tmp_path).put(b"evidence")
    assert acts == [f"sync incoming/{name}", "rename", f"sync {name[:2]}/{name[2:4]}", f"sync {name[:2]}", "sync ."]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = FileStore(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"evidence")
    assert list(store.iter_names()) == []
    assert list(store.iter_unfinished()) == []
