"""Results in words: scores cut off at two decimals, places, samples, and what is hidden because few stand behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.ratings.result_tables import RatingFinding, RatingResult
from models.ratings.result_types import ConductCount, DimensionResult, Turnout, UnitResult
from models.ratings.scoring import LEAST_SHOWN, printed, printed_interval
from models.ratings.tables import RatingCampaign
from models.ratings.types import CONDUCT_LABELS, CONDUCT_TEXTS, GROUP_LABELS, HALF_LABELS, ConductQuestion, Returned
from webapp.filters import cn_datetime

TOO_FEW, FEWER = "样本不足", f"少于{LEAST_SHOWN}"
INTERVAL = (
    "95%置信区间＝得分±1.96×标准误，标准误由每张评议票单独给这个单位的得分的离散程度算出；它只反映抽样的波动，不反映谁愿意"
    "参加评议。有效票数少于30张的不计算，注明“样本较小，仅供参考”。"
)
"""How the note on confidence comes about, printed with it."""


@dataclass(frozen=True)
class Bar:
    """A line of a chart. `width` of a hundred; 0 with a `text` that says why there is none."""

    label: str
    width: float
    text: str
    is_below: bool = False


@dataclass(frozen=True)
class ResultRow:
    """One unit of a campaign, or one campaign of a unit."""

    url: str
    unit: str
    period: str
    place: str
    score: str
    note: str
    count: int
    asked: int
    is_below: bool
    is_enough: bool
    bar: Bar


def period_of(campaign: RatingCampaign) -> str:
    """2026年上半年."""
    return f"{campaign.year}年{HALF_LABELS[campaign.half]}"


def score_of(row: RatingResult) -> Fraction | None:
    """What may be shown of it."""
    return Fraction(row.score) if row.is_enough and row.score else None


def result_row(row: RatingResult, label: str, *, unit: str = "", period: str = "", url: str = "") -> ResultRow:
    score = score_of(row)
    text = TOO_FEW if score is None else printed(score)
    return ResultRow(
        url, unit, period, str(row.place) if row.place else "", text, sample_note(row), row.count, row.asked,
        row.is_below, row.is_enough, Bar(label, float(score or 0), text, row.is_below),
    )


def sample_note(row: RatingResult) -> str:
    """How sure the score is, in plain words."""
    score = score_of(row)
    if score is None:
        return "有效票数达不到最低票数，不公布得分"
    if row.margin is None:
        return "样本较小，仅供参考"
    low, high = printed_interval(score, row.margin)
    return f"95%置信区间 {low}—{high}"


@dataclass(frozen=True)
class DimensionRow:
    name: str
    weight: int
    score: str
    count: str
    bar: Bar


def dimension_rows(result: UnitResult, names: Mapping[int, str]) -> list[DimensionRow]:
    return [_dimension_row(one, names[one.no]) for one in result.dimensions]


def _dimension_row(one: DimensionResult, name: str) -> DimensionRow:
    """A dimension that few spoke of counts in the score, and is not shown by itself."""
    mean = one.tally.mean if one.tally.count >= LEAST_SHOWN else None
    score = printed(mean) if mean is not None else "—"
    count = str(one.tally.count) if one.tally.count >= LEAST_SHOWN or not one.tally.count else FEWER
    return DimensionRow(name, one.weight, score, count, Bar(name, float(mean or 0), score))


# ---------------------------------------------------------------- conduct


@dataclass(frozen=True)
class FindingView:
    is_confirmed: bool
    evidence: str
    reasons: str
    decided: str


@dataclass(frozen=True)
class ConductRow:
    question: str
    label: str
    text: str
    answered: str
    yes: str
    may_be_found: bool
    finding: FindingView | None


def conduct_rows(
    counts: Sequence[ConductCount], findings: Mapping[ConductQuestion, RatingFinding], *, is_exact: bool
) -> list[ConductRow]:
    """`is_exact`: for whoever looks into it. Others see no number that could point at somebody."""
    return [
        ConductRow(
            one.question.value, CONDUCT_LABELS[one.question], CONDUCT_TEXTS[one.question],
            _few(one.answered, is_exact), _few(one.yes, is_exact), bool(one.yes) and one.question not in findings,
            finding_view(findings.get(one.question)),
        )
        for one in counts
    ]


def _few(number: int, is_exact: bool) -> str:
    return FEWER if 0 < number < LEAST_SHOWN and not is_exact else str(number)


def finding_view(finding: RatingFinding | None) -> FindingView | None:
    if finding is None:
        return None
    decided = f"{finding.decided_by_name}，{cn_datetime(finding.decided_at)}"
    return FindingView(finding.is_confirmed, finding.evidence, finding.reasons, decided)


# ---------------------------------------------------------------- who answered


@dataclass(frozen=True)
class TurnoutRow:
    name: str
    invited: int
    spent: str
    rate: str


def turnout_rows(turnout: Turnout | None) -> list[TurnoutRow]:
    """By group, those with nobody invited left out, and all of them."""
    if turnout is None:
        return []
    groups = [(GROUP_LABELS[group], one) for group, one in turnout.groups.items() if one.invited]
    return [_turnout_row(name, one) for name, one in [*groups, ("合计", turnout.total)]]


def _turnout_row(name: str, one: Returned) -> TurnoutRow:
    if one.spent is None:
        return TurnoutRow(name, one.invited, "不单列", "—")
    rate = printed(Fraction(one.spent * 100, one.invited)) if one.invited else "—"
    return TurnoutRow(name, one.invited, str(one.spent), f"{rate}%" if one.invited else rate)
