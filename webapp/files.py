"""Uploads: judged before they are kept, kept under our own names, handed out so that nothing runs (UPL-1..4, DUR-1)."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from models.appeals import attachment_rules
from models.appeals.types import FileWarning, StoredFile
from models.errors import NotFound, Refused
from webapp import pdf_scan, turns
from webapp.child import CHILD, ChildBusy, ChildFailed

MOST_BYTES: Final = 10 * 2**20  # per file
MOST_NAME_CHARACTERS: Final = 100
IMAGE_SECONDS: Final = 10.0
PDF_SECONDS: Final = 10.0

MESSAGES: Final[dict[str, str]] = {
    "file_empty": "“{name}”是空文件，请重新选择。",
    "file_kind_unknown": "“{name}”的格式不能接收，请上传 JPG、PNG 图片或者 PDF 文件。",
    "file_kind_mismatch": "“{name}”的内容与扩展名不符，请用原来的软件另存为 JPG、PNG 或者 PDF 后再上传。",
    "file_too_large": "“{name}”超过 10 MB，请压缩或者分成几个文件后再上传。",
    "file_too_many_pixels": "图片“{name}”超过 2500 万像素，请缩小后再上传。",
    "file_broken": "“{name}”已损坏，无法打开，请换一份或者重新拍照、扫描。",
    "file_check_busy": "正在检查的文件较多，“{name}”还没有检查完，请稍后重新提交。",
    "copy_busy": "“{name}”的副本正在制作，同时处理的文件较多，请稍后再点开。",
    "copy_impossible":
    "“{name}”已加密、损坏或者结构特殊，系统不能去除其中的制作者、拍摄地点等信息，因此不直接提供，请按下面的办法办理。",
    "copy_impossible_picture":
    "图片“{name}”已损坏或者不能处理，系统无法去除其中的拍摄时间、地点等信息，因此不直接提供，请按下面的办法办理。",
    "files_too_many": "每件诉求最多上传 5 个文件，请减少后再提交。",
    "files_too_large_together": "每件诉求的文件合计不超过 30 MB，请压缩或者减少后再提交。",
    "files_too_many_beside": "这件诉求已有 {held} 个文件，这次还可以补交 {files} 个，请减少后再提交。",
    "files_too_large_together_beside":
    "这件诉求已有的文件和这次补交的合计不超过 30 MB，这次还可以补交约 {megabytes} MB，请压缩或者减少后再提交。",
    "files_full":
    "这件诉求的文件已达上限（最多 5 个，合计不超过 30 MB），这次的文件没有收下。还有材料的，请与市优办联系。",
}

_MIME: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_KIND_BY_EXTENSION: Final = {"jpg": "jpg", "jpeg": "jpg", "png": "png", "pdf": "pdf"}
_MAGIC: Final = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
_PDF_TRAILER: Final = (b"%%EOF", 2048)  # within the last bytes; scanners append a little of their own
# Controls, surrogates, noncharacters, and every character that hides or turns its neighbours.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]"
)
_STORED_NAME: Final = re.compile("[0-9a-f]{32}")


class FileRefused(Refused):
    """A file, or the files of one appeal together, cannot be taken. `message_zh` is the sentence for its sender."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        self.message_zh = MESSAGES[code].format(**facts)


@dataclass(frozen=True)
class JudgedFile:
    """A file found fit to keep. `kind` is jpg, png or pdf; `size` in bytes; `display_name` for people, never a path.

    `derivative` is what units get (IDN-6): a picture drawn anew as JPEG, without anything but its pixels; a PDF written
    anew without what tells who made it, or none where that cannot be done.
    """

    kind: str
    size: int
    sha256: str
    display_name: str
    derivative: bytes | None = field(default=None, compare=False, repr=False)
    warning: FileWarning = field(default=FileWarning.NONE, compare=False)


def judge(source: bytes | BinaryIO, filename: str) -> JudgedFile:
    """What the file is, or FileRefused. A stream is read up to the limit and left at its beginning."""
    name = display_name(filename)
    data = source if isinstance(source, bytes) else _read(source)
    if not data:
        raise FileRefused("file_empty", name=name)
    if len(data) > MOST_BYTES:
        raise FileRefused("file_too_large", name=name)
    kind = _KIND_BY_EXTENSION.get(Path(name).suffix.lower().lstrip("."))
    if kind is None:
        raise FileRefused("file_kind_unknown", name=name)
    if not data.startswith(_MAGIC[kind]):
        raise FileRefused("file_kind_mismatch", name=name)
    sha256 = hashlib.sha256(data).hexdigest()
    if kind == "pdf":
        warning = _warning(data, name)
        return JudgedFile(kind, len(data), sha256, name, derivative=_copy_if_any(data), warning=warning)
    return JudgedFile(kind, len(data), sha256, name, derivative=redrawn(data, kind, name))


def _read(stream: BinaryIO) -> bytes:
    stream.seek(0)
    data = stream.read(MOST_BYTES + 1)
    stream.seek(0)
    return data


def _warning(data: bytes, name: str) -> FileWarning:
    """A PDF is not judged: encrypted and odd ones are evidence too (UPL-5). It is only looked through for what runs."""
    mark, within = _PDF_TRAILER
    if mark not in data[-within:]:
        raise FileRefused("file_broken", name=name)
    try:
        return FileWarning(CHILD.run(pdf_scan.warning, data, seconds=PDF_SECONDS))
    except (ChildBusy, ChildFailed):
        return FileWarning.UNCHECKED


def _copy_if_any(data: bytes) -> bytes | None:
    """An odd PDF is evidence too: whoever sends it is not held up by the copy that cannot be made of it."""
    try:
        return cleaned(data, "")
    except FileRefused:
        return None


def cleaned(data: bytes, name: str) -> bytes:
    """The PDF without what tells who made it, written in the child. FileRefused for what cannot be cleaned, and when
    the child is busy.
    """
    from webapp import pdf_copy  # brings pikepdf, which the server need not load before it answers, and never uses

    try:
        copy = CHILD.run(pdf_copy.copied, data, seconds=PDF_SECONDS)
    except ChildBusy as error:
        raise FileRefused("copy_busy", name=name) from error
    except ChildFailed as error:
        raise FileRefused("copy_impossible", name=name) from error
    if not copy:
        raise FileRefused("copy_impossible", name=name)
    return copy


def redrawn(data: bytes, kind: str, name: str) -> bytes:
    """A picture is decoded in the child, and drawn anew there while it is open. FileRefused for what is none."""
    from webapp import image_child  # brings Pillow, which the server need not load before it answers

    try:
        found, derivative = CHILD.run(image_child.examined, data, kind, seconds=IMAGE_SECONDS)
    except ChildBusy as error:
        raise FileRefused("file_check_busy", name=name) from error
    except ChildFailed as error:
        raise FileRefused("file_broken", name=name) from error
    if found == image_child.TOO_MANY_PIXELS:
        raise FileRefused("file_too_many_pixels", name=name)
    if found != image_child.SOUND:
        raise FileRefused("file_broken", name=name)
    return derivative


def put(data: bytes, judged: JudgedFile, store: "FileStore", cleaning: ExitStack) -> StoredFile:
    """Keeps the file and the copy made of it; `cleaning` takes both away again when the row does not come about."""
    name = store.put(data)
    cleaning.callback(store.delete, name)
    copy = judged.derivative
    if copy is None:
        return StoredFile(
            name, judged.display_name, judged.kind, judged.size, judged.sha256, warning=judged.warning
        )
    copy_name = store.put(copy)
    cleaning.callback(store.delete, copy_name)
    return StoredFile(
        name, judged.display_name, judged.kind, judged.size, judged.sha256,
        copy_name, hashlib.sha256(copy).hexdigest(), len(copy), judged.warning,
    )


@dataclass(frozen=True)
class Room:
    """What may still be sent for an appeal that holds `held` files: so many, so many whole megabytes together."""

    held: int
    files: int
    megabytes: int

    @classmethod
    def beside(cls, held: Sequence[int]) -> "Room":
        """`held`: sizes in bytes."""
        megabytes = max(0, attachment_rules.MOST_BYTES_TOGETHER - sum(held)) // 2**20
        return cls(len(held), max(0, attachment_rules.MOST_FILES - len(held)) if megabytes else 0, megabytes)


def require_room(sizes: Sequence[int], held: Sequence[int] = ()) -> None:
    """FileRefused when the files of one appeal, those it `held` before included, are too many or too large together."""
    try:
        attachment_rules.require_room([*held, *sizes])
    except Refused as refused:
        raise _no_room(refused.code, Room.beside(held)) from refused


def _no_room(code: str, room: Room) -> FileRefused:
    if not room.held:
        return FileRefused(code)
    if not room.files:
        return FileRefused("files_full")
    return FileRefused(f"{code}_beside", **asdict(room))


def display_name(filename: str) -> str:
    """The sender's name for the file, Chinese kept: without folders and hidden characters, at most 100 characters.

    Werkzeug's secure_filename would make "投诉材料.pdf" into "pdf". The extension survives the cut.
    """
    text = " ".join(_HIDDEN.sub("", re.split(r"[/\\]", filename)[-1]).split())
    stem, dot, extension = text.rpartition(".")
    if not dot or len(extension) > 10:
        return text[:MOST_NAME_CHARACTERS] or "附件"
    room = MOST_NAME_CHARACTERS - len(extension) - 1
    stem = stem[:room].strip()
    return f"{stem if stem.strip('.') else '附件'}.{extension.strip()}"


def download_headers(kind: str, name: str) -> dict[str, str]:
    """Headers for handing out a file: saved, never shown or run; type from our list; nothing kept on a shared computer.

    The name goes by RFC 6266 in UTF-8, with a plain ASCII one for what cannot read it.
    """
    shown = display_name(name).encode("utf-8", "replace").decode()
    return {
        "Content-Type": _MIME[kind],
        "Content-Disposition": f"attachment; filename=\"attachment.{kind}\"; filename*=UTF-8''{quote(shown, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


class FileStore:
    """Files in a folder outside static/: random names, two levels of folders, readable by the application only."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"

    def put(self, data: bytes) -> str:
        """Keeps the bytes and returns the stored name. When it returns, file and folders are on the disk (DUR-1).

        OSError (disk full, read-only) leaves nothing behind. Call it before the row that names it is committed.
        """
        name = secrets.token_hex(16)
        target = self.path(name)
        self._make_folder(self._incoming)
        self._make_folder(target.parent)
        temporary = self._incoming / name
        try:
            write_synced(temporary, data)
            temporary.rename(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        # All three, also when they existed: another thread may have made one a moment ago and not synced it yet.
        for folder in (target.parent, target.parent.parent, self._root):
            sync(folder)
        return name

    def put_back(self, stored_name: str, data: bytes) -> None:
        """Keeps the bytes under the name they had. Nothing is on the disk before the caller has synced the whole."""
        target = self.path(stored_name)
        self._make_folder(target.parent)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)

    def path(self, stored_name: str) -> Path:
        """Where a stored file lies. NotFound for what is not one of our names, so that no name leads elsewhere."""
        if not _STORED_NAME.fullmatch(stored_name):
            raise NotFound("file_missing")
        return self._root / stored_name[:2] / stored_name[2:4] / stored_name

    def read(self, stored_name: str) -> bytes:
        """The bytes; NotFound when the file is gone."""
        try:
            return self.path(stored_name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("file_missing") from error

    def delete(self, stored_name: str) -> None:
        """Removes the file for good; one that is gone already is no error."""
        target = self.path(stored_name)
        target.unlink(missing_ok=True)
        if target.parent.is_dir():
            sync(target.parent)

    def iter_names(self) -> Iterator[str]:
        """Every stored name, in order, for the comparison of files with rows."""
        for path in sorted(self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if _STORED_NAME.fullmatch(path.name):
                yield path.name

    def iter_unfinished(self) -> Iterator[Path]:
        """What a crash left half written; no row ever names these."""
        yield from sorted(self._incoming.glob("*"))

    def drop_unfinished(self, before: datetime) -> int:
        """Removes what has lain half written since then. Returns how many."""
        dropped = 0
        for path in self.iter_unfinished():
            with suppress(FileNotFoundError):  # it was finished and has gone to its place meanwhile
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    dropped += 1
        return dropped

    def _make_folder(self, folder: Path) -> None:
        """Creates the folder and its parents for the application only: mkdir(parents=True) would ignore the mode."""
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)


def write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        with turns.set_aside():
            os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Brings a file or folder that was written before to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with turns.set_aside():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
