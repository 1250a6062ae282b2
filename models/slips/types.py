"""What an official reply and an appellant's receipt say, frozen at issue as plain values.

The JSON form is canonical (sorted keys, UTF-8, no spaces), so its hash can be printed and verified years later.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from hashlib import sha256
from typing import Any, Self

SHORT_HASH_DIGITS = 16
LATER_FIELDS = frozenset({"opening", "closing", "replaces"})


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a plain value of a slip")


def canonical(values: dict[str, Any]) -> str:
    """The one JSON text of these values."""
    return json.dumps(values, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """SHA-256 of a canonical JSON, 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def in_print(digits: str) -> str:
    """The part of a hash that is printed, in groups of four: `3f09 a1c2 …`."""
    shown = digits[:SHORT_HASH_DIGITS]
    return " ".join(shown[start : start + 4] for start in range(0, SHORT_HASH_DIGITS, 4))


@dataclass(frozen=True, slots=True)
class SlipDemand:
    """One demand of the appeal and what became of it. `outcome` is the Chinese word printed, e.g. 已解决."""

    no: int
    text: str
    outcome: str
    facts: str = ""
    basis: str = ""
    actions: str = ""


@dataclass(frozen=True, slots=True)
class ReplySlip:
    """The reply to the appellant (答复书). Every text is printed as it stands here; nothing is looked up later.

    `issuer` signs, `mark` is the red head, `self_name` is how the issuer speaks of itself (我办, 我局).
    `come_back` is one sentence on how to return with number and code; it never offers the 信访 review remedy.
    """

    issuer: str
    mark: str
    number: str
    title: str
    recipient: str
    appeal_number: str
    subject: str
    filed_on: date
    channel: str
    lead_unit: str
    demands: tuple[SlipDemand, ...]
    contact: str
    come_back: str
    signer: str
    reviewer: str
    handler_unit: str
    issued_on: date
    verification_code: str
    verification_url: str
    self_name: str = "我办"
    copies: tuple[str, ...] = ()
    annexes: tuple[str, ...] = ()
    opening: str = ""
    closing: str = ""
    replaces: str = ""
    """Three fields that older replies lack: the text of those is the template's, and their JSON stays as it was."""

    def to_json(self) -> str:
        """Canonical JSON: equal slips give equal text."""
        values = asdict(self)
        return canonical({name: value for name, value in values.items() if value or name not in LATER_FIELDS})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Inverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        values: dict[str, Any] = json.loads(text)
        values["demands"] = tuple(SlipDemand(**demand) for demand in values["demands"])
        for name in ("filed_on", "issued_on"):
            values[name] = date.fromisoformat(values[name])
        for name in ("copies", "annexes"):
            values[name] = tuple(values[name])
        return cls(**values)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
        return hash_of(self.to_json())

    @property
    def short_hash(self) -> str:
        return in_print(self.content_hash)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The appellant's own print (受理回执). Carries the code, so it is never kept and never shown to a unit.

    `promises` are rows of (step, date as it is said to people); `filed_at` is ready for print in local time.
    """

    office: str
    number: str
    code: str
    filed_at: str
    title: str
    promises: tuple[tuple[str, str], ...]
    follow_up: str
    track_url: str
    privacy_note: str
    contact: str = ""

    def to_json(self) -> str:
        """Canonical JSON: equal receipts give equal text."""
        return canonical({field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Inverse of `to_json`."""
        values = json.loads(text)
        promises = tuple((step, day) for step, day in values.pop("promises"))
        return cls(promises=promises, **values)
