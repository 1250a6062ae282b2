"""What people may write and how it is compared: reliability.md INP-2, domain.md §9 (phones).

Stored text is never normalised, because NFC already changes compatibility ideographs that stand in real names;
only search keys, duplicate keys and account or unit names are.
"""

import re
import unicodedata
from typing import Final

from models.errors import Refused

MESSAGES: Final[dict[str, str]] = {
    "text_has_nul": "文字中含有无法保存的空字符，请删除后重新填写。",
    "text_has_control": "文字中含有看不见的控制字符，请删除后重新填写；从其他软件复制的，请先粘贴到记事本再复制过来。",
    "text_has_surrogate": "文字中含有残缺的字符，请删除显示为方框或问号的字后重新填写。",
    "text_has_bidi": "文字中含有改变显示方向的隐藏字符，请手工重新输入这段文字。",
    "text_too_long": "最多可填 {max_chars} 个字，现在有 {chars} 个字，请精简后提交，详细材料可作为附件上传。",
    "text_too_many_lines": "最多可填 {max_lines} 行，现在有 {lines} 行，请合并空行后提交。",
    "name_empty": "请填写名称。",
    "name_has_radical": "名称中含有部首符号，看起来像汉字但不是汉字，请用输入法重新输入。",
    "name_mixed_scripts": "名称中混用了不同的文字，请只用汉字、拉丁字母和数字。",
}

_REFUSED_CHARACTERS: Final = (
    ("text_has_nul", re.compile("\x00")),
    # C0 without tab and line feed; DEL and C1 too: nobody types them and terminals and printers obey them.
    ("text_has_control", re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")),
    ("text_has_surrogate", re.compile("[\ud800-\udfff]")),
    ("text_has_bidi", re.compile("[\u202a-\u202e\u2066-\u2069]")),
)
_DROPPED: Final = str.maketrans("", "", "\u200b\ufeff")
_LINE_END: Final = re.compile("[\n\u2028\u2029]")
# Characters that change the look of their neighbour or nothing at all: of no use for finding a word again.
_IGNORED_IN_KEYS: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_RADICAL: Final = re.compile("[\u2e80-\u2fdf]")

_FULL_WIDTH_DIGITS: Final = str.maketrans("０１２３４５６７８９", "0123456789")
_PHONE_PUNCTUATION: Final = str.maketrans(
    {"（": "(", "）": ")", "＋": "+", "－": "-", "—": "-", "–": "-", "‐": "-", "‑": "-", "―": "-"}
)
_COUNTRY_PREFIX: Final = re.compile(r"^(?:\+|00)86-?|^86-?(?=1[3-9])")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([1-9][0-9]{6,7})(?:(?:-|转|ext\.?)([0-9]{1,6}))?")
_HOTLINE: Final = re.compile(
    r"11[0-9]|12[0-2]|12[1-9][0-9]{2}|100[0-9]{2}|95[0-9]{3}(?:[0-9]{3})?|96[0-9]{3,4}|[48]00-?[0-9]{3}-?[0-9]{4}"
)


def message(refused: Refused) -> str:
    """The Chinese sentence for a refusal of this module."""
    return MESSAGES[refused.code].format(**refused.facts)


def clean_text(value: str, *, max_chars: int, max_lines: int = 200) -> str:
    """The text as it is stored: line ends made one, invisible fillers dropped, ends stripped, nothing else changed.

    Raises Refused with a code of MESSAGES. `max_chars` counts code points after cleaning.
    """
    text = value.replace("\r\n", "\n")
    for code, pattern in _REFUSED_CHARACTERS:
        if pattern.search(text):
            raise Refused(code)
    text = text.translate(_DROPPED).strip()
    if len(text) > max_chars:
        raise Refused("text_too_long", max_chars=max_chars, chars=len(text))
    lines = len(_LINE_END.findall(text)) + 1
    if lines > max_lines:
        raise Refused("text_too_many_lines", max_lines=max_lines, lines=lines)
    return text


def clean_name(value: str, *, max_chars: int = 50) -> str:
    """A name of an account or unit: NFKC, one line, one script (Han and Latin may stand together).

    Kangxi radicals (U+2F00 ⼀) become the ideograph by NFKC; those of the supplement stay look-alikes: refused.
    The rule for scripts is "highly restrictive" of Unicode TS 39 for Chinese. Not for appellants' names: never changed.
    """
    text = unicodedata.normalize("NFKC", clean_text(value, max_chars=max_chars, max_lines=1))
    text = " ".join(text.split())
    if not text:
        raise Refused("name_empty")
    if _RADICAL.search(text):
        raise Refused("name_has_radical")
    scripts = {_script(character) for character in text if _is_letter(character)}
    if len(scripts) > 1 and not scripts <= {"CJK", "LATIN"}:
        raise Refused("name_mixed_scripts")
    if len(text) > max_chars:  # NFKC can lengthen: ㈱ becomes three characters
        raise Refused("text_too_long", max_chars=max_chars, chars=len(text))
    return text


def _is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L") or _is_later_han(character)


def _is_later_han(character: str) -> bool:
    """Planes 2 and 3 hold ideographs only; Python's table may be older than the newest of them."""
    return 0x20000 <= ord(character) <= 0x3FFFF


def _script(letter: str) -> str:
    if _is_later_han(letter):
        return "CJK"
    return unicodedata.name(letter, "UNKNOWN").split(" ")[0].split("-")[0]


def search_key(value: str) -> str:
    """What two spellings of the same words have in common: for search and duplicate keys only, never shown.

    NFKC, case folded, invisible characters and variation selectors dropped, white space folded to one space.
    """
    text = _IGNORED_IN_KEYS.sub("", value)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_IGNORED_IN_KEYS.sub("", text).split())


def canonical_digits(value: str) -> str:
    """Full-width digits as ASCII digits; every other character unchanged."""
    return value.translate(_FULL_WIDTH_DIGITS)


def canonical_phone(value: str) -> str:
    """One spelling for one number: ASCII, no spaces or brackets, no +86; a mobile number without dashes,
    a landline as 0737-1234567 (extension after a second dash). What is not a number comes back tidied, not judged."""
    text = canonical_digits(value).translate(_PHONE_PUNCTUATION).casefold()
    text = re.sub(r"\)(?=[0-9])", "-", text).replace("(", "").replace(")", "")
    text = _COUNTRY_PREFIX.sub("", "".join(text.split()))
    without_dashes = text.replace("-", "")
    if _MOBILE.fullmatch(without_dashes):
        return without_dashes
    landline = _LANDLINE.fullmatch(text)
    return "-".join(part for part in landline.groups() if part) if landline else text


def is_mobile(value: str) -> bool:
    """A mainland mobile number: 1[3-9] and nine digits."""
    return _MOBILE.fullmatch(canonical_phone(value)) is not None


def is_landline(value: str) -> bool:
    """A landline with its area code: three digits for 010 and 02x, four for others, then seven or eight."""
    return _LANDLINE.fullmatch(canonical_phone(value)) is not None


def is_hotline(value: str) -> bool:
    """A number of a service, nobody's own: 110, 12345, 95xxx, 96xxx, 100xx, 400-…, 800-…."""
    return _HOTLINE.fullmatch(canonical_phone(value)) is not None


def is_phone(value: str) -> bool:
    """A number the office can call back: mobile, landline with area code, or hotline (domain.md §9)."""
    return is_mobile(value) or is_landline(value) or is_hotline(value)
