"""What follows from a result: proposed by the house, decided by a person, once (domain.md §6)."""

import pytest
from sqlmodel import Session, col, select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.errors import Conflict, Refused
from models.notices.tables import Notice
from models.ratings import proposals, result_queries
from models.ratings.findings import Verdict, find
from models.ratings.result_tables import RatingProposal
from models.ratings.result_types import ProposalKind, ProposalState
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion, Half
from tests.support.actors import actor
from tests.support.rated import Got, act, counted, named, result

ROUGH, SELECTIVE = ConductQuestion.ROUGH, ConductQuestion.SELECTIVE
LOW = [60] * 24 + [59]
YES = Verdict(True, "执法记录仪视频和当事人陈述相互印证。", "情况属实。")
NO = Verdict(False, "", "现有材料不能证明。")


def kinds(session: Session, unit: str) -> list[ProposalKind]:
    found = result_queries.proposals(session, actor(session, Role.DIRECTOR), unit_id=named(session, unit).id)
    return [one.proposal.kind for one in found]


def settle(session: Session, campaign: RatingCampaign, verdict: Verdict = YES, unit: str = "税务局") -> None:
    find(
        session, result(session, campaign, unit), campaign, named(session, unit), ROUGH, verdict,
        act(actor(session, Role.DIRECTOR)),
    )


def only(session: Session, kind: ProposalKind = ProposalKind.INTERVIEW) -> RatingProposal:
    return session.exec(select(RatingProposal).where(col(RatingProposal.kind) == kind)).one()


def test_below_60_an_interview_is_proposed_and_at_60_none(session: Session) -> None:
    counted(session, {"税务局": Got(LOW), "市监局": Got([60] * 25), "住建局": Got([0] * 4)})
    assert kinds(session, "税务局") == [ProposalKind.INTERVIEW]
    assert kinds(session, "市监局") == [] == kinds(session, "住建局")
    proposal = only(session)
    assert "59.96分（未经四舍五入的得分为1499/25）" in proposal.evidence and "有效票数25张" in proposal.evidence
    assert (proposal.state, proposal.decided_at) == (ProposalState.PROPOSED, None)


def test_nothing_is_proposed_twice(session: Session) -> None:
    campaign = counted(session, {"税务局": Got(LOW)})
    assert proposals.propose(session, campaign, now=act(actor(session, Role.DIRECTOR)).now) == []


def test_two_campaigns_below_60_alone_propose_no_grade(session: Session) -> None:
    for half in Half:
        counted(session, {"税务局": Got(LOW, {ROUGH: 3})}, half)
    assert kinds(session, "税务局") == [ProposalKind.INTERVIEW] * 2


@pytest.mark.parametrize("found_in", [Half.FIRST, Half.SECOND])
def test_a_finding_of_either_campaign_makes_the_grade_due(session: Session, found_in: Half) -> None:
    made = {half: counted(session, {"税务局": Got(LOW, {ROUGH: 3})}, half) for half in Half}
    settle(session, made[found_in])
    proposal = only(session, ProposalKind.GRADE)
    assert proposal.result_id == result(session, made[Half.SECOND], "税务局").id
    lines = proposal.evidence.splitlines()
    assert [line[:8] for line in lines[:2]] == ["2026年上半年", "2026年下半年"]
    assert "认定存在粗暴执法：执法记录仪视频" in lines[2]


def test_a_finding_before_the_second_campaign_makes_it_due_at_the_closing(session: Session) -> None:
    first = counted(session, {"税务局": Got(LOW, {ROUGH: 1})})
    settle(session, first)
    assert ProposalKind.GRADE not in kinds(session, "税务局")
    counted(session, {"税务局": Got(LOW)}, Half.SECOND)
    assert ProposalKind.GRADE in kinds(session, "税务局")


def test_a_finding_that_was_not_confirmed_makes_nothing_due(session: Session) -> None:
    for half in Half:
        campaign = counted(session, {"税务局": Got(LOW, {ROUGH: 3})}, half)
    settle(session, campaign, NO)
    assert ProposalKind.GRADE not in kinds(session, "税务局")


@pytest.mark.parametrize("between", [Got([10] * 4, {ROUGH: 1}), Got([60] * 25, {ROUGH: 1})])
def test_a_campaign_of_too_few_or_not_below_60_breaks_the_row(session: Session, between: Got) -> None:
    campaigns = [
        counted(session, {"税务局": Got(LOW, {ROUGH: 1})}), counted(session, {"税务局": between}, Half.SECOND),
        counted(session, {"税务局": Got(LOW, {ROUGH: 1})}, Half.FIRST, year=2027),
    ]
    for campaign in campaigns:
        settle(session, campaign)
    assert ProposalKind.GRADE not in kinds(session, "税务局")


def test_a_unit_that_was_not_rated_in_between_has_no_two_in_a_row(session: Session) -> None:
    campaign = counted(session, {"税务局": Got(LOW, {ROUGH: 1})})
    counted(session, {"市监局": Got([80] * 5)}, Half.SECOND)
    counted(session, {"税务局": Got(LOW)}, Half.FIRST, year=2027)
    settle(session, campaign)
    assert ProposalKind.GRADE not in kinds(session, "税务局")


# ---------------------------------------------------------------- findings


def test_nobody_finds_what_nobody_said_or_finds_twice_or_without_evidence(session: Session) -> None:
    campaign = counted(session, {"税务局": Got(LOW, {ROUGH: 2})})
    row, unit, director = result(session, campaign, "税务局"), named(session, "税务局"), actor(session, Role.DIRECTOR)

    def refused(code: str, question: ConductQuestion, verdict: Verdict) -> None:
        with pytest.raises((Refused, Conflict), match=code):
            find(session, row, campaign, unit, question, verdict, act(director))

    refused("rating_nobody_said_so", SELECTIVE, YES)
    refused("rating_evidence_missing", ROUGH, Verdict(True, " ", "属实。"))
    refused("rating_reasons_missing", ROUGH, Verdict(True, "视频。", ""))
    refused("rating_words_identify", ROUGH, Verdict(True, "当事人13873712345证实。", "属实。"))
    find(session, row, campaign, unit, ROUGH, YES, act(director))
    refused("rating_found_already", ROUGH, NO)


@pytest.mark.parametrize(("role", "unit", "code"), [
    (Role.SUPERVISOR, "", "not_your_role"), (Role.AUDITOR, "", "not_your_role"),
    (Role.APPROVER, "税务局", "not_your_role"), (Role.DIRECTOR, "税务局", "rating_own_unit"),
])
def test_only_a_director_who_has_nothing_to_do_with_the_unit_decides(
    session: Session, role: Role, unit: str, code: str
) -> None:
    campaign = counted(session, {"税务局": Got(LOW, {ROUGH: 2})})
    who, about = actor(session, role, unit=unit), named(session, "税务局")
    with pytest.raises(Refused, match=code):
        find(session, result(session, campaign, "税务局"), campaign, about, ROUGH, YES, act(who))
    with pytest.raises(Refused, match=code):
        proposals.decide(session, only(session), about, act(who), is_confirmed=False, reasons="理由。")


# ---------------------------------------------------------------- deciding


def test_a_proposal_is_decided_once_with_reasons(session: Session) -> None:
    counted(session, {"税务局": Got(LOW)})
    unit, director, proposal = named(session, "税务局"), actor(session, Role.DIRECTOR), only(session)
    for reasons, code in ((" ", "rating_reasons_missing"), ("电话13873712345。", "rating_words_identify")):
        with pytest.raises(Refused, match=code):
            proposals.decide(session, proposal, unit, act(director), is_confirmed=False, reasons=reasons)
    proposals.decide(session, proposal, unit, act(director), is_confirmed=False, reasons="已经约谈过。")
    assert (proposal.state, proposal.decided_by_name) == (ProposalState.DECLINED, director.display_name)
    with pytest.raises(Conflict, match="rating_decided_already"):
        proposals.decide(session, proposal, unit, act(director), is_confirmed=False, reasons="再定。")
    session.flush()
    traces = [row.action for row in session.exec(select(AuditRow).order_by(col(AuditRow.seq))).all()]
    assert traces[-2:] == ["rating.propose", "rating.declined"]


def test_directors_are_told_of_a_proposal_and_the_unit_of_a_confirmed_grade(session: Session) -> None:
    director, head = actor(session, Role.DIRECTOR), actor(session, Role.APPROVER, unit="税务局")
    own = actor(session, Role.DIRECTOR, unit="税务局", name="本局")
    for half in Half:
        campaign = counted(session, {"税务局": Got(LOW, {ROUGH: 3})}, half)
    settle(session, campaign)

    def told(who: object) -> list[str]:
        statement = select(Notice.kind).where(col(Notice.account_id) == who.account_id)  # type: ignore[attr-defined]
        return list(session.exec(statement.order_by(col(Notice.id))).all())

    assert told(director) == ["rating_proposed"] * 3
    assert told(own) == [] == told(head)
    grade = only(session, ProposalKind.GRADE)
    proposals.decide(session, grade, named(session, "税务局"), act(director), is_confirmed=True, reasons="同意。")
    assert told(head) == ["rating_decided"]


def test_nobody_reads_an_open_proposal_about_their_own_unit(session: Session) -> None:
    counted(session, {"税务局": Got(LOW)})
    own = actor(session, Role.DIRECTOR, Role.APPROVER, unit="税务局")
    assert result_queries.proposals(session, own) == []
    assert result_queries.open_proposals(session, own) == 0
    assert result_queries.open_proposals(session, actor(session, Role.LEADER)) == 1
    assert result_queries.proposals(session, actor(session, Role.CLERK)) == []
