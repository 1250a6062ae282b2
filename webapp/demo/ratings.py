"""Three ratings: two that were counted, in which one unit came out below 60 twice, and one that runs. Played through
the same commands that the pages use, ballot by ballot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from models.accounts.types import Actor, Role
from models.ratings import campaigns, casting, closing, invitations, letters
from models.ratings.campaigns import Act
from models.ratings.invitations import Entry
from models.ratings.rules import DEFAULT_DIMENSIONS
from models.ratings.tables import RatingCampaign
from models.ratings.types import (
    Answer,
    Campaign,
    ConductAnswer,
    ConductQuestion,
    Group,
    Half,
    Invitee,
    Plan,
    Scale,
    UnitAnswers,
)
from models.ratings.vault import RatingVault, new_code
from models.workdays.rules import local_day
from webapp.demo.people import COMPANY, COMPANY_CODE, account_of
from webapp.demo.stage import Stage

LOW: Final = "城管执法局"
HARDLY_KNOWN: Final = "司法局"
SCORES: Final[Mapping[str, int]] = {
    "行政审批局": 92, "税务局": 88, "市监局": 88, "科工局": 85, "人社局": 82, "供电公司": 79, "自然资源局": 76,
    "住建局": 73, "交通运输局": 70, "生态环境局": 67, "沅江高新区": 64, LOW: 57, HARDLY_KNOWN: 84,
}
"""About what each unit gets; two of them exactly the same."""
INVITED: Final = {Group.ENTERPRISE: 26, Group.DEPUTY: 8, Group.MEMBER: 7, Group.MEDIA: 5}
NAMES: Final = {
    Group.ENTERPRISE: "沅江市演示企业{}号", Group.DEPUTY: "市人大代表{}", Group.MEMBER: "市政协委员{}",
    Group.MEDIA: "媒体监督员{}",
}
"""Nobody's; the first enterprise is the demonstration's own, whose account finds the invitation."""
MINIMUM: Final = 10
LETTER: Final = (
    "感谢您长期以来对沅江发展的支持。请您对市直有关单位今年以来的服务和执法情况作出评议。评议不记名，谁也看不到您评了什么；"
    "任何单位和个人不得打听、追查，更不得打击报复。"
)
REMARKS: Final = (
    "检查时不出示证件，大声呵斥员工。", "说停业就停业，不给整改时间。", "要求限期拆除招牌，没有书面文书。",
    "两次上门检查，说法前后不一。",
)
JOB: Final = "0" * 31 + "1"


@dataclass(frozen=True)
class Period:
    year: int
    half: Half

    @property
    def last_on(self) -> date:
        return date(self.year, 6, 30) if self.half is Half.FIRST else date(self.year, 12, 31)

    @property
    def before(self) -> "Period":
        is_first = self.half is Half.FIRST
        return Period(self.year - is_first, Half.SECOND if is_first else Half.FIRST)

    @classmethod
    def of(cls, day: date) -> "Period":
        return cls(day.year, Half.FIRST if day.month <= 6 else Half.SECOND)


def counted(stage: Stage, now: datetime) -> tuple[RatingCampaign, RatingCampaign]:
    """The two half-years before this one."""
    second = Period.of(local_day(now)).before
    return _counted(stage, second.before, now, answered=37, shift=1), _counted(stage, second, now, answered=40, shift=0)


def open_rating(stage: Stage, now: datetime) -> None:
    """The one that runs: opened today, some have answered."""
    today = local_day(now)
    row = _opened(stage, Period.of(today), now, today, today + timedelta(days=20))
    _vote(stage, row, today, answered=19, shift=2)


# ---------------------------------------------------------------- a campaign


def morning(day: date, now: datetime) -> datetime:
    """09:30 in Asia/Shanghai, and nothing that has not come yet."""
    return min(datetime.combine(day, time(1, 30), UTC), now)


def director_of(stage: Stage) -> Actor:
    return stage.actors[account_of(Role.DIRECTOR).username]


def _counted(stage: Stage, period: Period, now: datetime, *, answered: int, shift: int) -> RatingCampaign:
    first_on = period.last_on - timedelta(days=20)
    row = _opened(stage, period, morning(first_on, now), first_on, period.last_on)
    _vote(stage, row, period.last_on, answered=answered, shift=shift)
    after = period.last_on + timedelta(days=1)
    closing.close(stage.session, row, _vault(stage), Act(director_of(stage), morning(after, now), after))
    stage.session.flush()
    return row


def _opened(stage: Stage, period: Period, at: datetime, first_on: date, last_on: date) -> RatingCampaign:
    session, act = stage.session, Act(director_of(stage), at, first_on)
    units = tuple(stage.unit(name).id or 0 for name in SCORES)
    plan = Plan(
        "营商环境评议", first_on, last_on, Scale.SCORE, MINIMUM, DEFAULT_DIMENSIONS, units, tuple(ConductQuestion),
        LETTER,
    )
    row = campaigns.create(session, period.year, period.half, plan, act)
    entries = [Entry(no, one) for no, one in enumerate(_invitees(), start=1)]
    invitations.add(session, _vault(stage), row, entries, act)
    campaigns.open_campaign(session, row, _vault(stage), act)
    return row


def _invitees() -> Iterator[Invitee]:
    for group, number in INVITED.items():
        for no in range(1, number + 1):
            is_own = group is Group.ENTERPRISE and no == 1
            name, code = (COMPANY, COMPANY_CODE) if is_own else (NAMES[group].format(no), "")
            phone = f"0737-27{list(Group).index(group)}{no:04}"
            yield Invitee(group, name, code, address=f"沅江市琼湖街道{no}号", phone=phone)


def _vault(stage: Stage) -> RatingVault:
    return RatingVault(stage.identity_key)


# ---------------------------------------------------------------- ballots


def _vote(stage: Stage, row: RatingCampaign, today: date, *, answered: int, shift: int) -> None:
    """Every invitee gets a letter; so many answer."""
    session, vault = stage.session, _vault(stage)
    act = Act(director_of(stage), row.opened_at or row.created_at, today)
    found = letters.without_code(session, vault, row)
    letters.hand_to_job(session, row, [one for one, _ in found], JOB, act)
    codes = {one.id or 0: new_code() for one, _ in found}
    letters.write_codes(session, row, JOB, {no: vault.code_hash(code) for no, code in codes.items()})
    session.flush()
    session.expire_all()
    for no, code in enumerate(list(codes.values())[:answered]):
        ballot = casting.opened(session, vault, code, today, lock=True)
        draft = ballot.draft
        for one in _answers(ballot.campaign, no, shift):
            draft = draft.with_answers(one)
        casting.to_check(session, vault, ballot, draft)
        casting.cast(session, vault, code, today)


def _answers(campaign: Campaign, no: int, shift: int) -> Iterator[UnitAnswers]:
    names = list(SCORES)
    for unit in campaign.units:
        name = names[unit.no - 1]
        values = [_value(name, no, one.no, shift) for one in campaign.dimensions]
        answers = tuple(Answer(one.no, value) for one, value in zip(campaign.dimensions, values, strict=True))
        yield UnitAnswers(unit.no, answers, _conduct(name, no))


def _value(name: str, no: int, dimension: int, shift: int) -> int | None:
    """Around what the unit gets, the same for units of the same score; every seventh voter knows nothing of it, and of
    one unit nearly nobody knows anything.
    """
    known_by = 6 if name == HARDLY_KNOWN else 1_000
    if no >= known_by or (no + SCORES[name]) % 7 == 0:
        return None
    return max(0, min(100, SCORES[name] - shift + (no * 7 + dimension * 5) % 13 - 6))


def _conduct(name: str, no: int) -> tuple[ConductAnswer, ...]:
    if name != LOW or (no + SCORES[name]) % 7 == 0:
        return ()
    is_yes = no % 4 == 1
    remark = REMARKS[no // 4 % len(REMARKS)] if is_yes and no % 8 == 1 else ""
    rough = ConductAnswer(ConductQuestion.ROUGH, is_yes, remark)
    return rough, ConductAnswer(ConductQuestion.SELECTIVE, no % 16 == 2)
