"""Proof of work for strangers in a hurry (ABU-1): a sum that their browser does first, checked before anything slow.

A challenge is bound to one form and to where it was asked from, holds ten minutes and is good for one request: the
library verifies the same solution as often as it is sent, so `digest` goes into a table that takes it once. The browser
counts up to a hidden number; the server only compares a keyed hash.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import altcha
from flask import current_app

from webapp.config import Config

VALID_FOR: Final = timedelta(minutes=10)
ALGORITHM: Final = "PBKDF2/SHA-256"
COST: Final = 5_000  # iterations for each number tried: 1 to 4 ms in a browser
LEAST_TRIES, MOST_TRIES = 60, 120  # so nobody waits three times as long as their neighbour
MOST_PAYLOAD: Final = 4_000
"""Characters; an honest one has about 900."""


class Purpose(StrEnum):
    """What is asked for. A proof made for the one is none for the other."""

    FILING = "filing"
    LOOK_UP = "look_up"


def challenge(purpose: Purpose, form_key: str, source: str, now: datetime) -> str:
    """JSON for the page. `source` is the keyed hash of an address (`webapp.sources`), never the address."""
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=LEAST_TRIES + secrets.randbelow(MOST_TRIES - LEAST_TRIES),
        expires_at=int((now + VALID_FOR).timestamp()),
        data={"bound": _bound(purpose, form_key, source)},
        hmac_secret=_secret(b"challenge"),
        hmac_key_secret=_secret(b"solution"),
    )
    return json.dumps(made.to_dict(), separators=(",", ":"))


def digest(proof: str, purpose: Purpose, form_key: str, source: str, now: datetime) -> str | None:
    """What to enter as used when this proof was made for this form, from here, in time; None when it is no proof."""
    payload = _read(proof)
    if payload is None:
        return None
    parameters = payload.challenge.parameters
    bound = parameters.data.get("bound") if isinstance(parameters.data, dict) else None
    if bound != _bound(purpose, form_key, source):  # no secret: the page carries it, and it is signed
        return None
    result = altcha.verify_solution(payload, _secret(b"challenge"), hmac_key_secret=_secret(b"solution"))
    # Signed, so these are ours: an int and a string. Time is the application's, not the library's.
    if not result.verified or datetime.fromtimestamp(parameters.expires_at or 0, UTC) <= now:
        return None
    return hashlib.sha256(str(payload.challenge.signature).encode()).hexdigest()


def _read(proof: str) -> altcha.Payload | None:
    if not proof or len(proof) > MOST_PAYLOAD or not proof.isascii():
        return None
    try:
        return altcha.Payload.from_dict(json.loads(base64.b64decode(proof, validate=True)))
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _bound(purpose: Purpose, form_key: str, source: str) -> str:
    text = json.dumps([purpose, form_key, source]).encode()
    return hmac.new(_secret(b"binding"), text, "sha256").hexdigest()


def _secret(use: bytes) -> bytes:
    config: Config = current_app.extensions["zhitongche.config"]
    return hmac.digest(config.secret_key, b"proof-of-work/1/" + use, "sha256")
