"""Follow-up calls and the list of the day: who calls whom, how often, and one list a day whoever draws it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, AppellantKind, State
from models.errors import Refused
from models.followup import call_lists, calls, policies
from models.followup.calls import Told
from models.followup.tables import CallCandidate, CallList
from models.followup.types import CallResult, CaseOrigin, Drawn, Kept, Terms, Unreached
from models.handling import assistance, commands, linking, replies
from models.handling.types import Outcome
from models.workdays.shipped import shipped_calendar
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.followed import DISPLEASED, NO_ANSWER, PLEASED, call, case_of, made, rate, replied
from webapp.db import Database

CALENDAR = shipped_calendar()
TODAY = date(2026, 11, 17)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def draw(session: Session, at: datetime = MORNING) -> int:
    return call_lists.draw_today(session, now=at, calendar=CALENDAR)


def on_the_list(session: Session, day: date = TODAY) -> list[tuple[int, Drawn]]:
    drawn = call_lists.list_of(session, day)
    assert drawn is not None
    clerk = actor(session, Role.CLERK)
    return [(one.candidate.appeal_id, one.candidate.drawn) for one in call_lists.entries(session, clerk, drawn)]


# ---------------------------------------------------------------- calls


def test_each_attempt_is_a_row_and_the_third_is_the_last(session: Session) -> None:
    story = replied(session)
    for number in (1, 2, 3):
        assert call(story).attempt == number
    with pytest.raises(Refused, match="called_often_enough"):
        call(story)
    assert [one.unreached for one in made(story)] == [Unreached.NO_ANSWER] * 3


def test_whoever_was_reached_is_not_called_again(session: Session) -> None:
    story = replied(session)
    call(story, PLEASED)
    with pytest.raises(Refused, match="already_reached"):
        call(story)


def test_two_who_called_at_once_do_not_both_write_the_same_attempt(session: Session) -> None:
    story = replied(session)
    call(story, attempt=1)
    with pytest.raises(Refused, match="called_meanwhile"):
        call(story, attempt=1)


@pytest.mark.parametrize("roles", [{Role.HANDLER}, {Role.APPROVER}, {Role.LEADER}, {Role.AUDITOR}, {Role.CUSTODIAN}])
def test_only_the_office_calls(session: Session, roles: set[Role]) -> None:
    with pytest.raises(Refused, match="not_your_role"):
        call(replied(session), by=actor(session, *roles, unit="住建局"))


def test_nobody_of_a_unit_that_led_or_assisted_calls_whatever_else_they_are(session: Session) -> None:
    story = Story(session).to(State.HANDLING)
    helping = unit_by_name(session, "财政局")
    assistance.assist(session, story.appeal, story.act(story.clerk), assistance.Task(helping, "请核对。", 2))
    story.to(State.REPLIED)
    for unit in ("市监局", "财政局"):
        with pytest.raises(Refused, match="own_unit_handled"):
            call(story, by=actor(session, Role.CLERK, Role.HANDLER, unit=unit))
    call(story, by=actor(session, Role.CLERK, Role.HANDLER, unit="住建局"))


def test_a_unit_that_led_an_earlier_round_does_not_call_about_the_next(session: Session) -> None:
    story = replied(session)
    other = unit_by_name(session, "税务局")
    commands.redo(session, story.appeal, story.act(story.supervisor), lead_unit=other)
    story.handler, story.approver = (actor(session, role, unit="税务局") for role in (Role.HANDLER, Role.APPROVER))
    story.to(State.REPLIED)
    with pytest.raises(Refused, match="own_unit_handled"):
        call(story, by=actor(session, Role.CLERK, Role.APPROVER, unit="市监局"))
    assert call(story).unit_id == other.id


def test_whom_the_matter_is_about_does_not_call(session: Session) -> None:
    accused = unit_by_name(session, "税务局")
    story = replied(session, against_unit_id=accused.id)
    with pytest.raises(Refused, match="own_unit_accused"):
        call(story, by=actor(session, Role.CLERK, Role.HANDLER, unit="税务局"))


@pytest.mark.parametrize(
    "changes",
    [
        {"is_confidential": True}, {"identity": None, "appellant_kind": AppellantKind.ANONYMOUS}, {"identity": None},
    ],
)
def test_whose_number_the_office_may_not_read_is_not_called(session: Session, changes: dict[str, object]) -> None:
    with pytest.raises(Refused, match="call_nobody"):
        call(replied(session, **changes))


@pytest.mark.parametrize(
    "told",
    [
        Told(), Told(Unreached.NO_ANSWER, CallResult.SATISFIED), Told(Unreached.NO_ANSWER, is_solved=True),
    ],
)
def test_a_call_says_either_why_nobody_was_reached_or_what_was_said(session: Session, told: Told) -> None:
    with pytest.raises(Refused, match="call_result_missing"):
        call(replied(session), told)


def test_no_telephone_number_is_written_into_the_words(session: Session) -> None:
    with pytest.raises(Refused, match="case_words_identify"):
        call(replied(session), replace(PLEASED, words="改打 138 7371 2345。"))


def test_not_satisfied_on_the_telephone_opens_a_case_that_is_contacted_already(session: Session) -> None:
    story = replied(session)
    told = call(story, DISPLEASED)
    case = case_of(story)
    assert (case.origin, case.call_id, case.contact_kept) == (CaseOrigin.CALL, told.id, Kept.MET)


def test_a_call_about_a_low_grade_counts_as_the_contact_when_somebody_was_reached(session: Session) -> None:
    story = replied(session)
    rate(story, 1)
    call(story, NO_ANSWER)
    assert case_of(story).contact_kept is Kept.PENDING
    call(story.later(days=3), PLEASED)
    assert case_of(story).contact_kept is Kept.MISSED


# ---------------------------------------------------------------- the list


def test_a_list_is_drawn_once_a_working_day_and_can_be_derived_again(session: Session) -> None:
    for _ in range(4):
        replied(session)
    assert draw(session) == 2  # thirty of a hundred of four, rounded up
    assert draw(session, MORNING + timedelta(hours=1)) == 0
    drawn = session.exec(select(CallList)).one()
    assert call_lists.drawn_again(session, drawn)
    assert len(session.exec(select(CallCandidate)).all()) == 4


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 16, 23, 59, tzinfo=UTC),  # 07:59 of Tuesday
        datetime(2026, 11, 21, 3, 0, tzinfo=UTC),  # Saturday
        datetime(2026, 10, 1, 3, 0, tzinfo=UTC),  # National Day
    ],
)
def test_no_list_before_the_hour_or_on_a_day_off(session: Session, at: datetime) -> None:
    replied(session)
    assert draw(session, at) == 0 and session.exec(select(CallList)).all() == []


def test_a_year_without_an_arrangement_has_lists_on_its_provisional_working_days(session: Session) -> None:
    replied(session, at=datetime(2027, 1, 4, 1, 30, tzinfo=UTC))
    assert draw(session, datetime(2027, 1, 4, 2, 0, tzinfo=UTC)) == 1
    assert draw(session, datetime(2027, 1, 1, 2, 0, tzinfo=UTC)) == 0


def test_the_list_holds_low_grades_unsolvable_ones_and_whoever_was_not_reached(session: Session) -> None:
    low, fine, sealed, unsolved = (replied(session) for _ in range(4))
    rate(low, 1)
    rate(fine, 4)
    sealed.appeal.is_confidential = True
    for item in session.exec(select(replies.ReplyItem)).all():
        reply = session.get(replies.Reply, item.reply_id)
        item.outcome = Outcome.UNSOLVABLE if reply.appeal_id == unsolved.appeal.id else item.outcome
    session.flush()
    assert draw(session) == 2
    assert on_the_list(session) == [(low.appeal.id, Drawn.LOW_GRADE), (unsolved.appeal.id, Drawn.UNSOLVABLE)]
    call(low)
    call(unsolved, PLEASED)
    later = replied(session, at=MORNING + timedelta(days=1))
    assert draw(session, MORNING + timedelta(days=1)) == 2
    assert on_the_list(session, date(2026, 11, 18)) == [
        (low.appeal.id, Drawn.LOW_GRADE), (later.appeal.id, Drawn.SAMPLED)
    ]


def test_a_report_is_on_the_list_and_one_whom_it_accuses_never_sees_it(session: Session) -> None:
    accused = unit_by_name(session, "税务局")
    story = replied(session, kind=AppealKind.REPORT, against_unit_id=accused.id)
    assert draw(session) == 1
    assert on_the_list(session) == [(story.appeal.id, Drawn.SAMPLED)]
    drawn = call_lists.list_of(session, TODAY)
    for who in (actor(session, Role.CLERK, Role.HANDLER, unit="税务局"), actor(session, Role.CLERK, unit="市监局")):
        assert call_lists.entries(session, who, drawn) == []


def test_what_is_older_than_may_be_rated_is_not_looked_at(session: Session) -> None:
    replied(session)
    assert draw(session, MORNING + timedelta(days=31)) == 0


def test_what_was_answered_together_stands_under_the_unit_that_answered(session: Session) -> None:
    main = Story(session, unit="税务局").to(State.HANDLING)
    merged = Story(session, unit="市监局").to(State.DISPATCHED)
    linking.merge(session, merged.appeal, merged.act(merged.clerk), main=main.appeal)
    main.to(State.REPLIED)
    found = call_lists.candidates(session, TODAY, Terms())
    assert {(one.appeal_id, one.unit_id) for one in found} == {
        (main.appeal.id, main.appeal.lead_unit_id), (merged.appeal.id, main.appeal.lead_unit_id)
    }


def test_the_share_is_what_the_policy_in_force_says(session: Session) -> None:
    for _ in range(3):
        replied(session)
    policies.add(session, Terms(share_percent=100), in_force_from=TODAY, basis="试", now=MORNING)
    assert draw(session) == 3


def test_two_processes_draw_one_list(database: Database) -> None:
    """The row of the day decides; whoever comes second waits for the first and finds it done."""
    with database.writing() as session:
        for _ in range(5):
            replied(session)

    def one(_: int) -> int:
        with database.writing() as session:
            return draw(session)

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(one, range(4)))
    assert sorted(drawn) == [0, 0, 0, 2]
    with database.reading() as session:
        assert len(session.exec(select(CallList)).all()) == 1
        assert len(session.exec(select(CallCandidate)).all()) == 5


def test_the_office_reads_why_a_call_may_not_be_made(session: Session) -> None:
    story = replied(session)
    calls.may_call(session, story.appeal, story.clerk, TODAY)
    commands.redo(session, story.appeal, story.act(story.supervisor))
    with pytest.raises(Refused, match="nothing_to_call_about"):
        calls.may_call(session, story.appeal, story.clerk, TODAY)


def test_what_was_looked_at_and_not_drawn_is_left_alone_from_then_on(session: Session) -> None:
    stories = [replied(session) for _ in range(4)]
    assert draw(session) == 2
    drawn = {appeal_id for appeal_id, _ in on_the_list(session)}
    for story in stories:
        if story.appeal.id in drawn:
            call(story, PLEASED)
    assert draw(session, MORNING + timedelta(days=1)) == 0
