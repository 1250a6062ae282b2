"""Passwords: Argon2id with OWASP's floor (AUT-1), and the words that are refused."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MIN_LENGTH = 10
MAX_LENGTH = 128
REFUSED_WORDS = ("zhitongche", "直通车", "yuanjiang", "沅江", "password", "12345678", "qwerty", "admin", "营商", "优办")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_HASH_OF_NOTHING = _HASHER.hash(secrets.token_hex(16))
_SPELLABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Does the same work whether or not there is an account (AUT-3)."""
    try:
        _HASHER.verify(stored or _HASH_OF_NOTHING, password.encode("utf-8", "surrogatepass"))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def weakness(password: str, username: str) -> str | None:
    """Why a new password is refused, as a code; None when it will do. Length, not composition, is what counts."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return "password_length"
    folded = password.casefold()
    if username.casefold() in folded or len(set(folded)) < 5:
        return "password_guessable"
    return "password_guessable" if any(word in folded for word in REFUSED_WORDS) else None


def one_time_password() -> str:
    """Sixteen easily spelt characters in groups of four: 79 random bits."""
    letters = "".join(secrets.choice(_SPELLABLE) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
