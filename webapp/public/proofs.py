"""The part of a page that asks the browser for a proof of work. Nothing of it appears below the threshold."""

from dataclasses import dataclass
from datetime import datetime

from webapp import proof_of_work, sources
from webapp.forms import new_key
from webapp.proof_of_work import Purpose
from webapp.public import limits


@dataclass(frozen=True)
class ProofView:
    """`form_key` is sent back with the proof when the form has no one-time key of its own. `minutes` until none is
    asked for any more.
    """

    challenge: str
    minutes: int
    form_key: str = ""


def for_filing(form_key: str, now: datetime) -> ProofView | None:
    minutes = limits.minutes_to_wait(Purpose.FILING, now)
    if minutes is None:
        return None
    return ProofView(proof_of_work.challenge(Purpose.FILING, form_key, sources.filer().key, now), minutes)


def for_look_up(now: datetime) -> ProofView | None:
    minutes = limits.minutes_to_wait(Purpose.LOOK_UP, now)
    if minutes is None:
        return None
    key = new_key()
    return ProofView(proof_of_work.challenge(Purpose.LOOK_UP, key, sources.here().key, now), minutes, key)
