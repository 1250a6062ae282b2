"""A rating: once a round, by the appellant alone, never changed; and the one-time links that lead to one."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from models.accounts.types import SYSTEM, Role
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from models.errors import NotFound, Refused
from models.followup import call_lists, links, policies, queries
from models.followup.tables import RatingLink, SatisfactionRating
from models.followup.types import CaseOrigin, CaseState, Grade, RatingChannel, Terms
from models.handling import commands, linking
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.followed import DISPLEASED, REASON, call, case_of, rate, replied
from tests.support.matters import matter

SECRET = b"s" * 32


@pytest.mark.parametrize("state", [State.REPLIED, State.CLOSED])
def test_an_answered_matter_is_rated_once_with_its_unit(session: Session, state: State) -> None:
    story = replied(session, state)
    made = rate(story, 5)
    assert (made.round, made.grade, made.unit_id) == (1, 5, story.appeal.lead_unit_id)
    with pytest.raises(Refused, match="rated_already"):
        rate(story, 1)
    assert len(queries.ratings(session, story.appeal)) == 1
    session.flush()
    trace = session.exec(select(AuditRow).where(AuditRow.action == "rating.give")).one()
    assert trace.facts == {"round": 1, "grade": 5, "channel": "code"} and trace.object_id == story.appeal.uid


@pytest.mark.parametrize("state", [State.SUBMITTED, State.DISPATCHED, State.HANDLING, State.IN_REVIEW])
def test_what_is_not_answered_is_not_rated(session: Session, state: State) -> None:
    with pytest.raises(Refused, match="nothing_to_rate"):
        rate(replied(session, state))


def test_what_a_unit_completed_itself_is_not_rated(session: Session) -> None:
    story = Story(session)
    story.appeal = matter(session, State.CLOSED)
    with pytest.raises(Refused, match="nothing_to_rate"):
        rate(story)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ENTERPRISE])
def test_nobody_of_the_staff_rates(session: Session, role: Role) -> None:
    story = replied(session)
    for who in (actor(session, role, unit="市监局"), actor(session, role, Role.ENTERPRISE), SYSTEM):
        with pytest.raises(Refused, match="rating_not_by_staff"):
            rate(story, 5, by=who)
    assert not queries.ratings(session, story.appeal)


def test_somebody_of_an_enterprise_rates_from_its_list(session: Session) -> None:
    made = rate(replied(session), 4, by=actor(session, Role.ENTERPRISE), channel=RatingChannel.ENTERPRISE)
    assert made.channel is RatingChannel.ENTERPRISE


def test_after_thirty_days_it_is_too_late_and_a_later_policy_does_not_reopen_it(session: Session) -> None:
    story = replied(session)
    policies.add(
        session, Terms(rating_days=90), in_force_from=(MORNING + timedelta(days=20)).date(), basis="试", now=MORNING
    )
    story.later(days=31)
    with pytest.raises(Refused, match="rating_too_late"):
        rate(story)


@pytest.mark.parametrize("grade", [1, 2])
def test_a_low_grade_needs_a_reason_and_opens_a_case(session: Session, grade: int) -> None:
    story = replied(session)
    with pytest.raises(Refused, match="rating_needs_reason"):
        rate(story, grade, " ")
    made = rate(story, grade)
    case = case_of(story)
    assert (case.origin, case.rating_id, case.state, case.unit_id) == (
        CaseOrigin.RATING, made.id, CaseState.OPEN, made.unit_id
    )


def test_each_round_has_its_own_rating(session: Session) -> None:
    story = replied(session)
    rate(story, 1)
    commands.redo(session, story.appeal, story.act(story.supervisor))
    with pytest.raises(Refused, match="nothing_to_rate"):
        rate(story, 4)
    story.to(State.REPLIED)
    assert rate(story, 4).round == 2
    assert [(one.round, one.grade) for one in queries.ratings(session, story.appeal)] == [(2, 4), (1, 1)]


def test_a_merged_appellant_rates_their_own_reply_and_the_unit_that_gave_it(session: Session) -> None:
    main = Story(session, unit="税务局").to(State.HANDLING)
    merged = Story(session, unit="市监局").to(State.DISPATCHED)
    linking.merge(session, merged.appeal, merged.act(merged.clerk), main=main.appeal)
    main.to(State.REPLIED)
    assert merged.appeal.state is State.REPLIED
    made, other = rate(merged, 3), rate(main, 5)
    assert made.unit_id == other.unit_id == main.appeal.lead_unit_id
    assert {one.appeal_id for one in session.exec(select(SatisfactionRating)).all()} == {
        main.appeal.id, merged.appeal.id
    }


STATEMENTS = (
    "UPDATE satisfaction_ratings SET grade = 5",
    "UPDATE satisfaction_ratings SET reason = ''",
    "UPDATE satisfaction_ratings SET rated_at = '2020-01-01 00:00:00'",
    "UPDATE satisfaction_ratings SET unit_id = 1",
    "UPDATE satisfaction_ratings SET round = 7",
    "DELETE FROM satisfaction_ratings",
    "UPDATE follow_up_calls SET is_reached = (1 = 1)",
    "UPDATE follow_up_calls SET words = ''",
    "DELETE FROM follow_up_calls",
    "UPDATE dissatisfaction_events SET words = ''",
    "DELETE FROM dissatisfaction_events",
    "UPDATE dissatisfaction_cases SET opened_on = '2020-01-01'",
    "UPDATE dissatisfaction_cases SET contact_first_due_on = '2030-01-01'",
    "DELETE FROM dissatisfaction_cases",
    "UPDATE call_lists SET seed = 'x'",
    "DELETE FROM call_candidates",
    "UPDATE follow_up_policies SET share_percent = 0",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_keeps_what_was_said(session: Session, statement: str) -> None:
    story = replied(session)
    rate(story, 1)
    other = replied(session)
    call(other, DISPLEASED)
    assert call_lists.draw_today(session, now=MORNING, calendar=story.calendar)
    with pytest.raises(DBAPIError):
        session.connection().execute(text(statement))
    session.rollback()


@pytest.mark.parametrize("changes", [{"grade": 0}, {"grade": 6}, {"grade": 2, "reason": ""}, {"round": 0}])
def test_the_database_takes_no_rating_that_the_rules_do_not_know(session: Session, changes: dict[str, int]) -> None:
    story = replied(session)
    values = {"grade": 4, "reason": "", "round": 1, **changes}
    session.add(SatisfactionRating(
        appeal_id=story.appeal.id, unit_id=story.appeal.lead_unit_id, channel=RatingChannel.CODE, rated_at=MORNING,
        grade=values["grade"], reason=values["reason"], round=values["round"],
    ))
    with pytest.raises(DBAPIError):
        session.flush()
    session.rollback()


# ---------------------------------------------------------------- links


def token(number: int = 1) -> str:
    return links.token_of(SECRET, f"scene-key-{number:06d}")


def test_a_link_is_good_once_for_a_day_and_kept_as_a_hash_only(session: Session) -> None:
    story = replied(session)
    made = links.make(session, story.appeal, token(), now=story.at)
    assert token() not in str(vars(made)) and made.expires_at - made.made_at == timedelta(hours=24)
    link, appeal = links.opened(session, token(), now=story.at, lock=True)
    assert appeal is story.appeal
    rate(story, 4, channel=RatingChannel.LINK)
    links.spend(session, link, now=story.at)
    with pytest.raises(NotFound):
        links.opened(session, token(), now=story.at)


def test_the_same_form_sent_twice_gives_the_same_link(session: Session) -> None:
    story = replied(session)
    first = links.make(session, story.appeal, token(), now=story.at)
    assert links.make(session, story.appeal, token(), now=story.at) is first
    assert token(1) != token(2) and len(token()) == 32


def test_a_newer_link_overtakes_the_older_and_a_redo_ends_it(session: Session) -> None:
    story = replied(session)
    links.make(session, story.appeal, token(1), now=story.at)
    links.make(session, story.appeal, token(2), now=story.at)
    with pytest.raises(NotFound):
        links.opened(session, token(1), now=story.at)
    links.opened(session, token(2), now=story.at)
    commands.redo(session, story.appeal, story.act(story.supervisor))
    with pytest.raises(NotFound):
        links.opened(session, token(2), now=story.at)


@pytest.mark.parametrize("asked", ["", "x", "a" * 32, "A" * 32, "a" * 31, "\x00" * 32, "é" * 32])
def test_what_is_no_link_is_not_found(session: Session, asked: str) -> None:
    links.make(session, replied(session).appeal, token(), now=MORNING)
    with pytest.raises(NotFound):
        links.opened(session, asked, now=MORNING)


def test_a_link_expires(session: Session) -> None:
    story = replied(session)
    links.make(session, story.appeal, token(), now=story.at)
    links.opened(session, token(), now=story.at + timedelta(hours=23, minutes=59))
    with pytest.raises(NotFound):
        links.opened(session, token(), now=story.at + timedelta(hours=24))


def test_no_link_is_made_for_what_cannot_be_rated_nor_without_end(session: Session) -> None:
    with pytest.raises(Refused, match="nothing_to_rate"):
        links.make(session, replied(session, State.HANDLING).appeal, token(), now=MORNING)
    rated = replied(session)
    rate(rated)
    with pytest.raises(Refused, match="rated_already"):
        links.make(session, rated.appeal, token(), now=MORNING)
    story = replied(session)
    for number in range(links.MOST_LINKS):
        links.make(session, story.appeal, token(number), now=MORNING)
    with pytest.raises(Refused, match="too_many_links"):
        links.make(session, story.appeal, token(99), now=MORNING)
    assert len(session.exec(select(RatingLink)).all()) == links.MOST_LINKS


def test_a_report_is_rated_like_any_other(session: Session) -> None:
    assert rate(replied(session, kind=AppealKind.REPORT), 1, REASON).grade == Grade.VERY_DISSATISFIED
