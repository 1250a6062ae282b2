"""Numbers without gaps and without duplicates, however many people file at once (CON-3)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from models.appeals.numbers import appeal_number, take
from models.handling.commands import submit
from tests.support.factories import IDENTITY, MORNING, VAULT, filing

THREADS, EACH = 20, 50


def test_a_number_names_its_year_and_six_digits():
    assert appeal_number(2026, 902) == "2026-000902"
    assert appeal_number(2026, 782_510) == "2026-782510"


@pytest.mark.slow
def test_twenty_people_filing_at_once_get_a_thousand_numbers_in_a_row(database):
    def file(_: int) -> list[str]:
        found = []
        while len(found) < EACH:
            try:
                with database.writing() as session:
                    number = submit(session, filing(), IDENTITY, VAULT, now=MORNING).number
            except OperationalError:  # too long behind the others: told to try again (CON-4), and does
                continue
            found.append(number)
        return found

    with ThreadPoolExecutor(THREADS) as people:
        numbers = [number for found in people.map(file, range(THREADS)) for number in found]
    assert sorted(numbers) == [appeal_number(2026, count) for count in range(1, THREADS * EACH + 1)]


def test_a_filing_that_fails_gives_its_number_back(database):
    with database.session(is_write=True) as session:
        assert take(session, "appeal", 2026) == 1
        session.rollback()
    with database.writing() as session:
        assert take(session, "appeal", 2026) == 1


def test_each_year_and_each_series_counts_for_itself(session):
    series = (("appeal", 2026), ("appeal", 2027), ("slip:reply", 2026), ("appeal", 2026))
    assert [take(session, *one) for one in series] == [1, 1, 1, 2]
