"""Reading an arrangement as somebody has it: the lines of a CSV file, or the text of the notice itself."""

from dataclasses import replace

from models.errors import Refused
from models.workdays import notice, prose
from models.workdays.arrangement_rules import completed, forgotten
from models.workdays.notice import Arrangement, LineNote, incomplete_years
from models.workdays.types import DayKind, WorkCalendar


def read(text: str, *, year: int | None, source: str, calendar: WorkCalendar) -> Arrangement:
    """The arrangement, with remarks. `year` and `source` help where a notice's text does not say them itself.

    `Refused("arrangement_unsound", problems=…)`, `Refused("notice_year_missing")`, `Refused("notice_year_differs")`,
    `Refused("notice_source_missing")`.
    """
    is_prose = prose.looks_like_prose(text)
    found = _from_notice(text, year, source, calendar) if is_prose else notice.parse_arrangement(text.splitlines())
    return replace(found, warnings=(*found.warnings, *forgotten(found.days, calendar)))


def _from_notice(text: str, year: int | None, source: str, calendar: WorkCalendar) -> Arrangement:
    told = prose.notice_year(text)
    if told is not None and year is not None and told != year:
        raise Refused("notice_year_differs", told=told)
    wanted, basis = told or year, prose.notice_number(text) or source
    if wanted is None:
        raise Refused("notice_year_missing")
    if not basis:
        raise Refused("notice_source_missing")
    found = prose.read_notice(text, year=wanted, source=basis)
    days = completed(found.days, wanted, calendar)
    off = [day.on for day in days if day.kind is DayKind.OFF]
    if incomplete := incomplete_years({day.on.year for day in days}, off):
        raise Refused("arrangement_unsound", problems=tuple(LineNote(0, reason) for reason in incomplete))
    return replace(found, days=days)
