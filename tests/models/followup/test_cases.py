"""Dissatisfaction cases as they are written: redo and its round, time, calendars, who decides, replay."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.accounts.queries import unit_by_name
from models.accounts.types import SYSTEM, Role
from models.appeals.types import AppealKind, State
from models.errors import Conflict, Refused
from models.followup import case_queries, cases
from models.followup.case_json import standing
from models.followup.case_queries import Wanted
from models.followup.cases import Said
from models.followup.tables import DissatisfactionCase
from models.followup.types import CaseAction, CaseState, ContactWay, Kept
from models.handling.commands import Act
from models.workdays.arrangement_rules import with_arrangement
from models.workdays.shipped import shipped_calendar
from tests.models.handling.arrangements import days_of
from tests.support.actors import actor
from tests.support.factories import MORNING
from tests.support.followed import act, case_of, contact, do, low, rate, second, told
from webapp.db import Database

CALENDAR = shipped_calendar()
ACT, STATE = CaseAction, CaseState


def sweep(session: Session, case: DissatisfactionCase, at: datetime, calendar=CALENDAR) -> int:
    return cases.sweep(session, case, Act(SYSTEM, at, calendar))


def agree(session: Session, case: DissatisfactionCase) -> None:
    """The row is what its events add up to."""
    assert standing(case) == case_queries.replayed(case, case_queries.events(session, case))


def test_a_case_has_both_days_from_the_moment_it_is_opened(session: Session) -> None:
    _, case = low(session)
    assert (case.contact_due_on, case.put_right_due_on) == (date(2026, 11, 18), date(2026, 11, 24))
    assert told(session, case) == ["opened"]
    agree(session, case)


def test_deciding_to_redo_begins_a_new_round_and_ties_the_case_to_it(session: Session) -> None:
    story, case = low(session)
    contact(story, case)
    do(story, case, ACT.DECIDE_REDO)
    assert (story.appeal.state, story.appeal.round, case.redo_round) == (State.DISPATCHED, 2, 2)
    with pytest.raises(Refused, match="redo_not_answered"):
        do(story, case, ACT.PUT_RIGHT)
    story.to(State.REPLIED)
    do(story, case, ACT.PUT_RIGHT)
    do(story, case, ACT.CLOSE)
    assert (case.state, case.put_right_kept, case.put_right_done_on) == (STATE.CLOSED, Kept.MET, MORNING.date())
    agree(session, case)


def test_a_matter_that_was_filed_away_is_redone_too(session: Session) -> None:
    story, case = low(session, state=State.CLOSED)
    do(story, case, ACT.DECIDE_REDO)
    assert (story.appeal.state, story.appeal.round) == (State.DISPATCHED, 2)


def test_redone_from_the_appeals_own_page_the_case_is_decided_by_the_same_act(session: Session) -> None:
    story, case = low(session)
    said = act(story, public_note="重新办理。", internal_note="没有解决。", expected_version=story.appeal.version)
    cases.redo_appeal(session, story.appeal, said)
    assert (case.state, case.redo_round, story.appeal.round) == (STATE.REDOING, 2, 2)
    with pytest.raises(Conflict):
        cases.redo_appeal(session, story.appeal, said)


def test_without_a_case_the_appeal_is_redone_as_ever(session: Session) -> None:
    story, case = low(session)
    do(story, case, ACT.DECIDE_NOT)
    cases.redo_appeal(session, story.appeal, act(story))
    assert (case.state, case.redo_round, story.appeal.round) == (STATE.NOT_REDONE, None, 2)


def test_not_redone_it_is_closed_with_the_clock_dropped_once_somebody_spoke_with_the_appellant(
    session: Session
) -> None:
    story, case = low(session)
    do(story, case, ACT.DECIDE_NOT)
    with pytest.raises(Refused, match="case_not_contacted"):
        do(story, case, ACT.CLOSE)
    contact(story, case)
    do(story, case, ACT.CLOSE)
    assert (case.put_right_kept, case.contact_kept) == (Kept.DROPPED, Kept.MET)
    agree(session, case)


def test_whom_nobody_can_call_is_written_to_on_the_follow_up_page(session: Session) -> None:
    story, case = low(session, is_confidential=True)
    with pytest.raises(Refused, match="case_message_missing"):
        cases.contact_said(ContactWay.PAGE, told=" ")
    do(story, case, ACT.CONTACT, story.clerk, cases.contact_said(ContactWay.PAGE, told="请补充回执。", inner="不公开"))
    event = case_queries.events(session, case)[-1]
    assert (event.told, event.inner, case.contact_kept) == ("请补充回执。", "不公开", Kept.MET)


def test_an_extension_is_granted_once_and_written_down(session: Session) -> None:
    story, case = low(session)
    with pytest.raises(Refused, match="case_extension_range"):
        do(story, case, ACT.EXTEND, said=Said(workdays=16))
    do(story, case, ACT.EXTEND, said=Said(words="等待检测。", told="等待检测，延期。", workdays=10))
    assert (case.put_right_due_on, case.put_right_first_due_on) == (date(2026, 12, 1), date(2026, 11, 24))
    with pytest.raises(Refused, match="case_extended_before"):
        do(story, case, ACT.EXTEND, said=Said(workdays=15))
    agree(session, case)


def test_time_writes_each_miss_once(session: Session) -> None:
    story, case = low(session)
    assert sweep(session, case, MORNING + timedelta(days=1)) == 0
    assert sweep(session, case, MORNING + timedelta(days=2)) == 1
    assert sweep(session, case, MORNING + timedelta(days=2)) == 0
    assert sweep(session, case, MORNING + timedelta(days=9)) == 1
    assert told(session, case) == ["opened", "miss_contact", "miss_put_right"]
    contact(story.later(days=9), case)
    assert (case.contact_kept, case.contact_done_on) == (Kept.MISSED, date(2026, 11, 26))
    agree(session, case)


def test_the_arrangement_of_next_year_moves_a_provisional_day_visibly(session: Session) -> None:
    _, case = low(session, at=datetime(2026, 12, 30, 2, tzinfo=UTC))
    assert case.put_right_is_provisional
    arranged = with_arrangement(CALENDAR, days_of(2027))
    assert sweep(session, case, datetime(2026, 12, 30, 3, tzinfo=UTC), arranged) == 1
    assert sweep(session, case, datetime(2026, 12, 30, 4, tzinfo=UTC), arranged) == 0
    assert told(session, case)[-1] == "recalculate" and not case.put_right_is_provisional
    agree(session, case)


def test_the_unit_answers_and_decides_nothing(session: Session) -> None:
    story, case = low(session)
    do(story, case, ACT.ANSWER, story.approver, Said(words="已经与诉求人联系。"))
    for action in (ACT.CONTACT, ACT.DECIDE_REDO, ACT.DECIDE_NOT, ACT.EXTEND, ACT.PUT_RIGHT, ACT.CLOSE):
        with pytest.raises(Refused):
            do(story, case, action, story.approver)
    other = actor(session, Role.APPROVER, unit="税务局")
    with pytest.raises(Refused, match="not_your_unit"):
        do(story, case, ACT.ANSWER, other, Said(words="不是我们办的。"))


def test_nobody_whom_the_matter_is_about_decides(session: Session) -> None:
    accused = unit_by_name(session, "税务局")
    story, case = low(session, against_unit_id=accused.id)
    for action in (ACT.DECIDE_NOT, ACT.DECIDE_REDO):
        with pytest.raises(Refused, match="own_unit_accused"):
            do(story, case, action, second(session, Role.SUPERVISOR, unit="税务局"))


def test_no_telephone_number_goes_into_words_that_others_read(session: Session) -> None:
    story, case = low(session)
    with pytest.raises(Refused, match="case_words_identify"):
        do(story, case, ACT.DECIDE_NOT, said=Said(words="请拨13873712345。"))


def test_of_two_who_decide_one_finds_it_decided(session: Session) -> None:
    story, case = low(session)
    seen = case.version
    do(story, case, ACT.DECIDE_NOT)
    late = act(story, second(session), expected_version=seen)
    with pytest.raises(Conflict, match="case_changed_meanwhile"):
        cases.redo(session, case, story.appeal, late, Said(told="重办。"))
    assert story.appeal.state is State.REPLIED


def test_two_people_deciding_at_once_decide_once(database: Database) -> None:
    with database.writing() as session:
        _, case = low(session)
        uid, version = case.uid, case.version
        deciders = [second(session, Role.DIRECTOR) for _ in range(4)]

    def one(number: int) -> str:
        try:
            with database.writing() as session:
                case, appeal = case_queries.visible(session, deciders[number], uid, lock=True)
                said, now = Said(told="重新办理。", words="没有解决。"), MORNING
                acting = Act(deciders[number], now, CALENDAR, expected_version=version)
                if number % 2:
                    cases.redo(session, case, appeal, acting, said)
                else:
                    cases.perform(session, case, appeal, ACT.DECIDE_NOT, acting, said)
        except Conflict:
            return "conflict"
        return "decided"

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(one, range(4)))
    assert found == ["conflict", "conflict", "conflict", "decided"]
    with database.reading() as session:
        case = session.exec(select(DissatisfactionCase)).one()
        assert told(session, case) in (["opened", "decide_redo"], ["opened", "decide_not"])


def test_who_reads_a_case(session: Session) -> None:
    """The office all, a unit its own; a report that accuses it shows the accused nothing."""
    story, case = low(session)
    accused = unit_by_name(session, "市监局")
    report, hidden = low(session, unit="税务局", kind=AppealKind.REPORT, against_unit_id=accused.id)
    today = MORNING.date()

    def seen(*roles: Role, unit: str = "") -> set[str]:
        found = case_queries.listed(session, actor(session, *roles, unit=unit), Wanted(), today, limit=10)
        return {one.uid for one, _ in found}

    assert seen(Role.CLERK) == seen(Role.AUDITOR) == {case.uid, hidden.uid}
    assert seen(Role.HANDLER, unit="市监局") == {case.uid}
    assert seen(Role.HANDLER, Role.CLERK, unit="市监局") == {case.uid}
    assert seen(Role.APPROVER, unit="税务局") == {hidden.uid}
    assert seen(Role.HANDLER, unit="住建局") == seen(Role.ADMINISTRATOR) == seen(Role.CUSTODIAN) == set()
    assert story.appeal.id != report.appeal.id


def test_a_report_that_came_to_accuse_its_own_unit_shows_that_unit_no_case(session: Session) -> None:
    story, case = low(session, kind=AppealKind.REPORT)
    story.appeal.against_unit_id = story.appeal.lead_unit_id
    session.flush()
    found = case_queries.listed(session, story.approver, Wanted(), MORNING.date(), limit=10)
    assert found == [] and case.unit_id == story.appeal.lead_unit_id


def test_the_counts_of_the_list_are_its_lengths(session: Session) -> None:
    open_, decided, closed = low(session), low(session), low(session)
    do(*decided, ACT.DECIDE_NOT)
    contact(*closed)
    do(*closed, ACT.DECIDE_NOT)
    do(*closed, ACT.CLOSE)
    clerk, today = actor(session, Role.CLERK), MORNING.date()
    counts = case_queries.shown_counts(session, clerk, Wanted(), today)
    for name, count in counts.items():
        found = case_queries.listed(session, clerk, Wanted(show=name), today, limit=10)
        assert len(found) == count, name
    assert (counts[""], counts["to_decide"], counts["to_close"], counts["closed"]) == (3, 1, 1, 1)
    assert open_[1].state is STATE.OPEN


def test_a_second_low_grade_of_a_later_round_is_a_case_of_its_own(session: Session) -> None:
    story, case = low(session)
    do(story, case, ACT.DECIDE_REDO)
    story.to(State.REPLIED)
    rate(story, 1)
    assert case_of(story).round == 2 and case_of(story).id != case.id
    again = replace(act(story), expected_version=None)
    assert again.actor == story.supervisor
