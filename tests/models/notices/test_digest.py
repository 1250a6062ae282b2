"""The morning's digest: by the calendar, once a person and day, and nothing for whom nothing waits."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from models.accounts import queries, substitutes
from models.accounts.types import Role
from models.appeals.types import State
from models.notices.commands import tell
from models.notices.digest import morning_digest
from models.notices.tables import Notice
from models.notices.types import NoticeKind
from models.workdays.shipped import shipped_calendar
from tests.support import actors
from tests.support.factories import MORNING, Story
from webapp.notice_words import hint

DAY = timedelta(days=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Asia/Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def run(session, now=None) -> int:
    return morning_digest(session, now=now or at(18, 8), calendar=shipped_calendar())


def facts(session, actor) -> dict[str, int] | None:
    mine = select(Notice.facts).where(
        col(Notice.account_id) == actor.account_id, col(Notice.kind) == NoticeKind.DIGEST
    )
    return next(iter(session.exec(mine.order_by(col(Notice.id).desc())).all()), None)


def test_each_is_told_what_waits_for_them(session):
    story = Story(session).to(State.VERIFYING)  # verification due on the 20th, assigned to its handler
    Story(session).to(State.DISPATCHED)  # to be signed by the 18th
    Story(session).to(State.REPLY_SIGN_OFF)
    Story(session).to(State.IN_REVIEW)
    Story(session)
    idle = actors.actor(session, Role.HANDLER, unit="税务局")
    run(session)
    assert facts(session, story.handler) == {"to_sign": 1}
    assert facts(session, story.approver) == {"due": 1, "to_sign": 1, "to_sign_off": 1}
    assert facts(session, story.clerk) == {"to_triage": 1}
    assert facts(session, story.supervisor) == {"due": 1, "to_review": 1}
    assert facts(session, idle) is None


def test_what_is_overdue_is_told_apart_from_what_is_due(session):
    story = Story(session).to(State.VERIFYING)
    run(session, at(20, 8))
    assert facts(session, story.handler) == {"due": 1}
    run(session, at(23, 8))
    assert facts(session, story.handler)["overdue"] == 1


@pytest.mark.parametrize(("now", "is_told"), [
    (at(18, 7, 59), False), (at(18, 8), True), (at(18, 23, 59), True),
    (at(21, 9), False),  # a Saturday
    (datetime(2026, 10, 1, 1, tzinfo=UTC), False),  # National Day
    (datetime(2026, 10, 10, 1, tzinfo=UTC), True),  # a Saturday made up for
])  # fmt: skip
def test_it_comes_from_eight_on_of_a_working_day_by_the_calendar(session, now, is_told):
    Story(session)
    assert (run(session, now) > 0) is is_told


def test_a_day_is_done_once_and_the_next_day_anew(session):
    story = Story(session)
    count = run(session)
    assert count > 0
    assert [run(session), run(session, at(18, 17)), run(session, at(19, 8))] == [0, 0, count]
    mine = select(Notice).where(col(Notice.account_id) == story.clerk.account_id).order_by(col(Notice.id))
    first, second = session.exec(mine).all()
    assert (first.read_at, second.read_at) == (at(19, 8), None), "yesterday's says nothing any more"


def test_what_comes_later_in_the_day_waits_for_the_next_morning(session):
    clerk = actors.actor(session, Role.CLERK)
    run(session)
    Story(session)
    assert run(session, at(18, 15)) == 0 and facts(session, clerk) is None


def test_unread_notices_count_and_an_unread_digest_does_not(session):
    handler = actors.actor(session, Role.HANDLER, unit="税务局")
    tell(session, [handler.account_id or 0], NoticeKind.ASSIGNED, dedupe_key="a", now=MORNING)
    for day in (18, 19):
        run(session, at(day, 8))
        assert facts(session, handler) == {"unread": 1}
    assert hint("digest", {"unread": 1, "overdue": 2}) == "已超期 2 件，未读消息 1 条。"


def test_a_substitute_is_told_what_waits_for_the_absent_person(session):
    story = Story(session).to(State.REPLY_SIGN_OFF)
    handler = queries.account_by_id(session, story.handler.account_id)
    substitutes.name(session, story.approver, handler.uid, starts_at=MORNING, ends_at=MORNING + 9 * DAY, now=MORNING)
    run(session)
    assert facts(session, story.handler)["to_sign_off"] == 1
    assert facts(session, story.approver)["to_sign_off"] == 1
    run(session, at(27, 8))
    assert "to_sign_off" not in (facts(session, story.handler) or {})
