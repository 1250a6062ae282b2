"""What a sweep does and leaves alone, one act at a time; test_sweeping.py drives a whole month."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.appeals.types import AppealKind, Complexity, State
from models.audit.tables import AuditRow
from models.handling import commands, replies
from models.handling.types import Stage
from models.slips.tables import Slip
from models.supervision import ladder_policies, ladder_queries, sweeping
from models.supervision.ladder_records import write
from models.supervision.ladder_types import Outcome, RecordAction, RecordKind, RecordState, Taken, Thresholds
from tests.support.factories import MORNING, Story
from tests.support.statements import counting
from tests.support.supervised import DUE, Supervised, records, sweep_at, told
from tests.support.sweepers import sweepers
from webapp import ladder, migrate, seed

KIND = RecordKind
WEEKS_LATER = MORNING + timedelta(weeks=3)


def climb(database, moment: datetime = WEEKS_LATER) -> list[str]:
    """One sweep; the kinds it took."""
    return sorted(ladder.climb(database, sweep_at(moment)).elements())


def stored(database):
    with database.reading() as session:
        return records(session)


def tell(database, state: State = State.VERIFYING, **changes: object) -> None:
    with database.writing() as session:
        Story(session, **changes).to(state)


def test_a_sweep_takes_what_is_due_and_a_second_one_nothing(database):
    tell(database)
    assert climb(database) == sorted(["reminder_slip", "yellow_card", "red_card"] * 2)
    assert climb(database) == []
    [first, *_] = stored(database)
    assert (first.issued_by_id, first.issued_by_name, first.told_on) == (None, "系统", date(2026, 12, 8))
    with database.reading() as session:
        traces = [row for row in session.exec(select(AuditRow)).all() if row.action == "supervision.issue"]
    assert len(traces) == 6


def test_the_database_itself_refuses_a_step_that_was_taken(database):
    """Not by reading first: a sweep that saw nothing and comes second writes nothing."""
    tell(database)
    climb(database)
    with database.writing() as session:
        [record, *_] = records(session)
        again = ladder_queries.visible(session, Supervised(session).supervisor, record.uid)[1]
        assert again is not None
        found = list(sweeping._steps(session, [record.appeal_id], sweep_at(WEEKS_LATER), Thresholds(), {}))
        unit = Supervised(session).unit
        for _, (promise, steps) in found:
            for step in steps:
                content = sweeping.Content(step.kind, unit, step.ground, step=(promise, step))
                assert sweeping._taken_once(session, content, sweep_at(WEEKS_LATER), again) is None
                with pytest.raises(IntegrityError), session.begin_nested():
                    write(session, content, sweep_at(WEEKS_LATER).act, sweep_at(WEEKS_LATER).letterhead, appeal=again)
        issued = Supervised(session, again).begin(KIND.REMINDER_SLIP).slip_id
        numbers = session.exec(select(Slip.number).order_by(col(Slip.number))).all()
        assert (numbers, session.get_one(Slip, issued).number) == ([1, 2, 3], 3), "what was given back left a gap"
    assert len(stored(database)) == 7


def test_another_fault_of_the_database_is_not_taken_for_a_step_that_is_there(database):
    tell(database)
    with database.writing() as session:
        unit = Supervised(session).unit
        content = sweeping.Content(KIND.RED_CARD, unit, "no such ground")
        with pytest.raises(IntegrityError):
            sweeping._taken_once(session, content, sweep_at(WEEKS_LATER), None)


def test_what_a_report_accuses_learns_nothing_from_a_sweep(database):
    with database.writing() as session:
        appeal = Story(session).to(State.VERIFYING).appeal
        appeal.kind, appeal.against_unit_id = AppealKind.REPORT, appeal.lead_unit_id
        session.add(appeal)
    assert climb(database) == []


def test_a_report_against_another_unit_is_supervised_like_anything(database):
    with database.writing() as session:
        appeal = Story(session).to(State.VERIFYING).appeal
        appeal.kind, appeal.against_unit_id = AppealKind.REPORT, unit_by_name(session, "税务局").id
        session.add(appeal)
    assert len(climb(database)) == 6


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_what_is_not_dispatched_has_no_ladder(database, state):
    tell(database, state)
    assert climb(database) == []


def test_what_was_handed_in_in_time_gets_no_card_while_the_office_reviews_or_after(database):
    with database.writing() as session:
        story = Story(session).to(State.IN_REVIEW)
    assert climb(database) == []
    with database.writing() as session:
        story.session, story.appeal, story.at = session, session.merge(story.appeal), WEEKS_LATER
        story.publish()
    assert climb(database, WEEKS_LATER + timedelta(days=1)) == []


def test_what_the_office_gave_back_after_the_day_goes_on(database):
    with database.writing() as session:
        story = Story(session).to(State.IN_REVIEW)
        story.at = WEEKS_LATER
        replies.reject(session, story.appeal, story.act(story.supervisor))
    assert climb(database) == ["red_card", "reminder_slip", "yellow_card"]


def test_what_was_done_too_late_between_two_sweeps_gets_its_cards_all_the_same(database):
    with database.writing() as session:
        story = Story(session).to(State.DISPATCHED)
        story.at = WEEKS_LATER
        commands.sign(session, story.appeal, story.act(story.handler))
    found = climb(database, WEEKS_LATER + timedelta(days=2))
    assert found.count("yellow_card") == found.count("red_card") == 3  # signed late; verify and conclude still open
    assert found.count("reminder_slip") == 2


def test_a_database_that_holds_appeals_begins_its_ladder_on_the_day_it_is_installed(database):
    """Nobody finds cards for promises of before."""
    tell(database)
    script = ScriptDirectory.from_config(migrate.alembic_config()).get_revision("0022")
    migrate.downgrade(database.engine, str(script.down_revision))
    with time_machine.travel(datetime(2026, 11, 23, 1, tzinfo=UTC), tick=False):
        migrate.upgrade(database.engine)
        with database.writing() as session:
            assert "ladder" in seed.install(session)
            assert ladder_policies.begins_on(session) == date(2026, 11, 23)
    climb(database)
    assert {record.stage for record in stored(database)} == {Stage.CONCLUDE}


def test_the_preliminary_result_of_a_complex_matter_has_a_ladder_too(database):
    tell(database, State.HANDLING, complexity=Complexity.COMPLEX)
    climb(database, datetime(2026, 12, 15, 1, tzinfo=UTC))
    assert {record.stage for record in stored(database)} == {Stage.PRELIMINARY}


# ---------------------------------------------------------------- orders


def ordered(database, **changes: object) -> None:
    with database.writing() as session:
        appeal = Story(session).to(State.REPLIED).appeal
        Supervised(session, appeal).begin(KIND.SUPERVISION_ORDER, **changes)


def test_a_missed_order_is_missed_once_and_brings_one_red_card_whoever_sweeps(database, database_url):
    ordered(database)
    on_the_day = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
    with sweepers(database_url, 3) as three:
        assert three.sweep(on_the_day) == 0
        assert three.sweep(on_the_day + timedelta(minutes=2)) == 1
        assert three.sweep(on_the_day + timedelta(days=1)) == 0
    order, card = stored(database)
    assert (order.outcome, order.state, order.due_on) == (Outcome.MISSED, RecordState.IN_FORCE, DUE)
    assert (card.kind, card.cause_id, card.appeal_id) == (KIND.RED_CARD, order.id, order.appeal_id)
    with database.reading() as session:
        assert told(session, order) == ["issue", "miss"]


def test_an_order_that_was_reported_is_not_missed_until_it_is_sent_back(database):
    with database.writing() as session:
        supervised = Supervised(session, Story(session).to(State.REPLIED).appeal)
        order = supervised.begin(KIND.SUPERVISION_ORDER)
        supervised.do(order, RecordAction.REPORT, supervised.handler)
    assert climb(database) == []
    with database.writing() as session:
        supervised.session, order = session, session.merge(order)
        supervised.do(order, RecordAction.SEND_BACK, supervised.supervisor)
    assert climb(database) == ["red_card"]


def test_a_missed_instruction_or_interview_brings_no_card_by_itself(database):
    with database.writing() as session:
        supervised = Supervised(session, Story(session).to(State.REPLIED).appeal)
        said = supervised.begin(KIND.INSTRUCTION)
        supervised.do(said, RecordAction.FORWARD, supervised.supervisor)
        waiting = supervised.begin(KIND.INSTRUCTION)
        supervised.held()
    assert climb(database) == []
    found = {record.id: record.outcome for record in stored(database)}
    assert list(found.values()) == [Outcome.MISSED, Outcome.PENDING, Outcome.MISSED]
    assert found[waiting.id] is Outcome.PENDING, "the office has not forwarded it: the unit missed nothing"


def test_a_revoked_order_is_not_missed(database):
    with database.writing() as session:
        supervised = Supervised(session, Story(session).to(State.REPLIED).appeal)
        supervised.do(supervised.begin(KIND.SUPERVISION_ORDER), RecordAction.REVOKE, supervised.other)
    assert climb(database) == []


# ---------------------------------------------------------------- size


def test_a_sweep_reads_as_many_statements_for_forty_appeals_as_for_four(database):
    """Reading goes by portions; only what is taken costs a transaction of its own."""
    early = MORNING + timedelta(hours=1)
    said = []
    for count in (4, 36):
        for _ in range(count):
            tell(database, State.HANDLING)
        with counting(database) as heard, database.reading() as session:
            assert list(sweeping.due_steps(session, sweep_at(early))) == []
        said.append(len(heard))
    assert said[0] == said[1] <= 6


def test_appeals_far_from_their_day_are_not_even_read(database):
    for _ in range(3):
        tell(database, State.HANDLING)
    with database.reading() as session:
        assert sweeping._running(session, sweep_at(MORNING), Thresholds()) == []


def test_a_sweep_that_is_killed_has_taken_whole_steps(database):
    tell(database)
    tell(database)
    taken = []

    def kill(session: object, context: object) -> None:
        taken.append(1)
        if len(taken) > 20:
            raise KeyboardInterrupt

    event.listen(Session, "after_flush", kill)
    with pytest.raises(KeyboardInterrupt):
        climb(database)
    event.remove(Session, "after_flush", kill)
    left = len(stored(database))
    assert left % 6 == 0
    climb(database)
    assert len(stored(database)) == 12
    with database.reading() as session:
        assert all(told(session, record) == ["issue"] for record in records(session))


def test_steps_are_told_by_promise(database):
    tell(database)
    climb(database)
    with database.reading() as session:
        found = ladder_queries.taken(session, [1])[1]
    assert Taken(KIND.RED_CARD, 1, Stage.VERIFY, date(2026, 11, 20)) in found
    assert len(set(found)) == len(found) == 6
