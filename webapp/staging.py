"""Files of a form that is not submitted yet: judged, stored, and remembered under the form's one-time key."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlmodel import Session
from werkzeug.datastructures import FileStorage

from models.appeals import commands, queries
from models.appeals.attachment_rules import MOST_FILES
from models.appeals.tables import StagedUpload
from models.appeals.types import StoredFile
from webapp import db, disk
from webapp.files import MOST_BYTES, FileRefused, FileStore, judge, put, require_room

NO_ROOM = "暂时保存不了文件，文字内容不受影响。可以先提交，过后凭编号与市优办联系补交材料。"


@dataclass(frozen=True)
class Received:
    """What came with one request: hashes of the good files (known ones too), sentences about the others."""

    hashes: frozenset[str] = frozenset()
    errors: tuple[str, ...] = ()


class Enough(Exception):
    """No more may be kept now; `message_zh` says why and until when."""

    message_zh: str


@dataclass(frozen=True)
class Quota:
    """How many files may still be kept, asked before they are judged and counted when they are kept.

    `take` raises `Enough` in the transaction when another request was faster; `full` is what the sender is told.
    """

    left: Callable[[datetime], int]
    take: Callable[[Session, int, datetime], None]
    full: Callable[[], Enough]


def store() -> FileStore:
    return current_app.extensions["zhitongche.files"]


def staged(digest: str) -> Sequence[StagedUpload]:
    with db.database().reading() as session:
        return queries.staged_uploads(session, digest)


def receive(
    digest: str, sent: Iterable[FileStorage], now: datetime, quota: Quota | None = None, held: Sequence[int] = ()
) -> Received:
    """Keeps what is good in a short transaction of its own, so that a 422 loses nothing (DUR-1: file first).

    `quota` holds back strangers; the staff, whom we know, have none. `held`: sizes of the files that the appeal has.
    """
    given = [one for one in sent if one.filename]
    if not given:
        return Received()
    if not disk.takes_files():
        return Received(errors=(NO_ROOM,))
    left = quota.left(now) if quota else MOST_FILES
    if quota and not left:
        return Received(errors=(quota.full().message_zh,))
    basket = _Basket(staged(digest), held, left, quota)
    with ExitStack() as cleaning:
        for one in given:
            basket.put(one, cleaning)
        if basket.fresh:
            try:
                _keep(digest, basket.fresh, now, quota)
            except Enough as enough:
                return Received(errors=(enough.message_zh,))
        cleaning.pop_all()
    return Received(frozenset(basket.hashes), tuple(dict.fromkeys(basket.errors)))


def _keep(digest: str, files: Sequence[StoredFile], now: datetime, quota: Quota | None) -> None:
    with db.database().writing() as session:
        if quota:
            quota.take(session, len(files), now)
        for file in files:
            commands.stage(session, digest, file, now=now)


class _Basket:
    """Files of one form as they come in, within the limits of one appeal."""

    def __init__(self, kept: Sequence[StagedUpload], held: Sequence[int], left: int, quota: Quota | None) -> None:
        self.held, self.left, self.quota = held, left, quota
        self.known = {row.sha256 for row in kept}
        self.sizes = [row.size for row in kept]
        self.hashes: set[str] = set()
        self.fresh: list[StoredFile] = []
        self.errors: list[str] = []

    def put(self, one: FileStorage, cleaning: ExitStack) -> None:
        try:
            self._take(one, cleaning)
        except (FileRefused, Enough) as refused:
            self.errors.append(refused.message_zh)
        except OSError:
            self.errors.append(NO_ROOM)

    def _take(self, one: FileStorage, cleaning: ExitStack) -> None:
        data = one.stream.read(MOST_BYTES + 1)
        judged = judge(data, one.filename or "")
        self.hashes.add(judged.sha256)
        if judged.sha256 in self.known:
            return
        require_room([*self.sizes, judged.size], self.held)
        if self.quota and len(self.fresh) >= self.left:
            raise self.quota.full()
        self.fresh.append(put(data, judged, store(), cleaning))
        self.known.add(judged.sha256)
        self.sizes.append(judged.size)


def remove(digest: str, which: str) -> None:
    """Takes one staged file back. Only the holder of the form's key can name it; anything else removes nothing."""
    if not re.fullmatch("[0-9]{1,9}", which, re.ASCII):
        return
    with db.database().writing() as session:
        found = [row for row in queries.staged_uploads(session, digest, lock=True) if row.id == int(which)]
        for row in found:
            commands.unstage(session, row)
    drop(found)


def drop(rows: Iterable[StagedUpload]) -> None:
    """Deletes the files, and the copies made of them, of rows that are gone."""
    for row in rows:
        store().delete(row.stored_name)
        if row.derivative_name:
            store().delete(row.derivative_name)
