"""Records of supervision: who may do what with them, what they rest on, the unit's right of reply and appeal."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models.accounts.queries import unit_by_name
from models.accounts.types import Actor, Role
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from models.errors import Conflict, NotFound, Refused
from models.supervision import ladder_policies, ladder_queries
from models.supervision.ladder_acts import ACTS, ISSUERS, UNIT, Standing, allowed, check_issue, step
from models.supervision.ladder_types import (
    Ground,
    Origin,
    Outcome,
    RecordAction,
    RecordKind,
    RecordState,
    Thresholds,
)
from tests.support.actors import actor
from tests.support.factories import IDENTITY, Story
from tests.support.supervised import DUE, GROUNDS, NOTICE, Supervised, records, told

KIND, ACT, STATE = RecordKind, RecordAction, RecordState
TODAY = date(2026, 11, 17)


def refusal(run, *arguments, **named) -> str:
    with pytest.raises(Refused) as refused:
        run(*arguments, **named)
    return refused.value.code


@pytest.fixture
def supervised(session) -> Supervised:
    return Supervised(session, Story(session).to(State.HANDLING).appeal)


# ---------------------------------------------------------------- the table


def may(kind: RecordKind, state: RecordState, action: RecordAction, role: Role, *, is_own: bool) -> bool:
    """What domain.md §5 and §2 say, and nothing that the table says."""
    office, unit = {Role.SUPERVISOR, Role.DIRECTOR}, {Role.HANDLER, Role.APPROVER}
    cards = {KIND.BLUE_CARD, KIND.YELLOW_CARD, KIND.RED_CARD}
    contestable = cards | {KIND.SUPERVISION_ORDER, KIND.BULLETIN_ENTRY}
    at_work = (kind, state) in {
        (KIND.SUPERVISION_ORDER, STATE.IN_FORCE), (KIND.INSTRUCTION, STATE.IN_FORCE), (KIND.INTERVIEW, STATE.HELD),
    }
    stands, answerable = state in (STATE.IN_FORCE, STATE.CLOSED), state in (STATE.IN_FORCE, STATE.HELD)
    interview, instruction = kind is KIND.INTERVIEW, kind is KIND.INSTRUCTION
    is_there, who = {
        ACT.ANSWER: (answerable and kind not in (KIND.REMINDER, KIND.TRANSFER), unit),
        ACT.REPORT: (at_work, unit),
        ACT.CONTEST: (kind in contestable and stands, unit),
        ACT.UPHOLD: (kind in contestable and stands, office),
        ACT.REVOKE: (kind in contestable | {KIND.REMINDER_SLIP} and stands, office),
        ACT.FOLLOW_UP: (at_work, office),
        ACT.ACCEPT: (at_work, office),
        ACT.SEND_BACK: (at_work, office),
        ACT.FORWARD: (instruction and state is STATE.PROPOSED, office),
        ACT.HOLD_INTERVIEW: (interview and state is STATE.PROPOSED, {Role.DIRECTOR}),
        ACT.DECLINE: (interview and state is STATE.PROPOSED, {Role.DIRECTOR}),
        ACT.NOTIFY: (interview and state is STATE.DECIDED, office),
        ACT.RECORD_MINUTES: (interview and state is STATE.IN_FORCE, office),
        ACT.CLOSE: (
            kind in (KIND.REMINDER_SLIP, KIND.BULLETIN_ENTRY, KIND.TRANSFER) and state is STATE.IN_FORCE, office
        ),
    }.get(action, (False, set()))
    return is_there and role in who and is_own == (who == unit)


@pytest.mark.parametrize("kind", KIND)
def test_every_kind_state_act_and_role_is_as_the_law_has_it(kind):
    """All facts beside the state are given, so that the table alone decides."""
    for state, action, role, is_own in product(STATE, ACT, Role, (True, False)):
        facts = {ACT.CONTEST: (False, False), ACT.REPORT: (True, False)}
        is_contested, has_reported = facts.get(action, (True, True))
        one = Standing(
            kind, state, Outcome.PENDING, 7, 99, is_contested, False, has_reported, TODAY,
        )
        who = Actor(1, "某人", frozenset({role}), 7 if is_own else 8)
        wanted = may(kind, state, action, role, is_own=is_own)
        assert (action in allowed(one, who, TODAY)) == wanted, (state, action, role, is_own)


@pytest.mark.parametrize(("kind", "role"), [*product(KIND, Role)])
def test_who_may_begin_a_record(kind, role):
    office = {KIND.REMINDER_SLIP, KIND.YELLOW_CARD, KIND.RED_CARD, KIND.SUPERVISION_ORDER, KIND.BULLETIN_ENTRY,
              KIND.TRANSFER, KIND.INTERVIEW}
    wanted = (kind in office and role in (Role.SUPERVISOR, Role.DIRECTOR)) or (
        kind is KIND.INSTRUCTION and role is Role.LEADER
    )
    who = Actor(1, "某人", frozenset({role}), None)
    if wanted:
        check_issue(kind, who, 7)
    else:
        assert refusal(check_issue, kind, who, 7) == "not_your_role"


def test_time_alone_begins_reminders_and_blue_cards():
    assert {KIND.REMINDER, KIND.BLUE_CARD} == set(KIND) - set(ISSUERS)


def test_nobody_acts_on_a_record_about_their_own_unit_but_the_unit_itself():
    card = Standing(KIND.RED_CARD, STATE.IN_FORCE, Outcome.NONE, 7, 99, True, True, False, TODAY)
    both = Actor(1, "某人", frozenset({Role.HANDLER, Role.SUPERVISOR}), 7)
    assert refusal(step, card, ACT.REVOKE, both, TODAY) == "own_unit_supervised"
    assert refusal(check_issue, KIND.RED_CARD, both, 7) == "own_unit_supervised"
    assert ACT.ANSWER in allowed(card, both, TODAY)


def test_the_issuer_does_not_decide_on_the_appeal_against_their_own_card():
    card = Standing(KIND.RED_CARD, STATE.IN_FORCE, Outcome.NONE, 7, 1, True, True, False, TODAY)
    for action in (ACT.UPHOLD, ACT.REVOKE):
        assert refusal(step, card, action, Actor(1, "某人", frozenset({Role.DIRECTOR})), TODAY) == "issuer_decides_not"
        assert step(card, action, Actor(2, "他人", frozenset({Role.SUPERVISOR})), TODAY).action is action


def test_every_unit_act_is_for_the_units_roles_alone():
    assert {row.action for row in ACTS.values() if row.roles & UNIT} == {ACT.ANSWER, ACT.REPORT, ACT.CONTEST}


# ---------------------------------------------------------------- what a record is


def test_a_record_rests_on_facts_and_names_nobody(supervised, session):
    record = supervised.begin(KIND.YELLOW_CARD)
    found = json.loads(record.evidence)
    assert found["appeal"] == supervised.appeal.number and found["last_event"] == supervised.appeal.version
    assert [one["stage"] for one in found["milestones"]] == ["sign", "verify", "conclude"]
    assert (found["held_since"], found["held_workdays"]) == ("2026-11-17", 0)
    kept = record.evidence + json.dumps([row.facts for row in session.exec(select(AuditRow)).all()])
    assert not any(word in kept for word in (IDENTITY.name, IDENTITY.phone, supervised.appeal.title, GROUNDS))
    assert record.evidence == json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_evidence_counts_what_came_before(supervised):
    supervised.begin(KIND.REMINDER_SLIP)
    supervised.begin(KIND.REMINDER_SLIP)
    assert json.loads(supervised.begin(KIND.SUPERVISION_ORDER).evidence)["earlier"] == {"reminder_slip": 2}


@pytest.mark.parametrize("column", ["grounds", "evidence", "issued_at", "unit_id", "kind", "due_on", "told_on"])
def test_what_a_record_says_cannot_be_changed(supervised, session, column):
    record = supervised.begin(KIND.SUPERVISION_ORDER)
    other = {"unit_id": 1, "kind": KIND.RED_CARD, "issued_at": supervised.at - timedelta(days=9),
             "due_on": date(2027, 1, 1), "told_on": date(2020, 1, 1)}
    setattr(record, column, other.get(column, "改写"))
    with pytest.raises(DBAPIError):
        session.flush()


@pytest.mark.parametrize("statement", [
    "DELETE FROM supervision_events", "DELETE FROM supervision_records", "UPDATE supervision_events SET text = ''",
    "DELETE FROM ladder_policies", "UPDATE ladder_policies SET red_workdays_over = 30",
])  # fmt: skip
def test_nothing_is_deleted(supervised, session, statement):
    supervised.begin(KIND.RED_CARD)
    with pytest.raises(DBAPIError):
        session.execute(text(statement))


def test_a_revoked_record_stays_revoked(supervised, session):
    record = supervised.begin(KIND.RED_CARD)
    supervised.do(record, ACT.REVOKE, supervised.other)
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE supervision_records SET state = 'in_force'"))


def test_a_change_of_the_policy_rewrites_nothing_that_was_issued(supervised, session):
    record = supervised.begin(KIND.RED_CARD)
    ladder_policies.change(
        session, supervised.director, Thresholds(contest_workdays=1), in_force_from=TODAY, basis="新规定",
        expected_version=1, now=supervised.at, today=TODAY,
    )
    supervised.later(days=6)
    assert ladder_queries.standing(session, record, supervised.act(supervised.handler).calendar).contest_until == date(
        2026, 11, 24
    )
    assert ACT.CONTEST.value not in told(session, record)
    supervised.do(record, ACT.CONTEST, supervised.handler)


# ---------------------------------------------------------------- the unit's right of reply and appeal


def test_the_unit_answers_contests_and_another_person_revokes(supervised, session):
    record = supervised.begin(KIND.RED_CARD)
    supervised.do(record, ACT.ANSWER, supervised.handler, "系统故障，已提交说明。")
    supervised.do(record, ACT.CONTEST, supervised.approver, "期间停电两日。")
    assert record.is_contested
    assert refusal(supervised.do, record, ACT.REVOKE, supervised.supervisor) == "issuer_decides_not"
    supervised.do(record, ACT.REVOKE, supervised.other, "情况属实，予以撤销。")
    assert (record.state, record.is_contested, record.was_contested) == (STATE.REVOKED, False, True)
    assert told(session, record) == ["issue", "answer", "contest", "revoke"]
    found = ladder_queries.unit_deductions(session, record.unit_id, TODAY, TODAY)
    assert (str(found.issued), str(found.standing)) == ("-2", "0")


def test_an_appeal_is_made_once_and_within_the_term(supervised):
    record = supervised.begin(KIND.YELLOW_CARD)
    supervised.do(record, ACT.CONTEST, supervised.handler)
    supervised.do(record, ACT.UPHOLD, supervised.other)
    assert refusal(supervised.do, record, ACT.CONTEST, supervised.handler) == "contest_too_late"
    late = supervised.begin(KIND.YELLOW_CARD)
    supervised.later(days=7)
    supervised.do(late, ACT.CONTEST, supervised.handler)  # the fifth working day
    too_late = supervised.begin(KIND.RED_CARD)
    supervised.later(days=8)
    assert refusal(supervised.do, too_late, ACT.CONTEST, supervised.handler) == "contest_too_late"


def test_two_people_acting_on_one_record_collide(supervised):
    from models.supervision.ladder_records import Said, perform
    from tests.support.factories import LETTERHEAD

    record = supervised.begin(KIND.RED_CARD)
    stale = supervised.act(supervised.other, expected_version=record.version)
    supervised.do(record, ACT.ANSWER, supervised.handler)
    with pytest.raises(Conflict):
        perform(supervised.session, record, ACT.REVOKE, stale, Said("撤销"), LETTERHEAD)


# ---------------------------------------------------------------- clocks of their own


def test_an_order_reported_in_time_is_met_whenever_the_office_looks(supervised, session):
    order = supervised.begin(KIND.SUPERVISION_ORDER)
    supervised.later(days=3)
    supervised.do(order, ACT.REPORT, supervised.handler, "已整改到位。")
    supervised.later(days=5)
    supervised.do(order, ACT.ACCEPT, supervised.supervisor)
    assert (order.outcome, order.state) == (Outcome.MET, STATE.CLOSED)


def test_an_order_sent_back_keeps_its_day(supervised):
    order = supervised.begin(KIND.SUPERVISION_ORDER)
    supervised.do(order, ACT.REPORT, supervised.handler)
    supervised.do(order, ACT.SEND_BACK, supervised.supervisor, "还没有到位。")
    supervised.later(days=8)
    supervised.do(order, ACT.REPORT, supervised.handler)
    supervised.do(order, ACT.ACCEPT, supervised.supervisor)
    assert (order.due_on, order.outcome) == (DUE, Outcome.MISSED)


def test_an_order_needs_a_day_ahead(supervised):
    for day in (None, TODAY, TODAY - timedelta(days=1)):
        assert refusal(supervised.begin, KIND.SUPERVISION_ORDER, due_on=day) == "record_due_not_ahead"


def test_a_leaders_instruction_reaches_the_unit_by_the_office(supervised, session):
    said = supervised.begin(KIND.INSTRUCTION, ground=Ground.INSTRUCTED)
    assert [one.uid for one in ladder_queries.of_appeal(session, supervised.handler, supervised.appeal)] == []
    assert refusal(supervised.do, said, ACT.ANSWER, supervised.handler) == "record_moved_on"
    supervised.do(said, ACT.FORWARD, supervised.supervisor, "请按批示办理。")
    assert [one.uid for one in ladder_queries.of_appeal(session, supervised.handler, supervised.appeal)] == [said.uid]
    supervised.do(said, ACT.REPORT, supervised.approver)
    supervised.do(said, ACT.ACCEPT, supervised.supervisor)
    assert said.outcome is Outcome.MET


def test_an_interview_runs_from_proposal_to_closure_with_a_second_person(supervised, session):
    record = supervised.begin(KIND.INTERVIEW, by=supervised.director)
    assert refusal(supervised.do, record, ACT.HOLD_INTERVIEW, supervised.director) == "issuer_decides_not"
    second = supervised.who(Role.DIRECTOR)
    supervised.do(record, ACT.HOLD_INTERVIEW, second, "同意约谈主要负责人。")
    assert ladder_queries.of_appeal(session, supervised.handler, supervised.appeal) == []
    supervised.do(record, ACT.NOTIFY, supervised.supervisor, "", facts=NOTICE.facts)
    assert record.told_on == TODAY
    assert refusal(supervised.do, record, ACT.RECORD_MINUTES, supervised.supervisor) == "record_due_not_ahead"
    supervised.do(record, ACT.RECORD_MINUTES, supervised.supervisor, "已指出问题。", due_on=DUE)
    assert (record.state, record.due_on, record.outcome) == (STATE.HELD, DUE, Outcome.PENDING)
    supervised.do(record, ACT.FOLLOW_UP, supervised.supervisor)
    supervised.do(record, ACT.REPORT, supervised.approver)
    supervised.do(record, ACT.ACCEPT, supervised.supervisor)
    assert told(session, record) == [
        "propose", "hold_interview", "notify", "record_minutes", "follow_up", "report", "accept",
    ]


def test_an_interview_needs_no_appeal_and_tells_where_it_comes_from(session):
    of_unit = Supervised(session)
    record = of_unit.begin(KIND.INTERVIEW, origin=Origin.RATING_CAMPAIGN, ground=Ground.RATED_LOW)
    assert (record.appeal_id, record.origin) == (None, Origin.RATING_CAMPAIGN)
    assert refusal(of_unit.begin, KIND.RED_CARD) == "record_needs_appeal"


# ---------------------------------------------------------------- who sees it


def seen(session, who: Actor) -> set[str]:
    return {record.uid for record, _ in ladder_queries.listed(session, who, ladder_queries.Wanted(), limit=100)}


def test_a_unit_sees_its_own_records_and_no_proposal_and_no_transfer(supervised, session):
    card, transfer = supervised.begin(KIND.RED_CARD), supervised.begin(KIND.TRANSFER, ground=Ground.DISCIPLINE)
    interview = supervised.begin(KIND.INTERVIEW)
    assert seen(session, supervised.handler) == {card.uid}
    assert seen(session, actor(session, Role.HANDLER, unit="税务局")) == set()
    assert seen(session, supervised.supervisor) == {card.uid, transfer.uid, interview.uid}
    assert seen(session, supervised.leader) == {card.uid, transfer.uid, interview.uid}
    both = supervised.who(Role.HANDLER, Role.AUDITOR, unit="市监局")
    assert seen(session, both) == {card.uid}


def test_whom_a_report_accuses_sees_nothing_of_a_card_about_it(session):
    supervised = Supervised(session, Story(session).to(State.HANDLING).appeal)
    card = supervised.begin(KIND.RED_CARD)
    appeal = supervised.appeal
    appeal.kind, appeal.against_unit_id = AppealKind.REPORT, unit_by_name(session, "市监局").id
    session.add(appeal)
    session.flush()
    for who in (supervised.handler, supervised.who(Role.SUPERVISOR, unit="市监局")):
        assert seen(session, who) == set()
        with pytest.raises(NotFound):
            ladder_queries.visible(session, who, card.uid)
    assert seen(session, supervised.supervisor) == {card.uid}
    assert refusal(supervised.begin, KIND.RED_CARD) == "record_would_tell_accused"


# ---------------------------------------------------------------- thresholds


def changed(session, who: Actor, limits: Thresholds, **more: object):
    values = {"in_force_from": TODAY, "basis": "会议纪要", "expected_version": 1,
              "now": datetime(2026, 11, 17, 2, tzinfo=UTC), "today": TODAY}
    return ladder_policies.change(session, who, limits, **{**values, **more})


def test_thresholds_are_changed_by_the_director_as_a_new_version_with_its_trace(supervised, session):
    made = changed(session, supervised.director, Thresholds(red_workdays_over=5))
    assert (made.version, ladder_policies.in_force(session, TODAY).red_workdays_over) == (2, 5)
    assert ladder_policies.in_force(session, TODAY - timedelta(days=1)).red_workdays_over == 3
    session.flush()
    assert "ladder.change" in [row.action for row in session.exec(select(AuditRow)).all()]
    with pytest.raises(Conflict):
        changed(session, supervised.director, Thresholds(red_workdays_over=4))


@pytest.mark.parametrize(("limits", "more", "code"), [
    (Thresholds(red_workdays_over=0), {}, "red_before_yellow"),
    (Thresholds(reminder_slip_workdays_after=0), {}, "threshold_not_positive"),
    (Thresholds(contest_workdays=0), {}, "threshold_not_positive"),
    (Thresholds(), {"in_force_from": TODAY - timedelta(days=1)}, "policy_in_the_past"),
])  # fmt: skip
def test_thresholds_that_do_not_fit_are_refused(supervised, session, limits, more, code):
    assert refusal(changed, session, supervised.director, limits, **more) == code


def test_only_the_director_changes_thresholds(supervised, session):
    assert refusal(changed, session, supervised.supervisor, Thresholds(red_workdays_over=4)) == "not_your_role"


def test_records_are_told_in_the_order_of_their_making(supervised, session):
    made = [supervised.begin(KIND.REMINDER_SLIP), supervised.begin(KIND.YELLOW_CARD)]
    assert records(session) == made
