"""Where the work is done and how it comes to the disk."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from webapp.backups.refusals import BackupRefused
from webapp.disk import LEAST_FOR_TEXT, MB, usage
from webapp.files import sync

WORKPLACE: Final = "backup-work"


@contextmanager
def workplace(data_dir: Path) -> Iterator[Path]:
    """A folder beside the data, for one backup or restore at a time, so that nothing in clear ever lies where the
    backup goes. What a killed one left behind is cleared away before and after.
    """
    path = data_dir / "backup.lock"
    path.touch(mode=0o600)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused("backup_running") from error
        folder = data_dir / WORKPLACE
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def require_room(folder: Path, needed: int) -> None:
    """A backup must never be what fills the disk under the service."""
    _, free = usage(folder)
    if free < needed + LEAST_FOR_TEXT:
        raise BackupRefused("backup_no_room", needed=(needed + LEAST_FOR_TEXT) // MB + 1, free=free // MB)


def sync_tree(root: Path) -> None:
    """Everything under a folder, then the folders, innermost first, itself last."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            sync(Path(folder, name))
        sync(Path(folder))
