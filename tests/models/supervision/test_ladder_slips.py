"""The slips that go with the ladder: which act prints what, and what becomes of a slip whose record is revoked."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, State
from models.errors import Refused
from models.slips import commands as slips
from models.slips import queries
from models.slips.kinds import SlipKind, SlipStatus
from models.slips.tables import Slip
from models.supervision.ladder_slips import VOID_REASON
from models.supervision.ladder_types import Ground, RecordAction, RecordKind
from models.supervision.sweeping import take
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, MORNING, Story
from tests.support.supervised import NOTICE, Supervised, records, sweep_at

KIND, ACT = RecordKind, RecordAction


@pytest.fixture
def supervised(session) -> Supervised:
    return Supervised(session, Story(session).to(State.VERIFYING).appeal)


def printed(session) -> list[Slip]:
    return list(session.exec(select(Slip).order_by(col(Slip.id))).all())


def test_a_swept_slip_is_printed_with_its_record_and_signed_by_nobody(supervised, session):
    made = take(session, supervised.appeal.id, sweep_at(MORNING + timedelta(days=7)))
    [record] = [one for one in made if one.kind is KIND.REMINDER_SLIP]
    [slip] = printed(session)
    assert (slip.kind, slip.number, slip.id) == (SlipKind.REMINDER, 1, record.slip_id)
    assert slip.unit_id == record.unit_id and slip.appeal_id == supervised.appeal.id
    for words in ("核实到位期限", "2026年11月20日", "2个工作日", "第1次", "系统自动"):
        assert words in slip.content, words


def test_the_slip_counts_which_reminder_it_is_and_names_the_order(supervised, session):
    act = supervised.act(supervised.supervisor)
    order = slips.issue_of_appeal(session, SlipKind.DISPATCH_ORDER, supervised.appeal, act, LETTERHEAD)
    supervised.begin(KIND.REMINDER_SLIP)
    supervised.begin(KIND.REMINDER_SLIP)
    content = printed(session)[-1].content
    assert "第2次" in content and slips.number_of(order) in content


def test_cards_print_nothing(supervised, session):
    for kind in (KIND.YELLOW_CARD, KIND.RED_CARD, KIND.BULLETIN_ENTRY, KIND.INSTRUCTION):
        supervised.begin(kind)
    assert printed(session) == []


def test_an_order_prints_grounds_demands_leader_day_and_what_came_before(supervised, session):
    supervised.begin(KIND.REMINDER_SLIP)
    record = supervised.begin(KIND.SUPERVISION_ORDER, ground=Ground.REFUSES_TO_SIGN, responsible="陈立群局长")
    reminder, order = printed(session)
    assert (order.kind, order.id) == (SlipKind.SUPERVISION_ORDER, record.slip_id)
    may_contest = "可以在2026年11月24日前通过营商诉求直通车提出申诉"  # five working days, as the threshold says
    for words in ("拒不签收", "陈立群局长", "2026年11月20日", slips.number_of(reminder), may_contest):
        assert words in order.content, words


def test_an_interview_prints_its_notice_when_it_is_announced_and_not_before(supervised, session):
    record = supervised.begin(KIND.INTERVIEW, responsible="主要负责人")
    supervised.do(record, ACT.HOLD_INTERVIEW, supervised.director)
    assert printed(session) == []
    supervised.do(record, ACT.NOTIFY, supervised.supervisor, "", facts={**NOTICE.facts, "bring": "整改方案\n会议记录"})
    [notice] = printed(session)
    assert (notice.kind, notice.id, notice.unit_id) == (SlipKind.INTERVIEW_NOTICE, record.slip_id, record.unit_id)
    assert "会议记录" in notice.content and "2026年11月19日上午9:30" in notice.content


def test_a_transfer_prints_a_letter_that_its_unit_never_reads(supervised, session):
    supervised.begin(KIND.TRANSFER, ground=Ground.DISCIPLINE, recipient="沅江市纪委监委", annexes="核查报告\n谈话记录")
    [letter] = printed(session)
    assert (letter.kind, letter.unit_id, letter.recipient) == (SlipKind.TRANSFER_LETTER, None, "沅江市纪委监委")
    head = actor(session, Role.APPROVER, unit="市监局")
    assert queries.of_appeal(session, head, supervised.appeal) == []


def test_a_revoked_order_takes_its_slip_out_of_force(supervised, session):
    record = supervised.begin(KIND.SUPERVISION_ORDER)
    supervised.do(record, ACT.CONTEST, supervised.handler)
    supervised.do(record, ACT.REVOKE, supervised.other)
    [slip] = printed(session)
    assert (slip.status, slip.void_reason) == (SlipStatus.VOID, VOID_REASON)


def test_nothing_is_urged_that_is_done(session):
    supervised = Supervised(session, Story(session).to(State.REPLIED).appeal)
    with pytest.raises(Refused, match="nothing_to_remind_of"):
        supervised.begin(KIND.REMINDER_SLIP)


def test_a_slip_about_a_report_names_no_numbers(session):
    appeal = Story(session, title="反映13873712345拖延办理").to(State.VERIFYING).appeal
    appeal.kind, appeal.against_unit_id = AppealKind.REPORT, unit_by_name(session, "税务局").id
    session.add(appeal)
    Supervised(session, appeal).begin(KIND.REMINDER_SLIP)
    [slip] = printed(session)
    assert "13873712345" not in slip.content


def test_a_step_that_was_taken_already_burns_no_number(supervised, session):
    take(session, supervised.appeal.id, sweep_at(MORNING + timedelta(days=7)))
    take(session, supervised.appeal.id, sweep_at(MORNING + timedelta(days=7)))
    supervised.begin(KIND.REMINDER_SLIP)
    assert [slip.number for slip in printed(session)] == [1, 2]
    assert len([one for one in records(session) if one.kind is KIND.REMINDER_SLIP]) == 2
