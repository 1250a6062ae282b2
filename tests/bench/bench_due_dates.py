"""Due dates a second: ours against chinesecalendar's arithmetic, the faster of its two ways, in one run."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import chinese_calendar

from models.workdays.rules import due_date
from models.workdays.shipped import shipped_calendar

TERM = 15  # working days: the longest default stage
ROUNDS = 7
STARTS = [date(2023, 1, 1) + timedelta(days=n) for n in range(0, 1_400, 3)]
OURS_PER_ROUND = 40  # our loops are repeated so that both sides are timed over a comparable while

Reckoning = Callable[[date], date]


def ours() -> Reckoning:
    """The full rule, with the provisional mark, on a calendar already built."""
    calendar = shipped_calendar()
    return lambda start_on: due_date(start_on, TERM, calendar).due_on


def by_is_workday(start_on: date) -> date:
    """The loop one writes around chinesecalendar's is_workday."""
    left = TERM
    while left:
        start_on += timedelta(days=1)
        left -= chinese_calendar.is_workday(start_on)
    return start_on


def by_find_workday(start_on: date) -> date:
    """chinesecalendar's own helper; it counts the first day, so it starts on the day after."""
    found: date = chinese_calendar.find_workday(TERM - 1, start_on + timedelta(days=1))
    return found


def rate(reckoning: Reckoning, repeats: int = 1) -> float:
    """Due dates per second."""
    began = perf_counter()
    for _ in range(repeats):
        for start_on in STARTS:
            reckoning(start_on)
    return repeats * len(STARTS) / (perf_counter() - began)


def measure() -> dict[str, str | float]:
    """Medians of rounds in turn, after making sure that all three agree on every date."""
    our_way = ours()
    for start_on in STARTS:
        if not our_way(start_on) == by_is_workday(start_on) == by_find_workday(start_on):
            raise AssertionError(f"the calendars disagree on {start_on}")
    rounds = [
        (rate(our_way, OURS_PER_ROUND), rate(by_is_workday), rate(by_find_workday)) for _ in range(ROUNDS)
    ]
    value, loop, helper = (median(column) for column in zip(*rounds, strict=True))
    reference = max(loop, helper)
    return {
        "name": "due_dates", "value": round(value), "unit": "due dates/s",
        "reference": round(reference), "ratio": round(value / reference, 1),
    }


def main() -> None:
    print(json.dumps(measure(), ensure_ascii=False))


if __name__ == "__main__":
    main()
