"""What a backup says of itself: when, of what, how much, under which keys; signed with the backup key."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from webapp.backups.refusals import BackupRefused
from webapp.backups.sealing import Part, key_id, mac
from webapp.config import Config
from webapp.files import write_synced

FORMAT: Final = 1
NAME: Final = "manifest.json"
DATABASE: Final = "database.sealed"


@dataclass(frozen=True)
class Manifest:
    """Nothing personal: counts, hashes, and ids of the keys without which the backup cannot be used."""

    id: str
    made_at: str
    engine: str
    schema: str
    appeals: int
    files: int
    file_bytes: int
    audit_rows: int
    keys: Mapping[str, str]
    parts: tuple[Part, ...]
    format: int = FORMAT

    @property
    def volumes(self) -> tuple[Part, ...]:
        """The parts that hold files."""
        return tuple(part for part in self.parts if part.name != DATABASE)


def key_ids(config: Config) -> dict[str, str]:
    keys = {"backup": config.backup_key, "identity": config.identity_key, "audit": config.audit_key}
    return {name: key_id(key, name) for name, key in keys.items()}


def write(manifest: Manifest, folder: Path, key: bytes) -> None:
    document = _canonical(asdict(manifest))
    signed = {**asdict(manifest), "mac": mac(key, document)}
    write_synced(folder / NAME, json.dumps(signed, ensure_ascii=False, indent=1).encode())


def read(folder: Path, config: Config) -> Manifest:
    """The manifest of a whole backup made under the keys at hand. Its parts are not looked at yet."""
    path = folder / NAME
    if not path.is_file():
        raise BackupRefused("backup_incomplete", folder=folder)
    try:
        document = dict(json.loads(path.read_bytes()))
        signed = str(document.pop("mac"))
        found, keys = document["format"], dict(document["keys"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackupRefused("backup_manifest_damaged") from error
    if found != FORMAT:
        raise BackupRefused("backup_format_unknown", folder=folder, found=found)
    _require_keys(keys, config)
    if not hmac.compare_digest(mac(config.backup_key, _canonical(document)), signed):
        raise BackupRefused("backup_manifest_damaged")
    return Manifest(**{**document, "parts": tuple(Part(**part) for part in document["parts"])})


def _require_keys(keys: Mapping[str, str], config: Config) -> None:
    wrong = [f"{name}.key" for name, own in key_ids(config).items() if keys.get(name) != own]
    if wrong:
        raise BackupRefused("backup_key_differs", keys="、".join(wrong))


def require_parts(manifest: Manifest, folder: Path) -> None:
    """Every byte of every part is what it was, before any of it is believed."""
    for part in manifest.parts:
        path = folder / part.name
        if not path.is_file():
            raise BackupRefused("backup_part_missing", part=part.name)
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        if (path.stat().st_size, sha256) != (part.size, part.sha256):
            raise BackupRefused("backup_part_damaged", part=part.name)


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
