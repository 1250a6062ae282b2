"""How a row's hash is made and what a damaged chain looks like. Pure."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class ChainRow:
    seq: int
    at: datetime
    actor_id: int | None
    action: str
    object_kind: str
    object_id: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """`kind`: ok, edited, missing, truncated, extended, or unguarded (sound, its triggers gone). `seq` is where."""

    kind: str
    seq: int
    count: int


def chain_hash(key: bytes, previous: str, row: ChainRow) -> str:
    """HMAC-SHA256 over the previous hash and the row in canonical JSON (AUD-2)."""
    text = json.dumps(
        [row.seq, row.at.isoformat(), row.actor_id, row.action, row.object_kind, row.object_id, row.facts],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(key, f"{previous}\n{text}".encode(), hashlib.sha256).hexdigest()


def verify_chain(key: bytes, rows: Iterable[tuple[ChainRow, str]], head_seq: int, head_hash: str) -> Verdict:
    """Walks the whole chain. The head tells a cut tail from a whole one."""
    previous, seq = GENESIS, 0
    for row, stored in rows:
        if row.seq != seq + 1:
            return Verdict("missing", seq + 1, seq)
        if not hmac.compare_digest(chain_hash(key, previous, row), stored):
            return Verdict("edited", row.seq, seq)
        previous, seq = stored, row.seq
    if seq < head_seq:
        return Verdict("truncated", seq + 1, seq)
    if seq > head_seq or (seq and previous != head_hash):
        return Verdict("extended", head_seq + 1, seq)
    return Verdict("ok", seq, seq)
