"""The words of what follows a campaign: frozen figures, what is published of them, findings, proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from models.ratings.scoring import LINE, Tally
from models.ratings.types import ConductQuestion, Group, Returned


class PublicScope(StrEnum):
    """What anybody may read of a campaign: the office decides. The units read their own figures in any case."""

    NOTHING = "nothing"
    RANKING = "ranking"
    SCORES = "scores"


SCOPE_LABELS: Final[Mapping[PublicScope, str]] = MappingProxyType({
    PublicScope.NOTHING: "不向社会公开",
    PublicScope.RANKING: "只公开名次，不公开得分",
    PublicScope.SCORES: "公开全部得分和名次",
})


class ProposalKind(StrEnum):
    """INTERVIEW: below 60, the unit's head is called. GRADE: 年度绩效三类及以下 (domain.md §6)."""

    INTERVIEW = "interview"
    GRADE = "grade"


PROPOSAL_LABELS: Final[Mapping[ProposalKind, str]] = MappingProxyType({
    ProposalKind.INTERVIEW: "约谈单位主要负责人",
    ProposalKind.GRADE: "年度绩效评为三类及以下",
})


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


PROPOSAL_STATE_LABELS: Final[Mapping[ProposalState, str]] = MappingProxyType({
    ProposalState.PROPOSED: "待主任决定",
    ProposalState.CONFIRMED: "已同意",
    ProposalState.DECLINED: "未采纳",
})


class LookKind(StrEnum):
    """What only few may look at, and each look is noted."""

    SIGNAL = "signal"
    REMARKS = "remarks"


@dataclass(frozen=True)
class DimensionResult:
    no: int
    weight: int
    tally: Tally


@dataclass(frozen=True)
class ConductCount:
    """How many ballots answered a conduct question about a unit, and how many said yes."""

    question: ConductQuestion
    answered: int
    yes: int


@dataclass(frozen=True)
class UnitResult:
    """One unit in one campaign, as it was frozen. `score` is exact, and there whenever anybody has an opinion;
    `is_enough` says whether it may be shown. `rank` is None where nothing is shown.
    """

    unit_no: int
    unit_id: int
    score: Fraction | None
    asked: int
    count: int
    is_enough: bool
    rank: int | None
    margin: int | None
    dimensions: tuple[DimensionResult, ...]
    conduct: tuple[ConductCount, ...] = ()

    @property
    def shown_score(self) -> Fraction | None:
        return self.score if self.is_enough else None

    @property
    def is_below(self) -> bool:
        """Strictly below 60, unrounded, and on enough ballots."""
        return self.shown_score is not None and self.shown_score < LINE


@dataclass(frozen=True)
class Counting:
    """All figures of a campaign: what `freeze` stores and what `flask check` derives anew from the ballots."""

    formula_version: int
    ballots: int
    digest: str
    """SHA-256 over the ballots in the order of their keys."""
    units: tuple[UnitResult, ...]


@dataclass(frozen=True)
class Turnout:
    """How many were invited and how many answered, as it stood at the closing."""

    total: Returned
    groups: Mapping[Group, Returned]
