"""How a verification code is read from what people type. Pure."""

import re
import unicodedata

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nothing is mistaken for a digit."""
CODE_LETTERS = 16

_LOOKALIKES = str.maketrans("ILO", "110")
_FILLERS = re.compile(r"[\W_]+")


def grouped(letters: str) -> str:
    """"7K3M9QXA2FHTW8PD" as it is printed: four groups of four."""
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def read_code(text: str) -> str | None:
    """The code as it is printed, whatever the case, width, dashes and spaces; None when it cannot be one."""
    if len(text) > 100:
        return None
    plain = _FILLERS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOKALIKES)
    is_code = len(plain) == CODE_LETTERS and set(plain) <= set(CODE_ALPHABET)
    return grouped(plain) if is_code else None
