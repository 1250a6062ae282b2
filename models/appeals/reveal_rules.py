"""Who may ask to see a sealed identity, who may decide it, and how long it stays open (domain.md §2, §9; IDN-3, ACC-4).

Pure. Each table names its refusals in the order they are told: the first that holds is the answer.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.accounts.rules import is_related
from models.accounts.types import Actor, Role
from models.appeals.types import ENDED_STATES, RevealStatus, State

OPEN_FOR: Final = timedelta(minutes=30)
"""From the grant, not from the first look: whoever grants knows when it ends, and no permission lies about unused."""
NEVER: Final = frozenset({Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR, Role.ENTERPRISE})
"""Whoever holds one of these roles is shown no confidential identity, whatever other role they hold (domain.md §2)."""
SHORTEST_REASON: Final = 10
_NUMBERS: Final = re.compile(
    r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])"  # a mobile number
    r"|(?<![0-9])0[1-9][0-9]{1,2}[1-9][0-9]{6,7}(?![0-9])"  # a landline with its area
    r"|(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])"  # an identity card
    r"|(?<![0-9A-Za-z])[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}(?![0-9A-Za-z])"  # a unified social credit code
)
_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])[\s\-.—–]+(?=[0-9])")


@dataclass(frozen=True)
class Matter:
    """An appeal as these rules see it, for one person: `is_accused` when it is about the person's own
    unit or kin of it, `is_open` when the identity is theirs to read anyway.
    """

    state: State
    lead_unit_id: int | None
    is_accused: bool
    has_identity: bool
    is_open: bool


def works_on(actor: Actor, matter: Matter) -> bool:
    """The office's people and those of the lead unit. Assisting units work with what the lead unit tells them."""
    return actor.is_office or (actor.is_unit and actor.unit_id == matter.lead_unit_id)


def refused_to_ask(actor: Actor, matter: Matter) -> str | None:
    """Why this person may not ask, or be granted, or open what was granted; None when they may."""
    return next((code for code, holds in (
        ("reveal_not_your_role", bool(actor.roles & NEVER) or not works_on(actor, matter)),
        ("reveal_nobody", not matter.has_identity),
        ("reveal_not_needed", matter.is_open),
        ("reveal_accused", matter.is_accused),
        ("reveal_ended", matter.state in ENDED_STATES),
    ) if holds), None)


def refused_to_decide(custodian: Actor, requester: Actor) -> str | None:
    """A custodian decides for other people of other units only."""
    return next((code for code, holds in (
        ("reveal_not_your_role", Role.CUSTODIAN not in custodian.roles),
        ("reveal_own_request", custodian.account_id == requester.account_id),
        ("reveal_same_unit", is_related(custodian.unit_path, requester.unit_path)),
    ) if holds), None)


def is_open(status: RevealStatus, expires_at: datetime | None, now: datetime) -> bool:
    return status is RevealStatus.GRANTED and expires_at is not None and now < expires_at


def names_somebody(text: str) -> bool:
    """True for a text with a telephone number, identity card or credit code in it, however it is spaced.

    Numbers only, and never a comparison with the sealed identity: a refusal would tell who guesses that they are right.
    """
    plain = unicodedata.normalize("NFKC", text)
    return bool(_NUMBERS.search(_BETWEEN_DIGITS.sub("", plain)))
