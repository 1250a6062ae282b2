"""The workflow table, walked whole: state × act × role × unit, against a table written by hand from domain.md §3."""

from dataclasses import replace
from datetime import date
from itertools import product

from models.accounts.types import PUBLIC, SYSTEM, Actor, Role
from models.appeals.types import ENDED_STATES, Complexity, State
from models.errors import Refused
from models.handling.adjustment_types import Adjustment, AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.rules import BEGINNINGS, WORKFLOW, allowed, step
from models.handling.types import Action, Assistance, AssistanceStatus, LinkKind, Milestone, Projection, Stage
from tests.support import workflow_page
from webapp.messages import MESSAGES

LEAD, OTHER = 7, 8
EXPECTED = """
submitted            accept              accepted             clerk director
submitted            decline             declined             clerk director
accepted             decline             declined             clerk director
accepted             dispatch            dispatched           clerk director
dispatched           sign                verifying            handler approver
verifying            verify              handling             handler
handling             reclassify          handling             supervisor director
handling             propose_preliminary preliminary_sign_off handler
handling             propose_reply       reply_sign_off       handler
preliminary_sign_off sign_off            continuing           approver
preliminary_sign_off send_back           handling             approver
continuing           propose_reply       reply_sign_off       handler
reply_sign_off       sign_off            in_review            approver
reply_sign_off       send_back           handling             approver
in_review            reject              handling             supervisor director
in_review            publish             replied              supervisor director
replied              close               closed               clerk supervisor director
submitted            ask_supplement      awaiting_supplement  clerk director
accepted             ask_supplement      awaiting_supplement  clerk director
awaiting_supplement  answer              submitted
awaiting_supplement  accept              accepted             clerk director
awaiting_supplement  decline             declined             clerk director
awaiting_supplement  note                awaiting_supplement  clerk supervisor director
verifying            ask_appellant       verifying            handler
handling             ask_appellant       handling             handler
continuing           ask_appellant       continuing           handler
verifying            answer              verifying
handling             answer              handling
continuing           answer              continuing
preliminary_sign_off answer              preliminary_sign_off
reply_sign_off       answer              reply_sign_off
in_review            answer              in_review
submitted            withdraw            withdrawn
accepted             withdraw            withdrawn
awaiting_supplement  withdraw            withdrawn
dispatched           withdraw            withdrawn
verifying            withdraw            withdrawn
handling             withdraw            withdrawn
preliminary_sign_off withdraw            withdrawn
continuing           withdraw            withdrawn
reply_sign_off       withdraw            withdrawn
in_review            withdraw            withdrawn
verifying            report_progress     verifying            handler
handling             report_progress     handling             handler
continuing           report_progress     continuing           handler
dispatched           assign              dispatched           handler approver
verifying            assign              verifying            handler approver
handling             assign              handling             handler approver
preliminary_sign_off assign              preliminary_sign_off handler approver
continuing           assign              continuing           handler approver
reply_sign_off       assign              reply_sign_off       handler approver
submitted            note                submitted            clerk supervisor director
accepted             note                accepted             clerk supervisor director
dispatched           note                dispatched           handler approver clerk supervisor director
verifying            note                verifying            handler approver clerk supervisor director
handling             note                handling             handler approver clerk supervisor director
preliminary_sign_off note                preliminary_sign_off handler approver clerk supervisor director
continuing           note                continuing           handler approver clerk supervisor director
reply_sign_off       note                reply_sign_off       handler approver clerk supervisor director
in_review            note                in_review            handler approver clerk supervisor director
dispatched           assist              dispatched           clerk director
dispatched           end_assistance      dispatched           clerk director
verifying            assist              verifying            clerk director
verifying            end_assistance      verifying            clerk director
handling             assist              handling             clerk director
handling             end_assistance      handling             clerk director
continuing           assist              continuing           clerk director
continuing           end_assistance      continuing           clerk director
submitted            merge               merged               clerk supervisor director
accepted             merge               merged               clerk supervisor director
awaiting_supplement  merge               merged               clerk supervisor director
dispatched           merge               merged               clerk supervisor director
verifying            merge               merged               clerk supervisor director
handling             merge               merged               clerk supervisor director
continuing           merge               merged               clerk supervisor director
merged               unmerge             submitted            clerk supervisor director
merged               answer              merged
merged               withdraw            withdrawn
merged               note                merged               handler approver clerk supervisor director
registered           recognise            closed               supervisor director
registered           return_record        to_amend             supervisor director
to_amend             amend                registered           handler approver
replied              redo                dispatched           supervisor director
closed               redo                dispatched           supervisor director
dispatched           ask_return          dispatched           handler approver
dispatched           send_adjustment     return_requested     approver
dispatched           take_back_adjustment dispatched          handler approver
return_requested     take_back_adjustment dispatched          handler approver
return_requested     rule_return         dispatched           supervisor director
return_requested     withdraw            withdrawn
return_requested     note                return_requested     handler approver clerk supervisor director
handling             ask_complex         handling             handler approver
verifying            ask_extension       verifying            handler approver
verifying            ask_pause           verifying            handler approver
verifying            send_adjustment     verifying            approver
verifying            take_back_adjustment verifying            handler approver
verifying            grant_adjustment    verifying            supervisor director
verifying            refuse_adjustment   verifying            supervisor director
verifying            resume              verifying            handler approver
verifying            end_pause              verifying            supervisor director
handling             ask_extension       handling             handler approver
handling             ask_pause           handling             handler approver
handling             send_adjustment     handling             approver
handling             take_back_adjustment handling             handler approver
handling             grant_adjustment    handling             supervisor director
handling             refuse_adjustment   handling             supervisor director
handling             resume              handling             handler approver
handling             end_pause              handling             supervisor director
continuing           ask_extension       continuing           handler approver
continuing           ask_pause           continuing           handler approver
continuing           send_adjustment     continuing           approver
continuing           take_back_adjustment continuing           handler approver
continuing           grant_adjustment    continuing           supervisor director
continuing           refuse_adjustment   continuing           supervisor director
continuing           resume              continuing           handler approver
continuing           end_pause              continuing           supervisor director
submitted            transfer            transferred          supervisor director
accepted             transfer            transferred          supervisor director
awaiting_supplement  transfer            transferred          supervisor director
dispatched           transfer            transferred          supervisor director
verifying            transfer            transferred          supervisor director
handling             transfer            transferred          supervisor director
preliminary_sign_off transfer            transferred          supervisor director
continuing           transfer            transferred          supervisor director
reply_sign_off       transfer            transferred          supervisor director
in_review            transfer            transferred          supervisor director
return_requested     transfer            transferred          supervisor director
"""
TABLE = {
    (State(state), Action(action)): (State(target), frozenset(map(Role, roles)))
    for state, action, target, *roles in (line.split() for line in EXPECTED.strip().splitlines())
}
"""(state, act) → (next state, roles). Written by hand: never derive it from WORKFLOW."""
UNIT_ACTS = {
    Action.SIGN, Action.VERIFY, Action.PROPOSE_PRELIMINARY, Action.PROPOSE_REPLY, Action.SIGN_OFF, Action.SEND_BACK,
    Action.REPORT_PROGRESS, Action.ASK_APPELLANT, Action.ASSIGN, Action.AMEND, Action.ASK_RETURN, Action.ASK_EXTENSION,
    Action.ASK_PAUSE, Action.ASK_COMPLEX, Action.SEND_ADJUSTMENT, Action.TAKE_BACK_ADJUSTMENT, Action.RESUME,
}
SHARED_ACTS = {Action.NOTE}
"""Done by unit and office alike: somebody of a unit only on what the unit leads."""
DISPATCHED_ON = date(2026, 11, 17)
PRELIMINARY = Milestone(1, Stage.PRELIMINARY, DISPATCHED_ON, 15, date(2026, 12, 8))


def projection(state: State, complexity: Complexity | None) -> Projection:
    """An appeal as it would stand: before dispatch no unit leads it; a complex one owes a preliminary result."""
    is_led = state not in {State.SUBMITTED, State.ACCEPTED, State.DECLINED, State.AWAITING_SUPPLEMENT}
    milestones = (PRELIMINARY,) if complexity is Complexity.COMPLEX else ()
    return Projection(state, complexity=complexity, lead_unit_id=LEAD if is_led else None, milestones=milestones)


def expected(now: Projection, action: Action, actor: Actor) -> str | State:
    """The next state, or the code of the refusal, by the table above and the four rules that stand beside it."""
    if (now.state, action) not in TABLE:
        return "not_in_this_state"
    target, roles = TABLE[now.state, action]
    if (not roles and actor != PUBLIC) or (roles and not actor.roles & roles):
        return "not_your_role"
    if action in UNIT_ACTS and actor.unit_id != now.lead_unit_id:
        return "not_your_unit"
    unit_roles = frozenset({Role.HANDLER, Role.APPROVER})
    if roles and actor.roles & roles <= unit_roles and actor.unit_id != now.lead_unit_id:
        return "not_your_unit"
    is_offices = roles and action not in UNIT_ACTS | SHARED_ACTS
    if is_offices and now.lead_unit_id is not None and actor.unit_id == now.lead_unit_id:
        return "own_case"
    return missing_fact(now, action) or target


def missing_fact(now: Projection, action: Action) -> str | None:
    asked = [one.status for one in now.adjustments if one.status in (TO_SIGN_OFF, ASKED)]
    runs = (not [one for one in now.adjustments if one.status == "granted" and not one.is_over], "paused")
    nothing, something = (not asked, "adjustment_open"), (bool(asked), "no_open_adjustment")
    simple = (now.complexity is Complexity.SIMPLE, "still_simple")
    kept = (not now.links, "holds_merged")
    to_rule = (ASKED in asked, "no_adjustment_to_rule")
    wanted = {
        Action.PROPOSE_PRELIMINARY: [(bool(now.milestones), "preliminary_due"), runs],
        Action.PROPOSE_REPLY: [runs],
        Action.VERIFY: [runs],
        Action.RECLASSIFY: [simple, runs, nothing],
        Action.ANSWER: [(now.has_question, "no_open_question")],
        Action.END_ASSISTANCE: [(bool(now.assistances), "no_assistance")],
        Action.MERGE: [kept, runs],
        Action.TRANSFER: [kept],
        Action.ASK_RETURN: [nothing, (not any(one.kind == "return" for one in now.adjustments), "returned_before")],
        Action.ASK_EXTENSION: [runs, nothing],
        Action.ASK_PAUSE: [runs, nothing],
        Action.ASK_COMPLEX: [runs, nothing, simple],
        Action.SEND_ADJUSTMENT: [(TO_SIGN_OFF in asked, "no_adjustment_to_sign_off")],
        Action.TAKE_BACK_ADJUSTMENT: [something],
        Action.GRANT_ADJUSTMENT: [to_rule],
        Action.REFUSE_ADJUSTMENT: [to_rule],
        Action.RULE_RETURN: [to_rule],
        Action.RESUME: [(not runs[0], "not_paused")],
        Action.END_PAUSE: [(not runs[0], "not_paused")],
        Action.REDO: [(now.state is State.REPLIED or bool(now.milestones), "never_answered_here")],
    }
    return next((code for holds, code in wanted.get(action, []) if not holds), None)


def actual(now: Projection, action: Action, actor: Actor) -> str | State:
    try:
        return step(now, action, actor).target
    except Refused as refused:
        return refused.code


ROLE_SETS = [frozenset({role}) for role in Role] + [
    frozenset(), frozenset({Role.HANDLER, Role.APPROVER}), frozenset({Role.HANDLER, Role.SUPERVISOR}),
    frozenset({Role.APPROVER, Role.DIRECTOR}), frozenset({Role.CLERK, Role.SUPERVISOR}), frozenset(Role),
]
ACTORS = [Actor(1, "某人", roles, unit) for roles, unit in product(ROLE_SETS, (LEAD, OTHER, None))] + [PUBLIC, SYSTEM]
TASK = Assistance(1, OTHER, AssistanceStatus.AT_WORK, DISPATCHED_ON, 3, date(2026, 11, 20))
TO_SIGN_OFF, ASKED = AdjustmentStatus.TO_SIGN_OFF, AdjustmentStatus.ASKED
WRITTEN = Adjustment(1, 1, AdjustmentKind.EXTENSION, TO_SIGN_OFF, LEAD, 5)
SENT = replace(WRITTEN, status=ASKED, asked_on=DISPATCHED_ON)
STANDING = replace(
    SENT, kind=AdjustmentKind.PAUSE, status=AdjustmentStatus.GRANTED, reason=PauseReason.HEARING,
    ruled_on=DISPATCHED_ON, ends_on=date(2026, 11, 30),
)
RETURNED = replace(SENT, kind=AdjustmentKind.RETURN, status=AdjustmentStatus.REFUSED)
FACTS = (
    {}, {"has_question": True}, {"assistances": (TASK,), "links": frozenset({(LinkKind.HOLDS, 5)})},
    *({"adjustments": (one,)} for one in (WRITTEN, SENT, STANDING, RETURNED)),
)
"""What may stand beside the state: nothing, a question to the appellant, a unit that assists and an appeal held, what
the unit asks for, a clock that stands, a return that was refused.
"""
SITUATIONS = [
    replace(projection(state, complexity), **facts)
    for state, complexity, facts in product(State, (None, *Complexity), FACTS)
]


def test_every_state_act_role_and_unit_answers_as_the_hand_written_table_says():
    wrong = [
        (now.state, action, sorted(actor.roles), actor.unit_id, actual(now, action, actor))
        for now, action, actor in product(SITUATIONS, Action, ACTORS)
        if expected(now, action, actor) != actual(now, action, actor)
    ]
    assert not wrong, f"{len(wrong)} of {len(SITUATIONS) * len(Action) * len(ACTORS)} differ: {wrong[:5]}"


def test_the_table_has_no_row_more_and_no_row_less_than_the_hand_written_one():
    assert {key: (row.target, row.roles) for key, row in WORKFLOW.items()} == TABLE


def test_the_buttons_shown_are_exactly_the_acts_that_would_succeed():
    for now, actor in product(SITUATIONS, ACTORS):
        would = [action for action in Action if isinstance(actual(now, action, actor), State)]
        assert sorted(allowed(now, actor)) == sorted(would), (now.state, actor)


def test_every_state_and_every_row_can_be_reached_from_a_beginning():
    reached = set(BEGINNINGS.values())
    while True:
        found = reached | {row.target for row in WORKFLOW.values() if row.state in reached}
        if found == reached:
            break
        reached = found
    assert reached == set(State)


def test_every_open_state_has_a_way_out_and_an_answered_one_closes_or_begins_again():
    left = {row.state for row in WORKFLOW.values()}
    assert set(State) - left == {State.DECLINED, State.WITHDRAWN, State.TRANSFERRED}
    assert {row.target for row in WORKFLOW.values() if row.state in ENDED_STATES} == {State.CLOSED, State.DISPATCHED}


def test_the_system_does_nothing_of_the_table_and_the_appellant_only_answers_and_withdraws():
    for now in SITUATIONS:
        assert allowed(now, SYSTEM) == ()
        assert set(allowed(now, PUBLIC)) <= {Action.ANSWER, Action.WITHDRAW}


def test_neither_unit_nor_office_withdraws_or_answers_for_the_appellant():
    """T4: a unit can never mark its own appeal withdrawn; nobody can."""
    for now, actor in product(SITUATIONS, ACTORS):
        if actor != PUBLIC:
            assert not {Action.ANSWER, Action.WITHDRAW} & set(allowed(now, actor))


def test_a_unit_never_concludes_declines_or_publishes_its_own_case():
    """CLK-6, T4: closing is proposed by the unit and confirmed by the office."""
    everything = Actor(1, "兼岗", frozenset(Role), LEAD)
    for now in SITUATIONS:
        if now.lead_unit_id is None:
            continue
        targets = {actual(now, action, everything) for action in Action}
        assert not targets & {State.REPLIED, State.CLOSED, State.DECLINED, State.TRANSFERRED}, now.state


def test_every_refusal_has_words():
    codes = {actual(now, action, actor) for now, action, actor in product(SITUATIONS, Action, ACTORS)}
    refusals = {code for code in codes if not isinstance(code, State)} | {"accused_unit_cannot_handle"}
    assert refusals == {
        "not_in_this_state", "not_your_role", "not_your_unit", "own_case", "preliminary_due", "still_simple",
        "no_open_question", "accused_unit_cannot_handle", "no_assistance", "holds_merged", "paused", "not_paused",
        "adjustment_open", "no_open_adjustment", "no_adjustment_to_sign_off", "no_adjustment_to_rule",
        "returned_before", "never_answered_here",
    }
    assert refusals <= set(MESSAGES)


def test_only_a_filing_or_a_record_makes_an_appeal():
    assert BEGINNINGS == {
        Action.SUBMIT: State.SUBMITTED, Action.REGISTER: State.CLOSED, Action.SELF_REGISTER: State.REGISTERED,
    }
    assert not set(BEGINNINGS) & {action for _, action in WORKFLOW}


def test_a_preliminary_result_already_given_is_not_asked_for_again():
    met = replace(PRELIMINARY, status="met", reached_on=date(2026, 12, 1))
    now = Projection(State.HANDLING, complexity=Complexity.COMPLEX, lead_unit_id=LEAD, milestones=(met,))
    handler = Actor(1, "经办", frozenset({Role.HANDLER}), LEAD)
    assert actual(now, Action.PROPOSE_PRELIMINARY, handler) == "preliminary_due"


def test_the_page_of_the_workflow_is_made_from_the_table():
    assert workflow_page.PAGE.read_text(encoding="utf-8") == workflow_page.page()
