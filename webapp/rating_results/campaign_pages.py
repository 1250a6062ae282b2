"""The counted campaigns, and one of them: who answered, every unit by place with the 60 line, how it was counted."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.ratings import queries as campaigns
from models.ratings import result_queries as queries
from models.ratings import results
from models.ratings.counting import least_of
from models.ratings.result_types import SCOPE_LABELS
from models.ratings.scoring import FORMULA, FORMULA_VERSION
from models.ratings.tables import RatingCampaign
from models.slips.kinds import SlipStatus
from models.slips.registering import number_of
from models.workdays.rules import local_day
from webapp import access, db
from webapp.filters import cn_datetime, cn_full_date
from webapp.htmx import render
from webapp.rating_results import presenters


@dataclass(frozen=True)
class CampaignRow:
    url: str
    period: str
    title: str
    closed_text: str
    ballots: int
    units: int
    below: int
    too_few: int
    published: str


def show_list() -> Response:
    session, actor = db.session(), access.current_actor()
    rows = [
        CampaignRow(
            url_for("rating_results.campaign", uid=one.campaign.uid), presenters.period_of(one.campaign),
            one.campaign.title, cn_full_date(local_day(one.closed_at)), one.ballots, one.units, one.below,
            one.too_few, SCOPE_LABELS[one.scope] if one.scope else "尚未公布",
        )
        for one in queries.counted_campaigns(session)
    ]
    return render("rating_results/index.html", rows=rows, waiting=queries.open_proposals(session, actor))


def show_one(uid: str) -> Response:
    session, actor = db.session(), access.current_actor()
    row = queries.counted_campaign(session, uid)
    shown = shown_results(session, actor, row)
    return render(
        "rating_results/campaign.html", campaign=row, period=presenters.period_of(row),
        turnout=presenters.turnout_rows(results.turnout_of(session, row.id or 0)), rows=shown,
        below=[one.unit for one in shown if one.is_below], too_few=[one.unit for one in shown if not one.is_enough],
        decisions=decisions(session, row), bulletins=bulletins(session, row),
        proposals=len(queries.proposals(session, actor, campaign_id=row.id)),
        **formula(session, row),
    )


def shown_results(session: Session, actor: Actor, row: RatingCampaign) -> list[presenters.ResultRow]:
    names = unit_names(session)
    return [
        presenters.result_row(
            one, names[one.unit_id], unit=names[one.unit_id], url=url_for("rating_results.unit", uid=one.uid)
        )
        for one in queries.of_campaign(session, actor, row.id or 0)
    ]


def formula(session: Session, row: RatingCampaign) -> dict[str, Any]:
    """How it was counted, in words, with the campaign's own numbers."""
    return {
        "formula": [*own_rules(session, row), *FORMULA], "formula_version": FORMULA_VERSION,
        "interval": presenters.INTERVAL,
    }


def own_rules(session: Session, row: RatingCampaign) -> list[str]:
    weights = "，".join(f"{one.name}{one.weight}" for one in campaigns.dimensions(session, row))
    return [f"各维度的权重：{weights}。", f"最低票数{least_of(row.minimum_n)}张。"]


def decisions(session: Session, row: RatingCampaign) -> list[tuple[str, str, str]]:
    """What was decided to be public, the newest first: scope, who and when, why."""
    return [
        (SCOPE_LABELS[one.scope], f"{one.decided_by_name}，{cn_datetime(one.decided_at)}", one.reasons)
        for one in queries.publications(session, row.id or 0)
    ]


def bulletins(session: Session, row: RatingCampaign) -> list[tuple[str, str, bool]]:
    """Number, address, whether it is void."""
    return [
        (number_of(one), url_for("slips.show", uid=one.uid), one.status is SlipStatus.VOID)
        for one in queries.bulletins(session, row.id or 0)
    ]
