"""Rows of the register and what the verification page may say: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.slips import queries, receiving
from models.slips.kinds import SLIP_LABELS, SlipKind, SlipStatus
from models.slips.queries import Registered
from models.slips.registering import number_of
from models.slips.reply import name_of
from models.slips.tables import Slip, SlipScan, SlipWording
from models.workdays.rules import local_day
from webapp.filters import cn_datetime, cn_full_date
from webapp.forms import ActForm

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
    voided_on: str


def rows(found: Sequence[Registered], units: Mapping[int, str]) -> list[SlipRow]:
    return [_row(one, units) for one in found]


def _row(one: Registered, units: Mapping[int, str]) -> SlipRow:
    slip, is_void = one.slip, one.slip.status is SlipStatus.VOID
    about = (one.appeal.number, units.get(one.appeal.lead_unit_id or 0, "")) if one.appeal else ()
    return SlipRow(
        slip.uid, SLIP_LABELS[slip.kind], number_of(slip), slip.title,
        " · ".join(part for part in about if part), slip.recipient, slip.issued_on, is_void,
        f"{one.signed_name} {cn_datetime(one.signed_at)}" if one.signed_at else "",
        slip.unit_id is not None and one.signed_at is None and not is_void,
    )


def genuine(slip: Slip) -> Genuine:
    return Genuine(
        SLIP_LABELS[slip.kind], number_of(slip), slip.unit_name, slip.issued_on,
        in_groups(slip.content_hash[:PRINTED_DIGITS]), in_groups(slip.content_hash), slip.verification_code,
        slip.status is SlipStatus.VOID, cn_full_date(local_day(slip.voided_at)) if slip.voided_at else "",
    )


def in_groups(digits: str) -> str:
    """In groups of four, as the slip prints it."""
    return " ".join(digits[start : start + HASH_GROUP] for start in range(0, len(digits), HASH_GROUP))


@dataclass(frozen=True)
class SlipView:
    """A slip as its own page tells of it. Addresses are the reader's own: "" for what this reader may not open."""

    uid: str
    kind: str
    number: str
    title: str
    recipient: str
    issued_text: str
    issuer: str
    is_void: bool
    void_text: str
    signed_text: str
    wants_signature: bool
    replaces: tuple[str, str]
    replaced_by: tuple[str, str]
    appeal_uid: str
    appeal_number: str


@dataclass(frozen=True)
class ScanView:
    uid: str
    name: str
    size: int
    added_text: str


@dataclass(frozen=True)
class Offer:
    """A kind that may be issued of an appeal: `form` when it may be now, `why_not` when it may not, `issued` is the
    valid one (uid and number).
    """

    kind: SlipKind
    label: str
    hint: str
    form: ActForm | None
    why_not: str
    issued: tuple[str, str]


NO_OTHER = ("", "")


def offer(
    kind: SlipKind, hint: str, *, form: ActForm | None = None, why_not: str = "", issued: tuple[str, str] = NO_OTHER
) -> Offer:
    return Offer(kind, SLIP_LABELS[kind], hint, form, why_not, issued)


def slip_view(session: Session, slip: Slip, appeal: Appeal | None) -> SlipView:
    is_void, receipt = slip.status is SlipStatus.VOID, receiving.receipt_of(session, slip)
    signed = f"{receipt.signed_name} {cn_datetime(receipt.signed_at)}" if receipt else ""
    void_text = f"{cn_datetime(slip.voided_at)}作废：{slip.void_reason}" if is_void else ""
    return SlipView(
        slip.uid, SLIP_LABELS[slip.kind], number_of(slip), slip.title, slip.recipient, cn_datetime(slip.issued_at),
        slip.unit_name, is_void, void_text, signed, slip.unit_id is not None and not signed and not is_void,
        _other(session, slip.replaces_id), _named(queries.replaced_by(session, slip) if is_void else None),
        appeal.uid if appeal else "", appeal.number if appeal else "",
    )


def _other(session: Session, slip_id: int | None) -> tuple[str, str]:
    return _named(queries.by_id(session, slip_id) if slip_id is not None else None)


def _named(slip: Slip | None) -> tuple[str, str]:
    return (slip.uid, number_of(slip)) if slip is not None else NO_OTHER


@dataclass(frozen=True)
class VersionView:
    number: int
    changed_text: str


def version_views(session: Session, written: Sequence[SlipWording]) -> list[VersionView]:
    """The versions that the office has written, with who did."""
    names = {one.changed_by_id: name_of(session, one.changed_by_id) for one in written}
    return [
        VersionView(one.version, f"{names[one.changed_by_id]} {cn_datetime(one.changed_at)}") for one in written
    ]


def scan_views(found: Sequence[SlipScan]) -> list[ScanView]:
    return [ScanView(one.uid, one.display_name, one.size, cn_datetime(one.added_at)) for one in found]
