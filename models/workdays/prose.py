"""Reading the State Council's notice as it is published: "一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。"

Every weekday and every "共N天" is held against the date; what does not fit is told by line, all of it at once. A date
that is neither called a day off nor a working day is not guessed at: it is left out, and said.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest

from models.errors import Refused
from models.workdays.notice import LONGEST_TEXT, Arrangement, LineNote, incomplete_years
from models.workdays.rules import WEEKDAY_NAMES
from models.workdays.types import FIRST_YEAR, LAST_YEAR, DayKind, MarkedDay

LONGEST_HOLIDAY = 16
"""Days; more in one piece is a slip of the pen in one of its two dates."""
NOTHING_READ = "没有读到放假安排。请粘贴通知正文，例如“一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。”"
_TITLE_YEAR = re.compile(r"([0-9]{4})年(?:部分)?节假日|现将([0-9]{4})年")
_NUMBER = re.compile(r"国办发(?:明电)?\s*[〔\[(]\s*([0-9]{4})\s*[〕\])]\s*([0-9]+)\s*号")
_PREFIX = r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)、?|[0-9]{1,2}[.、])?"
_NAME = r"([\u4e00-\u9fff“”\"、]{2,30}?)"
_HEADING = re.compile(rf"(?:^|(?<=[。;\n:])){_PREFIX}{_NAME}:(?=[0-9])")
_STARTS_ITEM = re.compile(rf"{_PREFIX}{_NAME}:\s*[0-9]")
_TO = "(?:至|到|~|-)"
_AND = "(?:、|,|和|及|以及|与)"


def _date(group: str) -> str:
    """ "2027年1月3日(周日)": the parts that may be left out, and what stands behind in brackets."""
    return f"(?:{group}[0-9]{{4}})年)?(?:{group}[0-9]{{1,2}})月)?{group}[0-9]{{1,2}})日(?:\\({group}[^()]{{0,30}})\\))?"


_SPAN, _BARE = (f"{_date(group)}(?:{_TO}{_date(group)})?" for group in ("(", "(?:"))
_CLAUSE = re.compile(f"({_BARE}(?:{_AND}{_BARE}){{0,12}})(?:正常|均|都|照常|为|调休)*(放假|上班|补班)")
_SPANS = re.compile(_SPAN)
_TOTAL = re.compile(r"^[^。;]*?(?:共|^)\s*([0-9]{1,2})天")
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAY_NUMBERS = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_ANY_DATE = re.compile(_date("("))
_FOLDED = str.maketrans("～〜—–―－﹣：；", "~~-----:;")
_DAYS_OFF = "放假"


@dataclass
class _Text:
    """The notice with its white space and line ends gone, and where each line began."""

    characters: str
    starts: list[int]
    numbers: list[int]

    def line(self, position: int) -> int:
        return self.numbers[bisect_right(self.starts, position) - 1]


@dataclass
class _Reading:
    year: int
    source: str
    text: _Text
    marks: dict[date, MarkedDay] = field(default_factory=dict)
    problems: list[LineNote] = field(default_factory=list)
    warnings: list[LineNote] = field(default_factory=list)

    def fault(self, position: int, reason: str) -> None:
        self.problems.append(LineNote(self.text.line(position), reason))


def looks_like_prose(text: str) -> bool:
    """Whether this is a notice's text and not a table with a head."""
    head = next((line for line in text.lower().splitlines() if line.strip()), "")
    return not {"date", "kind"} <= set(re.split(r"[,\s\ufeff\"]+", head))


def notice_year(text: str) -> int | None:
    """The year a notice says it is for: "2027年部分节假日安排"."""
    found = _TITLE_YEAR.search("".join(unicodedata.normalize("NFKC", text).split()))
    return int(found[1] or found[2]) if found else None


def notice_number(text: str) -> str:
    """The notice's own number: "国办发明电〔2026〕7号"; '' where it is not in the text."""
    found = _NUMBER.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return ""
    kind = "国办发明电" if "明电" in found[0] else "国办发"
    return f"{kind}〔{found[1]}〕{found[2]}号"


def read_notice(text: str, *, year: int, source: str) -> Arrangement:
    """The arrangement that a notice for `year` tells. `Refused("arrangement_unsound", problems=…)` names every fault.
    Days of another year that the notice names are in it too: whether they make a whole year is for the caller.
    """
    reading = _Reading(year, source[:LONGEST_TEXT], _folded(text))
    for name, start, end in _items(reading.text.characters):
        _read_item(reading, name, start, end)
    if not reading.marks and not reading.problems:
        reading.problems.append(LineNote(0, NOTHING_READ))
    if not reading.problems:
        off = [day.on for day in reading.marks.values() if day.kind is DayKind.OFF]
        reading.problems += [LineNote(0, reason) for reason in incomplete_years([year], off)]
    if reading.problems:
        raise Refused("arrangement_unsound", problems=tuple(sorted(reading.problems, key=lambda note: note.line)))
    days = tuple(sorted(reading.marks.values(), key=lambda day: day.on))
    return Arrangement(days, tuple(sorted(reading.warnings, key=lambda note: note.line)))


def _folded(text: str) -> _Text:
    """One spelling for full and half width, no white space; a line end is kept only where an item begins."""
    characters, starts, numbers = "", [], []
    for number, line in enumerate(text.splitlines() or [""], start=1):
        tight = "".join(unicodedata.normalize("NFKC", line.translate(_FOLDED)).translate(_FOLDED).split())
        if characters and _STARTS_ITEM.match(tight):
            characters += "\n"
        starts.append(len(characters))
        numbers.append(number)
        characters += tight
    return _Text(characters, starts, numbers)


def _items(characters: str) -> Iterator[tuple[str, int, int]]:
    """Name, begin and end of what is said of each holiday."""
    heads = list(_HEADING.finditer(characters))
    for head, following in zip_longest(heads, heads[1:]):
        yield head[1].strip("、"), head.end(), following.start() if following else len(characters)


def _read_item(reading: _Reading, name: str, start: int, end: int) -> None:
    read_up_to, body = start, reading.text.characters[:end]
    for clause in _CLAUSE.finditer(body, start, end):
        _remark_unread(reading, read_up_to, clause.start())
        is_off = clause[2] == _DAYS_OFF
        spans = list(_spans(reading, clause.start(1), clause.end(1)))
        for first, last in spans:
            _mark(reading, clause.start(), first, last, name if is_off else f"{name}调休上班", is_off=is_off)
        if is_off:
            _check_total(reading, clause.end(), end, spans)
        read_up_to = clause.end()
    _remark_unread(reading, read_up_to, end)


def _spans(reading: _Reading, start: int, end: int) -> Iterator[tuple[date, date]]:
    """What a clause lists. A date without a month is of the month named before it."""
    month = 0
    for found in _SPANS.finditer(reading.text.characters, start, end):
        year, first_month, day, note, last_year, last_month, last_day, last_note = found.groups()
        first = _day(reading, found.start(), year, int(first_month or month), int(day), note)
        last = first
        if first is not None and last_day is not None:
            turns = last_year is None and last_month is not None and int(last_month) < first.month
            shown = last_year or str(first.year + turns)
            last = _day(reading, found.start(), shown, int(last_month or first.month), int(last_day), last_note)
        month = last.month if last is not None else int(first_month or month)
        if first is not None and last is not None and _is_plausible(reading, found.start(), first, last):
            yield first, last


def _day(
    reading: _Reading, position: int, year: str | None, month: int, day: int, note: str | None
) -> date | None:
    try:
        found = date(int(year or reading.year), month, day)
    except ValueError:
        reading.fault(position, f"“{f'{month}月' if month else ''}{day}日”不是有效日期，请核对")
        return None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        reading.fault(position, f"年份{found.year}超出范围，应在{FIRST_YEAR}年至{LAST_YEAR}年之间")
        return None
    said = _WEEKDAY.search(note or "")
    if said and _WEEKDAY_NUMBERS[said[1]] != found.weekday():
        reading.fault(
            position, f"{month}月{day}日写的是“{said[0]}”，而{found.year}年的这一天是{WEEKDAY_NAMES[found.weekday()]}，"
            "请核对日期和年份")
    return found


def _is_plausible(reading: _Reading, position: int, first: date, last: date) -> bool:
    if last < first:
        reading.fault(position, f"{_said(last)}在{_said(first)}之前，起止日期写反了或者缺了月份")
        return False
    if (last - first).days >= LONGEST_HOLIDAY:
        reading.fault(position, f"{_said(first)}至{_said(last)}有{(last - first).days + 1}天，不像一次放假，请核对")
        return False
    return True


def _mark(reading: _Reading, position: int, first: date, last: date, name: str, *, is_off: bool) -> None:
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        mark = MarkedDay(on, DayKind.OFF if is_off else DayKind.WORK, name[:LONGEST_TEXT], reading.source)
        known = reading.marks.setdefault(on, mark)
        if known is not mark and known.kind is mark.kind:
            reading.fault(position, f"{_said(on)}出现了两次（{known.name}、{name}）")
        elif known is not mark:
            reading.fault(position, f"{_said(on)}又写放假又写上班（{known.name}、{name}）")
        elif not is_off and on.weekday() < 5:
            line = reading.text.line(position)
            reading.warnings.append(LineNote(line, f"{_said(on)}本来就是工作日，无需写为调休上班，请核对通知原文"))


def _check_total(reading: _Reading, start: int, end: int, spans: Iterable[tuple[date, date]]) -> None:
    """ "共9天", or "放假1天", said of the same clause."""
    behind = reading.text.characters[start:end]
    following = _CLAUSE.search(behind)
    said = _TOTAL.search(behind[: following.start()] if following else behind)
    days = sum((last - first).days + 1 for first, last in spans)
    if said and days and int(said[1]) != days:
        reading.fault(start, f"写的是“共{said[1]}天”，而起止日期之间是{days}天，请核对")


def _remark_unread(reading: _Reading, start: int, end: int) -> None:
    """Dates of which nothing is said; the date of the notice itself stands at its end."""
    for found in _ANY_DATE.finditer(reading.text.characters, start, end):
        is_signature = found[1] is not None and found.end() == len(reading.text.characters)
        if (found[2] or found[4]) and not is_signature:
            reading.warnings.append(LineNote(
                reading.text.line(found.start()), f"“{found[0]}”没有写明放假还是上班，没有列入，请核对",
            ))


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"
