"""The shipped days against other people's calendars and against the sky."""

import csv
import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from models.workdays.rules import is_workday, local_day, statutory_name
from models.workdays.shipped import shipped_calendar, shipped_days, statutory_days
from models.workdays.types import FIXED_STATUTORY_DAYS, DayKind

SHARED = Path(__file__).parents[4] / "shared" / "data" / "holidays.csv"
ARRANGED = (2023, 2024, 2025, 2026)
REVISED_LAW = range(2025, 2041)
DIFFERENCES_FROM_HOLIDAYS_LIBRARY: dict[date, str] = {}
"""Days 2023–2026 on which the `holidays` library (0.109) and the State Council's notices disagree: none found."""


def every_day(years: range | tuple[int, ...]) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=n)
        for year in years for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


def names(*wanted: str) -> list[date]:
    return sorted(day for day, name in statutory_days().items() if any(word in name for word in wanted))


def new_moon(k: int) -> datetime:
    """Instant of a new moon, to a few minutes: Meeus, Astronomical Algorithms, ch. 49, largest terms. k = 0 in 2000."""
    t = k / 1236.85
    sun = math.radians(2.5534 + 29.10535670 * k)
    moon = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    latitude = math.radians(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
    dimming = 1 - 0.002516 * t
    julian = (
        2451550.09766 + 29.530588861 * k + 0.00015437 * t * t
        - 0.40720 * math.sin(moon) + 0.17241 * dimming * math.sin(sun) + 0.01608 * math.sin(2 * moon)
        + 0.01039 * math.sin(2 * latitude) + 0.00739 * dimming * math.sin(moon - sun)
        - 0.00514 * dimming * math.sin(moon + sun) + 0.00208 * math.sin(2 * sun)
        - 0.00111 * math.sin(moon - 2 * latitude) - 0.00057 * math.sin(moon + 2 * latitude)
    )
    terrestrial = datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=julian - 2451545.0)
    return terrestrial - timedelta(seconds=75)  # terrestrial time runs about 75 s ahead in these years


NEW_MOON_DAYS = {local_day(new_moon(k)) for k in range(305, 520)}  # 2024-09 … 2042-01


@pytest.mark.shared
def test_the_shipped_arrangements_are_those_of_the_reference_data() -> None:
    with SHARED.open(encoding="utf-8", newline="") as lines:
        reference = [tuple(row.values()) for row in csv.DictReader(lines)]
    assert [(day.on.isoformat(), day.kind.value, day.name, day.source) for day in shipped_days()] == reference


def test_every_day_2023_to_2026_is_judged_as_chinesecalendar_judges_it() -> None:
    days = every_day(ARRANGED)
    assert len(days) == 1461
    assert [on for on in days if is_workday(on, shipped_calendar()) != chinese_calendar.is_workday(on)] == []


def test_every_day_2023_to_2026_is_judged_as_the_holidays_library_judges_it() -> None:
    library = holidays.country_holidays("CN", years=ARRANGED)
    different = [on for on in every_day(ARRANGED) if is_workday(on, shipped_calendar()) != library.is_working_day(on)]
    assert different == sorted(DIFFERENCES_FROM_HOLIDAYS_LIBRARY)


def test_chinesecalendar_knows_nothing_of_2027_and_we_answer_anyway() -> None:
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))
    assert is_workday(date(2027, 1, 4), shipped_calendar())


def test_make_up_days_are_weekends_and_every_year_is_arranged() -> None:
    assert all(day.on.weekday() >= 5 for day in shipped_days() if day.kind is DayKind.WORK)
    assert shipped_calendar().arranged_years == frozenset(ARRANGED)


def test_each_year_of_the_revised_law_has_its_thirteen_days_less_those_that_coincide() -> None:
    counts = Counter(day.year for day in statutory_days())
    assert sorted(counts) == list(REVISED_LAW)
    coincide = {2028: 1, 2031: 1, 2039: 1}  # the Mid-Autumn Festival falls on 1–3 October
    assert counts == {year: 13 - coincide.get(year, 0) for year in REVISED_LAW}


def test_statutory_days_are_those_of_the_holidays_library() -> None:
    library = holidays.country_holidays("CN", observed=False, years=REVISED_LAW, language="en_US")
    by_law = {on for on, name in library.items() if not name.startswith("Day off")}
    assert by_law == set(statutory_days())


def test_fixed_days_stand_in_the_statutory_file_of_every_year() -> None:
    for year in REVISED_LAW:
        for (month, day), name in FIXED_STATUTORY_DAYS.items():
            assert name in statutory_days()[date(year, month, day)]


def test_spring_festival_is_the_eve_and_three_days_from_a_new_moon() -> None:
    for year in REVISED_LAW:
        eve, first, second, third = (day for day in names("春节") if day.year == year)
        assert (first - eve, second - first, third - second) == (timedelta(days=1),) * 3
        assert first in NEW_MOON_DAYS
        assert date(year, 1, 21) <= first <= date(year, 2, 21)


def test_dragon_boat_and_mid_autumn_are_the_fifth_and_fifteenth_day_after_a_new_moon() -> None:
    assert [day for day in names("端午节") if day - timedelta(days=4) not in NEW_MOON_DAYS] == []
    assert [day for day in names("中秋节") if day - timedelta(days=14) not in NEW_MOON_DAYS] == []
    assert len(names("端午节")) == len(names("中秋节")) == len(REVISED_LAW)


def test_tomb_sweeping_day_is_the_solar_term() -> None:
    terms = chinese_calendar.get_solar_terms(date(2025, 1, 1), date(2040, 12, 31))
    assert names("清明节") == [on for on, name in terms if name == "清明"]


def test_statutory_names_are_given_only_for_years_without_an_arrangement() -> None:
    calendar = shipped_calendar()
    assert statutory_name(date(2027, 2, 6), calendar) == "春节"
    assert statutory_name(date(2031, 10, 1), calendar) == "中秋节、国庆节"
    assert statutory_name(date(2050, 10, 1), calendar) == "国庆节"
    assert statutory_name(date(2026, 10, 1), calendar) is None
    assert statutory_name(date(2027, 2, 10), calendar) is None
