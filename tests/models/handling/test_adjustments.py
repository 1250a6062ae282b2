"""What moves a promised date and what does not: extensions and pauses. Tricks are named."""

from datetime import UTC, date, datetime

import pytest

from models.appeals.types import State
from models.handling import adjustments, queries, supplements
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.adjustments import Request
from models.handling.types import Milestone
from models.workdays.rules import explain
from tests.models.handling.test_promises import due, refused
from tests.models.handling.witness import check
from tests.support.factories import Story

EXTENSION, PAUSE = AdjustmentKind.EXTENSION, AdjustmentKind.PAUSE


def ask(story: Story, kind: AdjustmentKind, workdays: int = 0, reason: PauseReason | None = None, who=None) -> None:
    request = Request(kind, "检测机构排期到下周。", "《计量法》", workdays, reason)
    adjustments.ask(story.session, story.appeal, story.act(who or story.approver), request)


def extend(story: Story, workdays: int = 5) -> None:
    ask(story, EXTENSION, workdays)
    adjustments.grant(story.session, story.appeal, story.act(story.supervisor), ruling="同意")


def pause(story: Story, workdays: int = 3, reason: PauseReason = PauseReason.TEST) -> None:
    ask(story, PAUSE, workdays, reason)
    adjustments.grant(story.session, story.appeal, story.act(story.supervisor), ruling="同意")


def promised(story: Story, stage: str, no: int = 1) -> Milestone:
    found = queries.milestones(story.session, story.appeal)
    return next(one for one in found if (one.stage, one.no, one.round) == (stage, no, story.appeal.round))


def asked(story: Story):
    return queries.projection(story.session, story.appeal).adjustments[-1]


# ---------------------------------------------------------------- extension


def test_an_extension_adds_days_to_the_result_and_the_first_promise_stays_readable(session):
    story = Story(session).to(State.HANDLING)
    ask(story, EXTENSION, 5, who=story.handler)
    assert asked(story).status is AdjustmentStatus.TO_SIGN_OFF
    adjustments.send(session, story.appeal, story.act(story.approver))
    assert asked(story).status is AdjustmentStatus.ASKED
    adjustments.grant(session, story.appeal, story.act(story.supervisor), ruling="同意")
    one = promised(story, "conclude")
    assert (one.due_on, one.first_due_on, one.extended) == (date(2026, 12, 3), date(2026, 11, 26), 5)
    assert story.appeal.next_due_on == date(2026, 12, 3)
    check(session, story.appeal)


def test_the_office_may_grant_fewer_days_and_never_more(session):
    story = Story(session).to(State.HANDLING)
    ask(story, EXTENSION, 5)
    with refused("more_than_asked"):
        adjustments.grant(session, story.appeal, story.act(story.supervisor), workdays=6)
    adjustments.grant(session, story.appeal, story.act(story.supervisor), workdays=2)
    assert (due(story)["conclude"], asked(story).workdays) == (date(2026, 11, 30), 2)


def test_trick_of_the_last_minute_extension_is_refused(session):
    """It is asked for before the due day; on the day itself only the work counts."""
    story = Story(session).to(State.HANDLING).later(days=9)
    with refused("extension_too_late"):
        ask(story, EXTENSION, 5)
    before = Story(session).to(State.HANDLING).later(days=8)
    ask(before, EXTENSION, 5)
    assert asked(before).status is AdjustmentStatus.ASKED


def test_trick_of_a_draft_in_time_and_a_signature_after_it_is_refused(session):
    """Asked for is what the approver has sent."""
    story = Story(session).to(State.HANDLING).later(days=8)
    ask(story, EXTENSION, 5, who=story.handler)
    with refused("extension_too_late"):
        adjustments.send(session, story.appeal, story.later(days=1).act(story.approver))


def test_trick_of_one_extension_after_the_other_is_refused(session):
    story = Story(session).to(State.HANDLING)
    extend(story)
    with refused("extended_before"):
        ask(story, EXTENSION, 1)


@pytest.mark.parametrize("workdays", [0, -3, 11, 10_000])
def test_an_extension_has_one_to_ten_days(session, workdays):
    story = Story(session).to(State.HANDLING)
    with refused("extension_too_long"):
        ask(story, EXTENSION, workdays)


def test_an_office_that_rules_late_is_the_one_who_was_late(session):
    """Asked in time, ruled a week after the due day: the extension counts from the same day zero."""
    story = Story(session).to(State.HANDLING).later(days=8)
    ask(story, EXTENSION, 5)
    adjustments.grant(session, story.later(days=7).appeal, story.act(story.supervisor), ruling="同意")
    assert due(story)["conclude"] == date(2026, 12, 3)
    assert promised(story, "ruling").status == "missed"


def test_a_refused_extension_moves_nothing_and_may_be_asked_again(session):
    story = Story(session).to(State.HANDLING)
    before = due(story)
    ask(story, EXTENSION, 5)
    adjustments.refuse(session, story.appeal, story.act(story.supervisor), ruling="理由不充分")
    assert (due(story), asked(story).status) == (before, AdjustmentStatus.REFUSED)
    assert promised(story, "ruling").status == "met"
    extend(story, 3)
    assert due(story)["conclude"] == date(2026, 12, 1)
    check(session, story.appeal)


def test_a_reply_on_its_way_leaves_an_unruled_request_behind(session):
    story = Story(session).to(State.HANDLING)
    ask(story, EXTENSION, 5)
    story.to(State.REPLY_SIGN_OFF)
    assert asked(story).status is AdjustmentStatus.LAPSED
    assert promised(story, "ruling").status == "dropped"
    check(session, story.appeal)


# ---------------------------------------------------------------- pause


def test_a_pause_moves_every_promise_by_its_working_days_and_explains_itself(session):
    """Granted on Tuesday the 17th for three working days: 18, 19, 20 do not count."""
    story = Story(session).to(State.HANDLING)
    pause(story)
    assert due(story)["conclude"] == date(2026, 12, 1)
    now = queries.projection(session, story.appeal)
    notes_ = explain(date(2026, 11, 17), 7, story.calendar, now.suspensions)
    assert [note.on.day for note in notes_ if note.suspended_for == "检测"] == [18, 19, 20]
    assert notes_[-1].on == date(2026, 12, 1)
    check(session, story.appeal)


def test_a_pause_ended_early_gives_the_days_back(session):
    story = Story(session).to(State.HANDLING)
    pause(story, 10)
    assert due(story)["conclude"] == date(2026, 12, 10)
    adjustments.resume(session, story.later(days=2).appeal, story.act(story.handler))
    assert due(story)["conclude"] == date(2026, 11, 30)
    assert queries.projection(session, story.appeal).pause is None
    check(session, story.appeal)


def test_a_pause_for_the_appellants_supplement_ends_by_itself_when_it_comes(session):
    story = Story(session).to(State.HANDLING)
    supplements.ask_appellant(session, story.appeal, story.act(story.handler), question="请补充合同。")
    assert due(story)["conclude"] == date(2026, 11, 26)
    pause(story, 10, PauseReason.SUPPLEMENT)
    supplements.answer(
        session, story.later(days=2).appeal, text="合同见附件。", files=(), now=story.at, calendar=story.calendar
    )
    assert due(story)["conclude"] == date(2026, 11, 30)
    assert asked(story).is_over and asked(story).ends_on == date(2026, 11, 19)
    check(session, story.appeal)


def test_an_answer_does_not_end_a_pause_that_waits_for_something_else(session):
    story = Story(session).to(State.HANDLING)
    supplements.ask_appellant(session, story.appeal, story.act(story.handler), question="请补充合同。")
    pause(story, 10, PauseReason.HEARING)
    supplements.answer(session, story.appeal, text="见附件。", files=(), now=story.at, calendar=story.calendar)
    assert queries.projection(session, story.appeal).pause is not None


def test_the_system_ends_a_pause_once_its_last_day_has_passed_and_moves_nothing(session):
    story = Story(session).to(State.HANDLING)
    pause(story)
    before = due(story)
    on_the_last_day = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
    assert adjustments.end_pauses(session, now=on_the_last_day, calendar=story.calendar) == 0
    story.at = datetime(2026, 11, 20, 16, 1, tzinfo=UTC)
    assert adjustments.end_pauses(session, now=story.at, calendar=story.calendar) == 1
    assert adjustments.end_pauses(session, now=story.at, calendar=story.calendar) == 0
    assert (due(story), queries.events(session, story.appeal)[-1].actor_name) == (before, "系统")
    check(session, story.appeal)


def test_nothing_is_verified_or_answered_while_the_clock_stands(session):
    story = Story(session).to(State.HANDLING)
    pause(story)
    with refused("paused"):
        story.propose()


def test_trick_of_pausing_what_is_due_already_is_refused(session):
    story = Story(session).to(State.HANDLING).later(days=9)
    with refused("pause_too_late"):
        ask(story, PAUSE, 3, PauseReason.TEST)


@pytest.mark.parametrize("days", [9, 13])
def test_late_stays_late_a_pause_is_not_granted_on_the_due_day_or_after_it(session, days):
    """Rules 5 and 8: the clock stands from the approval on, so no pause lessens the days over. That the office ruled
    late stays written as its own missed step; a card for it is revoked on appeal (domain.md §5).
    """
    story = Story(session).to(State.HANDLING).later(days=8)
    ask(story, PAUSE, 3, PauseReason.TEST)
    with refused("pause_too_late"):
        adjustments.grant(session, story.later(days=days - 8).appeal, story.act(story.supervisor), ruling="同意")
    adjustments.refuse(session, story.later(days=7).appeal, story.act(story.supervisor), ruling="已经超期")
    assert due(story)["conclude"] == date(2026, 11, 26)
    assert promised(story, "ruling").status == "missed"
    check(session, story.appeal)


def test_a_pause_leaves_what_was_missed_before_it_as_it_is(session):
    """Rule 8: signed two days late, paused afterwards; the pause moves what is pending and nothing else."""
    story = Story(session).to(State.DISPATCHED).later(days=2).to(State.VERIFYING)
    signed = promised(story, "sign")
    pause(story)
    assert (signed.status, promised(story, "sign")) == ("missed", signed)
    assert due(story)["verify"] == date(2026, 11, 25)
    check(session, story.appeal)


def test_trick_of_one_pause_after_the_other_ends_at_the_cap_of_the_round(session):
    """30 working days in a round altogether; what was not used is not lost."""
    story = Story(session).to(State.HANDLING)
    pause(story, 20)
    adjustments.resume(session, story.later(days=28).appeal, story.act(story.handler))
    with refused("pause_too_long"):
        ask(story, PAUSE, 11, PauseReason.TEST)
    pause(story, 10)
    adjustments.resume(session, story.later(days=14).appeal, story.act(story.handler))
    with refused("pause_too_long"):
        ask(story, PAUSE, 1, PauseReason.TEST)
    check(session, story.appeal)


def test_trick_of_waiting_for_an_appellant_whom_nobody_asked_is_refused(session):
    story = Story(session).to(State.HANDLING)
    with refused("pause_without_question"):
        ask(story, PAUSE, 3, PauseReason.SUPPLEMENT)


def test_a_pause_for_no_coded_reason_is_none(session):
    story = Story(session).to(State.HANDLING)
    with refused("pause_reason_missing"):
        ask(story, PAUSE, 3)
