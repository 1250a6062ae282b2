"""The unified social credit code, GB 32100-2015: told when it looks wrong, never refused.

Real codes of the first months fail the check digit (91350100M0001TGQXM), and an appeal must not hang on a digit.
"""

import unicodedata
from typing import Final

LENGTH: Final = 18
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))

WARNINGS: Final[dict[str, str]] = {
    "credit_code_length": "统一社会信用代码应为 18 位，请对照营业执照核对；确认无误的可以继续提交。",
    "credit_code_alphabet": (
        "统一社会信用代码只含数字和大写字母，且不使用 I、O、S、V、Z，请对照营业执照核对；确认无误的可以继续提交。"
    ),
    "credit_code_check_digit": "统一社会信用代码的校验位不符，请对照营业执照核对；确认无误的可以继续提交。",
}


def normalise(code: str) -> str:
    """Upper case ASCII without spaces and dashes: what is stored and compared."""
    text = unicodedata.normalize("NFKC", code).upper()
    return "".join(character for character in text if not character.isspace() and character not in "-‐‑–—_")


def check(code: str) -> tuple[str, ...]:
    """Keys of WARNINGS, none for a code in order and none for an empty field (the code is optional)."""
    text = normalise(code)
    if not text:
        return ()
    shape = []
    if len(text) != LENGTH:
        shape.append("credit_code_length")
    if not set(text) <= set(ALPHABET):
        shape.append("credit_code_alphabet")
    if shape:
        return tuple(shape)
    return () if text[-1] == check_digit(text) else ("credit_code_check_digit",)


def check_digit(code: str) -> str:
    """The 18th character by GB 32100-2015 from the first 17, each of ALPHABET."""
    pairs = zip(code[: LENGTH - 1], _WEIGHTS, strict=True)
    total = sum(ALPHABET.index(character) * weight for character, weight in pairs)
    return ALPHABET[-total % 31]
