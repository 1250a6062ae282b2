"""What a slip says, frozen at issue: a head that all kinds share, and a body of typed blocks. Pure.

One template for each format draws every kind from it. `content_of` reads what is stored, replies included, whose
content is older than the blocks (`models.slips.types.ReplySlip`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from models.slips.kinds import SPECS, SlipFormat, SlipKind
from models.slips.types import ReplySlip, SlipDemand, canonical, hash_of, in_print


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A field of text, each line a paragraph. `lead` is a heading in its first line, set in 楷体."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """一、(1) （一）(2) 1.(3). The numbers are counted when the page is composed, in the order of the blocks."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class FactTable:
    """Rows of a name and what stands beside it."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DemandAnswers:
    """The demands one by one with what became of each. `owner`: 您 to the appellant, 诉求人 to anybody else."""

    demands: tuple[SlipDemand, ...]
    owner: str = "诉求人"


Block = Paragraph | Heading | FactTable | DemandAnswers
_BLOCKS: dict[str, type[Paragraph | Heading | FactTable | DemandAnswers]] = {
    "paragraph": Paragraph, "heading": Heading, "facts": FactTable, "answers": DemandAnswers,
}
_NAMES = {made: name for name, made in _BLOCKS.items()}


@dataclass(frozen=True, slots=True)
class Body:
    """What the builder of a kind makes of its facts and wording; issuing adds the head. `secrecy` stands on the left
    of a letter's first line, `receipt` is the sentence of the return receipt that goes with it.
    """

    title: str
    recipient: str
    blocks: tuple[Block, ...]
    closing: str
    copies: tuple[str, ...] = ()
    annexes: tuple[str, ...] = ()
    secrecy: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A slip of any kind but the reply. Every text is printed as it stands here; nothing is looked up later."""

    kind: str
    issuer: str
    mark: str
    number: str
    title: str
    recipient: str
    blocks: tuple[Block, ...]
    contact: str
    closing: str
    """The last sentence, after the contact."""
    signer: str
    reviewer: str
    handler_unit: str
    issued_on: date
    verification_code: str
    verification_url: str
    copies: tuple[str, ...] = ()
    annexes: tuple[str, ...] = ()
    secrecy: str = ""
    receipt: str = ""
    replaces: str = ""
    """Of a reissue: the number of the void slip in whose place it stands."""

    @property
    def is_letter(self) -> bool:
        return SPECS[SlipKind(self.kind)].format is SlipFormat.LETTER

    def to_json(self) -> str:
        """Canonical JSON: equal slips give equal text."""
        values = asdict(self)
        values["blocks"] = [{"block": _NAMES[type(one)], **asdict(one)} for one in self.blocks]
        return canonical(values)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Inverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        values: dict[str, Any] = json.loads(text)
        values["blocks"] = tuple(_block(one) for one in values["blocks"])
        values["issued_on"] = date.fromisoformat(values["issued_on"])
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


SlipContent = ReplySlip | Paper


def content_of(text: str) -> SlipContent:
    """A slip as it was stored."""
    return Paper.from_json(text) if "blocks" in json.loads(text) else ReplySlip.from_json(text)


def _block(values: dict[str, Any]) -> Block:
    made = _BLOCKS[values.pop("block")]
    if made is FactTable:
        return FactTable(tuple((name, text) for name, text in values["rows"]))
    if made is DemandAnswers:
        return DemandAnswers(tuple(SlipDemand(**one) for one in values["demands"]), values["owner"])
    return made(**values)
