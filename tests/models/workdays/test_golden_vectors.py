"""CLK-1: 1,000 terms come out the same whatever zone the process lives in."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

ROOT = Path(__file__).parents[3]
VECTORS = Path(__file__).with_name("golden_vectors.csv")
ANSWER = """
import csv, sys
from datetime import datetime
from models.workdays.rules import due_date, local_day
from models.workdays.shipped import shipped_calendar
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    due = due_date(local_day(datetime.fromisoformat(row["received_at"])), int(row["workdays"]), shipped_calendar())
    print(due.start_on, due.due_on, int(due.is_provisional))
"""


def vectors() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_thousand_golden_vectors_hold_in_every_time_zone(zone: str) -> None:
    command = [sys.executable, "-c", ANSWER, str(VECTORS)]
    answer = subprocess.run(command, cwd=ROOT, env={"TZ": zone}, capture_output=True, text=True, check=True)
    expected = [f"{row['start_on']} {row['due_on']} {row['is_provisional']}" for row in vectors()]
    assert len(expected) == 1_000
    assert answer.stdout.splitlines() == expected


def test_the_golden_vectors_are_those_of_chinesecalendar_where_it_knows_the_year() -> None:
    known = [row for row in vectors() if row["is_provisional"] == "0"]
    assert len(known) > 800
    for row in known:
        start_on, due_on = date.fromisoformat(row["start_on"]), date.fromisoformat(row["due_on"])
        days = chinese_calendar.get_workdays(start_on, due_on)
        assert (len([on for on in days if on > start_on]), days[-1]) == (int(row["workdays"]), due_on)
