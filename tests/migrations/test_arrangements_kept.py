"""The calendar that an office has used so far becomes its history, and finds its way back (0019)."""

from sqlalchemy import text

from models.workdays.queries import load_calendar, notices
from webapp import migrate
from webapp.db import Database

BEFORE = "0018"
YEARS = ((2026, 1), (2027, 3), (2028, 4))
"""Version 2 was replaced by version 3 before arrangements were kept: nothing of it is left."""


def days(database: Database) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        found = connection.execute(text('SELECT "on", kind, name, source, version FROM calendar_days ORDER BY 1')).all()
        years = connection.execute(text("SELECT year, version, source FROM calendar_years ORDER BY year")).all()
    return [tuple(row) for row in (*found, *years)]


def test_days_and_versions_move_over_and_back(database):
    migrate.downgrade(database.engine, BEFORE)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM calendar_days"))
        connection.execute(text("DELETE FROM calendar_years"))
        for year, version in YEARS:
            said = f"({year}, {version}, '通知{year}', '2026-11-21 08:00:00+00:00', NULL)"
            connection.execute(text(f"INSERT INTO calendar_years VALUES {said}"))  # noqa: S608
            for day in range(1, 9):
                said = f"('{year}-10-0{day}', 'off', '国庆节', '通知{year}', {version})"
                connection.execute(text(f"INSERT INTO calendar_days VALUES {said}"))  # noqa: S608
    before = days(database)
    migrate.upgrade(database.engine)
    with database.reading() as session:
        calendars = [load_calendar(session, version=number) for number in range(1, 5)]
        assert load_calendar(session) == calendars[3]
        assert [one.source for one in notices(session)] == ["通知2026", "", "通知2027", "通知2028"]
    assert [sorted(one.arranged_years) for one in calendars] == [[2026], [2026], [2026, 2027], [2026, 2027, 2028]]
    assert [len(one.marked) for one in calendars] == [8, 8, 16, 24]
    migrate.downgrade(database.engine, BEFORE)
    assert days(database) == before
