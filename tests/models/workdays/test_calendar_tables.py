"""The office's own calendar in the database: arranged by whole years, versioned, nothing of it ever lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.accounts.tables import Account, Unit
from models.base import metadata
from models.errors import NotFound, Refused
from models.workdays.commands import import_arrangement
from models.workdays.queries import calendar_version, load_calendar
from models.workdays.rules import due_date
from models.workdays.shipped import shipped_calendar, shipped_days
from models.workdays.tables import ArrangementDay, ArrangementRow
from models.workdays.types import DayKind, MarkedDay

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
TABLES = [metadata.tables[model.__tablename__] for model in (Unit, Account, ArrangementRow, ArrangementDay)]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine, tables=TABLES)
    with Session(engine, expire_on_commit=False, autoflush=False) as session:  # as webapp/db.py opens them
        yield session
    engine.dispose()


def year_of(year: int, days_off: int = 8, source: str = "国办发明电〔2026〕1号") -> list[MarkedDay]:
    off = [MarkedDay(date(year, 10, 1 + n), DayKind.OFF, "国庆节", source) for n in range(days_off)]
    return [*off, MarkedDay(date(year, 1, 4), DayKind.OFF, "元旦", source)]


def statements(engine: Engine) -> list[str]:
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda conn, cur, statement, *rest: seen.append(statement))
    return seen


def test_an_empty_calendar_has_version_zero_and_every_date_is_provisional(session: Session) -> None:
    calendar = load_calendar(session)
    assert (calendar_version(session), calendar.version, calendar.arranged_years) == (0, 0, frozenset())
    due = due_date(date(2027, 9, 30), 1, calendar)
    assert (due.due_on, due.is_provisional) == (date(2027, 10, 4), True)


def test_the_shipped_days_come_back_from_the_database_as_the_shipped_calendar(session: Session) -> None:
    result = import_arrangement(session, shipped_days(), at=NOW)
    assert (dict(result.days_by_year), result.version) == ({2023: 33, 2024: 36, 2025: 33, 2026: 39}, 1)
    session.expire_all()
    loaded = load_calendar(session)
    assert loaded == shipped_calendar()
    assert loaded.working == shipped_calendar().working


def test_the_calendar_is_loaded_in_two_statements_and_its_version_in_one(session: Session) -> None:
    import_arrangement(session, shipped_days(), at=NOW)
    session.commit()
    seen = statements(session.get_bind())  # type: ignore[arg-type]
    load_calendar(session)
    assert len(seen) == 2
    calendar_version(session)
    assert len(seen) == 3


def test_an_import_replaces_its_whole_years_and_leaves_the_others(session: Session) -> None:
    import_arrangement(session, shipped_days(), at=NOW)
    result = import_arrangement(session, year_of(2026), at=NOW)
    session.expire_all()
    calendar = load_calendar(session)
    assert {day.on for day in calendar.marked.values() if day.on.year == 2026} == {d.on for d in year_of(2026)}
    assert [day for day in calendar.marked.values() if day.on.year < 2026] == [
        day for day in shipped_days() if day.on.year < 2026
    ]
    assert result.version == 2


def test_the_version_grows_with_every_import_and_every_earlier_calendar_stays(session: Session) -> None:
    import_arrangement(session, shipped_days(), at=NOW)
    import_arrangement(session, year_of(2027), at=NOW)
    import_arrangement(session, year_of(2026), at=NOW)
    assert calendar_version(session) == load_calendar(session).version == 3
    versions = [load_calendar(session, version=number) for number in range(4)]
    assert [one.version for one in versions] == [0, 1, 2, 3]
    assert versions[1] == shipped_calendar()
    assert [sorted(one.arranged_years - {2023, 2024, 2025}) for one in versions] == [
        [], [2026], [2026, 2027], [2026, 2027],
    ]
    assert {on for on in versions[3].marked if on.year == 2026} == {day.on for day in year_of(2026)}
    assert {on for on in versions[2].marked if on.year == 2026} == {
        day.on for day in shipped_days() if day.on.year == 2026
    }
    assert versions[3] == load_calendar(session)


@pytest.mark.parametrize("version", [-1, 2, 99])
def test_a_version_there_never_was_is_not_found(session: Session, version: int) -> None:
    import_arrangement(session, shipped_days(), at=NOW)
    with pytest.raises(NotFound, match="no_such_calendar"):
        load_calendar(session, version=version)


def test_an_earlier_calendar_is_read_in_two_statements_too(session: Session) -> None:
    for _ in range(4):
        import_arrangement(session, shipped_days(), at=NOW)
    seen = statements(session.get_bind())  # type: ignore[arg-type]
    load_calendar(session, version=2)
    assert len(seen) == 2


def test_a_date_stops_being_provisional_when_its_year_is_imported(session: Session) -> None:
    import_arrangement(session, shipped_days(), at=NOW)
    before = due_date(date(2026, 12, 11), 15, load_calendar(session))
    import_arrangement(session, [*year_of(2027), MarkedDay(date(2027, 1, 1), DayKind.OFF, "元旦", "x")], at=NOW)
    after = due_date(date(2026, 12, 11), 15, load_calendar(session))
    assert (before.due_on, before.is_provisional) == (date(2027, 1, 4), True)
    assert (after.due_on, after.is_provisional) == (date(2027, 1, 5), False)


def test_an_arrangement_remembers_its_notices_and_when_it_was_imported(session: Session) -> None:
    later = MarkedDay(date(2027, 5, 1), DayKind.OFF, "劳动节", "补充通知")
    import_arrangement(session, [*year_of(2027), later], at=NOW)
    session.commit()
    session.expire_all()
    row = session.exec(select(ArrangementRow)).one()
    assert (row.source, row.decided_at, row.decided_by_id) == ("国办发明电〔2026〕1号；补充通知", NOW, None)
    assert (row.year_numbers, row.version) == ((2027,), 1)


def test_an_import_does_not_commit(session: Session) -> None:
    import_arrangement(session, year_of(2027), at=NOW)
    session.rollback()
    assert calendar_version(session) == 0


@pytest.mark.parametrize(("days", "reason"), [
    ([], "没有任何日期"),
    (year_of(2027, days_off=5), "2027年只有6个放假日，不完整"),
    ([*year_of(2027), year_of(2027)[0]], "同一日期出现了两次"),
])
def test_an_unsound_import_is_refused_and_changes_nothing(
    session: Session, days: list[MarkedDay], reason: str
) -> None:
    import_arrangement(session, year_of(2027), at=NOW)
    with pytest.raises(Refused) as refusal:
        import_arrangement(session, days, at=NOW)
    assert refusal.value.facts["problems"][0].text.startswith(reason)
    assert (calendar_version(session), len(load_calendar(session).marked)) == (1, 9)


ARRANGEMENT = (
    "INSERT INTO arrangements (uid, status, base_version, version, years, source, text, proposed_by_id, proposed_at, "
    "decided_by_id, reason) VALUES ('x', {status}, {base}, {version}, '2027', 'x', '', {by}, '2026-11-21', "
    "{decided}, '')"
)


@pytest.mark.parametrize(("status", "base", "version", "by", "decided"), [
    ("'agreed'", 0, "NULL", "1", "NULL"),
    ("'in_force'", 0, "NULL", "1", "2"),  # without a version
    ("'proposed'", 0, "1", "1", "NULL"),  # with one already
    ("'in_force'", 3, "3", "1", "2"),  # a version that does not follow
    ("'in_force'", 0, "1", "1", "1"),  # approved by whoever proposed it
    ("'in_force'", 0, "1", "1", "NULL"),
    ("'refused'", 0, "NULL", "1", "1"),
    ("'withdrawn'", 0, "NULL", "1", "2"),
])
def test_the_database_itself_refuses_rows_that_make_no_sense(
    session: Session, status: str, base: int, version: str, by: str, decided: str
) -> None:
    said = ARRANGEMENT.format(status=status, base=base, version=version, by=by, decided=decided)
    with pytest.raises(IntegrityError, match="CHECK"):
        session.connection().execute(text(said))


def test_the_database_itself_refuses_a_day_that_is_neither_off_nor_worked(session: Session) -> None:
    said = "INSERT INTO arrangement_days VALUES (1, '2027-01-01', 'holiday', '元旦', 'x')"
    with pytest.raises(IntegrityError, match="CHECK"):
        session.connection().execute(text(said))


def test_every_constraint_has_a_name() -> None:
    for table in TABLES[2:]:
        assert all(constraint.name for constraint in table.constraints)
