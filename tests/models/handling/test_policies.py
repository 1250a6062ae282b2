"""The director's acts on policies, and what an appeal keeps of the one it was dispatched under."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, Complexity, State
from models.audit.tables import AuditRow
from models.errors import Conflict, NotFound, Refused
from models.handling import adjustments, commands, policies, policy_queries, queries, replies, supplements
from models.handling.adjustment_types import AdjustmentKind
from models.handling.adjustments import Request
from models.handling.clock import Allowances
from models.handling.policy_rules import Provision, Span
from models.handling.tables import MilestoneRow, Policy
from models.handling.types import Stage
from models.slips.facts import dispatch_facts
from tests.models.handling.test_adjustments import promised
from tests.models.handling.test_promises import due
from tests.models.handling.witness import check
from tests.support.actors import actor
from tests.support.factories import MORNING, Story

TOMORROW = date(2026, 11, 18)
DEFAULT, LATER = "3-7-15", "5-30"


def refusal(run, *arguments, **named) -> str:
    with pytest.raises(Refused) as refused:
        run(*arguments, **named)
    return refused.value.code


@pytest.fixture
def director(session):
    return actor(session, Role.DIRECTOR, name="赵主任")


def said(session, code: str = DEFAULT, **changes: object) -> Provision:
    """What the newest version of a policy says, with changes: of limits by the stage's name."""
    found = policy_queries.line(session, code).newest.provision
    limits = {Stage(name): changes.pop(name) for name in [*changes] if name in set(Stage)}
    return replace(found, workdays=found.workdays | limits, **changes)


def revised(session, director, code: str = DEFAULT, first_on: date = TOMORROW, **changes: object) -> Policy:
    return policies.revise(
        session, director, code, said(session, code, **changes), in_force_from=first_on, expected_version=None,
        now=MORNING,
    )


def spans(session, code: str = DEFAULT) -> list[Span]:
    return [one.span for one in policy_queries.line(session, code).versions]


# ---------------------------------------------------------------- versions


def test_a_new_version_ends_the_one_before_it_and_changes_nothing_else_of_it(session, director):
    before = session.exec(select(Policy).where(Policy.code == DEFAULT)).one().model_dump()
    revised(session, director, verify=2, basis="新文号", name="新时限")
    assert spans(session) == [Span(TOMORROW), Span(date(2023, 4, 23), TOMORROW - timedelta(days=1))]
    old = session.exec(select(Policy).where(Policy.code == DEFAULT, Policy.version == 1)).one().model_dump()
    assert {**old, "in_force_to": None} == before
    line = policy_queries.line(session, DEFAULT)
    assert line.is_default and line.on(date(2026, 11, 17)).row.version == 1 and line.on(TOMORROW).row.version == 2
    assert [one.workdays[Stage.VERIFY] for one in line.versions] == [2, 3]
    assert (line.newest.row.made_by_name, line.newest.row.made_at) == ("赵主任", MORNING)


def test_a_version_that_has_not_begun_is_replaced_and_was_never_in_force(session, director):
    revised(session, director, first_on=date(2027, 1, 1), verify=2)
    revised(session, director, first_on=date(2027, 1, 1), verify=1)
    line = policy_queries.line(session, DEFAULT)
    assert line.versions[1].span.is_empty
    assert line.on(date(2027, 1, 1)).row.version == 3 and line.on(date(2026, 12, 31)).row.version == 1
    assert queries.policy_in_force(session, date(2027, 1, 4))[1].workdays[Stage.VERIFY] == 1


def test_what_does_not_fit_together_is_refused_and_writes_nothing(session, director):
    bad = {
        "limit_out_of_range": {"sign": 0}, "limit_below_the_one_before": {"conclude": 2},
        "default_policy_is_for_all": {"kinds": frozenset({AppealKind.COMPLAINT})},
        "policy_not_ahead": {"first_on": date(2026, 11, 17)}, "policy_too_far_ahead": {"first_on": date(2028, 1, 3)},
        "policy_name_taken": {"name": "5/30个工作日办理时限"},
    }
    for code, changes in bad.items():
        assert refusal(revised, session, director, **changes) == code
    assert len(session.exec(select(Policy)).all()) == 2 and spans(session) == [Span(date(2023, 4, 23))]


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.DIRECTOR])
def test_the_director_alone_writes_policies(session, role):
    who = actor(session, role, unit="市监局" if role in (Role.HANDLER, Role.APPROVER) else "")
    assert refusal(revised, session, who) == "not_your_role"
    assert refusal(policies.begin, session, who, said(session), in_force_from=TOMORROW, now=MORNING) == "not_your_role"
    ended = {"last_on": TOMORROW, "expected_version": None, "now": MORNING}
    assert refusal(policies.end, session, who, LATER, **ended) == "not_your_role"


def test_who_wrote_from_an_overtaken_page_is_told(session, director):
    revised(session, director)
    with pytest.raises(Conflict):
        policies.revise(
            session, director, DEFAULT, said(session), in_force_from=date(2026, 12, 1), expected_version=1, now=MORNING
        )
    with pytest.raises(NotFound):
        policies.end(session, director, "nothing", last_on=TOMORROW, expected_version=1, now=MORNING)


def test_every_act_leaves_its_trace_with_what_was_decided(session, director):
    made = revised(session, director, verify=2)
    policies.end(session, director, LATER, last_on=TOMORROW, expected_version=1, now=MORNING)
    rows = session.exec(select(AuditRow).where(AuditRow.object_kind == "policy")).all()
    assert [(row.action, row.object_id, row.actor_id) for row in rows] == [
        ("policy.put", f"{DEFAULT}:2", director.account_id), ("policy.end", f"{LATER}:1", director.account_id),
    ]
    facts = rows[0].facts
    assert (facts["workdays"]["verify"], facts["in_force_from"], facts["basis"]) == (2, "2026-11-18", made.basis)


@pytest.mark.parametrize("statement", [
    "UPDATE policies SET basis = '改写' WHERE version = 1", "UPDATE policies SET kinds = 'report'",
    "UPDATE policies SET extensions_most = 9", "UPDATE policies SET in_force_to = '2030-01-01' WHERE version = 1",
    "DELETE FROM policies", "UPDATE policy_limits SET workdays = 99", "DELETE FROM policy_limits",
])  # fmt: skip
def test_the_database_lets_no_version_be_rewritten(session, director, statement):
    revised(session, director)
    with pytest.raises(DBAPIError):
        session.execute(text(statement))


# ---------------------------------------------------------------- a second policy, and its end


def test_a_further_policy_is_chosen_by_kind_and_complexity(session, director):
    quick = replace(
        said(session, verify=2, conclude=3), name="政企交流日事项", basis="会议纪要",
        kinds=frozenset({AppealKind.COMPLAINT}), complexity=Complexity.SIMPLE,
    )
    made = policies.begin(session, director, quick, in_force_from=TOMORROW, now=MORNING)
    chosen, terms = queries.policy_for(session, TOMORROW, AppealKind.COMPLAINT, made.code)
    assert (chosen.basis, terms.workdays[Stage.CONCLUDE]) == ("会议纪要", 3)
    asked = (session, TOMORROW, AppealKind.COMPLAINT, made.code, Complexity.COMPLEX)
    assert refusal(queries.policy_for, *asked) == "policy_for_simple"
    assert refusal(queries.policy_for, session, TOMORROW, AppealKind.HELP, made.code) == "policy_not_for_this"
    today = date(2026, 11, 17)
    assert refusal(queries.policy_for, session, today, AppealKind.COMPLAINT, made.code) == "policy_not_for_this"
    assert queries.policy_in_force(session, TOMORROW)[0].code == DEFAULT
    assert [line.code for line in policy_queries.lines(session)] == [DEFAULT, LATER, made.code]


def test_an_ended_policy_is_chosen_no_more_and_may_come_back_later(session, director):
    policies.end(session, director, LATER, last_on=TOMORROW, expected_version=1, now=MORNING)
    after = date(2026, 11, 19)
    assert queries.policy_for(session, TOMORROW, AppealKind.COMPLAINT, LATER)
    assert refusal(queries.policy_for, session, after, AppealKind.COMPLAINT, LATER) == "policy_not_for_this"
    assert refusal(revised, session, director, LATER, TOMORROW) == "policy_still_in_force"
    revised(session, director, LATER, date(2026, 12, 1))
    assert spans(session, LATER) == [Span(date(2026, 12, 1)), Span(date(2023, 6, 27), TOMORROW)]
    ended = {"last_on": TOMORROW, "expected_version": None, "now": MORNING}
    assert refusal(policies.end, session, director, DEFAULT, **ended) == "default_policy_stays"


# ---------------------------------------------------------------- what was dispatched stays


def basis_of(story: Story) -> str:
    return dispatch_facts(story.session, story.appeal).basis


def test_an_appeal_keeps_the_version_it_was_dispatched_under(session, director):
    old = Story(session).to(State.HANDLING)
    revised(session, director, verify=2, conclude=4, preliminary=9, final=20, basis="沅优办〔2026〕9号",
            allowances=Allowances(extension_workdays_most=2))
    old.later(days=2)
    new = Story(session, at=old.at).to(State.HANDLING)
    assert (due(old)["conclude"], due(new)["conclude"]) == (date(2026, 11, 26), date(2026, 11, 25))
    assert (basis_of(old), basis_of(new)) == ("沅政办发〔2023〕5号附件3第83条", "沅优办〔2026〕9号")
    asked = Request(AdjustmentKind.EXTENSION, "等配件。", workdays=5)
    assert refusal(adjustments.ask, session, new.appeal, new.act(new.approver), asked) == "extension_too_long"
    adjustments.ask(session, old.appeal, old.act(old.approver), asked)
    for story in (old, new):
        check(session, story.appeal)


def test_what_is_promised_later_in_a_round_stands_on_its_own_version(session, director):
    """Complex after the change of the policy: 15 and 30 from the day of dispatch, as its version says; and so the
    review, which counts anew.
    """
    story = Story(session).to(State.HANDLING)
    revised(session, director, preliminary=9, final=20, review=1)
    story.later(days=2)
    commands.decide(session, story.appeal, story.act(story.supervisor), commands.Action.RECLASSIFY)
    assert (due(story)["preliminary"], due(story)["final"]) == (date(2026, 12, 8), date(2026, 12, 29))
    story.propose()
    replies.sign_off(session, story.appeal, story.act(story.approver))
    assert promised(story, "review").due_on == date(2026, 11, 23)
    assert {row.policy_id for row in session.exec(select(MilestoneRow)).all()} == {1}
    check(session, story.appeal)


def test_the_offices_first_step_may_stand_on_an_older_version_than_the_round(session, director):
    """A question before admission settles triage under the first version; the dispatch a week later takes the second,
    and so does whatever the round promises later, in whatever order the rows are read.
    """
    story = Story(session)
    supplements.ask_supplement(session, story.appeal, story.act(story.clerk), question="请补充合同。")
    made = revised(session, director, conclude=6, review=5)
    story.later(days=7).to(State.IN_REVIEW)
    by_stage = {row.stage: row.policy_id for row in session.exec(select(MilestoneRow)).all()}
    assert by_stage.pop(Stage.TRIAGE) == 1
    assert by_stage == dict.fromkeys((Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE, Stage.REVIEW), made.id)
    assert promised(story, "review").due_on == date(2026, 12, 1)
    check(session, story.appeal)


def test_redo_is_a_new_term_under_the_policy_of_that_day_and_the_first_round_stays(session, director):
    """Domain.md §4 rule 6."""
    story = Story(session).to(State.REPLIED)
    first = [one for one in queries.milestones(session, story.appeal) if one.round == 1]
    made = revised(session, director, verify=2, conclude=4)
    story.later(days=2)
    commands.redo(session, story.appeal, story.act(story.supervisor))
    rows = session.exec(select(MilestoneRow)).all()
    assert {row.policy_id for row in rows if row.round == 1} == {1}
    assert {row.policy_id for row in rows if row.round == 2} == {made.id}
    assert [one for one in queries.milestones(session, story.appeal) if one.round == 1] == first
    assert due(story)["conclude"] == date(2026, 11, 25)
    assert policy_queries.running_counts(session) == {made.id: 1}
    check(session, story.appeal)


def test_running_appeals_are_counted_where_their_round_stands(session, director):
    for state in (State.ACCEPTED, State.DISPATCHED, State.IN_REVIEW, State.REPLIED):
        Story(session).to(state)
    unit = unit_by_name(session, "市监局")
    later = Story(session).to(State.ACCEPTED)
    commands.dispatch(session, later.appeal, later.act(later.clerk), lead_unit=unit, policy_code=LATER)
    ids = {row.code: row.id for row in session.exec(select(Policy)).all()}
    assert policy_queries.running_counts(session) == {ids[DEFAULT]: 2, ids[LATER]: 1}
