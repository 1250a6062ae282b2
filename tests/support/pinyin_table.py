"""Makes models/accounts/data/pinyin.txt with pypinyin: `python -m tests.support.pinyin_table`.

Made beforehand and committed: the library itself costs a web worker 58 MB and a fifth of a second, the table 1 MB.
The readings are those of pypinyin (MIT licence), without tones, ü written v as input methods do.
"""

from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from webapp.config import ROOT

TABLE: Path = ROOT / "models" / "accounts" / "data" / "pinyin.txt"
HEAD = "# Made by tests.support.pinyin_table from pypinyin's readings (MIT licence). Do not edit by hand.\n"
OURS = {"支行": "zhi hang", "分行": "fen hang", "总行": "zong hang"}
"""Words of unit names that the library reads as their characters alone."""


def is_common(character: str) -> bool:
    """One of the 6,763 characters of GB 2312, which unit and place names are written with."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0xB0 <= code[0] <= 0xF7


def readings() -> dict[str, str]:
    common = (chr(code) for code in range(0x4E00, 0x9FA6) if is_common(chr(code)))
    return {character: lazy_pinyin(character)[0] for character in common}


def words(alone: dict[str, str]) -> dict[str, str]:
    """Words of two characters that are read otherwise than each character alone: 银行, 重庆, 长沙."""
    pairs = (word for word in PHRASES_DICT if len(word) == 2 and all(character in alone for character in word))
    read = {word: " ".join(lazy_pinyin(word)) for word in pairs}
    return {word: said for word, said in read.items() if said != " ".join(alone[one] for one in word)} | OURS


def made() -> str:
    """A line for each syllable with its characters, then one for each word."""
    alone, by_syllable = readings(), dict[str, str]()
    for character, syllable in alone.items():
        by_syllable[syllable] = by_syllable.get(syllable, "") + character
    lines = [f"{syllable}\t{characters}\n" for syllable, characters in sorted(by_syllable.items())]
    return HEAD + "".join(lines) + "".join(f"{said}\t={word}\n" for word, said in sorted(words(alone).items()))


if __name__ == "__main__":
    TABLE.write_text(made(), encoding="utf-8")
