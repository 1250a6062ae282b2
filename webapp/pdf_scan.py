"""Looks through a PDF for what could run, in the child process. Standard library only.

No verdict on the file: encrypted and odd ones are evidence too (UPL-5). Names are read as a viewer reads them: with
their #xx escapes undone, and inside compressed object streams, where names can hide.
"""

import re
import resource
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

NONE, ACTIVE, UNCHECKED = "none", "active", "unchecked"
MEMORY_BYTES: Final = 512 * 2**20
MOST_UNPACKED: Final = 64 * 2**20  # of all object streams together

_RUNS: Final = re.compile(
    rb"/(?:JS|JavaScript|OpenAction|Launch|EmbeddedFiles?|RichMedia|XFA)(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|$)"
)
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_ENCRYPTED: Final = re.compile(rb"/Encrypt(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|$)")
_DICTIONARY_BYTES: Final = 2048  # how far before "stream" its dictionary is looked for


def warning(data: bytes) -> str:
    """ACTIVE, UNCHECKED (encrypted, or more than there is memory for) or NONE."""
    with _memory(MEMORY_BYTES):
        try:
            return _found(data)
        except MemoryError:
            return UNCHECKED


@contextmanager
def _memory(most: int) -> Iterator[None]:
    """Less than the child has otherwise; the limit of the child comes back afterwards."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _found(data: bytes) -> str:
    if _RUNS.search(_plain(data)):
        return ACTIVE
    is_whole, left = True, MOST_UNPACKED
    for packed in _object_streams(data):
        content, is_complete = _unpacked(packed, left)
        if _RUNS.search(_plain(content)):
            return ACTIVE
        is_whole, left = is_whole and is_complete, left - len(content)
    return NONE if is_whole and not _ENCRYPTED.search(_plain(data)) else UNCHECKED


def _plain(data: bytes) -> bytes:
    """/J#61vaScript is /JavaScript."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data


def _object_streams(data: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(data):
        before = data[max(0, found.start() - _DICTIONARY_BYTES) : found.start()]
        if b"/ObjStm" in _plain(before[before.rfind(b"obj") :]) or b"/ObjStm" in _plain(before[-200:]):
            end = data.find(b"endstream", found.end())
            yield data[found.end() : end if end >= 0 else len(data)]


def _unpacked(packed: bytes, most: int) -> tuple[bytes, bool]:
    """What a deflated stream holds, up to `most` bytes, and whether that is all of it."""
    if most <= 0:
        return b"", False
    machine = zlib.decompressobj()
    try:
        content = machine.decompress(packed, most)
    except zlib.error:
        return packed, False
    return content, machine.eof
