"""What units completed themselves: five working days to report, the office confirms, months are counted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from models.accounts.types import Role
from models.appeals.types import AppealKind, Channel, State
from models.errors import Refused
from models.handling import queries, self_registered
from models.handling.commands import Act
from models.handling.figures import month_figures
from models.handling.self_registered import Report
from models.handling.self_registered_rules import day_problems, is_late, month_of, report_due_on
from models.handling.types import Attitude, Outcome, ReplyKind, ReplyStatus
from models.workdays.shipped import shipped_calendar
from tests.models.handling.witness import check
from tests.support.actors import actor
from tests.support.factories import IDENTITY, MORNING, VAULT, filing

CALENDAR = shipped_calendar()
TODAY = date(2026, 11, 17)
ANSWERS = ((Outcome.SOLVED, "已当场办结。"), (Outcome.EXPLAINED, "已说明办理条件。"))
REPORT = Report(date(2026, 11, 16), Attitude.SATISFIED, ANSWERS)
MONTH = (date(2026, 11, 1), date(2026, 11, 30))


def act(who, **changes):
    return Act(who, MORNING, CALENDAR, **changes)


@pytest.fixture
def handler(session):
    return actor(session, Role.HANDLER, unit="市监局")


@pytest.fixture
def supervisor(session):
    return actor(session, Role.SUPERVISOR)


def told(who, **changes):
    made = filing(
        channel=Channel.CALL, paper_received_on=date(2026, 11, 12), recorded_by=who, is_self_registered=True,
    )
    return replace(made, **changes)


def register(session, who, report=REPORT, **changes):
    return self_registered.register(session, told(who, **changes), IDENTITY, VAULT, report, act(who))


@pytest.mark.parametrize(
    ("completed", "due"),
    [
        ("2026-11-10", "2026-11-17"),
        ("2026-09-30", "2026-10-13"),  # the National Day week, and its make-up Saturday counts
        ("2026-02-13", "2026-02-27"),  # the Spring Festival, the 14th and the 28th are made up for
        ("2026-11-21", "2026-11-27"),  # completed on a Saturday
    ],
)
def test_a_report_is_in_time_until_the_fifth_working_day(completed, due):
    completed_on, due_on = date.fromisoformat(completed), date.fromisoformat(due)
    assert report_due_on(completed_on, CALENDAR) == due_on
    assert not is_late(completed_on, due_on, CALENDAR)
    assert is_late(completed_on, due_on + timedelta(days=1), CALENDAR)


@pytest.mark.parametrize(
    ("received", "completed", "problems"),
    [
        (date(2026, 11, 17), date(2026, 11, 17), {}),
        (None, None, {"received_on": "received_on_missing", "completed_on": "completed_on_missing"}),
        (date(2026, 11, 18), date(2026, 11, 17), {
            "received_on": "received_in_future", "completed_on": "completed_before_received",
        }),
        (date(2026, 11, 1), date(2026, 11, 18), {"completed_on": "completed_in_future"}),
        (date(2025, 1, 1), date(2025, 1, 2), {"completed_on": "completed_long_ago"}),
    ],
)
def test_days_that_cannot_be_are_told_by_field(received, completed, problems):
    assert day_problems(received, completed, TODAY) == problems


@pytest.mark.parametrize("asked", ["", "2026-13", "2026-1", "²⁰²⁶-11", "2099-01", "0000-00", "x" * 5000, "2026-11\n"])
def test_what_is_no_month_is_this_month(asked):
    assert month_of(asked, TODAY) == MONTH


def test_a_month_has_its_first_and_last_day():
    assert month_of("2026-02", TODAY) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_of("2025-12", TODAY) == (date(2025, 12, 1), date(2025, 12, 31))


def test_the_office_confirms_what_the_unit_reports(session, handler, supervisor):
    appeal = register(session, handler)
    assert (appeal.state, appeal.lead_unit_id) == (State.REGISTERED, handler.unit_id)
    assert queries.milestones(session, appeal) == ()
    self_registered.recognise(session, appeal, act(supervisor))
    reply = queries.reply(session, appeal, ReplyKind.FINAL)
    assert appeal.state is State.CLOSED and reply.status is ReplyStatus.PUBLISHED
    assert {item.facts for item in queries.reply_items(session, reply).values()} == {text for _, text in ANSWERS}
    check(session, appeal)


def test_a_returned_report_is_amended_and_keeps_its_first_day_and_words(session, handler, supervisor):
    appeal = register(session, handler)
    self_registered.return_record(session, appeal, act(supervisor, internal_note="第二点没有写依据。"))
    assert appeal.state is State.TO_AMEND
    assert self_registered.counted(session, handler.unit_id, *MONTH) == 0
    mended = replace(REPORT, completed_on=date(2026, 11, 13), answers=(ANSWERS[0], (Outcome.SOLVED, "已补充依据。")))
    self_registered.amend(session, appeal, mended, act(handler, internal_note="补写了依据。"))
    row = self_registered.registration(session, appeal)
    assert appeal.state is State.REGISTERED and appeal.title == told(handler).title
    assert (row.completed_on, row.registered_on) == (date(2026, 11, 13), TODAY)
    assert self_registered.counted(session, handler.unit_id, *MONTH) == 1
    check(session, appeal)


def test_a_late_report_is_taken_and_marked(session, handler):
    early = replace(REPORT, completed_on=date(2026, 11, 9))
    appeal = register(session, handler, early, paper_received_on=date(2026, 11, 2))
    assert self_registered.registration(session, appeal).is_late


@pytest.mark.parametrize("roles", [(Role.HANDLER,), (Role.APPROVER,), (Role.HANDLER, Role.SUPERVISOR), (Role.CLERK,)])
def test_nobody_of_the_unit_and_no_clerk_confirms_it(session, handler, roles):
    """T4, CLK-6: a unit never closes its own matter."""
    appeal = register(session, handler)
    with pytest.raises(Refused, match=r"own_case|not_your_role"):
        self_registered.recognise(session, appeal, act(actor(session, *roles, unit="市监局")))
    assert appeal.state is State.REGISTERED


@pytest.mark.parametrize(
    ("who", "changes", "report", "code"),
    [
        (Role.CLERK, {}, REPORT, "not_your_role"),
        (Role.HANDLER, {"kind": AppealKind.REPORT}, REPORT, "report_is_the_offices"),
        (Role.HANDLER, {"paper_received_on": None}, REPORT, "received_on_missing"),
        (Role.HANDLER, {}, replace(REPORT, completed_on=date(2026, 11, 18)), "completed_in_future"),
        (Role.HANDLER, {}, replace(REPORT, answers=ANSWERS[:1]), "unknown_demand"),
        (Role.HANDLER, {}, replace(REPORT, answers=(ANSWERS[0], (Outcome.IN_PROGRESS, "还在办"))), "reply_incomplete"),
        (Role.HANDLER, {}, replace(REPORT, answers=(ANSWERS[0], (Outcome.SOLVED, ""))), "reply_incomplete"),
    ],
)
def test_what_is_no_completed_matter_of_a_unit_is_refused(session, who, changes, report, code):
    reporter = actor(session, who, unit="市监局" if who is Role.HANDLER else "")
    with pytest.raises(Refused, match=code):
        register(session, reporter, report, **changes)


def test_no_rate_counts_what_units_completed_themselves(session, handler, supervisor):
    appeal = register(session, handler)
    self_registered.recognise(session, appeal, act(supervisor))
    figures = month_figures(session, TODAY)
    assert (figures.received, figures.replied, figures.on_time, figures.finished_or_overdue) == (0, 0, 0, 0)


def test_the_month_counts_by_unit_and_every_count_has_its_list(session, handler, supervisor):
    appeals = [register(session, handler) for _ in range(3)]
    self_registered.recognise(session, appeals[0], act(supervisor))
    self_registered.return_record(session, appeals[1], act(supervisor, internal_note="请补。"))
    line = self_registered.month_lines(session, supervisor, *MONTH)[handler.unit_id]
    assert (line.counted, line.waiting, line.to_amend, line.recognised, line.late) == (2, 1, 1, 1, 0)
    for group, count in {"counted": 2, "waiting": 1, "to_amend": 1, "recognised": 1, "late": 0, "": 3}.items():
        asked = {"unit_id": handler.unit_id, "group": group}
        assert self_registered.listed_count(session, supervisor, *MONTH, **asked) == count
        assert len(self_registered.listed(session, supervisor, *MONTH, **asked, limit=10)) == count
    other = actor(session, Role.HANDLER, unit="税务局")
    assert self_registered.listed_count(session, other, *MONTH) == 0
    assert self_registered.month_lines(session, supervisor, date(2026, 10, 1), date(2026, 10, 31)) == {}


@pytest.mark.parametrize("change", ["registered_on = '2026-11-20'", "unit_id = 1", "completed_on = '2026-11-30'"])
def test_no_statement_moves_a_report_to_another_month_or_unit(database, change):
    with database.writing() as session:
        register(session, actor(session, Role.HANDLER, unit="市监局"))
    with pytest.raises((IntegrityError, OperationalError)), database.writing() as session:
        session.execute(text(f"UPDATE self_registrations SET {change}"))  # noqa: S608
