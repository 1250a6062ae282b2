"""Every key of a rating. All are derived from the identity key, which lies outside the database and its backups.

A campaign's envelopes have a key of their own, made at the opening and kept sealed in its row until the closing erases
it: afterwards no key opens an old envelope (docs/adr/0022).
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.appeals.receipt import ALPHABET, CODE_CHARACTERS
from models.appeals.vault import IdentityVault
from models.errors import Refused
from models.ratings.types import Group, Invitee

ENVELOPE_BYTES: Final = 32 * 1024
"""Every ballot and every draft is filled up to this length before it is sealed: its length tells nothing."""
INVITEE_BYTES: Final = 256
"""Names and addresses are filled up to a multiple of this."""
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


def new_code() -> str:
    """80 random bits as 16 characters of Crockford's base32, ungrouped."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))


class CampaignKey:
    """Seals the envelopes and drafts of one campaign."""

    def __init__(self, key: bytes, uid: str) -> None:
        self._key, self._uid = key, uid.encode()
        self._cipher = AESGCM(_derived(key, b"envelope/1"))

    def seal(self, text: str, *, envelope_id: str) -> bytes:
        """A ballot, bound to its envelope. Refused("ballot_too_long") where it does not fit."""
        return _sealed(self._cipher, _filled(text), self._bound(envelope_id))

    def open(self, blob: bytes, *, envelope_id: str) -> str:
        return _opened(self._cipher, blob, self._bound(envelope_id)).decode().rstrip()

    def seal_draft(self, text: str, *, code: str) -> bytes:
        """What is answered so far, under a key that only the code and the campaign's key together give."""
        return _sealed(self._draft_cipher(code), _filled(text), self._bound("draft"))

    def open_draft(self, blob: bytes, *, code: str) -> str:
        return _opened(self._draft_cipher(code), blob, self._bound("draft")).decode().rstrip()

    def _draft_cipher(self, code: str) -> AESGCM:
        return AESGCM(_derived(self._key, b"draft/1", secret=code.encode()))

    def _bound(self, what: str) -> bytes:
        return b"rating/1\x00" + self._uid + b"\x00" + what.encode()


class RatingVault:
    """Seals invitees, campaigns' keys and codes on their way; hashes codes and names, each for its own purpose."""

    def __init__(self, key: bytes) -> None:
        """`key`: the identity key, 32 bytes."""
        if len(key) != KEY_BYTES:
            raise ValueError("the identity key must have 32 bytes")
        self._codes, self._drafts, self._names = (
            _derived(key, b"hash/" + name) for name in (b"code", b"draft", b"name")
        )
        self._people, self._keys, self._mails, self._tickets = (
            AESGCM(_derived(key, b"seal/" + name)) for name in (b"people", b"keys", b"mails", b"tickets")
        )
        self._identities = IdentityVault(key)

    # ------------------------------------------------------------ hashes

    def code_hash(self, code: str) -> str:
        return _hashed(self._codes, code)

    def draft_hash(self, code: str) -> str:
        """Another hash of the same code: without the key nothing joins a draft to an invitation."""
        return _hashed(self._drafts, code)

    def name_index(self, text: str) -> str:
        return _hashed(self._names, text)

    def credit_index(self, credit_code: str) -> str:
        """The blind index that enterprise accounts have, so that their page finds the invitation. '' for no code."""
        return self._identities.index(credit_code)

    # ------------------------------------------------------------ seals

    def seal_invitee(self, one: Invitee, *, bound_to: str) -> bytes:
        text = json.dumps({**asdict(one), "group": one.group.value}, ensure_ascii=False).encode()
        filled = text.ljust(-(-len(text) // INVITEE_BYTES) * INVITEE_BYTES)
        return _sealed(self._people, filled, b"invitee/1\x00" + bound_to.encode())

    def open_invitee(self, blob: bytes, *, bound_to: str) -> Invitee:
        found = json.loads(_opened(self._people, blob, b"invitee/1\x00" + bound_to.encode()))
        return Invitee(**{**found, "group": Group(found["group"])})

    def new_campaign_key(self, uid: str) -> bytes:
        """A fresh key, sealed for the campaign's row."""
        return _sealed(self._keys, secrets.token_bytes(KEY_BYTES), b"campaign/1\x00" + uid.encode())

    def campaign_key(self, sealed: bytes, uid: str) -> CampaignKey:
        return CampaignKey(_opened(self._keys, sealed, b"campaign/1\x00" + uid.encode()), uid)

    def seal_code(self, code: str, *, bound_to: str) -> bytes:
        """A code that waits to be mailed."""
        return _sealed(self._mails, code.encode(), b"mail/1\x00" + bound_to.encode())

    def open_code(self, blob: bytes, *, bound_to: str) -> str:
        return _opened(self._mails, blob, b"mail/1\x00" + bound_to.encode()).decode()

    def ticket(self, text: str) -> str:
        """What the voter's browser keeps while the ballot is open."""
        return _sealed(self._tickets, text.encode(), b"ticket/1").hex()

    def open_ticket(self, ticket: str) -> str:
        """Refused for anything that is no ticket of ours."""
        try:
            return _opened(self._tickets, bytes.fromhex(ticket), b"ticket/1").decode()
        except ValueError as error:
            raise Refused("rating_seal_broken") from error


def _derived(key: bytes, purpose: bytes, secret: bytes = b"") -> bytes:
    """`secret` goes in beside the key: without it, or without the key, there is no way to the derived one."""
    made = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=key if secret else None, info=b"rating-vault/" + purpose)
    return made.derive(secret or key)


def _hashed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _filled(text: str) -> bytes:
    """JSON ignores the spaces behind it."""
    plain = text.encode()
    if len(plain) > ENVELOPE_BYTES:
        raise Refused("ballot_too_long")
    return plain.ljust(ENVELOPE_BYTES)


def _sealed(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def _opened(cipher: AESGCM, blob: bytes, bound: bytes) -> bytes:
    """Refused("rating_seal_broken") for another key, and for what was changed, cut or moved."""
    try:
        return cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Refused("rating_seal_broken") from error
