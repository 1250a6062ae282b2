"""Making a backup: the database first, then the files its rows name, so that every row has its file; all of it read
back and checked before it gets its name.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from models.audit.commands import append
from webapp import migrate
from webapp.backups import manifest, soundness, volumes
from webapp.backups.copying import Copies, copies_of
from webapp.backups.disk import workplace
from webapp.backups.manifest import DATABASE, Manifest
from webapp.backups.refusals import BackupRefused
from webapp.backups.sealing import CHUNK, Part, SealedReader, SealedWriter
from webapp.backups.volumes import Withdrawn
from webapp.config import Config
from webapp.consistency import named_files
from webapp.db import Database
from webapp.files import FileStore, sync

ATTEMPTS: Final = 3
"""A form that is not sent yet may withdraw a file between the two copies: then both are made anew."""
Result = TypeVar("Result")


def back_up(folder: Path, config: Config, database: Database, *, now: datetime) -> Manifest:
    """A whole backup in `folder`, which did not exist or was empty. BackupRefused or OSError leave nothing there."""
    folder = folder.absolute()
    _require_place(folder, now)
    _require_schema(database)
    copies = copies_of(database.engine.url)
    with workplace(config.data_dir) as work, _draft(folder) as draft:
        made = _anew_when_withdrawn(lambda: _fill(draft, work, config, copies, now))
        manifest.write(made, draft, config.backup_key)
        sync(draft)
        draft.rename(folder)
        sync(folder.parent)
    with database.writing() as session:
        facts = {"appeals": made.appeals, "files": made.files, "audit_rows": made.audit_rows}
        append(session, at=now, actor_id=None, action="backup", object_kind="database", object_id=made.id, facts=facts)
    return made


def _require_place(folder: Path, now: datetime) -> None:
    if folder.is_mount():
        raise BackupRefused("backup_target_mounted", folder=folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused("backup_target_occupied", folder=folder, today=f"{now:%Y%m%d-%H%M}")


def _require_schema(database: Database) -> None:
    found, expected = migrate.revision_of(database.engine), migrate.newest()
    if not found:
        raise BackupRefused("backup_schema_missing")
    if found != expected:
        raise BackupRefused("backup_schema_differs", found=found, expected=expected)


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Beside its place and under a name that no restore takes for a backup, until it is whole."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.unfinished")
    draft.mkdir(mode=0o700)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _anew_when_withdrawn(attempt: Callable[[], Result]) -> Result:
    for _ in range(ATTEMPTS - 1):
        with suppress(Withdrawn):
            return attempt()
    try:
        return attempt()
    except Withdrawn as error:
        told = f"file {error.args[0]}: missing"
        raise BackupRefused("backup_problems", count=1, told=told) from error


def _fill(draft: Path, work: Path, config: Config, copies: Copies, now: datetime) -> Manifest:
    for left in (*draft.iterdir(), *work.iterdir()):
        left.unlink()
    copy, key = work / "copy", config.backup_key
    copies.take(copy)
    with copies.opened(copy, config.audit_key) as database:
        soundness.require_whole(database)
        with database.reading() as session:
            names = list(dict.fromkeys(name for name, _ in named_files(session)))
            parts, file_bytes = volumes.pack(FileStore(config.files_dir), names, draft, key)
            parts.insert(0, _seal(copy, draft / DATABASE, key))
            kept = volumes.read_back([draft / part.name for part in parts[1:]], key)
            soundness.require_consistent(session, kept)
            found = soundness.counts(session, config.audit_key)
    return Manifest(
        f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(4)}", now.isoformat(timespec="seconds"), copies.name, migrate.newest(),
        found.appeals, len(names), file_bytes, found.audit_rows, manifest.key_ids(config), tuple(parts),
    )  # fmt: skip


def _seal(copy: Path, target: Path, key: bytes) -> Part:
    """The copy encrypted, and read back: what the checks saw is what a restore will get."""
    plain = hashlib.sha256()
    with SealedWriter(target, key) as sealed, copy.open("rb") as stream:
        while piece := stream.read(CHUNK):
            plain.update(piece)
            sealed.write(piece)
        part = sealed.finish()
    again = hashlib.sha256()
    with SealedReader(target, key) as reader:
        for piece in reader.pieces():
            again.update(piece)
    if again.digest() != plain.digest():
        raise BackupRefused("backup_not_read_back", part=target.name, folder=target.parent.parent)
    return part
