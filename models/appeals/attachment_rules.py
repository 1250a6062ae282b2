"""How many files one appeal may hold, whenever they come: with the filing or with an answer (UPL-1)."""

from collections.abc import Sequence

from models.errors import Refused

MOST_FILES = 5
MOST_BYTES_TOGETHER = 30 * 2**20


def require_room(sizes: Sequence[int]) -> None:
    """Of all files of one appeal, in bytes. Refused("files_too_many" or "files_too_large_together")."""
    if len(sizes) > MOST_FILES:
        raise Refused("files_too_many")
    if sum(sizes) > MOST_BYTES_TOGETHER:
        raise Refused("files_too_large_together")
