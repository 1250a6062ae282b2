"""The files of a backup: tar archives of some size each, sealed."""

import hashlib
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from webapp.backups.refusals import BackupRefused
from webapp.backups.sealing import Part, SealedReader, SealedWriter
from webapp.files import FileStore

VOLUME_BYTES: Final = 2**30
"""Where one ends and the next begins: small enough for any disk, far below what one key may encrypt."""


class Withdrawn(Exception):
    """A file went away after the database was copied. The name is the argument."""


@dataclass(frozen=True)
class Unpacked:
    """Files as they were read back from a backup: name → hash."""

    hashes: Mapping[str, str]

    def sha256(self, stored_name: str) -> str | None:
        return self.hashes.get(stored_name)

    def iter_settled(self) -> Iterator[str]:
        yield from self.hashes


def pack(store: FileStore, names: Sequence[str], folder: Path, key: bytes) -> tuple[list[Part], int]:
    """The named files in as many volumes as it takes, and their bytes together."""
    parts: list[Part] = []
    total, waiting = 0, list(names)
    while waiting:
        path = folder / f"files-{len(parts) + 1:04d}.sealed"
        with SealedWriter(path, key) as sealed:
            taken, size = _fill(sealed, store, waiting)
            parts.append(sealed.finish())
        del waiting[:taken]
        total += size
    return parts, total


def _fill(sealed: SealedWriter, store: FileStore, names: Sequence[str]) -> tuple[int, int]:
    """How many of the names went in until the volume was full, and their size."""
    taken = size = 0
    with tarfile.open(fileobj=cast(BinaryIO, sealed), mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.mode = 0o600
            try:
                with store.path(name).open("rb") as stream:
                    member.size = store.path(name).stat().st_size
                    archive.addfile(member, stream)
            except FileNotFoundError as error:
                raise Withdrawn(name) from error
            taken, size = taken + 1, size + member.size
            if size >= VOLUME_BYTES:
                break
    return taken, size


def unpack(path: Path, key: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file. BackupRefused by the end when the volume was damaged."""
    with SealedReader(path, key) as sealed:
        try:
            yield from _members(sealed)
        except tarfile.TarError as error:
            raise BackupRefused("backup_part_damaged", part=path.name) from error
        for _ in sealed.pieces():  # what follows the archive's end, to the tag
            pass


def _members(sealed: SealedReader) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=cast(BinaryIO, sealed), mode="r|") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            assert stream is not None, "only files were packed"
            yield member.name, stream.read()


def read_back(paths: Sequence[Path], key: bytes) -> Unpacked:
    hashes = {name: hashlib.sha256(data).hexdigest() for path in paths for name, data in unpack(path, key)}
    return Unpacked(hashes)
