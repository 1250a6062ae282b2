"""Parts of a backup, encrypted as they are written: AES-256-GCM of `cryptography`, one message and key for each part.

Layout: magic, 32 bytes of salt, ciphertext, 16 bytes of tag. Key and nonce come from backup key, salt and name by HKDF,
so no two parts share them and a part under another's name does not open. What is read is to be believed only when the
reader has come to the end: the tag stands there.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.backups.refusals import BackupRefused

MAGIC: Final = b"ZTCBAK1\n"
SALT_BYTES: Final = 32
TAG_BYTES: Final = 16
HEADER_BYTES: Final = len(MAGIC) + SALT_BYTES
CHUNK: Final = 2**20


@dataclass(frozen=True)
class Part:
    """A file of the backup as it lies there: encrypted. `sha256` is of those bytes."""

    name: str
    size: int
    sha256: str


def key_id(key: bytes, name: str) -> str:
    """Tells one key from another without telling anything of it."""
    return hmac.new(key, f"backup/id/{name}".encode(), hashlib.sha256).hexdigest()[:16]


def mac(key: bytes, document: bytes) -> str:
    return hmac.new(key, b"backup/manifest/1\n" + document, hashlib.sha256).hexdigest()


def _cipher(key: bytes, salt: bytes, name: str, tag: bytes | None = None) -> Cipher[GCM]:
    material = HKDF(algorithm=SHA256(), length=44, salt=salt, info=f"backup/part/1/{name}".encode()).derive(key)
    return Cipher(AES256(material[:32]), GCM(material[32:], tag))


class _Closing:
    """An open file and its end."""

    _file: BinaryIO

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class SealedWriter(_Closing):
    """Takes plain bytes, writes sealed ones. `finish` puts the tag and brings the file to the disk."""

    def __init__(self, path: Path, key: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        self._name = path.name
        self._encryptor = _cipher(key, salt, path.name).encryptor()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._sha256, self._size = hashlib.sha256(), 0
        self._put(MAGIC + salt)

    def write(self, data: bytes) -> int:
        self._put(self._encryptor.update(data))
        return len(data)

    def finish(self) -> Part:
        self._put(self._encryptor.finalize() + self._encryptor.tag)
        self._file.flush()
        os.fsync(self._file.fileno())
        return Part(self._name, self._size, self._sha256.hexdigest())

    def _put(self, sealed: bytes) -> None:
        self._file.write(sealed)
        self._sha256.update(sealed)
        self._size += len(sealed)


class SealedReader(_Closing):
    """Gives the plain bytes back. BackupRefused at the end when a byte was changed, cut off or moved."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._name = path.name
        self._file = path.open("rb")
        self._left = path.stat().st_size - HEADER_BYTES - TAG_BYTES
        header = self._file.read(HEADER_BYTES)
        if self._left < 0 or header[: len(MAGIC)] != MAGIC:
            self._file.close()
            raise self._damaged()
        self._file.seek(-TAG_BYTES, os.SEEK_END)
        tag = self._file.read(TAG_BYTES)
        self._file.seek(HEADER_BYTES)
        self._decryptor = _cipher(key, header[len(MAGIC) :], path.name, tag).decryptor()
        self._is_ended = False

    def read(self, size: int = -1) -> bytes:
        sealed = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(sealed)
        plain = self._decryptor.update(sealed)
        if not sealed and size != 0 and not self._is_ended:
            self._end()
        return plain

    def pieces(self) -> Iterator[bytes]:
        """All of it, or what is left of it, to the tag."""
        while plain := self.read(CHUNK):
            yield plain

    def _end(self) -> None:
        self._is_ended = True
        try:
            self._decryptor.finalize()
        except InvalidTag as error:
            raise self._damaged() from error

    def _damaged(self) -> BackupRefused:
        return BackupRefused("backup_part_damaged", part=self._name)
