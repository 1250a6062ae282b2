"""What the demonstration shows behind a reply: ratings, calls, a case that waits for its decision and one that is new,
a rating that somebody asks to leave out.
"""

from datetime import datetime
from typing import Final

from models.accounts.types import PUBLIC, Role
from models.followup import calls, cases, exclusions, queries, ratings
from models.followup.cases import Said, contact_said
from models.followup.types import (
    CallResult,
    CaseAction,
    ContactWay,
    ExclusionReason,
    Grade,
    RatingChannel,
    Unreached,
)
from models.handling.commands import Act
from webapp.demo.people import account_of
from webapp.demo.stage import Stage

CONTACTED: Final = "food-license-name"
BEYOND: Final = "wetland-restaurant"
RATED: Final = (
    (CONTACTED, Grade.VERY_DISSATISFIED, "证是拿到了，前后跑了五趟，答复里没有说为什么超过承诺的时间。"),
    ("medicine-wholesale-road", Grade.DISSATISFIED, "只说以后规范执法，已经交的罚款怎么办没有说。"),
    (BEYOND, Grade.VERY_DISSATISFIED, "补偿办法还要等省里出台，停业的损失没有人承担。"),
    ("dust-shutdown-clinker", Grade.BASICALLY_SATISFIED, ""),
    ("vegetable-market-tax", Grade.VERY_SATISFIED, "讲得清楚，当天就办好了。"),
    ("duckweed-pond-water", Grade.SATISFIED, ""),
    ("shrimp-cold-chain-tax", Grade.VERY_SATISFIED, ""),
)
CALLED: Final = (
    ("power-price-industrial", calls.Told(result=CallResult.SATISFIED, is_solved=True, words="已经按建议选了单一制。")),
    ("temporary-signboard", calls.Told(unreached=Unreached.NO_ANSWER)),
)


def follow_up(stage: Stage, now: datetime) -> None:
    """A reply of more than thirty days ago, which long holidays bring about, is rated no more."""
    for key, grade, reason in RATED:
        said, appeal = ratings.Said(grade, reason, RatingChannel.CODE), stage.appeals[key]
        if ratings.rateable_until(stage.session, appeal, now) is not None:
            ratings.rate(stage.session, appeal, said, actor=PUBLIC, now=now, calendar=stage.calendar)
    clerk = Act(stage.actors[account_of(Role.CLERK).username], now, stage.calendar)
    for key, told in CALLED:
        calls.record(stage.session, stage.appeals[key], told, clerk, expected_attempt=1)
    _contact(stage, clerk)
    _ask_to_leave_out(stage, clerk)


def _contact(stage: Stage, clerk: Act) -> None:
    """The unit has explained itself, the office has spoken with the appellant: now it is to decide."""
    appeal = stage.appeals[CONTACTED]
    case = cases.of_round(stage.session, appeal, appeal.round)
    if case is None:
        return
    unit = stage.acting(Role.APPROVER, "市监局", clerk.now)
    answer = Said(words="超期是因为承诺件没有单独计时，已经改为到期前两天提醒；将上门向企业说明。")
    cases.perform(stage.session, case, appeal, CaseAction.ANSWER, unit, answer)
    spoken = contact_said(ContactWay.PHONE, inner="企业要求书面说明超期的原因。")
    cases.perform(stage.session, case, appeal, CaseAction.CONTACT, clerk, spoken)


def _ask_to_leave_out(stage: Stage, clerk: Act) -> None:
    appeal = stage.appeals[BEYOND]
    rating = queries.rating(stage.session, appeal, appeal.round)
    if rating is None:
        return
    exclusions.ask(
        stage.session, appeal, rating, ExclusionReason.BEYOND_UNIT,
        "补偿办法由省级主管部门制定，承办单位已经按职权答复并报告上级，附报告文号。", clerk,
    )
