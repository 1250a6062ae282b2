"""Free text that leaves the house: who filed, and every telephone number, made unreadable in it (domain.md §8: the
published sample masks its columns and spells the name out in 回访). Pure.

What somebody writes of others cannot be known by rules: a name is found when it is the appellant's, or when it follows
a word that announces one. Better one word too many under stars than a name too few.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from models.appeals.masks import mask_enterprise, mask_name, mask_phone
from models.appeals.text import is_hotline
from models.appeals.vault import Identity

HIDDEN: Final = "****"
_DIGIT: Final = "[0-9０-９]"
_APART: Final = r"[-－—–\s]?"
_CITIZEN_NUMBER: Final = re.compile(rf"(?<!{_DIGIT}){_DIGIT}{{17}}[0-9０-９XxＸｘ](?!{_DIGIT})")
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MOBILE: Final = re.compile(rf"(?<!{_DIGIT})[1１][3-9３-９]{_DIGIT}(?:{_APART}{_DIGIT}{{4}}){{2}}(?!{_DIGIT})")
_LANDLINE: Final = re.compile(
    rf"(?<!{_DIGIT})[(（]?[0０]{_DIGIT}{{2,3}}[)）]?{_APART}[1-9１-９]{_DIGIT}{{2,3}}{_APART}{_DIGIT}{{4}}(?!{_DIGIT})"
)
_LOCAL: Final = re.compile(
    rf"((?:电话|座机|手机|号码|微信|QQ)(?:号码|号)?[是为：:\s]{{0,2}})({_DIGIT}{{5,11}})(?!{_DIGIT})"
)
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭"
    "廖范汪陆金石戴贾韦夏邱侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵钱严覃武戚莫孔汤喻詹庄聂夏欧阳肖柳祝卜游易"
)
_NO_NAMES: Final = "陈述|高度|高兴|白天|任何|任意|金额|江边|何时|何种|何人|石头|马上"
_TITLES: Final = (
    "诉求人|投诉人|举报人|反映人|信访人|来访人|来电人|联系人|当事人|申请人|法定代表人|法人代表|法人|业主|老板|姓名"
)
_NEXT_WORDS: Final = "表示|反映|来电|来访|称|说|对|的|先生|女士|同志|电话|手机|联系|于|已"
_ANNOUNCED: Final = re.compile(
    rf"((?:{_TITLES})(?:姓名|名叫|叫|是|为)?[：:\s]{{0,2}}|我叫|我是)(?!{_NO_NAMES})([{_SURNAMES}][一-鿿]{{1,2}}?)"
    rf"(?={_NEXT_WORDS}|[，。、；：,;:(（)）\s]|{_DIGIT}|$)"
)
_PLACE: Final = re.compile("^(?:湖南省?|益阳市?|沅江市?)+")


@dataclass(frozen=True)
class Masked:
    """The text as it may leave, and how many places of it were made unreadable."""

    text: str
    places: int


def masked(text: str, identity: Identity | None) -> Masked:
    """Twice the same: what is masked already stays as it is."""
    places = 0
    for pattern, shown in (*_own(identity or Identity()), *_ANYBODYS):
        text, found = _replaced(pattern, shown, text)
        places += found
    return Masked(text, places)


def _replaced(pattern: re.Pattern[str], shown: Callable[[re.Match[str]], str], text: str) -> tuple[str, int]:
    """Counts what really changed: a hotline stays."""
    changed = 0

    def one(match: re.Match[str]) -> str:
        nonlocal changed
        told = shown(match)
        changed += told != match[0]
        return told

    return pattern.sub(one, text), changed


_ANYBODYS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (_CITIZEN_NUMBER, lambda found: HIDDEN),
    (_MAIL, lambda found: HIDDEN),
    (_MOBILE, lambda found: mask_phone(found[0], last=1)),
    (_LANDLINE, lambda found: mask_phone(found[0], last=1)),
    (_LOCAL, lambda found: found[0] if is_hotline(found[2]) else found[1] + mask_phone(found[2], last=1)),
    (_ANNOUNCED, lambda found: found[1] + mask_name(found[2])),
)


def _own(identity: Identity) -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
    """What this appellant gave, longest first, however it is spaced."""
    wholes = (
        (identity.enterprise_name, mask_enterprise(identity.enterprise_name)),
        (_PLACE.sub("", identity.enterprise_name), mask_enterprise(_PLACE.sub("", identity.enterprise_name))),
        (core(identity.enterprise_name), f"{core(identity.enterprise_name)[:1]}**"),
        (identity.address, HIDDEN),
        (identity.credit_code, HIDDEN),
        (identity.phone, mask_phone(identity.phone, last=1)),
        (identity.name, mask_name(identity.name)),
    )
    for value, shown in wholes:
        if len("".join(value.split())) > 1 and not is_hotline(value):
            yield _spaced(value), lambda found, shown=shown: shown  # type: ignore[misc]


def _spaced(value: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(re.escape(character) for character in "".join(value.split())), re.IGNORECASE)


def core(enterprise_name: str) -> str:
    """What alone names an enterprise: 沅江市辣妹子食品有限公司 → 辣妹子. '' for less than three characters."""
    name = _PLACE.sub("", "".join(enterprise_name.split()))
    shown = mask_enterprise(name)
    tail = shown.rpartition("*")[2]
    found = name.removesuffix(tail) if tail else name
    return found if len(found) > 2 else ""
