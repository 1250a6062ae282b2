"""Rows of the register and what the verification page may say: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.slips.commands import number_text
from models.slips.kinds import SLIP_LABELS, SlipStatus
from models.slips.queries import Registered
from models.slips.tables import Slip
from webapp.filters import cn_datetime

HASH_GROUP = 4
PRINTED_DIGITS = 16


@dataclass(frozen=True)
class SlipRow:
    uid: str
    kind: str
    number: str
    title: str
    about: str
    """The appeal and the unit that leads it."""
    recipient: str
    issued_on: date
    is_void: bool
    signed_text: str
    is_unsigned: bool


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


def rows(found: Sequence[Registered], units: Mapping[int, str]) -> list[SlipRow]:
    return [_row(one, units) for one in found]


def _row(one: Registered, units: Mapping[int, str]) -> SlipRow:
    slip, is_void = one.slip, one.slip.status is SlipStatus.VOID
    about = (one.appeal.number, units.get(one.appeal.lead_unit_id or 0, "")) if one.appeal else ()
    return SlipRow(
        slip.uid, SLIP_LABELS[slip.kind], number_text(slip.kind, slip.year, slip.number), slip.title,
        " · ".join(part for part in about if part), slip.recipient, slip.issued_on, is_void,
        f"{one.signed_name} {cn_datetime(one.signed_at)}" if one.signed_at else "",
        slip.unit_id is not None and one.signed_at is None and not is_void,
    )


def genuine(slip: Slip) -> Genuine:
    return Genuine(
        SLIP_LABELS[slip.kind], number_text(slip.kind, slip.year, slip.number), slip.unit_name, slip.issued_on,
        in_groups(slip.content_hash[:PRINTED_DIGITS]), in_groups(slip.content_hash), slip.verification_code,
        slip.status is SlipStatus.VOID,
    )


def in_groups(digits: str) -> str:
    """In groups of four, as the slip prints it."""
    return " ".join(digits[start : start + HASH_GROUP] for start in range(0, len(digits), HASH_GROUP))
