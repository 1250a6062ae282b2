"""Passwords: Argon2id with OWASP's floor (AUT-1), and the words that are refused."""

import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MIN_LENGTH = 10
MAX_LENGTH = 128
REFUSED_WORDS = (
    "zhitongche", "直通车", "yuanjiang", "沅江", "营商", "优办", "password", "admin", "12345678", "qwerty", "asdfgh",
    "zxcvbnm", "qazwsx", "1qaz2wsx", "abcd1234", "147258369", "woaini", "iloveyou", "5201314", "1314520",
)
COMMON = Path(__file__).with_name("data") / "common_passwords.txt"
"""Those of ten characters or more among the ten thousand most used that the words above do not catch already; origin
and licence in the README beside it.
"""
TAIL = "0123456789!@#$.*_-"
"""What people append when a password is refused."""
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
    is_common = folded in _common() or folded.rstrip(TAIL) in _common()
    return "password_guessable" if is_common or any(word in folded for word in REFUSED_WORDS) else None


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="ascii").split())


def one_time_password() -> str:
    """Sixteen easily spelt characters in groups of four: 79 random bits."""
    letters = "".join(secrets.choice(_SPELLABLE) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
