"""The words of a rating (评议): campaigns, who is invited, what is asked, what a ballot says.

Source: domain.md §6. Scores are kept as they were given; what a grade is worth belongs to the formula (`GRADE_WORTH`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CampaignState(StrEnum):
    """Draft: being set up. Open: codes are made, ballots are cast. Closed: the envelopes are opened and counted.
    Published: the units see their results.
    """

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


CAMPAIGN_STATE_LABELS: Final[Mapping[CampaignState, str]] = MappingProxyType({
    CampaignState.DRAFT: "准备中",
    CampaignState.OPEN: "评议中",
    CampaignState.CLOSED: "已截止",
    CampaignState.PUBLISHED: "已公布",
})


class Half(StrEnum):
    FIRST = "first"
    SECOND = "second"


HALF_LABELS: Final[Mapping[Half, str]] = MappingProxyType({Half.FIRST: "上半年", Half.SECOND: "下半年"})


class Group(StrEnum):
    """Who is asked."""

    ENTERPRISE = "enterprise"
    DEPUTY = "deputy"
    MEMBER = "member"
    MEDIA = "media"


GROUP_LABELS: Final[Mapping[Group, str]] = MappingProxyType({
    Group.ENTERPRISE: "企业",
    Group.DEPUTY: "人大代表",
    Group.MEMBER: "政协委员",
    Group.MEDIA: "媒体监督员",
})


class Scale(StrEnum):
    """How an answer is given: whole numbers from 0 to 100, or one of five grades."""

    SCORE = "score"
    GRADES = "grades"


SCALE_LABELS: Final[Mapping[Scale, str]] = MappingProxyType({Scale.SCORE: "0—100分", Scale.GRADES: "五个等次"})
GRADE_LABELS: Final[Mapping[int, str]] = MappingProxyType({
    5: "很满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "很不满意",
})  # fmt: skip
GRADE_WORTH: Final[Mapping[int, int]] = MappingProxyType({5: 100, 4: 80, 3: 60, 2: 40, 1: 20})
HIGHEST: Final[Mapping[Scale, int]] = MappingProxyType({Scale.SCORE: 100, Scale.GRADES: 5})
LOWEST: Final[Mapping[Scale, int]] = MappingProxyType({Scale.SCORE: 0, Scale.GRADES: 1})
NO_OPINION: Final = "不了解"


class ConductQuestion(StrEnum):
    """The three faults of law enforcement of which two campaigns below 60 make a consequence (domain.md §6)."""

    ROUGH = "rough"
    SELECTIVE = "selective"
    RETALIATORY = "retaliatory"


CONDUCT_LABELS: Final[Mapping[ConductQuestion, str]] = MappingProxyType({
    ConductQuestion.ROUGH: "粗暴执法",
    ConductQuestion.SELECTIVE: "选择性执法",
    ConductQuestion.RETALIATORY: "报复性执法",
})
CONDUCT_TEXTS: Final[Mapping[ConductQuestion, str]] = MappingProxyType({
    ConductQuestion.ROUGH: "执法人员态度恶劣，言语侮辱、威胁，或者使用不必要的强制手段",
    ConductQuestion.SELECTIVE: "同样的情况，有的查有的不查，有的罚有的不罚",
    ConductQuestion.RETALIATORY: "因为提意见、投诉、举报或者评议，反过来被检查、处罚、刁难",
})


@dataclass(frozen=True)
class Dimension:
    """What a unit is rated on. `no` stays for the whole campaign; `weight` counts against the sum of the weights."""

    no: int
    name: str
    weight: int
    explanation: str = ""


@dataclass(frozen=True)
class RatedUnit:
    """A unit in a campaign. `no` is its place on the ballot. `is_late`: added while ballots were being cast; those cast
    before did not show it.
    """

    no: int
    unit_id: int
    name: str
    is_late: bool = False


@dataclass(frozen=True)
class Campaign:
    """A campaign as everybody may know it."""

    id: int
    uid: str
    year: int
    half: Half
    title: str
    opens_on: date
    closes_on: date
    state: CampaignState
    scale: Scale
    minimum_n: int
    dimensions: tuple[Dimension, ...]
    units: tuple[RatedUnit, ...]
    asked_conduct: tuple[ConductQuestion, ...] = tuple(ConductQuestion)
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    published_at: datetime | None = None
    version: int = 1

    @property
    def period(self) -> str:
        return f"{self.year}年{HALF_LABELS[self.half]}"

    @property
    def weight_sum(self) -> int:
        return sum(one.weight for one in self.dimensions)

    def unit(self, no: int) -> RatedUnit | None:
        return next((one for one in self.units if one.no == no), None)


@dataclass(frozen=True)
class Plan:
    """What the director sets while a campaign is a draft. `units` are ids of the unit tree in the ballot's order."""

    title: str
    opens_on: date
    closes_on: date
    scale: Scale
    minimum_n: int
    dimensions: tuple[Dimension, ...]
    units: tuple[int, ...]
    asked_conduct: tuple[ConductQuestion, ...]
    letter: str


@dataclass(frozen=True)
class Answer:
    """What a ballot says of a unit in one dimension: `value` as given on the campaign's scale, None for 不了解."""

    dimension_no: int
    value: int | None


@dataclass(frozen=True)
class ConductAnswer:
    """Yes or no to one question; what is left out was not answered. `text` leaves the ballot at the closing."""

    question: ConductQuestion
    is_yes: bool
    text: str = ""


@dataclass(frozen=True)
class UnitAnswers:
    """What a ballot says of a unit that it showed: an answer for each dimension of the campaign, in its order."""

    unit_no: int
    answers: tuple[Answer, ...]
    conduct: tuple[ConductAnswer, ...] = ()

    @property
    def has_opinion(self) -> bool:
        """Whether it counts towards the unit's n."""
        return any(one.value is not None for one in self.answers)


@dataclass(frozen=True)
class BallotAnswers:
    """One ballot: every unit that it showed, in the order of their numbers. It knows no group, no code, no time."""

    units: tuple[UnitAnswers, ...]

    def of(self, unit_no: int) -> UnitAnswers | None:
        return next((one for one in self.units if one.unit_no == unit_no), None)


@dataclass(frozen=True)
class Remark:
    """What a ballot wrote under a conduct question, apart from the ballot."""

    unit_no: int
    question: ConductQuestion
    text: str


@dataclass(frozen=True, repr=False)
class Invitee:
    """Who is invited, and where the letter goes. Its repr shows nothing, since tracebacks print it."""

    group: Group
    name: str
    credit_code: str = ""
    address: str = ""
    mail: str = ""
    contact: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return "Invitee(…)"


@dataclass(frozen=True)
class Returned:
    """The return rate of a group, or of all: how many invitations have a code, how many of the codes are spent.
    `spent` is None where it would tell who answered.
    """

    invited: int
    lettered: int
    spent: int | None


@dataclass(frozen=True)
class ReturnRate:
    total: Returned
    groups: Mapping[Group, Returned] = field(default_factory=dict)
