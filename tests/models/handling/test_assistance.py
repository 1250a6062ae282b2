"""Assisting units: a task and a date of their own, a narrow door, and never a day of the lead's clock."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.queries import may_see_identity, visible_appeals
from models.appeals.types import AppealKind, Complexity, State
from models.errors import Conflict, NotFound, Refused
from models.handling import assistance, commands, queries, supplements
from models.handling.assistance import Task
from models.handling.reducer import apply
from models.handling.types import Action
from models.workdays.commands import import_arrangement
from models.workdays.queries import load_calendar
from tests.models.handling.arrangements import days_of
from tests.models.handling.test_promises import due, refused
from tests.models.handling.witness import check
from tests.support.actors import actor
from tests.support.factories import Story


class Helped(Story):
    """A story with an assisting unit: 税务局 helps 市监局."""

    def ask(self, *, unit="税务局", workdays=3, text="请核对纳税记录。", **changes):
        found = unit_by_name(self.session, unit)
        task = Task(found, text, workdays, **changes)
        assistance.assist(self.session, self.appeal, self.act(self.clerk), task)
        self.helper = actor(self.session, Role.HANDLER, unit=unit, name="刘协办")
        self.head = actor(self.session, Role.APPROVER, unit=unit, name="何局长")
        return self

    def contribute(self, until="send"):
        assistance.sign(self.session, self.appeal, self.act(self.helper))
        if until != "sign":
            assistance.propose(self.session, self.appeal, self.act(self.helper), text="记录属实，没有欠税。")
        if until == "send":
            assistance.send(self.session, self.appeal, self.act(self.head))
        return self

    @property
    def one(self):
        return queries.assistances(self.session, self.appeal)[-1]


def test_a_task_has_a_date_of_its_own_by_the_calendar_and_leaves_the_leads_dates(session):
    story = Helped(session).to(State.DISPATCHED)
    promised = due(story)
    story.ask(workdays=2)
    assert (story.one.start_on, story.one.due_on) == (date(2026, 11, 17), date(2026, 11, 19))
    assert due(story) == promised
    story.contribute()
    assert (story.one.status, story.one.clock, story.one.reached_on) == ("sent", "met", date(2026, 11, 17))
    assert (story.appeal.state, due(story)) == (State.DISPATCHED, promised)
    check(session, story.appeal)


@pytest.mark.parametrize(("minute", "clock"), [(59, "met"), (60, "missed")])
def test_a_contribution_is_in_time_until_midnight_in_shanghai(session, minute, clock):
    story = Helped(session).to(State.DISPATCHED).ask(workdays=1).contribute("propose")
    story.at = datetime(2026, 11, 18, 15 + minute // 60, minute % 60, tzinfo=UTC)
    assistance.send(session, story.appeal, story.act(story.head))
    assert story.one.clock == clock
    check(session, story.appeal)


def test_a_date_after_the_leads_own_is_taken_only_when_it_is_meant(session):
    story = Helped(session).to(State.DISPATCHED)
    story.ask(workdays=7, unit="财政局")
    with pytest.raises(Refused, match="assistance_after_lead") as caught:
        story.ask(workdays=8)
    assert caught.value.facts == {"due_on": date(2026, 11, 27), "lead_due_on": date(2026, 11, 26)}
    story.ask(workdays=8, is_late_meant=True)
    assert story.one.due_on == date(2026, 11, 27)


def test_a_complex_matter_is_measured_against_its_preliminary_result(session):
    story = Helped(session, complexity=Complexity.COMPLEX).to(State.HANDLING)
    assert assistance.lead_due_on(queries.projection(session, story.appeal)) == date(2026, 12, 8)


def test_neither_the_lead_nor_whoever_owes_a_contribution_is_asked_again(session):
    story = Helped(session).to(State.HANDLING)
    with refused("assisting_is_lead"):
        story.ask(unit="市监局")
    story.ask()
    with refused("already_assisting"):
        story.ask()
    story.contribute().ask(text="再核对一次。")
    assert [one.status for one in queries.assistances(session, story.appeal)] == ["sent", "to_sign"]
    check(session, story.appeal)


@pytest.mark.parametrize("kind", [AppealKind.REPORT, AppealKind.COMPLAINT])
def test_the_accused_unit_of_a_report_is_never_asked_to_assist(session, kind):
    accused = unit_by_name(session, "税务局")
    story = Helped(session, kind=kind, against_unit_id=accused.id).to(State.HANDLING)
    if kind is AppealKind.COMPLAINT:
        story.ask()
        return
    with refused("accused_unit_cannot_handle"):
        story.ask()


def test_what_leaves_the_unit_is_signed_off_by_its_approver(session):
    story = Helped(session).to(State.HANDLING).ask().contribute("propose")
    with refused("not_your_role"):
        assistance.send(session, story.appeal, story.act(story.helper))
    assistance.send_back(session, story.appeal, story.act(story.head, internal_note="请附清单。"))
    assert story.one.status == "at_work"
    assert queries.assistance_rows(session, story.appeal)[0].contribution == "记录属实，没有欠税。"
    with refused("not_in_this_state"):
        assistance.send(session, story.appeal, story.act(story.head))


def test_two_people_writing_at_once_collide_on_the_tasks_own_version(session):
    story = Helped(session).to(State.HANDLING).ask().contribute("sign")
    seen = queries.assistance_rows(session, story.appeal)[0].version
    commands.decide(session, story.appeal, story.act(story.supervisor), Action.RECLASSIFY)
    first = story.act(story.helper, expected_version=seen)
    assistance.propose(session, story.appeal, first, text="甲")
    with pytest.raises(Conflict):
        assistance.send(session, story.appeal, story.act(story.head, expected_version=seen))


@pytest.mark.parametrize("who", ["lead", "other"])
def test_another_unit_finds_no_task_there(session, who):
    story = Helped(session).to(State.HANDLING).ask()
    stranger = actor(session, Role.HANDLER, Role.APPROVER, unit="市监局" if who == "lead" else "财政局")
    with pytest.raises(NotFound):
        assistance.sign(session, story.appeal, story.act(stranger))
    with pytest.raises(NotFound):
        assistance.visible_appeal(session, stranger, story.appeal.uid)


def test_the_assisting_unit_does_not_see_the_appeal_itself_nor_who_filed_it(session):
    story = Helped(session).to(State.HANDLING).ask()
    assert session.exec(visible_appeals(story.helper)).all() == []
    assert not may_see_identity(story.helper, story.appeal)
    assert assistance.visible_appeal(session, story.helper, story.appeal.uid) is story.appeal


def finds(story) -> tuple[bool, bool]:
    """(its task, the statement)"""
    found = []
    for door in (assistance.visible_appeal, assistance.visible_statement):
        try:
            found.append(door(story.session, story.helper, story.appeal.uid) is story.appeal)
        except NotFound:
            found.append(False)
    return tuple(found)


def test_it_keeps_its_own_word_after_the_end_and_loses_everything_it_did_not_answer(session):
    """Need to know: the statement while the matter runs; afterwards what the unit wrote itself, or nothing."""
    sent = Helped(session).to(State.HANDLING).ask().contribute()
    assert finds(sent) == (True, True)
    assert finds(sent.to(State.REPLIED)) == (True, False)
    silent = Helped(session).to(State.HANDLING).ask().contribute("propose")
    assert finds(silent.to(State.REPLIED)) == (False, False)
    assert (silent.one.status, silent.one.clock) == ("lapsed", "dropped")
    removed = Helped(session).to(State.HANDLING).ask()
    assistance.end(session, removed.appeal, removed.act(removed.clerk), no=1)
    assert (removed.one.status, removed.one.clock, finds(removed)) == ("ended", "dropped", (False, False))
    for story in (sent, silent, removed):
        check(session, story.appeal)


def test_a_report_against_a_unit_that_once_was_asked_is_hidden_from_it(session):
    """However it came there (a unit moved in the tree): the door closes with the accusation."""
    story = Helped(session).to(State.HANDLING).ask()
    story.appeal.kind, story.appeal.against_unit_id = AppealKind.REPORT, story.helper.unit_id
    session.add(story.appeal)
    session.flush()
    assert finds(story) == (False, False)
    assert assistance.tasks(session, story.helper, assistance.conditions(story.at.date())["open"], limit=9) == []


def test_what_was_overdue_stays_missed_when_nobody_waits_any_more(session):
    story = Helped(session).to(State.HANDLING).ask(workdays=1).later(days=3).to(State.REPLIED)
    assert (story.one.status, story.one.clock, story.one.reached_on) == ("lapsed", "missed", date(2026, 11, 20))
    gone = Helped(session).to(State.HANDLING).ask(workdays=1)
    supplements.withdraw(session, gone.appeal, reason="", now=gone.later(days=9).at, calendar=gone.calendar)
    assert (gone.one.status, gone.one.clock) == ("lapsed", "missed")
    check(session, gone.appeal)


def test_only_the_clerk_asks_and_takes_back_and_only_what_is_owed(session):
    story = Helped(session).to(State.HANDLING).ask()
    task = Task(unit_by_name(session, "财政局"), "请核对。", 3)
    for who in (story.handler, story.supervisor, story.helper):
        with pytest.raises(Refused):
            assistance.assist(session, story.appeal, story.act(who), task)
        with pytest.raises(Refused):
            assistance.end(session, story.appeal, story.act(who), no=1)
    with refused("no_assistance"):
        assistance.end(session, story.appeal, story.act(story.clerk), no=7)
    story.contribute()
    with refused("no_assistance"):
        assistance.end(session, story.appeal, story.act(story.clerk), no=1)


def test_a_provisional_date_becomes_firm_with_the_arrangement(session):
    story = Helped(session, at=datetime(2026, 12, 30, 2, tzinfo=UTC)).to(State.DISPATCHED).ask(workdays=6)
    assert story.one.is_provisional and story.appeal.is_provisional
    import_arrangement(session, days_of(2027), at=story.at)
    assert commands.recalculate_all(session, now=story.at, calendar=load_calendar(session)) == 1
    assert not story.one.is_provisional
    check(session, story.appeal)


def test_the_counters_count_what_the_list_shows(session):
    story = Helped(session).to(State.HANDLING).ask(workdays=1)
    wanted = assistance.conditions(date(2026, 11, 30))
    assert assistance.counts(session, story.helper, wanted) == {"open": 1, "overdue": 1, "sent": 0}
    [(_, appeal)] = assistance.tasks(session, story.helper, wanted["overdue"], limit=9)
    assert appeal is story.appeal
    assert assistance.counts(session, story.handler, wanted) == {"open": 0, "overdue": 0, "sent": 0}


def test_a_units_tasks_are_read_by_the_index(session):
    """Whatever the size of the table: the unit's own rows, by unit and status."""
    story = Helped(session).to(State.HANDLING).ask()
    wanted = assistance.conditions(date(2026, 11, 30))["open"]
    bind = session.get_bind()
    if bind.dialect.name != "sqlite":
        pytest.skip("the plan of a small table is PostgreSQL's own choice")
    from models.handling.tables import AssistanceRow

    statement = select(AssistanceRow.id).where(AssistanceRow.unit_id == story.helper.unit_id, wanted)
    compiled = statement.compile(bind, compile_kwargs={"literal_binds": True})
    plan = " ".join(str(row) for row in session.connection().execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all())
    assert "ix_assistances_unit_id_status_due_on" in plan


def test_the_reducer_keeps_what_an_event_does_not_name(session):
    story = Helped(session).to(State.HANDLING).ask().ask(unit="财政局")
    history = [queries.happening(event) for event in queries.events(session, story.appeal)]
    rebuilt = queries.replayed(queries.events(session, story.appeal))
    assert [one.no for one in rebuilt.assistances] == [1, 2]
    assert apply(rebuilt, history[0]).assistances == rebuilt.assistances
