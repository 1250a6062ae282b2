"""Who hears of what happens to a record of supervision: the unit, the office, and never whom a report accuses."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, State
from models.notices.tables import Notice
from models.supervision.ladder_news import NEWS, OF_KIND
from models.supervision.ladder_types import RecordAction, RecordKind
from models.supervision.sweeping import take
from tests.support.factories import MORNING, Story
from tests.support.supervised import NOTICE, Supervised, record, sweep_at

KIND, ACT = RecordKind, RecordAction


@pytest.fixture
def supervised(session) -> Supervised:
    return Supervised(session, Story(session).to(State.VERIFYING).appeal)


def heard(session, since: int = 0) -> dict[int, list[str]]:
    """Kinds of notices by account, the first told first."""
    found: dict[int, list[str]] = {}
    for one in session.exec(select(Notice).where(col(Notice.id) > since).order_by(col(Notice.id))).all():
        found.setdefault(one.account_id, []).append(one.kind)
    return found


def test_the_unit_hears_of_a_card_and_the_office_of_its_appeal_and_the_unit_of_the_decision(supervised, session):
    card = supervised.begin(KIND.RED_CARD)
    unit = {supervised.handler.account_id, supervised.approver.account_id}
    assert unit <= set(heard(session)) and supervised.supervisor.account_id not in heard(session)
    supervised.do(card, ACT.CONTEST, supervised.handler)
    office = {supervised.supervisor.account_id, supervised.other.account_id, supervised.director.account_id}
    told = heard(session)
    assert all(told[one] == ["supervision_answered"] for one in office)
    assert told[supervised.handler.account_id] == ["supervision_issued"], "nobody hears of their own act"
    supervised.do(card, ACT.REVOKE, supervised.other)
    assert heard(session)[supervised.approver.account_id] == ["supervision_issued", "supervision_decided"]
    mine = select(Notice).where(col(Notice.account_id) == supervised.approver.account_id).order_by(col(Notice.id))
    notice = session.exec(mine).first()
    assert notice.facts == {"record": card.uid} and notice.appeal_id == supervised.appeal.id


def test_a_sweep_tells_each_step_once_and_reminds_in_words_of_its_own(supervised, session):
    for days in (2, 2, 6, 6):
        take(session, supervised.appeal.id, sweep_at(MORNING + timedelta(days=days)))
    told = heard(session)[supervised.handler.account_id]
    assert sorted(told) == ["supervision_issued", "supervision_issued", "supervision_reminded"]


def test_a_reminder_and_a_blue_card_for_the_same_day_are_told_as_one(supervised, session):
    made = take(session, supervised.appeal.id, sweep_at(MORNING + timedelta(days=2)))
    assert {one.kind for one in made} == {KIND.REMINDER, KIND.BLUE_CARD}
    assert heard(session)[supervised.handler.account_id] == ["supervision_reminded"]


def test_no_unit_hears_of_a_proposal_or_of_a_transfer(supervised, session):
    interview = supervised.begin(KIND.INTERVIEW)
    supervised.begin(KIND.TRANSFER, recipient="沅江市纪委监委")
    supervised.begin(KIND.INSTRUCTION)
    supervised.do(interview, ACT.HOLD_INTERVIEW, supervised.director)
    assert supervised.handler.account_id not in heard(session)
    assert heard(session)[supervised.director.account_id] == ["supervision_proposed", "supervision_proposed"]
    assert heard(session)[supervised.other.account_id] == ["supervision_proposed"], "an instruction, to be forwarded"
    supervised.do(interview, ACT.NOTIFY, supervised.supervisor, "", facts=NOTICE.facts)
    assert heard(session)[supervised.handler.account_id] == ["supervision_issued"]


def test_whom_a_report_accuses_hears_nothing(session):
    supervised = Supervised(session, Story(session).to(State.VERIFYING).appeal)
    appeal = supervised.appeal
    appeal.kind, appeal.against_unit_id = AppealKind.REPORT, unit_by_name(session, "市监局").id
    session.add(appeal)
    session.flush()
    accused_reviewer = supervised.who(Role.SUPERVISOR, unit="市监局")
    before = session.exec(select(Notice.id)).all()
    made = record(session, KIND.YELLOW_CARD, supervised.unit, appeal)
    session.execute(Notice.__table__.delete())  # what was told while it was a complaint
    supervised.do(made, ACT.REVOKE, supervised.other)
    told = heard(session)
    assert before == [] and supervised.handler.account_id not in told and accused_reviewer.account_id not in told


def test_reviewers_of_the_units_own_do_not_decide_and_are_not_asked(supervised, session):
    own = supervised.who(Role.SUPERVISOR, unit="市监局")
    supervised.do(supervised.begin(KIND.RED_CARD), ACT.CONTEST, supervised.handler)
    assert own.account_id not in heard(session)


def test_every_act_is_told_to_somebody_or_needs_no_telling():
    quiet = {ACT.HOLD_INTERVIEW, ACT.DECLINE, ACT.FOLLOW_UP, ACT.CLOSE}
    assert set(NEWS) | {action for _, action in OF_KIND} == set(ACT) - quiet
