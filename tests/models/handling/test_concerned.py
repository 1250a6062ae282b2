"""Whom an appeal concerns, asked the same way of every act: dispatch, help, merging, reading, answering, and a change
of the tree of units behind all of them (domain.md §3, ACC-4, T6).
"""

from dataclasses import replace

import pytest
from sqlmodel import Session

from models.accounts import unit_tree
from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Role
from models.appeals import queries as appeals
from models.appeals.types import AppealKind, State, StoredFile
from models.errors import NotFound
from models.handling import assistance, batches, commands, concerned, linking, queries, replies, reuse
from models.handling.reuse import Earlier
from models.handling.types import Action
from models.slips.commands import publish_reply
from tests.models.handling.test_promises import refused
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, Story

LEAD, OTHER, ACCUSED = "住建局", "税务局", "城管执法局"
FILE = StoredFile("a" * 32, "证据.pdf", "pdf", 9, "0" * 64)


def unit(session: Session, name: str) -> Unit:
    found = unit_by_name(session, name)
    assert found is not None
    return found


def put_below(session: Session, name: str, above: str) -> None:
    """What an administrator does, without the guard of the administrator's page."""
    moved = unit(session, name)
    details = replace(unit_tree.details_of(moved), parent_id=unit(session, above).id)
    unit_tree.edit_unit(session, moved.id or 0, details, version=None)


def report(session: Session, state: State = State.SUBMITTED) -> Story:
    return Story(
        session, unit=OTHER, kind=AppealKind.REPORT, against_unit_id=unit(session, ACCUSED).id, title="举报索要好处",
        demands=("请查处队员。",), files=(FILE,),
    ).to(state)


class Merged:
    """A complaint at 住建局 with a report against 城管执法局 merged in; then 住建局 comes under 城管执法局."""

    def __init__(self, session: Session, state: State = State.HANDLING, *, is_moved: bool = True) -> None:
        self.session = session
        self.main = Story(session, unit=LEAD, title="渣土投诉").to(State.HANDLING)
        self.report = report(session)
        linking.merge(session, self.report.appeal, self.report.act(self.report.clerk), main=self.main.appeal)
        self.main.to(state)
        if is_moved:
            put_below(session, LEAD, ACCUSED)
        self.handler = actor(session, Role.HANDLER, unit=LEAD)
        self.approver = actor(session, Role.APPROVER, unit=LEAD)


# ---------------------------------------------------------------- reading


def test_a_merged_report_is_closed_to_a_unit_that_has_become_kin_of_the_accused(session):
    pair = Merged(session)
    main, appeal = pair.main.appeal, pair.report.appeal
    [file] = appeals.attachments(session, appeal)
    for who in (pair.handler, actor(session, Role.HANDLER, Role.SUPERVISOR, unit=LEAD)):
        assert not linking.merged(session, who, main)
        assert linking.sources(session, who, main) == {}
        assert {one.appeal_id for one in queries.demands_to_answer(session, who, main)} == {main.id}
        assert linking.numbers(session, who, queries.events(session, main)) == {}
        with pytest.raises(NotFound):
            linking.holder_of(session, who, main, file.uid)
    for who in (pair.main.clerk, actor(session, Role.SUPERVISOR, unit="市优办")):
        assert linking.merged(session, who, main) == [appeal]
        assert linking.numbers(session, who, queries.events(session, main)) == {appeal.id: appeal.number}
        assert linking.holder_of(session, who, main, file.uid) == (appeal, file)


def test_a_main_report_is_not_named_to_the_unit_of_what_is_merged_into_it(session):
    main = report(session, State.HANDLING)
    other = Story(session, unit=LEAD, title="渣土投诉").to(State.HANDLING)
    linking.merge(session, other.appeal, other.act(other.clerk), main=main.appeal)
    assert linking.main_of(session, other.handler, other.appeal) == main.appeal
    put_below(session, LEAD, ACCUSED)
    assert linking.main_of(session, actor(session, Role.HANDLER, unit=LEAD), other.appeal) is None
    assert linking.main_of(session, other.clerk, other.appeal) == main.appeal


def test_a_linked_report_is_named_to_the_office_alone(session):
    """The unit it accuses handles the other of the two, and reads that one's history."""
    plain, other = Story(session, unit=ACCUSED).to(State.HANDLING), report(session)
    linking.link(session, plain.appeal, plain.act(plain.clerk), other=other.appeal)
    history = queries.events(session, plain.appeal)
    assert other.appeal.number not in "".join(one.internal_note + one.public_note for one in history)
    assert linking.numbers(session, plain.handler, history) == {}
    assert linking.numbers(session, plain.clerk, history) == {other.appeal.id: other.appeal.number}
    accused_clerk = actor(session, Role.HANDLER, Role.CLERK, unit=ACCUSED)
    assert linking.numbers(session, accused_clerk, history) == {}


# ---------------------------------------------------------------- answering


def test_no_reply_leaves_a_unit_that_may_not_read_all_it_answers(session):
    pair = Merged(session)
    main, act = pair.main, pair.main.act
    answers = replies.DraftEntry(appeals.demands(session, main.appeal)[0].id)
    draft = replies.Draft(main.draft().kind, (answers,))
    hidden = replies.Draft(draft.kind, (replies.DraftEntry(appeals.demands(session, pair.report.appeal)[0].id),))
    replies.save_draft(session, main.appeal, draft, act(pair.handler))
    with refused("unknown_demand"):
        replies.save_draft(session, main.appeal, hidden, act(pair.handler))
    with refused("reply_waits_for_office"):
        replies.propose(session, main.appeal, draft, act(pair.handler))
    linking.unmerge(session, pair.report.appeal, pair.report.act(pair.report.supervisor), reason="须单独办理。")
    main.to(State.REPLIED)
    assert pair.report.appeal.state is State.SUBMITTED


@pytest.mark.parametrize("state", [State.REPLY_SIGN_OFF, State.IN_REVIEW])
def test_a_reply_on_its_way_stops_and_goes_on_once_the_office_has_unmerged(session, state):
    pair = Merged(session, state)
    main = pair.main
    if state is State.REPLY_SIGN_OFF:
        with refused("reply_waits_for_office"):
            replies.sign_off(session, main.appeal, main.act(pair.approver))
    else:
        with refused("merged_report_accuses_lead"):
            publish_reply(session, main.appeal, main.act(main.supervisor), LETTERHEAD)
    linking.unmerge(session, pair.report.appeal, pair.report.act(pair.report.supervisor), reason="须单独办理。")
    main.to(State.REPLIED)


def test_what_a_merged_report_was_told_is_offered_to_no_other_reply(session):
    pair = Merged(session, State.REPLIED, is_moved=False)
    assert pair.report.appeal.state is State.REPLIED
    alike = Story(session, unit=LEAD, title="渣土投诉").to(State.HANDLING)
    offered = reuse.earlier(session, alike.handler, alike.appeal)
    assert [type(one) for one in offered] == [Earlier]
    assert {block.number for one in offered for block in one.blocks} == {pair.main.appeal.number}
    assert "查处队员" not in repr(offered)
    [hidden] = appeals.demands(session, pair.report.appeal)
    with pytest.raises(NotFound):
        reuse.block(session, alike.handler, alike.appeal, offered[0].blocks[0].reply_id, hidden.id or 0)


# ---------------------------------------------------------------- who may be given it


@pytest.mark.parametrize("kind", AppealKind)
@pytest.mark.parametrize("is_kin", [True, False])
def test_only_a_report_is_kept_from_the_accused_unit_and_its_kin(session, kind, is_kin):
    accused = unit(session, ACCUSED)
    put_below(session, LEAD, ACCUSED)
    lead = unit(session, LEAD if is_kin else OTHER)
    told = Story(session, kind=kind, against_unit_id=accused.id).to(State.ACCEPTED)
    act = told.act(told.clerk)
    if kind is AppealKind.REPORT and is_kin:
        with refused("accused_unit_cannot_handle"):
            batches.check_dispatch(session, told.appeal, told.clerk, lead)
        with refused("accused_unit_cannot_handle"):
            commands.dispatch(session, told.appeal, act, lead_unit=lead)
    else:
        batches.check_dispatch(session, told.appeal, told.clerk, lead)
        commands.dispatch(session, told.appeal, act, lead_unit=lead)


def test_the_accused_of_a_merged_report_is_not_asked_to_assist(session):
    pair = Merged(session, is_moved=False)
    main, task = pair.main, assistance.Task(unit(session, ACCUSED), "核实", 2)
    with refused("accused_unit_cannot_handle"):
        assistance.assist(session, main.appeal, main.act(main.clerk), task)
    linking.unmerge(session, pair.report.appeal, pair.report.act(pair.report.supervisor))
    assistance.assist(session, main.appeal, main.act(main.clerk), task)


def test_nothing_is_merged_beside_a_report_against_the_unit_that_leads_it(session):
    pair = Merged(session, is_moved=False)
    theirs = Story(session, unit=ACCUSED).to(State.HANDLING)
    with refused("merge_crosses_report"):
        linking.merge(session, theirs.appeal, theirs.act(theirs.clerk), main=pair.main.appeal)


def test_whom_a_merged_report_accuses_decides_nothing_on_the_main_appeal(session):
    """And is not told why: the report is not theirs to know of."""
    pair = Merged(session, is_moved=False)
    both = actor(session, Role.HANDLER, Role.DIRECTOR, unit=ACCUSED)
    with refused("own_unit_concerned"):
        concerned.check_neutral(session, pair.main.appeal, Action.RECLASSIFY, both)
    concerned.check_neutral(session, pair.main.appeal, Action.RECLASSIFY, pair.main.supervisor)


# ---------------------------------------------------------------- a change of the tree


def moved(session: Session, name: str, above: str) -> None:
    before = concerned.crossing(session)
    put_below(session, name, above)
    concerned.check_move(session, before)


@pytest.mark.parametrize(("name", "above"), [(LEAD, ACCUSED), (ACCUSED, LEAD), (OTHER, ACCUSED), (ACCUSED, OTHER)])
def test_no_unit_moves_towards_whom_a_report_accuses_that_it_works_on(session, name, above):
    """住建局 leads the main appeal, 税务局 had the report before it was merged."""
    pair = Merged(session, is_moved=False)
    linking.unmerge(session, pair.report.appeal, pair.report.act(pair.report.supervisor))
    pair.report.to(State.HANDLING)
    linking.merge(session, pair.report.appeal, pair.report.act(pair.report.clerk), main=pair.main.appeal)
    with refused("move_crosses_reports"):
        moved(session, name, above)


def test_an_assisting_unit_counts_too_and_a_report_that_ended_does_not(session):
    told = report(session, State.HANDLING)
    assistance.assist(session, told.appeal, told.act(told.clerk), assistance.Task(unit(session, LEAD), "核实", 2))
    with session.begin_nested() as undone:
        with refused("move_crosses_reports"):
            moved(session, LEAD, ACCUSED)
        undone.rollback()
    assistance.end(session, told.appeal, told.act(told.clerk), no=1)
    moved(session, LEAD, ACCUSED)
    told.to(State.REPLIED)
    moved(session, OTHER, ACCUSED)


def test_a_move_that_crosses_nothing_new_is_free(session):
    pair = Merged(session)
    moved(session, "财政局", ACCUSED)
    linking.unmerge(session, pair.report.appeal, pair.report.act(pair.report.supervisor))
    assert concerned.crossing(session) == set()


# ---------------------------------------------------------------- originals


def test_originals_go_to_supervisors_of_no_unit_that_the_appeal_concerns(session):
    told = Story(session, unit=LEAD, is_confidential=True, against_unit_id=unit(session, ACCUSED).id, files=(FILE,))
    told.to(State.HANDLING)
    task = assistance.Task(unit(session, OTHER), "核实", 2)
    assistance.assist(session, told.appeal, told.act(told.clerk), task)

    def gets(*roles: Role, at: str = "") -> bool:
        return concerned.may_have_originals(session, actor(session, *roles, unit=at), told.appeal)

    assert gets(Role.SUPERVISOR) and gets(Role.DIRECTOR, at="市优办")
    assert not gets(Role.CLERK) and not gets(Role.HANDLER, at=LEAD) and not gets(Role.LEADER)
    for name in (LEAD, OTHER, ACCUSED):
        assert not gets(Role.HANDLER, Role.SUPERVISOR, at=name) and not gets(Role.DIRECTOR, at=name)
    assert gets(Role.HANDLER, Role.SUPERVISOR, at="财政局")


def test_originals_of_a_merged_appeal_are_kept_from_the_unit_of_its_main_one(session):
    pair = Merged(session, is_moved=False)
    lead = actor(session, Role.HANDLER, Role.SUPERVISOR, unit=LEAD)
    assert not concerned.may_have_originals(session, lead, pair.report.appeal)
