"""Returns and their ruling, complexity, staged reports, the office's own steps, redo and transfer. Tricks are named."""

from dataclasses import replace
from datetime import date

from models.accounts.queries import unit_by_name
from models.appeals.types import AppealKind, Complexity, State
from models.handling import adjustments, commands, notes, queries, replies, supplements
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus
from models.handling.adjustments import Request
from models.handling.types import Action, ReplyKind
from tests.models.handling.test_adjustments import EXTENSION, ask, asked, pause, promised
from tests.models.handling.test_promises import due, refused, status
from tests.models.handling.witness import check
from tests.support.factories import Story


def send_back_asked(story: Story, who=None) -> None:
    ask(story, AdjustmentKind.RETURN, who=who)


def rule(story: Story, unit: str) -> None:
    found = unit_by_name(story.session, unit)
    assert found is not None
    act = story.act(story.supervisor)
    adjustments.rule_return(story.session, story.appeal, act, lead_unit=found, ruling="职责分工")


# ---------------------------------------------------------------- return and ruling


def test_a_return_ruled_to_another_unit_moves_no_promise_and_is_signed_anew(session):
    story = Story(session).to(State.DISPATCHED)
    before = due(story)
    send_back_asked(story)
    assert (story.appeal.state, due(story)) == (State.RETURN_REQUESTED, before)
    story.later(days=1)
    rule(story, "税务局")
    other = unit_by_name(session, "税务局")
    assert (story.appeal.state, story.appeal.lead_unit_id) == (State.DISPATCHED, other.id)
    assert {stage: day for stage, day in due(story).items() if stage != "sign"} == {
        stage: day for stage, day in before.items() if stage != "sign"
    }
    assert promised(story, "sign").status == "dropped"
    assert promised(story, "sign", 2).due_on == date(2026, 11, 19)
    assert story.appeal.dispatched_on == date(2026, 11, 17)
    check(session, story.appeal)


def test_a_ruling_that_leaves_it_where_it_is_starts_a_signature_of_its_own(session):
    story = Story(session).to(State.DISPATCHED)
    send_back_asked(story)
    rule(story, "市监局")
    assert asked(story).status is AdjustmentStatus.REFUSED
    story.to(State.VERIFYING)
    assert promised(story, "sign", 2).status == "met"
    check(session, story.appeal)


def test_trick_of_return_ping_pong_ends_with_the_first_ruling(session):
    """Neither the unit that asked nor the one that got it may return it again."""
    story = Story(session).to(State.DISPATCHED)
    send_back_asked(story)
    rule(story, "税务局")
    other = Story(session, unit="税务局")
    with refused("returned_before"):
        adjustments.ask(
            session, story.appeal, replace(story.act(other.approver)), Request(AdjustmentKind.RETURN, "不是我们的")
        )


def test_trick_of_taking_a_return_back_to_ask_again_wins_no_time(session):
    story = Story(session).to(State.DISPATCHED)
    before = due(story)
    send_back_asked(story)
    adjustments.take_back(session, story.appeal, story.act(story.approver))
    assert (story.appeal.state, due(story)) == (State.DISPATCHED, before)
    with refused("returned_before"):
        send_back_asked(story)


def test_trick_of_stalling_the_signature_costs_the_right_to_return_and_stays_written(session):
    story = Story(session).to(State.DISPATCHED).later(days=2)
    with refused("return_too_late"):
        send_back_asked(story)
    story.to(State.VERIFYING)
    assert status(story)["sign"] == "missed"
    assert due(story)["verify"] == date(2026, 11, 20)


def test_a_return_asked_in_time_and_ruled_late_does_not_blame_the_unit(session):
    story = Story(session).to(State.DISPATCHED).later(days=1)
    send_back_asked(story)
    story.later(days=7)
    rule(story, "税务局")
    assert promised(story, "sign").status == "dropped"
    assert promised(story, "ruling").status == "missed"


def test_a_handlers_draft_of_a_return_lapses_when_the_unit_signs(session):
    story = Story(session).to(State.DISPATCHED)
    send_back_asked(story, who=story.handler)
    story.to(State.VERIFYING)
    assert asked(story).status is AdjustmentStatus.LAPSED
    check(session, story.appeal)


def test_the_accused_unit_of_a_report_does_not_get_it_by_a_ruling(session):
    accused = unit_by_name(session, "税务局")
    story = Story(session, kind=AppealKind.REPORT, against_unit_id=accused.id).to(State.DISPATCHED)
    send_back_asked(story)
    with refused("accused_unit_cannot_handle"):
        rule(story, "税务局")


# ---------------------------------------------------------------- complexity


def test_a_matter_turned_complex_keeps_its_day_zero(session):
    story = Story(session).to(State.HANDLING).later(days=6)
    ask(story, AdjustmentKind.COMPLEX)
    adjustments.grant(session, story.appeal, story.act(story.supervisor), ruling="同意")
    assert (due(story)["preliminary"], status(story)["conclude"]) == (date(2026, 12, 8), "dropped")
    assert story.appeal.complexity is Complexity.COMPLEX
    check(session, story.appeal)


def test_trick_of_becoming_complex_by_being_late_is_refused(session):
    story = Story(session).to(State.HANDLING).later(days=10)
    with refused("complex_too_late"):
        ask(story, AdjustmentKind.COMPLEX)


def test_the_office_may_know_at_once_that_a_matter_is_complex(session):
    story = Story(session).to(State.ACCEPTED)
    unit = unit_by_name(session, "市监局")
    commands.dispatch(session, story.appeal, story.act(story.clerk), lead_unit=unit, is_complex=True)
    assert set(due(story)) == {"sign", "verify", "preliminary", "final"}
    story.to(State.HANDLING)
    assert (story.appeal.complexity, set(due(story))) == (
        Complexity.COMPLEX, {"sign", "verify", "preliminary", "final"},
    )
    check(session, story.appeal)


# ---------------------------------------------------------------- staged reports


def continuing(session, named: date = date(2026, 12, 4)) -> Story:
    story = Story(session, complexity=Complexity.COMPLEX).to(State.HANDLING)
    draft = replace(story.draft(ReplyKind.PRELIMINARY), next_milestone_on=named)
    replies.propose(session, story.appeal, draft, story.act(story.handler))
    replies.sign_off(session, story.appeal, story.act(story.approver))
    return story


def test_the_day_a_preliminary_result_names_becomes_a_clock(session):
    story = continuing(session)
    assert (promised(story, "progress").due_on, story.appeal.next_due_on) == (date(2026, 12, 4), date(2026, 12, 4))
    notes.report_progress(session, story.later(days=17).appeal, story.act(story.handler), text="设备已到场。")
    assert promised(story, "progress").status == "met"
    assert promised(story, "progress", 2).due_on == date(2026, 12, 18)
    check(session, story.appeal)


def test_a_report_that_comes_late_is_missed_and_none_is_due_behind_the_final_result(session):
    story = continuing(session, date(2026, 12, 25))
    assert promised(story, "final").due_on == date(2026, 12, 29)
    notes.report_progress(session, story.later(days=41).appeal, story.act(story.handler), text="收尾。")
    assert promised(story, "progress").status == "missed"
    assert len([one for one in queries.milestones(session, story.appeal) if one.stage == "progress"]) == 1


def test_the_next_milestone_lies_not_behind_the_final_result(session):
    with refused("reply_incomplete"):
        continuing(session, date(2026, 12, 30))


def test_nobody_waits_for_a_report_once_the_answer_is_given(session):
    story = continuing(session)
    story.propose()
    replies.sign_off(session, story.appeal, story.act(story.approver))
    story.publish()
    assert promised(story, "progress").status == "dropped"
    check(session, story.appeal)


# ---------------------------------------------------------------- the office's own steps


def test_triage_is_measured_from_the_day_of_receipt(session):
    story = Story(session).later(days=2).to(State.DISPATCHED)
    one = promised(story, "triage")
    assert (one.start_on, one.due_on, one.status) == (date(2026, 11, 17), date(2026, 11, 18), "missed")
    check(session, story.appeal)


def test_a_question_before_admission_is_an_answer_in_time_and_the_supplement_starts_it_anew(session):
    story = Story(session)
    supplements.ask_supplement(session, story.appeal, story.act(story.clerk), question="请补充合同。")
    supplements.answer(
        session, story.later(days=20).appeal, text="见附件。", files=(), now=story.at, calendar=story.calendar
    )
    commands.accept(session, story.appeal, story.act(story.clerk))
    story.dispatch()
    assert [promised(story, "triage", no).status for no in (1, 2)] == ["met", "met"]
    assert promised(story, "triage", 2).start_on == date(2026, 12, 7)
    check(session, story.appeal)


def test_each_review_is_met_or_missed_by_itself(session):
    story = Story(session).to(State.IN_REVIEW)
    replies.reject(session, story.later(days=6).appeal, story.act(story.supervisor))
    story.to(State.REPLIED)
    assert [promised(story, "review", no).status for no in (1, 2)] == ["missed", "met"]
    check(session, story.appeal)


def test_the_offices_own_step_never_stands_in_a_units_queue(session):
    story = Story(session).to(State.IN_REVIEW)
    assert (story.appeal.next_stage, story.appeal.next_due_on) == ("conclude", date(2026, 11, 26))


# ---------------------------------------------------------------- redo and transfer


def test_redo_is_a_new_round_with_a_new_clock_and_the_first_result_stays(session):
    story = Story(session).to(State.REPLIED)
    first = queries.milestones(session, story.appeal)
    commands.redo(session, story.later(days=10).appeal, story.act(story.supervisor))
    assert (story.appeal.state, story.appeal.round, story.appeal.complexity) == (State.DISPATCHED, 2, None)
    assert story.appeal.dispatched_on == date(2026, 11, 17)
    assert promised(story, "conclude").due_on == date(2026, 12, 8)
    assert queries.milestones(session, story.appeal)[: len(first)] == first
    assert len(queries.published_replies(session, story.appeal)) == 1
    story.to(State.REPLIED)
    assert len(queries.published_replies(session, story.appeal)) == 2
    check(session, story.appeal)


def test_a_pause_of_the_first_round_does_not_lengthen_the_second(session):
    story = Story(session).to(State.HANDLING)
    pause(story, 10)
    adjustments.resume(session, story.later(days=1).appeal, story.act(story.handler))
    story.to(State.REPLIED)
    commands.redo(session, story.appeal, story.act(story.supervisor))
    assert promised(story, "conclude").due_on == date(2026, 11, 27)


def test_what_is_handed_to_another_body_ends_here_and_the_appellant_is_told_where(session):
    story = Story(session).to(State.HANDLING)
    ask(story, EXTENSION, 5)
    commands.transfer(session, story.appeal, story.act(story.supervisor), recipient="市纪委监委")
    assert story.appeal.state is State.TRANSFERRED
    assert asked(story).status is AdjustmentStatus.LAPSED
    event = queries.events(session, story.appeal)[-1]
    assert (event.action, event.public_note) == (Action.TRANSFER, "已移送市纪委监委处理。")
    check(session, story.appeal)
