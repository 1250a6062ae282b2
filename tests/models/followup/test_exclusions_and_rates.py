"""Leaving a rating out of the second rate by two people; the rates of a month; filing away."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, State
from models.errors import NotFound, Refused
from models.followup import closing, exclusions, queries, rates
from models.followup.exclusions import Asked
from models.followup.rate_rules import Rate
from models.followup.rate_rules import rates as counted
from models.followup.types import CaseAction, ExclusionReason, ExclusionStatus, Followed, Grade
from models.handling import commands
from models.handling.queries import events
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.followed import NO_ANSWER, PLEASED, act, call, case_of, contact, do, low, rate, replied

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
REASON = ExclusionReason.OTHER_MATTER


def ask(story: Story, **changes: object) -> Asked:
    rating = queries.rating(story.session, story.appeal, story.appeal.round)
    row = exclusions.ask(
        story.session, story.appeal, rating, REASON, "评价里说的是另一件事。", act(story, **changes)
    )
    return Asked(row, rating, story.appeal)


def test_one_asks_and_another_decides_and_the_rating_stays(session: Session) -> None:
    story, _ = low(session)
    asked = ask(story)
    assert exclusions.to_decide_count(session, story.supervisor) == 0
    other = actor(session, Role.DIRECTOR)
    assert [one.exclusion.uid for one in exclusions.to_decide(session, other)] == [asked.exclusion.uid]
    exclusions.decide(session, asked, act(story, other), is_granted=True, remark="属实。")
    assert asked.exclusion.status is ExclusionStatus.GRANTED
    assert asked.rating.grade == 2
    found = counted(rates.of_time(session, FIRST, LAST))
    assert (found.satisfied, found.satisfied_without, found.excluded) == (Rate(0, 1), Rate(0, 0), 1)
    assert rates.rated_between(session, FIRST, LAST) == (Rate(0, 1), Rate(0, 0))


def test_nobody_decides_what_they_asked_and_nobody_twice(session: Session) -> None:
    story, _ = low(session)
    asked = ask(story)
    with pytest.raises(Refused, match="exclusion_second_person"):
        exclusions.decide(session, asked, act(story), is_granted=True, remark="")
    with pytest.raises(Refused, match="exclusion_stands"):
        ask(story, actor=actor(session, Role.CLERK))
    exclusions.decide(session, asked, act(story, actor(session, Role.DIRECTOR)), is_granted=False, remark="不属实。")
    with pytest.raises(Refused, match="exclusion_decided"):
        exclusions.decide(session, asked, act(story, actor(session, Role.DIRECTOR)), is_granted=True, remark="")
    ask(story)  # a refused request bars nobody from asking with better evidence


@pytest.mark.parametrize("roles", [{Role.HANDLER}, {Role.APPROVER}, {Role.LEADER}, {Role.ADMINISTRATOR}])
def test_only_the_office_asks(session: Session, roles: set[Role]) -> None:
    story, _ = low(session)
    with pytest.raises(Refused, match="not_your_role"):
        ask(story, actor=actor(session, *roles, unit="住建局"))


def test_neither_person_is_of_a_unit_that_handled_it_or_that_it_is_about(session: Session) -> None:
    accused = unit_by_name(session, "税务局")
    story, _ = low(session, against_unit_id=accused.id)
    for unit, code in (("市监局", "own_unit_handled"), ("税务局", "own_unit_accused")):
        both = actor(session, Role.DIRECTOR, Role.APPROVER, unit=unit)
        with pytest.raises(Refused, match=code):
            ask(story, actor=both)
    asked = ask(story)
    for unit, code in (("市监局", "own_unit_handled"), ("税务局", "own_unit_accused")):
        both = actor(session, Role.DIRECTOR, Role.APPROVER, unit=unit)
        assert exclusions.to_decide(session, both) == []
        with pytest.raises(Refused, match=code):
            exclusions.decide(session, asked, act(story, both), is_granted=True, remark="")


def test_a_clerk_decides_nothing(session: Session) -> None:
    story, _ = low(session)
    with pytest.raises(Refused, match="not_your_role"):
        exclusions.decide(session, ask(story), act(story, story.clerk), is_granted=True, remark="")


def test_a_request_about_a_report_is_as_good_as_absent_to_whom_it_accuses(session: Session) -> None:
    accused = unit_by_name(session, "税务局")
    story, _ = low(session, kind=AppealKind.REPORT, against_unit_id=accused.id)
    uid = ask(story).exclusion.uid
    assert exclusions.visible(session, actor(session, Role.AUDITOR), uid).rating.grade == 2
    for who in (actor(session, Role.CLERK, unit="税务局"), actor(session, Role.HANDLER, unit="市监局")):
        with pytest.raises(NotFound):
            exclusions.visible(session, who, uid)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rating_exclusions SET evidence = ''",
        "UPDATE rating_exclusions SET status = 'granted', decided_by_id = asked_by_id, decided_at = asked_at",
        "UPDATE rating_exclusions SET status = 'granted'",
        "DELETE FROM rating_exclusions",
    ],
)
def test_the_database_wants_two_people(session: Session, statement: str) -> None:
    story, _ = low(session)
    ask(story)
    with pytest.raises(DBAPIError):
        session.connection().execute(text(statement))
    session.rollback()


def test_a_decided_request_never_changes(session: Session) -> None:
    story, _ = low(session)
    asked = ask(story)
    exclusions.decide(session, asked, act(story, actor(session, Role.DIRECTOR)), is_granted=True, remark="")
    with pytest.raises(DBAPIError):
        session.connection().execute(text("UPDATE rating_exclusions SET remark = '改'"))
    session.rollback()


# ---------------------------------------------------------------- rates


def test_a_months_rates_count_each_reply_under_the_unit_that_gave_it(session: Session) -> None:
    rated, called, silent = replied(session), replied(session), replied(session, unit="税务局")
    rate(rated, 5)
    call(called, NO_ANSWER)
    call(called, PLEASED)
    rounds = rates.of_time(session, FIRST, LAST)
    own = counted(one for one in rounds if one.unit_id == rated.appeal.lead_unit_id)
    assert (own.replied, own.asked, own.reached, own.satisfied, own.solved) == (
        2, Rate(2, 2), Rate(1, 1), Rate(1, 1), Rate(1, 1)
    )
    other = counted(one for one in rounds if one.unit_id == silent.appeal.lead_unit_id)
    assert (other.not_asked, other.asked, other.satisfied) == (1, Rate(0, 1), Rate(0, 0))


def test_an_earlier_round_stays_with_the_unit_that_answered_it(session: Session) -> None:
    story = replied(session)
    first, other = story.appeal.lead_unit_id, unit_by_name(session, "税务局")
    rate(story, 1)
    commands.redo(session, story.appeal, story.act(story.supervisor), lead_unit=other)
    story.handler, story.approver = (actor(session, role, unit="税务局") for role in (Role.HANDLER, Role.APPROVER))
    story.later(days=1).to(State.REPLIED)
    found = rates.of_time(session, FIRST, LAST)
    assert [(one.round, one.unit_id, one.grade) for one in found] == [
        (1, first, Grade.VERY_DISSATISFIED), (2, other.id, None)
    ]


def test_a_month_ends_at_midnight_in_shanghai(session: Session) -> None:
    replied(session, at=MORNING.replace(day=30, hour=15, minute=59))
    replied(session, at=MORNING.replace(day=30, hour=16, minute=0))
    assert len(rates.of_time(session, FIRST, LAST)) == 1
    assert len(rates.of_time(session, LAST + timedelta(days=1), LAST + timedelta(days=31))) == 1


# ---------------------------------------------------------------- filing away


def test_filing_away_says_how_it_was_followed_up(session: Session) -> None:
    story = replied(session)
    with pytest.raises(Refused, match="close_needs_reason"):
        closing.close(session, story.appeal, act(story, story.clerk))
    rate(story, 4)
    assert closing.standing(session, story.appeal, act(story)).how is Followed.RATED
    closing.close(session, story.appeal, act(story, story.clerk, internal_note="材料已归档。"))
    assert story.appeal.state is State.CLOSED
    assert events(session, story.appeal)[-1].internal_note == "诉求人已评价。材料已归档。"


def test_three_calls_without_anybody_are_enough_and_two_are_not(session: Session) -> None:
    story = replied(session)
    for _ in range(2):
        call(story)
    with pytest.raises(Refused, match="close_needs_reason"):
        closing.close(session, story.appeal, act(story, story.clerk))
    call(story)
    closing.close(session, story.appeal, act(story, story.clerk))
    assert events(session, story.appeal)[-1].internal_note.startswith("电话回访达到次数上限，没有接通。")


def test_nothing_is_filed_away_over_an_open_case(session: Session) -> None:
    story, case = low(session)
    with pytest.raises(Refused, match="case_still_open"):
        closing.close(session, story.appeal, act(story, story.clerk, internal_note="归档。"))
    contact(story, case)
    do(story, case, CaseAction.DECIDE_NOT)
    do(story, case, CaseAction.CLOSE)
    closing.close(session, story.appeal, act(story, story.clerk))
    assert case_of(story).state == "closed"
