"""An arrangement takes two people, each calendar replaces one that is still in force, and what was decided stays."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.accounts.types import Role
from models.errors import Conflict, DomainError, Refused
from models.workdays import commands
from models.workdays.arrangement_rules import completed, differences, forgotten, missing_year, with_arrangement
from models.workdays.queries import arranged_days, arrangement, calendar_version, load_calendar, notices, open_proposals
from models.workdays.shipped import shipped_calendar, shipped_days
from models.workdays.tables import ArrangementRow
from models.workdays.types import ArrangementStatus, DayKind, MarkedDay
from tests.models.handling.arrangements import NOTICE, days_of
from tests.support.actors import actor

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
KEEPERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})


def proposed(session: Session, year: int = 2027, who: object = None) -> ArrangementRow:
    proposer = who or actor(session, Role.SUPERVISOR)
    return commands.propose(session, days_of(year), actor=proposer, at=NOW, text="原文")  # type: ignore[arg-type]


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_proposal_changes_nothing_until_a_second_person_approves_it(session):
    before = load_calendar(session)
    row = proposed(session)
    assert load_calendar(session) == before and [one.uid for one in open_proposals(session)] == [row.uid]
    expected = with_arrangement(before, days_of(2027))
    assert commands.approve(session, row, actor=actor(session, Role.DIRECTOR), at=NOW) == 2
    assert load_calendar(session) == expected and calendar_version(session) == 2
    assert load_calendar(session, version=1) == before
    assert not open_proposals(session)
    assert [(one.version, one.years) for one in notices(session)] == [(1, (2023, 2024, 2025, 2026)), (2, (2027,))]
    assert notices(session)[1].source == NOTICE


def test_the_proposer_can_neither_approve_nor_refuse_but_withdraw(session):
    both = actor(session, Role.SUPERVISOR, Role.DIRECTOR)
    row = proposed(session, who=both)
    for act in (commands.approve, lambda *a, **k: commands.refuse(*a, reason="不对", **k)):
        with pytest.raises(Refused) as refusal:
            act(session, row, actor=both, at=NOW)
        assert code_of(refusal) == "arrangement_own"
    with pytest.raises(Refused) as refusal:
        commands.withdraw(session, row, actor=actor(session, Role.DIRECTOR), at=NOW)
    assert code_of(refusal) == "arrangement_not_own"
    commands.withdraw(session, row, actor=both, at=NOW)
    assert (row.status, calendar_version(session)) == (ArrangementStatus.WITHDRAWN, 1)


@pytest.mark.parametrize("role", [one for one in Role if one not in KEEPERS])
def test_nobody_else_proposes_approves_or_refuses(session, role):
    row, stranger = proposed(session), actor(session, role, unit="市监局")
    for act in (
        lambda: proposed(session, who=stranger),
        lambda: commands.approve(session, row, actor=stranger, at=NOW),
        lambda: commands.refuse(session, row, actor=stranger, at=NOW, reason="不对"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert code_of(refusal) == "calendar_not_your_role"


def test_a_proposal_for_a_calendar_that_was_replaced_is_stale(session):
    first, second = proposed(session), proposed(session, 2028)
    director = actor(session, Role.DIRECTOR)
    commands.approve(session, first, actor=director, at=NOW)
    assert arrangement(session, second.uid).status is ArrangementStatus.STALE
    for act in (commands.approve, commands.withdraw):
        with pytest.raises(Conflict) as conflict:
            act(session, second, actor=director, at=NOW)
        assert code_of(conflict) == "arrangement_stale"
    anew = commands.propose(session, arranged_days(session, second), actor=director, at=NOW)
    assert commands.approve(session, anew, actor=actor(session, Role.SUPERVISOR), at=NOW) == 3


def test_an_import_by_the_operator_makes_open_proposals_stale_too(session):
    row = proposed(session)
    commands.import_arrangement(session, days_of(2027), at=NOW)
    assert arrangement(session, row.uid).status is ArrangementStatus.STALE


def test_what_was_decided_is_not_decided_again(session):
    row, director = proposed(session), actor(session, Role.DIRECTOR)
    commands.refuse(session, row, actor=director, at=NOW, reason="第三项写错了")
    assert (row.status, row.reason, calendar_version(session)) == (ArrangementStatus.REFUSED, "第三项写错了", 1)
    with pytest.raises(Conflict) as conflict:
        commands.approve(session, row, actor=director, at=NOW)
    assert code_of(conflict) == "arrangement_decided"


GUARDED = (
    ("UPDATE arrangements SET source = 'x' WHERE version = 1", "arrangements"),
    ("UPDATE arrangements SET status = 'proposed', version = NULL WHERE version = 1", "arrangements_decided"),
    ("UPDATE arrangements SET decided_at = NULL WHERE version = 1", "arrangements_decided"),
    ("UPDATE arrangements SET years = '2028' WHERE status = 'proposed'", "arrangements_immutable"),
    ("UPDATE arrangements SET proposed_by_id = NULL WHERE status = 'proposed'", "arrangements_immutable"),
    ("DELETE FROM arrangements", "arrangements_no_delete"),
    ("DELETE FROM arrangement_days", "arrangement_days_no_delete"),
    ("UPDATE arrangement_days SET kind = 'work' WHERE kind = 'off'", "arrangement_days_no_update"),
    ("INSERT INTO arrangement_days SELECT arrangement_id, '2026-07-01', kind, name, source FROM arrangement_days "
     "WHERE \"on\" = '2026-01-01'", "arrangement_days_closed"),
)  # fmt: skip


@pytest.mark.parametrize(("statement", "guard"), GUARDED)
def test_the_database_keeps_what_was_in_force(session, statement, guard):
    proposed(session)
    with pytest.raises(DBAPIError) as caught, session.begin_nested():
        session.execute(text(statement))
    assert guard in str(caught.value.orig), caught.value.orig


def test_the_days_of_the_year_before_that_a_notice_names_are_added_to_that_year():
    extra = MarkedDay(date(2026, 12, 31), DayKind.OFF, "元旦", NOTICE)
    found = completed([*days_of(2027), extra], 2027, shipped_calendar())
    assert {day.on for day in found if day.on.year == 2026} == {
        extra.on, *(day.on for day in shipped_days() if day.on.year == 2026),
    }
    assert [day for day in found if day.on.year == 2027] == sorted(days_of(2027), key=lambda day: day.on)
    unknown = MarkedDay(date(2028, 1, 3), DayKind.OFF, "元旦", NOTICE)
    assert [day for day in completed([*days_of(2027), unknown], 2027, shipped_calendar()) if day.on.year == 2028] == [
        unknown
    ]


def test_only_days_that_count_otherwise_are_differences():
    renamed = [MarkedDay(day.on, day.kind, "改了名", day.source) for day in shipped_days() if day.on.year == 2026]
    assert differences(shipped_calendar(), renamed) == ()
    moved = [day for day in renamed if day.on != date(2026, 10, 10)]
    moved.append(MarkedDay(date(2026, 10, 11), DayKind.WORK, "国庆节调休上班", NOTICE))
    assert [(one.on.day, one.before is None, one.after is None) for one in differences(shipped_calendar(), moved)] == [
        (10, False, True), (11, True, False),
    ]
    assert differences(shipped_calendar(), days_of(2027)) == (), "a new year has nothing to differ from"


def test_a_statutory_day_that_is_not_given_is_told():
    told = [note.text for note in forgotten(days_of(2027), shipped_calendar())]
    assert [text[: text.index("（")] for text in told] == ["4月5日", "5月1日", "5月2日", "6月9日", "9月15日"]


@pytest.mark.parametrize(("today", "year"), [
    (date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2026, 12, 31), 2027), (date(2027, 1, 4), 2027),
    (date(2025, 12, 1), None), (date(2022, 6, 1), 2022),
])
def test_the_missing_year_is_told_from_november_on_and_until_it_comes(today, year):
    assert missing_year(today, shipped_calendar()) == year
