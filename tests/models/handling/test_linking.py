"""Merging and linking by the office: both numbers kept, both appellants answered, undone as if it had never been."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, Complexity, State
from models.errors import NotFound, Refused
from models.handling import assistance, commands, linking, queries, replies, supplements
from models.handling.types import Action, LinkKind, Outcome, ReplyKind
from models.slips import queries as slips
from models.slips.commands import publish_reply
from models.slips.types import ReplySlip
from tests.models.handling.test_promises import due, refused, status
from tests.models.handling.witness import check
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, Story

MERGEABLE = (
    State.SUBMITTED, State.ACCEPTED, State.AWAITING_SUPPLEMENT, State.DISPATCHED, State.VERIFYING, State.HANDLING,
    State.CONTINUING,
)  # fmt: skip


class Pair:
    """A main appeal at 市监局 and another of the same matter, at 税务局 once it is dispatched."""

    def __init__(self, session, *, main_state=State.HANDLING, state=State.SUBMITTED, **changes):
        self.session = session
        self.main = Story(session, title="主件").to(main_state)
        self.other = Story(session, unit="税务局", title="并入件", demands=("请退还多收的款项。",), **changes)
        if state is State.AWAITING_SUPPLEMENT:
            act = self.other.act(self.other.clerk)
            supplements.ask_supplement(session, self.other.appeal, act, question="请补充合同。")
        elif state is State.CONTINUING:
            self.other.complexity = Complexity.COMPLEX
            self.other.to(State.HANDLING)
            propose_preliminary(self.other)
            replies.sign_off(session, self.other.appeal, self.other.act(self.other.approver))
        else:
            self.other.to(state)

    def merge(self, who=None):
        act = self.other.act(who or self.other.clerk)
        linking.merge(self.session, self.other.appeal, act, main=self.main.appeal, reason="同一事项。")
        return self

    def unmerge(self):
        linking.unmerge(self.session, self.other.appeal, self.other.act(self.other.supervisor))
        return self

    def check(self):
        check(self.session, self.main.appeal)
        check(self.session, self.other.appeal)


def propose_preliminary(story, demands=None):
    entries = tuple(
        replies.DraftEntry(one.id, Outcome.IN_PROGRESS, "正在核查。", "", "", date(2026, 12, 20))
        for one in demands or queries.demands_to_answer(story.session, story.handler, story.appeal)
    )
    draft = replies.Draft(ReplyKind.PRELIMINARY, entries, next_milestone_on=date(2026, 12, 20))
    replies.propose(story.session, story.appeal, draft, story.act(story.handler))


def answer_all(pair):
    """The lead unit answers each demand in words of its own, and the office publishes."""
    story = pair.main
    entries = tuple(
        replies.DraftEntry(one.id, Outcome.SOLVED if no else Outcome.EXPLAINED, f"答复{one.text}", "依据", "")
        for no, one in enumerate(queries.demands_to_answer(story.session, story.handler, story.appeal))
    )
    replies.propose(story.session, story.appeal, replies.Draft(ReplyKind.FINAL, entries), story.act(story.handler))
    replies.sign_off(story.session, story.appeal, story.act(story.approver))
    return publish_reply(story.session, story.appeal, story.act(story.supervisor), LETTERHEAD)


@pytest.mark.parametrize("state", MERGEABLE)
def test_a_merge_and_its_undoing_leave_state_and_clock_as_if_never_merged(session, state):
    pair = Pair(session, state=state)
    appeal, before = pair.other.appeal, (due(pair.other), status(pair.other))
    pair.merge()
    assert (appeal.state, due(pair.other), status(pair.other)) == (State.MERGED, *before)
    assert queries.projection(session, pair.main.appeal).merged_ids == (appeal.id,)
    pair.check()
    pair.other.later(days=5)
    pair.unmerge()
    assert (appeal.state, due(pair.other), status(pair.other)) == (state, *before)
    assert not appeal.has_links and not pair.main.appeal.has_links
    pair.check()


def test_both_appellants_are_answered_each_with_the_own_demands_and_the_own_number(session):
    pair = Pair(session, state=State.HANDLING).merge()
    answer_all(pair)
    main, other = pair.main.appeal, pair.other.appeal
    assert (main.state, other.state) == (State.REPLIED, State.REPLIED)
    assert status(pair.other)["conclude"] == "met"
    [answer] = queries.published_replies(session, other)
    [demand] = appeals.demands(session, other)
    assert queries.reply_items(session, answer)[demand.id].facts == "答复请退还多收的款项。"
    slip, own = (slips.for_appellant(session, one)[0] for one in (main, other))
    printed = ReplySlip.from_json(own.content)
    assert own.number == slip.number + 1
    assert (printed.appeal_number, printed.lead_unit) == (other.number, "沅江市市场监督管理局")
    assert [one.text for one in printed.demands] == ["请退还多收的款项。"]
    assert "请退还多收的款项" not in slip.content and main.number not in own.content
    pair.check()


def test_a_promise_missed_by_the_main_appeals_reply_is_missed(session):
    pair = Pair(session, state=State.DISPATCHED).merge()
    pair.main.later(days=30)
    answer_all(pair)
    assert status(pair.other) == {"sign": "dropped", "verify": "missed", "conclude": "missed"}
    pair.check()


def test_a_signature_overdue_before_the_merge_stays_missed(session):
    pair = Pair(session, state=State.DISPATCHED)
    pair.other.later(days=6)
    pair.merge()
    pair.main.later(days=7)
    answer_all(pair)
    assert status(pair.other)["sign"] == "missed"


def test_an_appeal_merged_before_its_dispatch_is_answered_too_and_belongs_to_the_lead_unit(session):
    pair = Pair(session).merge()
    assert linking.main_due_on(session, pair.other.appeal) == date(2026, 11, 26)
    answer_all(pair)
    assert (pair.other.appeal.state, pair.other.appeal.lead_unit_id) == (State.REPLIED, pair.main.appeal.lead_unit_id)
    pair.check()


def test_every_demand_of_every_merged_appeal_must_be_answered(session):
    pair = Pair(session).merge()
    own = pair.main.draft()
    own = replace(own, entries=own.entries[:-1])
    with pytest.raises(Refused, match="reply_incomplete") as caught:
        replies.propose(session, pair.main.appeal, own, pair.main.act(pair.main.handler))
    [demand] = appeals.demands(session, pair.other.appeal)
    assert (demand.id, "outcome") in caught.value.facts["problems"]
    pair.unmerge()
    pair.main.to(State.REPLIED)
    assert pair.other.appeal.state is State.SUBMITTED


def test_a_preliminary_result_is_given_to_the_merged_appellant_too(session):
    pair = Pair(session, state=State.HANDLING, main_state=State.VERIFYING)
    pair.main.complexity = pair.other.complexity = Complexity.COMPLEX
    pair.main.to(State.HANDLING)
    commands.decide(session, pair.other.appeal, pair.other.act(pair.other.supervisor), Action.RECLASSIFY)
    pair.merge()
    propose_preliminary(pair.main)
    replies.sign_off(session, pair.main.appeal, pair.main.act(pair.main.approver))
    assert [one.kind for one in queries.published_replies(session, pair.other.appeal)] == [ReplyKind.PRELIMINARY]
    assert (pair.other.appeal.state, status(pair.other)["preliminary"]) == (State.MERGED, "met")
    pair.check()
    answer_all(pair)
    assert len(queries.published_replies(session, pair.other.appeal)) == 2
    pair.check()


@pytest.mark.parametrize(("state", "code"), [
    (State.SUBMITTED, "main_not_at_work"), (State.REPLY_SIGN_OFF, "main_not_at_work"),
    (State.IN_REVIEW, "main_not_at_work"), (State.REPLIED, "main_not_at_work"), (State.CLOSED, "main_not_at_work"),
])  # fmt: skip
def test_a_main_appeal_is_at_work_and_its_reply_not_yet_on_its_way(session, state, code):
    pair = Pair(session, main_state=state)
    with refused(code):
        pair.merge()


@pytest.mark.parametrize("state", [State.REPLY_SIGN_OFF, State.IN_REVIEW, State.REPLIED, State.CLOSED])
def test_an_appeal_whose_own_reply_is_written_is_not_merged(session, state):
    pair = Pair(session, state=state)
    with refused("not_in_this_state"):
        pair.merge()


def test_there_is_no_chain_and_nothing_is_merged_into_itself(session):
    pair = Pair(session).merge()
    third = Story(session, title="第三件").to(State.HANDLING)
    act = third.act(third.clerk)
    with refused("main_is_merged"):
        linking.merge(session, third.appeal, act, main=pair.other.appeal)
    with refused("holds_merged"):
        linking.merge(session, pair.main.appeal, act, main=third.appeal)
    with refused("linked_to_itself"):
        linking.merge(session, third.appeal, act, main=third.appeal)


def test_a_unit_never_merges_nor_undoes_it(session):
    """T4: not by its own roles, and not by an office role that somebody of it holds beside."""
    pair = Pair(session, state=State.HANDLING)
    for who in (pair.main.handler, pair.main.approver, pair.other.handler):
        with refused("not_your_role"):
            pair.merge(who)
    for unit in ("市监局", "税务局"):
        with refused("own_case"):
            pair.merge(actor(session, Role.APPROVER, Role.DIRECTOR, unit=unit))
    pair.merge()
    with refused("not_your_role"):
        linking.unmerge(session, pair.other.appeal, pair.other.act(pair.main.handler))
    with refused("not_your_role"):
        linking.link(session, pair.other.appeal, pair.other.act(pair.main.handler), other=pair.main.appeal)


@pytest.mark.parametrize("which", ["merged", "main"])
def test_a_report_is_never_merged_with_what_the_accused_unit_handles(session, which):
    """Neither way round: the accused unit leads or assists in the other appeal, and would learn of the report."""
    pair = Pair(session, state=State.HANDLING)
    report, unit = (pair.other, "市监局") if which == "merged" else (pair.main, "税务局")
    report.appeal.kind, report.appeal.against_unit_id = AppealKind.REPORT, unit_by_name(session, unit).id
    session.add(report.appeal)
    with refused("merge_crosses_report"):
        pair.merge()
    report.appeal.against_unit_id = unit_by_name(session, "财政局").id
    plain = pair.main if which == "merged" else pair.other
    task = assistance.Task(unit_by_name(session, "财政局"), "请核对。", 3)
    assistance.assist(session, plain.appeal, plain.act(plain.clerk), task)
    with refused("merge_crosses_report"):
        pair.merge()
    assistance.end(session, plain.appeal, plain.act(plain.clerk), no=1)
    pair.merge()


def test_a_merged_appeal_withdrawn_by_its_appellant_leaves_the_main_one(session):
    pair = Pair(session, state=State.HANDLING).merge()
    at, calendar = pair.other.later(days=1).at, pair.other.calendar
    supplements.withdraw(session, pair.other.appeal, reason="已解决", now=at, calendar=calendar)
    assert (pair.other.appeal.state, pair.main.appeal.has_links) == (State.WITHDRAWN, False)
    pair.check()
    pair.main.later(days=1).to(State.REPLIED)


@pytest.mark.parametrize(("days_before_merge", "signature"), [(0, "dropped"), (6, "missed")])
def test_a_merged_appeal_withdrawn_late_keeps_what_was_overdue(session, days_before_merge, signature):
    """Nobody had to sign it once it was merged; the promises to its appellant went on."""
    pair = Pair(session, state=State.DISPATCHED)
    pair.other.later(days=days_before_merge)
    pair.merge()
    at, calendar = pair.other.later(days=20).at, pair.other.calendar
    supplements.withdraw(session, pair.other.appeal, reason="", now=at, calendar=calendar)
    assert status(pair.other) == {"sign": signature, "verify": "missed", "conclude": "missed"}
    pair.check()


def test_when_the_main_appeal_is_withdrawn_the_merged_one_is_handled_by_itself_again(session):
    pair = Pair(session, state=State.VERIFYING).merge()
    promised = due(pair.other)
    supplements.withdraw(session, pair.main.appeal, reason="", now=pair.main.at, calendar=pair.main.calendar)
    assert (pair.other.appeal.state, due(pair.other)) == (State.VERIFYING, promised)
    assert queries.events(session, pair.other.appeal)[-1].actor_name == "系统"
    pair.check()


def test_a_supplement_that_came_while_merged_is_not_asked_for_again(session):
    pair = Pair(session, state=State.AWAITING_SUPPLEMENT).merge()
    supplements.answer(
        session, pair.other.appeal, text="合同在此。", files=(), now=pair.other.at, calendar=pair.other.calendar
    )
    assert pair.other.appeal.state is State.MERGED
    assert pair.unmerge().other.appeal.state is State.SUBMITTED
    pair.check()


def test_linked_appeals_stand_beside_each_other_and_nothing_else_changes(session):
    pair = Pair(session, state=State.HANDLING)
    main, other, act = pair.main.appeal, pair.other.appeal, pair.other.act(pair.other.clerk)
    before = (main.state, other.state, due(pair.main), due(pair.other))
    linking.link(session, other, act, other=main)
    assert linking.beside(session, pair.other.clerk, other) == [main]
    assert linking.beside(session, pair.other.clerk, main) == [other]
    assert linking.beside(session, pair.main.handler, main) == [], "the other appeal is not theirs to see"
    assert (main.state, other.state, due(pair.main), due(pair.other)) == before
    for code, do in (("already_linked", linking.link), ("linked_to_itself", linking.link)):
        with refused(code):
            do(session, other, act, other=main if code == "already_linked" else other)
    pair.check()
    linking.unlink(session, main, act, other=other)
    assert not main.has_links and not other.has_links
    with refused("not_linked"):
        linking.unlink(session, main, act, other=other)
    pair.check()


def test_a_file_of_a_merged_appeal_is_found_through_the_main_one_and_no_other(session):
    from models.appeals.types import StoredFile

    file = StoredFile("a" * 32, "合同.pdf", "pdf", 9, "0" * 64)
    pair = Pair(session, files=(file,))
    [own] = appeals.attachments(session, pair.other.appeal)
    with pytest.raises(NotFound):
        linking.holder_of(session, pair.main.handler, pair.main.appeal, own.uid)
    pair.merge()
    assert linking.holder_of(session, pair.main.handler, pair.main.appeal, own.uid) == (pair.other.appeal, own)


def test_a_link_row_stands_on_either_side(session):
    from models.handling.tables import AppealLink

    pair = Pair(session).merge()
    rows = {(one.appeal_id, one.kind, one.other_id) for one in session.exec(select(AppealLink)).all()}
    main, other = pair.main.appeal.id, pair.other.appeal.id
    assert rows == {(main, LinkKind.HOLDS, other), (other, LinkKind.INTO, main)}


# ---------------------------------------------------------------- together on PostgreSQL


@pytest.fixture
def on_postgres(database):
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: nobody answers while somebody publishes")
    return database


def test_publishing_meets_a_merged_appellant_who_is_answering_just_now(on_postgres, session):
    """The publisher waits for the answer, and reads the appeal as the answer left it."""
    pair = Pair(session, state=State.VERIFYING)
    supplements.ask_appellant(session, pair.other.appeal, pair.other.act(pair.other.handler), question="何时付款？")
    pair.merge().main.to(State.IN_REVIEW)
    session.commit()
    main_id, other_id = pair.main.appeal.id, pair.other.appeal.id

    def publish_main():
        with on_postgres.writing() as mine:
            main = mine.exec(select(Appeal).where(Appeal.id == main_id).with_for_update()).one()
            publish_reply(mine, main, pair.main.act(pair.main.supervisor), LETTERHEAD)

    with ThreadPoolExecutor() as pool, on_postgres.session(is_write=True) as theirs:
        other = theirs.exec(select(Appeal).where(Appeal.id == other_id).with_for_update()).one()
        supplements.answer(theirs, other, text="上周。", files=(), now=pair.main.at, calendar=pair.main.calendar)
        publishing = pool.submit(publish_main)
        with pytest.raises(TimeoutError):
            publishing.result(timeout=1)
        theirs.commit()
        publishing.result(timeout=10)
    session.rollback()
    session.expire_all()
    assert pair.other.appeal.state is State.REPLIED
    assert [one.action for one in queries.events(session, pair.other.appeal)][-2:] == [
        Action.ANSWER, Action.REPLY_MERGED,
    ]
    pair.check()
