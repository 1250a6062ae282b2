"""The ladder beside everything that moves a promise: extensions, pauses, returns, staged reports, redo."""

from datetime import UTC, date, datetime

from models.accounts.queries import unit_by_name
from models.appeals.types import State
from models.handling import adjustments, commands, notes
from models.handling.types import Stage
from models.supervision.sweeping import take
from tests.models.handling.test_adjustments import extend, pause
from tests.models.handling.test_rulings_and_rounds import continuing, send_back_asked
from tests.support.factories import Story
from tests.support.supervised import records, sweep_at

REMINDER, BLUE, SLIP, YELLOW, RED = "reminder", "blue_card", "reminder_slip", "yellow_card", "red_card"


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 4, tzinfo=UTC)


def swept(story: Story, month: int, day: int) -> list[tuple[str, str]]:
    """One sweep at noon; stage and kind of what it took."""
    made = take(story.session, story.appeal.id or 0, sweep_at(noon(month, day)))
    return [((record.stage or Stage.SIGN).value, record.kind.value) for record in made]


def test_a_promise_that_was_extended_in_time_is_reminded_of_again(session):
    story = Story(session).to(State.HANDLING)  # due on 11-26
    assert swept(story, 11, 25) == [("conclude", REMINDER), ("conclude", BLUE)]
    story.at = noon(11, 25)
    extend(story, 5)  # now 12-03
    assert swept(story, 11, 27) == []
    assert swept(story, 12, 2) == [("conclude", REMINDER), ("conclude", BLUE)]
    assert swept(story, 12, 4) == [("conclude", SLIP), ("conclude", YELLOW)]
    assert swept(story, 12, 8) == [("conclude", RED)]
    assert [one.promised_on for one in records(session)] == [date(2026, 11, 26)] * 2 + [date(2026, 12, 3)] * 5


def test_nobody_is_reminded_while_the_clock_stands(session):
    story = Story(session).to(State.HANDLING)
    pause(story, 10)  # 11-17 to 12-01; due on 12-10
    assert [swept(story, 11, day) for day in (25, 26, 27, 30)] == [[], [], [], []]
    assert swept(story, 12, 9) == [("conclude", REMINDER), ("conclude", BLUE)]


def test_a_signature_is_owed_until_the_unit_asked_to_give_the_matter_back(session):
    """Asked on the due day, ruled two days later: nobody is late; then it is owed anew, with a ladder of its own."""
    story = Story(session).to(State.DISPATCHED)  # to be signed by 11-18
    story.at = noon(11, 18)
    send_back_asked(story)
    assert story.appeal.state is State.RETURN_REQUESTED
    assert [swept(story, 11, day) for day in (18, 19)] == [[], []]
    story.at = noon(11, 20)
    unit = unit_by_name(session, "税务局")
    adjustments.rule_return(session, story.appeal, story.act(story.supervisor), lead_unit=unit, ruling="职责分工")
    assert (story.appeal.state, swept(story, 11, 21)) == (State.DISPATCHED, [])
    found = swept(story, 11, 27)
    assert ("sign", YELLOW) in found and ("verify", SLIP) in found
    assert not {("verify", YELLOW), ("verify", RED)} & set(found), "the verification was late when the matter came"
    assert ("conclude", YELLOW) in found, "for the conclusion there was time"
    assert {record.unit_id for record in records(session)} == {unit.id}


def test_each_staged_report_has_a_ladder_of_its_own(session):
    story = continuing(session)  # the next report on 12-04
    assert story.appeal.state is State.CONTINUING
    assert swept(story, 12, 3) == [("progress", REMINDER), ("progress", BLUE)]
    assert swept(story, 12, 7) == [("progress", SLIP), ("progress", YELLOW)]
    story.at = noon(12, 7)
    notes.report_progress(session, story.appeal, story.act(story.handler), text="设备已到场。")
    assert swept(story, 12, 8) == []
    assert swept(story, 12, 22) == [("progress", SLIP), ("progress", YELLOW)]
    assert {record.promise_no for record in records(session)} == {1, 2}


def test_a_redo_has_a_new_ladder_and_the_first_rounds_cards_stay(session):
    story = Story(session).to(State.HANDLING)
    assert ("conclude", RED) in swept(story, 12, 2)
    story.at = noon(12, 3)
    story.to(State.REPLIED)
    commands.redo(session, story.appeal, story.act(story.supervisor))
    first = len(records(session))
    assert swept(story, 12, 4) == [("sign", REMINDER), ("sign", BLUE)]
    assert [one.round for one in records(session)[first:]] == [2, 2]


def test_what_was_handed_in_in_time_stays_so_after_a_redo(session):
    """The office published late; a second round is under way when the sweep looks at the first."""
    story = Story(session).to(State.IN_REVIEW)
    story.at = noon(12, 3)
    story.publish()
    commands.redo(session, story.appeal, story.act(story.supervisor))
    assert swept(story, 12, 4) == [("sign", REMINDER), ("sign", BLUE)]
