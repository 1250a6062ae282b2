"""What people decide on a result: through the pages, with reasons, each once; the interview that comes of it."""

import hashlib

import pytest
from sqlmodel import Session, col, select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.ratings.result_tables import RatingFinding, RatingProposal
from models.ratings.result_types import ProposalKind, ProposalState
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion, Half
from models.slips.paper import content_of
from models.slips.tables import Slip
from models.supervision.ladder_tables import SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import Ground, Origin, RecordAction, RecordKind, RecordState
from tests.conftest import SignIn
from tests.support.page import press
from tests.support.rated import Got, counted, result

ROUGH = ConductQuestion.ROUGH
LOW = Got([60] * 24 + [59], {ROUGH: 3})
CONFIRM = {"decision": "confirmed", "reasons": "请主要负责人说明整改打算。"}


@pytest.fixture
def campaign(session: Session) -> RatingCampaign:
    made = counted(session, {"税务局": LOW, "市监局": Got([80] * 25)}, Half.SECOND)
    session.commit()
    return made


def page_of(session: Session, kind: ProposalKind = ProposalKind.INTERVIEW) -> str:
    uid = session.exec(select(RatingProposal.uid).where(col(RatingProposal.kind) == kind)).one()
    session.commit()  # a writing session holds the one lock
    return f"/ratings/proposals/{uid}"


def unit_page(session: Session, campaign: RatingCampaign, unit: str = "税务局") -> str:
    uid = result(session, campaign, unit).uid
    session.commit()
    return f"/ratings/units/{uid}"


def test_a_confirmed_interview_is_a_record_of_supervision_decided_by_the_director(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    director = sign_in(Role.DIRECTOR)
    page = page_of(session)
    answer = director.send(page, CONFIRM, action="/decide")
    session.expire_all()
    record = session.exec(select(SupervisionRecord)).one()
    assert answer.headers["Location"] == f"/supervision/records/{record.uid}"
    assert (record.kind, record.state, record.ground) == (
        RecordKind.INTERVIEW, RecordState.DECIDED, Ground.RATED_LOW,
    )
    assert (record.origin, record.issued_by_id) == (Origin.RATING_CAMPAIGN, None)
    assert "59.96分" in record.grounds
    events = session.exec(select(SupervisionEvent).order_by(col(SupervisionEvent.seq))).all()
    assert [(one.action, one.text) for one in events] == [
        (RecordAction.PROPOSE, ""), (RecordAction.HOLD_INTERVIEW, CONFIRM["reasons"]),
    ]
    assert events[1].actor_id is not None
    proposal = session.exec(select(RatingProposal)).one()
    assert (proposal.state, proposal.record_uid) == (ProposalState.CONFIRMED, record.uid)


def test_a_second_sending_makes_no_second_record(session: Session, campaign: RatingCampaign, sign_in: SignIn) -> None:
    director, page = sign_in(Role.DIRECTOR), page_of(session)
    soup = director.soup(page)
    form = next(one for one in soup.find_all("form") if str(one.get("action", "")).endswith("/decide"))
    data = {str(one["name"]): one.get("value", "") for one in form.find_all("input", type="hidden")} | CONFIRM
    for _ in range(2):
        assert director.post(str(form["action"]), data=data).status_code == 303
    session.expire_all()
    assert len(session.exec(select(SupervisionRecord)).all()) == 1


def test_a_declined_proposal_begins_nothing_and_keeps_its_reasons(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    director, page = sign_in(Role.DIRECTOR), page_of(session)
    director.send(page, {"decision": "declined", "reasons": "上月已经约谈。"}, action="/decide")
    session.expire_all()
    assert session.exec(select(SupervisionRecord)).all() == []
    session.commit()
    assert "上月已经约谈。" in director.soup(page).get_text()


@pytest.mark.parametrize(("fields", "error"), [
    ({"reasons": "同意。"}, "请选择同意或者不同意"), ({"decision": "confirmed"}, "请写明理由"),
    ({"decision": "confirmed", "reasons": "电话13873712345。"}, "请不要写电话号码"),
])
def test_a_decision_that_lacks_something_comes_back_with_what_was_typed(
    session: Session, campaign: RatingCampaign, sign_in: SignIn, fields: dict[str, str], error: str
) -> None:
    answer = sign_in(Role.DIRECTOR).send(page_of(session), fields, action="/decide")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and error in text and fields.get("reasons", "") in text
    session.expire_all()
    assert session.exec(select(RatingProposal)).one().state is ProposalState.PROPOSED


def test_a_finding_leads_to_a_grade_that_is_proposed_and_decided_apart(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    counted(session, {"税务局": LOW}, Half.FIRST)
    session.commit()
    director, unit = sign_in(Role.DIRECTOR), unit_page(session, campaign)
    refused = director.send(unit, {"verdict": "confirmed", "reasons": "属实。"}, action="/findings/rough")
    assert refused.status_code == 422 and "评议票以外的证据" in refused.get_data(as_text=True)
    said = {"verdict": "confirmed", "evidence": "三份执法记录仪视频。", "reasons": "属实。"}
    assert director.send(unit, said, action="/findings/rough").status_code == 303
    session.expire_all()
    assert session.exec(select(RatingFinding)).one().is_confirmed
    page = page_of(session, ProposalKind.GRADE)
    shown = director.soup(page).get_text()
    assert "三份执法记录仪视频" in shown and shown.count("59.96分") == 2
    director.send(page, CONFIRM, action="/decide")
    session.expire_all()
    assert session.exec(select(SupervisionRecord)).all() == []
    session.commit()
    head = sign_in(Role.APPROVER, unit="税务局")
    assert "年度绩效评为三类及以下" in head.soup("/ratings/yearly?year=2026").get_text()
    assert CONFIRM["reasons"] in head.soup(page).get_text()


def test_the_bulletin_tells_denominators_and_formula_and_prints_the_same_bytes(
    session: Session, campaign: RatingCampaign, sign_in: SignIn, printing: None
) -> None:
    director, page = sign_in(Role.DIRECTOR), f"/ratings/results/{campaign.uid}/publish"
    director.send(page, {"scope": "scores", "reasons": "会议决定。"}, action="/publish")
    press(director, page, "/bulletin")
    session.expire_all()
    slip = session.exec(select(Slip)).one()
    session.commit()
    told = (
        "有效票25/25张", "邀请60，收回评议票48张，回收率80.00%", "59.96分", "第1版", "得分低于60分的单位1个：税务局",
    )
    for words in told:
        assert words in slip.content, words
    assert content_of(slip.content).number == "沅优办评〔2026〕1号"
    prints = [press(director, f"/slips/{slip.uid}", "/print").data for _ in range(2)]
    assert prints[0].startswith(b"%PDF") and len({hashlib.sha256(one).hexdigest() for one in prints}) == 1
    unit = sign_in(Role.HANDLER, unit="住建局")
    assert unit.get(f"/slips/{slip.uid}").status_code == 200


def test_the_bulletin_of_a_ranking_tells_no_score(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    director, page = sign_in(Role.DIRECTOR), f"/ratings/results/{campaign.uid}/publish"
    director.send(page, {"scope": "ranking", "reasons": "会议决定。"}, action="/publish")
    press(director, page, "/bulletin")
    session.expire_all()
    slip = session.exec(select(Slip)).one()
    assert "第2名，有效票25/25张" in slip.content
    assert "59.96" not in slip.content and "低于60分的单位1个" not in slip.content


def test_what_was_decided_to_be_public_stays_on_the_page_and_in_the_log(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    director, page = sign_in(Role.DIRECTOR), f"/ratings/results/{campaign.uid}/publish"
    for scope, why in (("scores", "会议决定。"), ("nothing", "先核对数据。")):
        director.send(page, {"scope": scope, "reasons": why}, action="/publish")
    shown = director.soup(page).get_text()
    assert shown.index("先核对数据。") < shown.index("会议决定。")
    session.expire_all()
    traces = session.exec(select(AuditRow.facts).where(col(AuditRow.action) == "rating.publish")).all()
    assert [one["scope"] for one in traces] == ["scores", "nothing"]
