"""What becomes of promised dates in the life of an appeal, told as stories; each replays to what is stored."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from models.accounts.queries import unit_by_name
from models.appeals.types import Complexity, State
from models.errors import Refused
from models.handling import commands, queries, replies, supplements
from models.handling.figures import month_figures
from models.handling.types import UNIT_STAGES, Action, Milestone
from models.workdays.commands import import_arrangement
from models.workdays.queries import load_calendar
from models.workdays.rules import local_day
from tests.models.handling.arrangements import days_of
from tests.models.handling.witness import check
from tests.support.factories import Story


@pytest.mark.parametrize("complexity", Complexity)
@pytest.mark.parametrize("state", [one for one in State if one not in (
    State.DECLINED, State.PRELIMINARY_SIGN_OFF, State.CONTINUING, State.AWAITING_SUPPLEMENT, State.WITHDRAWN,
    State.MERGED, State.REGISTERED, State.TO_AMEND, State.RETURN_REQUESTED, State.TRANSFERRED,
)])
def test_any_story_replays_to_what_is_stored(session, state, complexity):
    story = Story(session, complexity=complexity).to(state)
    check(session, story.appeal)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


def due(story: Story) -> dict[str, date]:
    return {one.stage.value: one.due_on for one in units_own(story)}


def status(story: Story) -> dict[str, str]:
    return {one.stage.value: one.status.value for one in units_own(story)}


def units_own(story: Story) -> list[Milestone]:
    """The unit's promises; the office's own steps have their own tests."""
    found = queries.milestones(story.session, story.appeal)
    return [one for one in found if one.stage in UNIT_STAGES]


def test_dispatch_promises_one_three_and_seven_working_days(session):
    story = Story(session).to(State.DISPATCHED)
    assert due(story) == {"sign": date(2026, 11, 18), "verify": date(2026, 11, 20), "conclude": date(2026, 11, 26)}


@pytest.mark.parametrize(("minutes_past", "expected"), [(-1, "met"), (0, "missed")])
def test_a_promise_is_kept_until_midnight_in_shanghai_and_missed_a_minute_later(session, minutes_past, expected):
    """Due at 24:00 of the 18th, which is 16:00 UTC; overdue only when today > due."""
    story = Story(session).to(State.DISPATCHED)
    story.at = datetime(2026, 11, 18, 16, tzinfo=UTC) + timedelta(minutes=minutes_past)
    story.to(State.VERIFYING)
    assert status(story)["sign"] == expected


def test_sending_back_and_rejecting_leave_every_due_date(session):
    story = Story(session).to(State.REPLY_SIGN_OFF)
    promised = due(story)
    replies.send_back(session, story.appeal, story.later(days=3).act(story.approver))
    assert (story.appeal.state, due(story)) == (State.HANDLING, promised)
    story.to(State.IN_REVIEW)
    replies.reject(session, story.appeal, story.later(days=30).act(story.supervisor))
    assert (story.appeal.state, due(story)) == (State.HANDLING, promised)
    assert status(story)["conclude"] == "pending"
    story.to(State.REPLIED)
    assert status(story)["conclude"] == "missed"
    check(session, story.appeal)


def test_after_the_verifying_day_the_unit_cannot_call_a_matter_complex(session):
    story = Story(session, complexity=Complexity.COMPLEX).to(State.VERIFYING)
    story.later(days=4)
    with refused("complex_after_verify_due"):
        story.verify()
    story.complexity = Complexity.SIMPLE
    story.to(State.HANDLING)
    assert status(story)["verify"] == "missed"


def test_on_the_verifying_day_itself_the_unit_still_can(session):
    story = Story(session, complexity=Complexity.COMPLEX).to(State.VERIFYING)
    story.later(days=3).to(State.HANDLING)
    assert due(story)["preliminary"] == date(2026, 12, 8)


def test_reclassifying_keeps_day_zero_and_drops_the_short_promise(session):
    story = Story(session).to(State.HANDLING)
    act = story.later(days=6).act(story.supervisor)
    commands.decide(session, story.appeal, act, Action.RECLASSIFY)
    rows = {one.stage.value: one for one in queries.milestones(session, story.appeal)}
    assert rows["conclude"].status == "dropped"
    assert rows["preliminary"].start_on == rows["final"].start_on == date(2026, 11, 17)
    assert (rows["preliminary"].due_on, rows["final"].workdays) == (date(2026, 12, 8), 30)
    with refused("still_simple"):
        commands.decide(session, story.appeal, act, Action.RECLASSIFY)


def test_reclassifying_after_the_conclusion_was_due_leaves_it_missed(session):
    """Rules 8 and 10: a longer promise takes the place of what is still owed, not of what is overdue."""
    story = Story(session).to(State.HANDLING).later(days=14)
    counted = month_figures(session, local_day(story.at))
    commands.decide(session, story.appeal, story.act(story.supervisor), Action.RECLASSIFY)
    assert status(story) == {
        "sign": "met", "verify": "met", "conclude": "missed", "preliminary": "pending", "final": "pending",
    }
    assert month_figures(session, local_day(story.at)) == counted
    assert (counted.on_time, counted.finished_or_overdue) == (0, 1)
    story.to(State.REPLIED)
    assert status(story)["conclude"] == "missed"
    check(session, story.appeal)


def test_withdrawing_leaves_missed_what_was_overdue_and_drops_the_rest(session):
    story = Story(session).to(State.DISPATCHED).later(days=3)
    assert withdrawn(story) == {"sign": "missed", "verify": "dropped", "conclude": "dropped"}
    late = Story(session).to(State.HANDLING).later(days=60)
    assert withdrawn(late) == {"sign": "met", "verify": "met", "conclude": "missed"}
    on_the_day = Story(session).to(State.HANDLING).later(days=9)
    assert withdrawn(on_the_day)["conclude"] == "dropped"


def withdrawn(story: Story) -> dict[str, str]:
    supplements.withdraw(story.session, story.appeal, reason="", now=story.at, calendar=story.calendar)
    check(story.session, story.appeal)
    return status(story)


def test_a_refused_dispatch_moves_neither_the_day_nor_the_unit(session):
    story = Story(session).to(State.VERIFYING)
    story.later(days=5)
    other = unit_by_name(session, "税务局")
    assert other is not None
    with refused("not_in_this_state"):
        commands.dispatch(session, story.appeal, story.act(story.clerk), lead_unit=other)
    session.flush()
    session.refresh(story.appeal)
    assert story.appeal.dispatched_on == date(2026, 11, 17)


def import_2027(story: Story) -> int:
    import_arrangement(story.session, days_of(2027), at=story.at)
    return commands.recalculate_all(story.session, now=story.at, calendar=load_calendar(story.session))


def test_a_date_in_a_year_without_an_arrangement_is_provisional_until_the_import_makes_it_firm(session):
    """CLK-5: +7 from 2026-12-30 crosses into 2027; the invented arrangement adds a working Saturday."""
    story = Story(session, at=datetime(2026, 12, 30, 2, tzinfo=UTC)).to(State.DISPATCHED)
    assert story.appeal.is_provisional
    provisional, version = due(story)["conclude"], story.appeal.version
    assert import_2027(story) == 1
    event = queries.events(session, story.appeal)[-1]
    assert event.action is Action.RECALCULATE and event.actor_name == "系统"
    assert {stage for stage, *_ in event.effects["moved"]} == {"verify", "conclude"}
    assert (story.appeal.is_provisional, story.appeal.version) == (False, version + 1)
    assert due(story)["conclude"] == date(2027, 1, 9) != provisional
    check(session, story.appeal)
    assert import_2027(story) == 0, "a second import finds nothing that waits"


def test_importing_a_year_nobody_waits_for_changes_nothing(session):
    story = Story(session).to(State.DISPATCHED)
    before = (due(story), story.appeal.version)
    assert import_2027(story) == 0
    assert (due(story), story.appeal.version) == before


def test_a_promise_already_met_is_not_rewritten_by_an_import(session):
    story = Story(session, at=datetime(2026, 12, 30, 2, tzinfo=UTC)).to(State.HANDLING)
    verified = {one.stage: one for one in queries.milestones(session, story.appeal)}["verify"]
    assert verified.is_provisional and verified.status == "met"
    import_2027(story)
    assert {one.stage: one for one in queries.milestones(session, story.appeal)}["verify"] == verified


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_the_process_time_zone_moves_no_date(session, monkeypatch, zone):
    """CLK-1. 2026-11-30 23:30 in Shanghai, when New York and UTC still have other hours and Kiritimati another day."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        story = Story(session, at=datetime(2026, 11, 30, 15, 30, tzinfo=UTC)).to(State.DISPATCHED)
        assert story.appeal.dispatched_on == date(2026, 11, 30)
        assert due(story) == {"sign": date(2026, 12, 1), "verify": date(2026, 12, 3), "conclude": date(2026, 12, 9)}
        story.at = datetime(2026, 12, 1, 15, 59, tzinfo=UTC)
        story.to(State.VERIFYING)
        assert status(story)["sign"] == "met"
    finally:
        monkeypatch.undo()
        time.tzset()
