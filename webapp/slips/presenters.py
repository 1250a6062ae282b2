"""Rows of the register and what the verification page may say: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.appeals.tables import Appeal
from models.slips.commands import number_text
from models.slips.tables import SLIP_LABELS, Slip, SlipStatus

HASH_GROUP = 4
PRINTED_DIGITS = 16


@dataclass(frozen=True)
class SlipRow:
    uid: str
    kind: str
    number: str
    appeal_uid: str
    appeal_number: str
    appeal_title: str
    unit: str
    issued_on: date
    is_void: bool


@dataclass(frozen=True)
class Genuine:
    """What anybody may learn of a slip. Nothing of the appeal or its appellant."""

    kind: str
    number: str
    unit: str
    issued_on: date
    printed_hash: str
    full_hash: str
    code: str
    is_void: bool


def rows(found: Sequence[tuple[Slip, Appeal]], units: Mapping[int, str]) -> list[SlipRow]:
    return [
        SlipRow(
            slip.uid, SLIP_LABELS[slip.kind], number_text(slip.kind, slip.year, slip.number), appeal.uid, appeal.number,
            appeal.title, units.get(appeal.lead_unit_id or 0, ""), slip.issued_on, slip.status is SlipStatus.VOID,
        )
        for slip, appeal in found
    ]


def genuine(slip: Slip) -> Genuine:
    return Genuine(
        SLIP_LABELS[slip.kind], number_text(slip.kind, slip.year, slip.number), slip.unit_name, slip.issued_on,
        in_groups(slip.content_hash[:PRINTED_DIGITS]), in_groups(slip.content_hash), slip.verification_code,
        slip.status is SlipStatus.VOID,
    )


def in_groups(digits: str) -> str:
    """In groups of four, as the slip prints it."""
    return " ".join(digits[start : start + HASH_GROUP] for start in range(0, len(digits), HASH_GROUP))
