"""Who is told of a dissatisfaction case and of exclusions, in the transaction of the act; what the morning counts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import SYSTEM, Actor, Role
from models.appeals.types import AppealKind
from models.followup import call_lists, cases, exclusions
from models.followup.types import CaseAction, ExclusionReason
from models.notices import case_news
from models.notices.digest import morning_digest
from models.notices.tables import Notice
from models.workdays.shipped import shipped_calendar
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.followed import act, case_of, do, rate, replied

ACT = CaseAction


def heard(session: Session, who: Actor) -> list[str]:
    mine = select(Notice.kind).where(col(Notice.account_id) == who.account_id).order_by(col(Notice.id))
    return list(session.exec(mine).all())


def telling(story: Story, change: Callable[[], object]) -> None:
    before = case_news.versions(story.session, story.appeal)
    change()
    case_news.tell_since(story.session, story.appeal, before)


@pytest.fixture
def story(session: Session) -> Story:
    return replied(session)


def test_office_and_unit_hear_of_a_low_grade_and_of_what_becomes_of_it(session: Session, story: Story) -> None:
    other = actor(session, Role.HANDLER, unit="税务局")
    telling(story, lambda: rate(story, 1))
    assert heard(session, story.clerk) == heard(session, story.supervisor) == ["case_opened"]
    assert heard(session, story.handler) == heard(session, story.approver) == ["case_for_unit"]
    telling(story, lambda: do(story, case_of(story), ACT.ANSWER, story.approver))
    assert heard(session, story.supervisor)[-1] == "case_answered" and heard(session, story.clerk) == ["case_opened"]
    telling(story, lambda: do(story, case_of(story), ACT.DECIDE_NOT))
    assert heard(session, story.handler)[-1] == "case_decided"
    assert heard(session, other) == [] and heard(session, story.supervisor) == ["case_opened", "case_answered"]


def test_a_good_grade_is_told_to_nobody(session: Session, story: Story) -> None:
    telling(story, lambda: rate(story, 5))
    assert heard(session, story.handler) == heard(session, story.clerk) == []


def test_whom_a_report_accuses_hears_nothing_though_they_answered_it(session: Session) -> None:
    story = replied(session, kind=AppealKind.REPORT)
    story.appeal.against_unit_id = story.appeal.lead_unit_id
    session.flush()
    telling(story, lambda: rate(story, 1))
    assert heard(session, story.handler) == [] and heard(session, story.clerk) == ["case_opened"]


def test_of_the_office_only_those_hear_who_may_decide(session: Session) -> None:
    accused = unit_by_name(session, "税务局")
    both = actor(session, Role.SUPERVISOR, Role.HANDLER, unit="市监局")
    partial = actor(session, Role.SUPERVISOR, unit="税务局")
    story = replied(session, against_unit_id=accused.id)
    telling(story, lambda: rate(story, 2))
    assert heard(session, both) == ["case_for_unit"] and heard(session, partial) == []


def test_what_time_misses_is_told_to_those_who_decide_once(session: Session, story: Story) -> None:
    telling(story, lambda: rate(story, 1))
    for _ in range(2):
        late = act(story, SYSTEM, now=datetime(2026, 11, 20, 1, tzinfo=UTC))
        telling(story, lambda late=late: cases.sweep(session, case_of(story), late))
    assert heard(session, story.supervisor).count("case_missed") == 1


def test_a_second_person_is_asked_and_the_first_told_what_came_of_it(session: Session, story: Story) -> None:
    rating, second = rate(story, 2), actor(session, Role.DIRECTOR)
    asked = exclusions.ask(session, story.appeal, rating, ExclusionReason.MISTAKEN, "书面说明。", act(story))
    case_news.tell_exclusion(session, story.appeal, asked)
    assert heard(session, second) == ["exclusion_asked"] and heard(session, story.supervisor) == []
    found = exclusions.visible(session, second, asked.uid)
    exclusions.decide(session, found, act(story, second), is_granted=True, remark="属实。")
    case_news.tell_exclusion(session, story.appeal, asked)
    assert heard(session, story.supervisor) == ["exclusion_decided"]


def test_the_morning_counts_what_follow_up_waits_for(session: Session, story: Story) -> None:
    rate(story, 1)
    calendar = shipped_calendar()
    call_lists.draw_today(session, now=MORNING, calendar=calendar)
    morning_digest(session, now=MORNING, calendar=calendar)
    found = {
        one.account_id: one.facts for one in session.exec(select(Notice).where(col(Notice.kind) == "digest")).all()
    }
    assert found[story.clerk.account_id] == {"to_call": 1, "to_contact": 1}
    assert found[story.supervisor.account_id] == {"to_decide": 1}
