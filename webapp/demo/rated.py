"""What followed the demonstration's two counted ratings: an interview, a publication, a finding, what waits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from models.accounts.queries import unit_names
from models.accounts.types import Actor, Role
from models.handling.commands import Act
from models.ratings import publishing, result_queries, results
from models.ratings.findings import Verdict, find
from models.ratings.result_queries import Proposed
from models.ratings.result_types import ProposalKind, PublicScope
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion
from models.supervision import ladder_records
from models.supervision.ladder_records import Said
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import RecordAction
from models.workdays.rules import due_date, local_day
from webapp import consequences
from webapp.demo.people import account_of
from webapp.demo.ratings import LOW, counted, director_of, morning
from webapp.demo.stage import Stage
from webapp.rating_results.bulletin import bulletin_facts
from webapp.rating_results.campaign_pages import own_rules

EVIDENCE: Final = "调取执法记录仪视频三段、询问当事人两名，其中两次检查没有出示证件，并有呵斥行为。"


def rate_departments(stage: Stage, now: datetime) -> None:
    """To be played before what happened lately."""
    earlier, later = counted(stage, now)
    _interview(stage, earlier, now)
    _look_into(stage, later, now)


def _act(stage: Stage, who: Actor, at: datetime) -> Act:
    return Act(who, at, stage.calendar)


def _proposed(stage: Stage, row: RatingCampaign, kind: ProposalKind) -> Proposed:
    found = result_queries.proposals(stage.session, director_of(stage), campaign_id=row.id)
    return next(one for one in found if one.proposal.kind is kind)


def _interview(stage: Stage, row: RatingCampaign, now: datetime) -> None:
    """Below 60 for the first time: published as a ranking; the head was called, and what was asked for is put right."""
    director, head = director_of(stage), stage.actors[account_of(Role.APPROVER, LOW).username]
    supervisor = stage.actors[account_of(Role.SUPERVISOR).username]
    closed_on = local_day(row.closed_at or now)
    days = [morning(due_date(closed_on, count, stage.calendar).due_on, now) for count in (2, 3, 6, 9, 10)]
    publishing.publish(
        stage.session, row, PublicScope.RANKING, _act(stage, director, days[0]), reasons="首次评议，先公开名次。"
    )
    record = consequences.confirm_interview(
        stage.session, _proposed(stage, row, ProposalKind.INTERVIEW), _act(stage, director, days[0]), stage.letterhead,
        reasons="得分低于60分，请主要负责人当面说明原因和整改打算。",
    )
    held_on = local_day(days[2])
    notice = {
        "held_on": held_on, "held_at": "上午9:30", "place": "市优办会议室", "attend": "主要负责人", "bring": "整改方案",
    }
    due_on = due_date(held_on, 15, stage.calendar).due_on
    steps: Sequence[tuple[RecordAction, Actor, datetime, Said]] = (
        (RecordAction.NOTIFY, supervisor, days[1], Said(facts=notice)),
        (RecordAction.RECORD_MINUTES, supervisor, days[2], Said("指出检查程序不规范，要求限期整改。", due_on)),
        (RecordAction.REPORT, head, days[3], Said("已修订检查规程，全员培训并公布监督电话。")),
        (RecordAction.ACCEPT, supervisor, days[4], Said("抽查三户，情况属实。")),
    )
    for action, who, at, said in steps:
        _perform(stage, record, action, _act(stage, who, at), said)


def _perform(stage: Stage, record: SupervisionRecord, action: RecordAction, act: Act, said: Said) -> None:
    ladder_records.perform(
        stage.session, record, action, replace(act, expected_version=None), said, stage.letterhead
    )


def _look_into(stage: Stage, row: RatingCampaign, now: datetime) -> None:
    """Below 60 again: published with its scores, its conduct looked into; what follows waits for the director."""
    session, director, unit = stage.session, director_of(stage), stage.unit(LOW)
    closed_on = local_day(row.closed_at or now)
    published, found = (morning(due_date(closed_on, count, stage.calendar).due_on, now) for count in (2, 5))
    act = _act(stage, director, published)
    assert row.id is not None and unit.id is not None
    publishing.publish(session, row, PublicScope.SCORES, act, reasons="市优化营商环境领导小组会议同意公开全部得分。")
    facts = bulletin_facts(
        row, result_queries.public_results(session, row.id), results.turnout_of(session, row.id),
        unit_names(session),
        PublicScope.SCORES, own_rules(session, row),
    )
    publishing.issue_bulletin(session, row, facts, act, stage.letterhead)
    result = result_queries.result_of(session, row.id, unit.id)
    assert result is not None
    verdict = Verdict(True, EVIDENCE, "有视频和当事人陈述印证，情况属实。")
    find(session, result, row, unit, ConductQuestion.ROUGH, verdict, _act(stage, director, found))

