"""The receipt code: what lets somebody without an account follow their appeal (reliability.md ABU-3).

16 characters of Crockford's base32 carry 80 bits. The code follows from the form's one-time key, so the same form sent
twice shows the same receipt, and only a slow hash of it is stored.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

CODE_CHARACTERS: Final = 16
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: without I L O U
_TO_CROCKFORD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)
_READ_AS: Final = str.maketrans("OIL", "011")
_SEPARATORS: Final = re.compile(r"[\s\-_‐‑‒–—―−·.]+")
_CANONICAL: Final = re.compile(f"[{ALPHABET}]{{{CODE_CHARACTERS}}}")
_LONGEST_INPUT: Final = 100  # a person types 19; no work is spent on a megabyte

# Small on purpose. A password has perhaps 30 bits and needs a slow hash; this code has 80 random bits, and 2^79 guesses
# are out of reach at any cost per guess, the more so as the pepper lies outside the database. The hash is slow only
# because ASVS 6.5.2 asks for it below 112 bits, and it is cheap (about 3 ms, 4 MiB) because strangers can cause it.
_HASHER: Final = PasswordHasher(time_cost=1, memory_cost=4096, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
# Made at import, not at first use: the first look-up of an unknown number must not be the slow one.
_HASH_OF_NOTHING: Final = _HASHER.hash(b"no appeal has this number")


def receipt_code(secret: bytes, submission_key: str) -> str:
    """The code of the form with this one-time key: 16 characters, ungrouped (see `grouped`).

    The key is known to the browser; without the secret (at least 32 bytes) nobody derives the code from it.
    """
    if len(secret) < 32 or not submission_key:
        raise ValueError("a receipt code needs a secret of 32 bytes and the submission key")
    digest = hmac.digest(secret, b"receipt-code/1\x00" + submission_key.encode(), hashlib.sha256)
    return base64.b32encode(digest[:10]).decode("ascii").translate(_TO_CROCKFORD)


def grouped(code: str) -> str:
    """The code as people read it: XXXX-XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normalise_code(text: str) -> str | None:
    """The code somebody meant, or None. Case, width, spaces and dashes do not matter; O is read as 0, I and L as 1."""
    if len(text) > _LONGEST_INPUT:
        return None
    code = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)
    return code if _CANONICAL.fullmatch(code) else None


def hash_code(pepper: bytes, code: str) -> str:
    """What is stored instead of a canonical code: Argon2id over HMAC(pepper, code), parameters and salt inside."""
    return _HASHER.hash(_peppered(pepper, code))


def code_matches(pepper: bytes, code: str, stored: str) -> bool:
    """Whether a canonical code belongs to this stored hash. A damaged hash is no wrong code: InvalidHashError."""
    try:
        return _HASHER.verify(stored, _peppered(pepper, code))
    except VerifyMismatchError:
        return False


def verify_absent(pepper: bytes, code: str) -> bool:
    """The same work for a number that does not exist, so that the time does not tell (F9). Always False."""
    return code_matches(pepper, code, _HASH_OF_NOTHING)


def _peppered(pepper: bytes, code: str) -> bytes:
    return hmac.digest(pepper, code.encode("utf-8", "surrogatepass"), hashlib.sha256)
