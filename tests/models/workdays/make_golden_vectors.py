"""Wrote golden_vectors.csv once, from other people's calendars only: none of our rules took part.

Local days come from the zone database, working days to 2026 from chinesecalendar, later statutory days from `holidays`.
Run it again only to extend the file: `python tests/models/workdays/make_golden_vectors.py > …/golden_vectors.csv`.
"""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_ARRANGED_DAY = date(2026, 12, 31)
TIMES = (time(0), time(0, 0, 1), time(7, 30), time(9, 15), time(12), time(16, 59, 59), time(23, 59, 59, 999999))
TERMS = (1, 2, 3, 5, 7, 10, 15, 30)


def is_workday(day: date, statutory: holidays.HolidayBase) -> bool:
    if day <= LAST_ARRANGED_DAY:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5 and day not in statutory


def vectors() -> Iterator[tuple[str, int, date, date, int]]:
    dice = random.Random(20231201)
    statutory = holidays.country_holidays("CN", observed=False, years=range(2027, 2029))
    days = [date(2023, 1, 1) + timedelta(days=dice.randrange(1461)) for _ in range(850)]
    days += [date(2026, 11, 15) + timedelta(days=dice.randrange(120)) for _ in range(150)]
    for day in days:
        received_at = datetime.combine(day, dice.choice(TIMES), SHANGHAI).astimezone(UTC)
        workdays, due_on, left = (term := dice.choice(TERMS)), day, term
        while left:
            due_on += timedelta(days=1)
            left -= is_workday(due_on, statutory)
        yield received_at.isoformat(), workdays, day, due_on, int(due_on > LAST_ARRANGED_DAY)


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("received_at", "workdays", "start_on", "due_on", "is_provisional"))
    writer.writerows(vectors())
