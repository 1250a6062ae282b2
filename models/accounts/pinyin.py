"""Unit names as people type them: 市监局 by "sjj", "shijianju", "shijianj", 市监 or a part of its full name. Pure.

The browser does the same in static/js/picker.js while somebody types; here it serves whoever has no JavaScript.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "pinyin.txt"


@dataclass(frozen=True)
class _Readings:
    characters: dict[str, str]
    words: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _readings() -> _Readings:
    """Read at the first name that is asked for, not at the start: 7 ms and about 1 MB."""
    characters: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        said, _, written = line.partition("\t")
        if written.startswith("="):
            words[written[1:]] = tuple(said.split())
        else:
            characters.update(dict.fromkeys(written, said))
    return _Readings(characters, words)


@lru_cache(maxsize=2_000)
def syllables(name: str) -> tuple[str, ...]:
    """("shi", "jian", "ju") for 市监局, kept for each name. Words decide between readings (行政, 银行); a character
    that is not Chinese stands for itself.
    """
    known, at = _readings(), 0
    found: list[str] = []
    while at < len(name):
        pair = name[at : at + 2]
        said = known.words.get(pair) or (known.characters.get(name[at], name[at].casefold()),)
        found.extend(said)
        at += len(said)
    return tuple(found)


def typed(text: str) -> str:
    """What was typed, without what input methods put between: spaces, apostrophes, capitals, full width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if one.isalnum()).replace("ü", "v")


def fits(text: str, name: str) -> bool:
    """Whether `text` means `name`: a part of it, or the beginnings of its syllables one after another from any of
    them on ("sjj", "shijian", "shijju").
    """
    wanted = typed(text)
    if not wanted or wanted in typed(name):
        return bool(wanted)
    said = syllables(name)
    return any(_begins(wanted, said[start:]) for start in range(len(said)))


def _begins(wanted: str, said: tuple[str, ...]) -> bool:
    if not wanted:
        return True
    if not said:
        return False
    first = said[0]
    most = next((size for size in range(len(first), 0, -1) if wanted.startswith(first[:size])), 0)
    return any(_begins(wanted[size:], said[1:]) for size in range(most, 0, -1))
