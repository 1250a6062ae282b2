"""Who is told of which act: the table, its audiences, and whom nobody must ever tell."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from models.accounts.queries import unit_by_name
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals.types import AppealKind, Complexity, State
from models.handling import assigning, assistance, commands, linking, notes, replies, supplements
from models.handling.assistance import Task
from models.handling.types import Action, ReplyKind
from models.notices.commands import tell
from models.notices.tables import Notice
from models.notices.telling import tell_since
from models.notices.types import TOLD, WORDINGS, NoticeKind
from tests.support.actors import actor
from tests.support.factories import MORNING, Story

DISPATCHED, REPLY, BACK = NoticeKind.DISPATCHED, NoticeKind.REPLY_PROPOSED, NoticeKind.SENT_BACK


def test_a_dispatch_is_told_to_handlers_and_approvers_of_the_lead_unit_and_nobody_else(session, told):
    story = Story(session).to(State.ACCEPTED)
    actor(session, Role.HANDLER, unit="税务局", name="别人")
    assert told(story, story.dispatch) == {("张经办", DISPATCHED), ("陈局长", DISPATCHED)}


def test_a_reply_goes_round_from_the_handler_to_the_approver_the_office_and_back(session, told):
    story = Story(session).to(State.HANDLING)
    actor(session, Role.HANDLER, unit="市监局", name="没有分到的同事")
    director = actor(session, Role.DIRECTOR, name="赵主任")
    propose, sign_off = story.propose, lambda: replies.sign_off(session, story.appeal, story.act(story.approver))
    assert told(story, propose) == {("陈局长", REPLY)}

    def send_back():
        replies.send_back(session, story.appeal, story.act(story.approver))

    assert told(story, send_back) == {("张经办", BACK)}
    story.propose()
    to_review = {("王审核", NoticeKind.TO_REVIEW), ("赵主任", NoticeKind.TO_REVIEW)}
    assert told(story, sign_off) == to_review

    def reject():
        replies.reject(session, story.appeal, story.act(director, internal_note="请补充依据。"))

    assert told(story, reject) == {("张经办", NoticeKind.REJECTED)}
    story.propose()
    sign_off()
    assert told(story, story.publish) == {("张经办", NoticeKind.PUBLISHED)}


def test_a_preliminary_result_leaves_the_unit_without_a_review(session, told):
    story = Story(session, complexity=Complexity.COMPLEX).to(State.HANDLING)
    draft = replace(story.draft(ReplyKind.PRELIMINARY), next_milestone_on=story.at.date().replace(day=27))

    def proposed():
        replies.propose(session, story.appeal, draft, story.act(story.handler))

    assert told(story, proposed) == {("陈局长", NoticeKind.PRELIMINARY_PROPOSED)}
    assert told(story, lambda: replies.sign_off(session, story.appeal, story.act(story.approver))) == set()


def test_without_an_assignee_all_handlers_hear_of_it_and_somebody_who_left_hears_nothing(session, told):
    story = Story(session).to(State.HANDLING)
    second = actor(session, Role.HANDLER, unit="市监局", name="第二位")
    left = session.get_one(Account, story.handler.account_id)
    left.is_active = False
    session.flush()
    story.appeal.has_question = True

    def answered():
        supplements.answer(
            session, story.appeal, text="十月二十六日收到。", files=(), now=story.at, calendar=story.calendar)

    assert told(story, answered) == {("第二位", NoticeKind.ANSWERED)}
    assert told.of(second) == [NoticeKind.ANSWERED]


def test_what_no_unit_leads_yet_is_told_to_the_clerks(session, told):
    story = Story(session)
    supplements.ask_supplement(session, story.appeal, story.act(story.clerk), question="请补充合同。")

    def answered():
        supplements.answer(
            session, story.appeal, text="合同在附件里。", files=(), now=story.at, calendar=story.calendar)

    assert told(story, answered) == {("李受理", NoticeKind.ANSWERED)}

    def withdrawn():
        supplements.withdraw(
            session, story.appeal, reason="已解决", now=story.at, calendar=story.calendar)

    assert told(story, withdrawn) == {("李受理", NoticeKind.WITHDRAWN)}


def test_nobody_is_told_of_an_act_of_their_own(session, told):
    story = Story(session).to(State.HANDLING)
    both = actor(session, Role.HANDLER, Role.APPROVER, unit="市监局", name="一肩挑")
    assigning.assign(session, story.appeal, story.act(story.approver), assignee_id=both.account_id)

    def proposed():
        replies.propose(session, story.appeal, story.draft(), story.act(both))

    assert told(story, proposed) == {("陈局长", REPLY)}


def test_notes_and_progress_are_told_to_nobody(session, told):
    story = Story(session).to(State.HANDLING)
    assert told(story, lambda: notes.note(session, story.appeal, story.act(story.clerk), text="已联系。")) == set()

    def said():
        notes.report_progress(session, story.appeal, story.act(story.handler), text="在办。")

    assert told(story, said) == set()


def test_an_assisting_unit_hears_of_its_own_task_and_the_lead_of_what_it_sends(session, told):
    story = Story(session).to(State.HANDLING)
    helper = actor(session, Role.HANDLER, unit="税务局", name="刘协办")
    head = actor(session, Role.APPROVER, unit="税务局", name="何局长")
    task = Task(unit_by_name(session, "税务局"), "请核对纳税记录。", 3)
    asked = told(story, lambda: assistance.assist(session, story.appeal, story.act(story.clerk), task))
    assert asked == {("刘协办", NoticeKind.ASSIST_ASKED), ("何局长", NoticeKind.ASSIST_ASKED)}
    assistance.sign(session, story.appeal, story.act(helper))

    def proposed():
        assistance.propose(session, story.appeal, story.act(helper), text="属实。")

    assert told(story, proposed) == {("何局长", NoticeKind.CONTRIBUTION_PROPOSED)}

    def sent():
        assistance.send(session, story.appeal, story.act(head))

    assert told(story, sent) == {("张经办", NoticeKind.CONTRIBUTION_SENT)}


def test_what_happens_to_a_merged_appeal_is_told_to_those_who_work_on_its_main_about_the_main(session, told):
    main, other = Story(session).to(State.HANDLING), Story(session, unit="税务局")

    def merged():
        linking.merge(
            session, other.appeal, other.act(other.clerk), main=main.appeal, reason="同一事项。")

    assert told(other, merged) == {("张经办", NoticeKind.MERGED)}

    def withdrawn():
        supplements.withdraw(
            session, other.appeal, reason="", now=other.at, calendar=other.calendar)

    assert told(other, withdrawn) == {("张经办", NoticeKind.WITHDRAWN)}
    assert set(session.exec(select(Notice.appeal_id)).all()) == {main.appeal.id}


def test_the_accused_unit_of_a_report_and_its_kin_never_hear_of_it(session, told):
    """Even when the tree was changed so that the accused stands where it must not."""
    accused = unit_by_name(session, "税务局")
    story = Story(session, kind=AppealKind.REPORT, against_unit_id=accused.id).to(State.REPLY_SIGN_OFF)
    in_office = actor(session, Role.SUPERVISOR, unit="税务局", name="兼督办")
    insider = actor(session, Role.HANDLER, unit="税务局", name="被举报单位的人")
    signed_off = told(story, lambda: replies.sign_off(session, story.appeal, story.act(story.approver)))
    assert signed_off == {("王审核", NoticeKind.TO_REVIEW)}
    story.appeal.lead_unit_id = accused.id

    def withdrawn():
        supplements.withdraw(session, story.appeal, reason="", now=story.at, calendar=story.calendar)

    assert told(story, withdrawn) == set()
    assert told.of(in_office) == told.of(insider) == []


def test_of_a_complaint_the_accused_who_leads_it_hears_and_its_people_in_the_office_do_not(session, told):
    accused = unit_by_name(session, "市监局")
    story = Story(session, against_unit_id=accused.id).to(State.ACCEPTED)
    actor(session, Role.SUPERVISOR, unit="市监局", name="兼督办")
    assert ("张经办", DISPATCHED) in told(story, story.dispatch)
    story.to(State.REPLY_SIGN_OFF)
    signed_off = told(story, lambda: replies.sign_off(session, story.appeal, story.act(story.approver)))
    assert signed_off == {("王审核", NoticeKind.TO_REVIEW)}


def test_an_act_told_twice_is_one_notice(session, told):
    story = Story(session).to(State.ACCEPTED)
    told(story, story.dispatch)
    count = len(session.exec(select(Notice.id)).all())
    tell_since(session, story.appeal, 0, None)
    assert len(session.exec(select(Notice.id)).all()) == count


def test_telling_under_the_same_key_is_once_for_each_person(session):
    first, second = (actor(session, Role.CLERK).account_id for _ in range(2))
    assert tell(session, [first, first], NoticeKind.DIGEST, dedupe_key="day", now=MORNING) == 1
    assert tell(session, [second, first], NoticeKind.DIGEST, dedupe_key="day", now=MORNING) == 1
    assert tell(session, [], NoticeKind.DIGEST, dedupe_key="day", now=MORNING) == 0
    keys = session.exec(select(Notice.dedupe_key).order_by(col(Notice.id))).all()
    assert keys == [f"day:{first}", f"day:{second}"]


def test_every_kind_has_its_words_and_every_act_told_is_one_of_the_table():
    assert set(WORDINGS) == set(NoticeKind)
    assert all(isinstance(action, Action) and tellings for action, tellings in TOLD.items())


def test_what_is_refused_tells_nobody(session, told):
    story = Story(session).to(State.DISPATCHED)
    with pytest.raises(Exception, match="not_in_this_state"):
        told(story, lambda: commands.accept(session, story.appeal, story.act(story.clerk)))
    assert session.exec(select(Notice.id)).all() == []
