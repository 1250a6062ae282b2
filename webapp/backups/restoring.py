"""Putting a backup back where nothing is: verified before it is unpacked, unpacked and checked beside its place, then
files before database, so that no row ever stands without its file (DUR-1).
"""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.audit.commands import append
from webapp import migrate
from webapp.backups import manifest, soundness, volumes
from webapp.backups.copying import Copies, copies_of
from webapp.backups.disk import require_room, sync_tree, workplace
from webapp.backups.manifest import DATABASE, Manifest
from webapp.backups.refusals import BackupRefused
from webapp.backups.sealing import SealedReader
from webapp.config import Config
from webapp.consistency import StoredFiles
from webapp.db import Database
from webapp.files import FileStore, sync


@dataclass(frozen=True)
class Restored:
    """`is_older`: the schema is one of an earlier version; until `flask db upgrade` nothing could be checked but the
    engine's own integrity.
    """

    manifest: Manifest
    is_older: bool


def restore(folder: Path, config: Config, database: Database, *, now: datetime) -> Restored:
    """BackupRefused or OSError leave the target as it was: empty."""
    found = manifest.read(folder, config)
    copies = copies_of(database.engine.url)
    is_older = _require_fitting(found, copies)
    copies.require_empty()
    _require_no_files(config.files_dir)
    manifest.require_parts(found, folder)
    with workplace(config.data_dir) as work:
        require_room(work, found.file_bytes + 3 * sum(part.size for part in found.parts if part.name == DATABASE))
        copy, files = _unpacked(found, folder, work, config.backup_key)
        _require_sound(copy, files, copies, config, is_older=is_older)
        sync_tree(files)
        with ExitStack() as undo:
            files.rename(config.files_dir)
            undo.callback(config.files_dir.rename, files)
            sync(config.data_dir)
            copies.put(copy)
            undo.pop_all()
    if not is_older:
        _trace(found, database, now)
    return Restored(found, is_older)


def _require_fitting(found: Manifest, copies: Copies) -> bool:
    """Whether the backup's schema is older than the program's."""
    if found.engine != copies.name:
        raise BackupRefused("restore_other_engine", found=found.engine, expected=copies.name)
    if not migrate.knows(found.schema):
        raise BackupRefused("restore_schema_newer", found=found.schema)
    return found.schema != migrate.newest()


def _require_no_files(root: Path) -> None:
    """Folders without a file in them are what a new house has, and go."""
    if any(path.is_file() for path in root.rglob("*")):
        raise BackupRefused("restore_files_occupied", folder=root)
    for folder, _, _ in os.walk(root, topdown=False):
        Path(folder).rmdir()


def _unpacked(found: Manifest, folder: Path, work: Path, key: bytes) -> tuple[Path, Path]:
    copy, files = work / "copy", work / "files"
    copy.touch(mode=0o600)
    with SealedReader(folder / DATABASE, key) as sealed, copy.open("wb") as stream:
        for piece in sealed.pieces():
            stream.write(piece)
    store = FileStore(files)
    files.mkdir(mode=0o700)
    for part in found.volumes:
        for name, data in volumes.unpack(folder / part.name, key):
            store.put_back(name, data)
    return copy, files


def _require_sound(copy: Path, files: Path, copies: Copies, config: Config, *, is_older: bool) -> None:
    with copies.opened(copy, config.audit_key) as database:
        soundness.require_whole(database)
        if is_older:
            return
        with database.reading() as session:
            soundness.require_chain(session, config.audit_key)
            soundness.require_consistent(session, StoredFiles(FileStore(files), float("inf")))


def _trace(found: Manifest, database: Database, now: datetime) -> None:
    """In the restored database, which everything was checked in but this row."""
    facts = {"made_at": found.made_at, "appeals": found.appeals, "audit_rows": found.audit_rows}
    of = {"object_kind": "database", "object_id": found.id}
    with database.writing() as session:
        append(session, at=now, actor_id=None, action="restore", **of, facts=facts)
