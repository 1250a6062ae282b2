"""The facts of a campaign's 通报: as much as was decided to be published, with its denominators and the formula."""

from collections.abc import Mapping, Sequence

from models.ratings.result_tables import RatingResult
from models.ratings.result_types import PublicScope, Turnout
from models.ratings.scoring import FORMULA, FORMULA_VERSION, printed
from models.ratings.tables import RatingCampaign
from models.slips.rating_bulletin import BulletinFacts, RatedRow
from webapp.rating_results.presenters import period_of, score_of, turnout_rows

HOW_TO_READ = "“有效票58/66张”，是列出该单位的评议票66张，其中对该单位作出评价的58张。"


def bulletin_facts(
    campaign: RatingCampaign, results: Sequence[RatingResult], turnout: Turnout | None, units: Mapping[int, str],
    scope: PublicScope, rules: Sequence[str],
) -> BulletinFacts:
    """`results` by place. `rules`: the campaign's own numbers (weights, smallest sample), before the formula."""
    placed = [one for one in results if one.place is not None]
    below = [units[one.unit_id] for one in placed if one.is_below] if scope is PublicScope.SCORES else []
    return BulletinFacts(
        f"{period_of(campaign)}营商环境评议", campaign.opens_on, campaign.closes_on,
        tuple((one.name, _returned(one.invited, one.spent, one.rate)) for one in turnout_rows(turnout)),
        tuple(RatedRow(units[one.unit_id], row_text(one, scope)) for one in placed), tuple(below),
        tuple(units[one.unit_id] for one in results if one.place is None), (*rules, HOW_TO_READ, *FORMULA),
        FORMULA_VERSION,
    )


def _returned(invited: int, spent: str, rate: str) -> str:
    return f"邀请{invited}，收回评议票{spent}张" + (f"，回收率{rate}" if rate != "—" else "")


def row_text(row: RatingResult, scope: PublicScope) -> str:
    score = score_of(row)
    told = f"{printed(score)}分，" if score is not None and scope is PublicScope.SCORES else ""
    return f"第{row.place}名，{told}有效票{row.count}/{row.asked}张"
