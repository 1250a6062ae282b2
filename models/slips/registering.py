"""What every slip gets when it is issued: a number of its kind and year, a verification code, a row of the register."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.accounts.tables import Unit
from models.appeals import numbers
from models.appeals.tables import Appeal
from models.audit.commands import append
from models.handling.commands import Act
from models.slips.kinds import SLIP_MARKS, SPECS, SlipKind
from models.slips.paper import SlipContent
from models.slips.rules import CODE_ALPHABET, CODE_LETTERS, grouped
from models.slips.tables import Slip
from models.workdays.rules import local_day

UNNUMBERED = "预览，未编文号"


@dataclass(frozen=True)
class Letterhead:
    """What the office prints on every slip; settings, not law."""

    office_name: str
    contact: str
    come_back: str
    verification_base: str
    """Public address before the verification code, with a trailing slash."""


@dataclass(frozen=True)
class Issue:
    """The part of a slip's head that issuing gives: who, when, which number and code."""

    issued_on: date
    number: str
    code: str
    signer: str
    replaces: str = ""


@dataclass(frozen=True)
class Place:
    """What a slip belongs to, and the void slip in whose place it stands."""

    appeal: Appeal | None = None
    unit: Unit | None = None
    replaces: Slip | None = None


Draw = Callable[[Issue], SlipContent]
"""Makes the content once number and code are known."""


def verification_code() -> str:
    """80 random bits in Crockford's base 32, four groups: it proves a slip, it opens nothing."""
    return grouped("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LETTERS)))


def number_text(kind: SlipKind, year: int, number: int) -> str:
    """沅优办答〔2026〕87号: six-cornered brackets, no leading zero (GB/T 9704-2012, 7.2.5)."""
    return f"{SLIP_MARKS[kind]}〔{year}〕{number}号"


def number_of(slip: Slip) -> str:
    return number_text(slip.kind, slip.year, slip.number)


def enter(session: Session, kind: SlipKind, draw: Draw, act: Act, place: Place) -> Slip:
    """A number without gaps, the content, its row and its trace, in the transaction of the act that causes it."""
    issued_on = local_day(act.now)
    number = numbers.take(session, SPECS[kind].series, issued_on.year)
    replaced = number_of(place.replaces) if place.replaces else ""
    text, code = number_text(kind, issued_on.year, number), verification_code()
    content = draw(Issue(issued_on, text, code, act.actor.display_name, replaced))
    slip = Slip(
        kind=kind, year=issued_on.year, number=number, appeal_id=place.appeal.id if place.appeal else None,
        unit_id=place.unit.id if place.unit else None, round=place.appeal.round if place.appeal else 1,
        unit_name=content.issuer, recipient=content.recipient, title=content.title, issued_on=issued_on,
        issued_at=act.now, issued_by_id=act.actor.account_id, verification_code=code, content=content.to_json(),
        content_hash=content.content_hash, replaces_id=place.replaces.id if place.replaces else None,
    )
    session.add(slip)
    session.flush()
    trace(session, "slip.issue", slip, act, content_hash=slip.content_hash)
    return slip


def trace(session: Session, action: str, slip: Slip, act: Act, **facts: object) -> None:
    """A row of the audit log: the slip by its number, nothing that it says."""
    append(
        session, at=act.now, actor_id=act.actor.account_id, action=action, object_kind="slip", object_id=slip.uid,
        facts={"number": number_of(slip), **facts},
    )
