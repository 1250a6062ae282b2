"""The list of campaigns, and one campaign: what is missing before it opens, the return rate while it is open, and the
acts of the director.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.ratings import campaigns, closing, mails, queries, rules
from models.ratings.tables import RatingCampaign
from models.ratings.types import CAMPAIGN_STATE_LABELS, Campaign, CampaignState
from webapp import access, clock, db, keyed
from webapp.filters import cn_full_date
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.rating_acts import can_mail, vault
from webapp.ratings.forms import AddUnitForm, CloseForm, ExtendForm, OpenForm, offered_units
from webapp.ratings.planning import act_of
from webapp.ratings.presenters import RateView, Row, campaign_row, rate_view
from webapp.ratings.telling import explainer

FIELD_OF = {
    "closing_reason_missing": "closing_reason", "rating_not_later": "closes_on", "rating_unit_twice": "unit",
    "rating_units_many": "unit",
}
explain = explainer(FIELD_OF)
Work = Callable[[Session, RatingCampaign, Actor, Any], str]


@dataclass(frozen=True)
class Lacking:
    text: str
    url: str


def show_index() -> Response:
    session = db.session()
    rows = queries.campaign_rows(session)
    counts = queries.counts_of(session, rows)
    shown: list[Row] = [campaign_row(row, rules.shown(counts[row.id or 0])) for row in rows]
    return render("ratings/index.html", rows=shown)


def show(uid: str, *, failed: ActForm | None = None, status: int = 200) -> Response:
    session, actor, today = db.session(), access.current_actor(), clock.today()
    row = queries.campaign_row(session, uid)
    campaign = queries.campaign(session, row)
    is_keeper = permits(actor.roles, Permission.KEEP_RATINGS)
    return render(
        "ratings/show.html", status=status, campaign=campaign, letter=row.letter, reissued=row.reissued,
        state_label=CAMPAIGN_STATE_LABELS[campaign.state], rate=_rate(session, row), is_keeper=is_keeper,
        lacking=_lacking(session, row, campaign) if campaign.state is CampaignState.DRAFT else [],
        mails=mails.counts(session, row), can_mail=can_mail(), is_early=today <= campaign.closes_on,
        forms=_forms(campaign, failed, status) if is_keeper else {}, failed=failed,
        unrated=_unrated(campaign) if is_keeper and campaign.state is CampaignState.OPEN else [],
    )


def _rate(session: Session, row: RatingCampaign) -> RateView:
    return rate_view(queries.return_rate(session, row))


def show_rate(uid: str) -> Response:
    """What the open page asks for every minute; somebody without htmx gets the page."""
    row = queries.campaign_row(db.session(), uid)
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("ratings.show", uid=uid), code=303)
    return render(
        "ratings/_rate.html", rate=_rate(db.session(), row), campaign=queries.campaign(db.session(), row),
    )


def _lacking(session: Session, row: RatingCampaign, campaign: Campaign) -> list[Lacking]:
    invited = sum(one[0] for one in queries.counts(session, row).values())
    places = {"plan": "ratings.edit", "invitations": "ratings.invitations"}
    return [
        Lacking(message(lack.code, minimum=campaign.minimum_n, sum=campaign.weight_sum), url_for(
            places[lack.place], uid=campaign.uid))
        for lack in rules.lacking(campaign, letter=row.letter, invited=invited, today=clock.today())
    ]


def _forms(campaign: Campaign, failed: ActForm | None, status: int) -> dict[str, ActForm]:
    """The failed one as it was sent; a form that was overtaken may be sent again by whoever sees the page now."""
    made: dict[str, ActForm] = {
        "open": OpenForm(formdata=None), "close": CloseForm(formdata=None), "extend": ExtendForm(formdata=None),
        "add_unit": AddUnitForm(formdata=None),
    }
    shown = {name: failed if type(failed) is type(form) else form for name, form in made.items()}
    for form in shown.values():
        if form is not failed or status == 409:
            form.version.data = str(campaign.version)
    return shown


def _unrated(campaign: Campaign) -> list[Any]:
    rated = {one.unit_id for one in campaign.units}
    return [one for one in offered_units() if one.id not in rated]


# ---------------------------------------------------------------- acts


def open_campaign(uid: str) -> Response:
    def work(session: Session, row: RatingCampaign, actor: Actor, form: OpenForm) -> str:
        campaigns.open_campaign(session, row, vault(), act_of(actor, form))
        return "评议已启动，评议方面、单位和评分方式不再改动。接下来制作评议信。"

    return _perform(uid, "open", OpenForm(), work)


def extend(uid: str) -> Response:
    def work(session: Session, row: RatingCampaign, actor: Actor, form: ExtendForm) -> str:
        assert form.closes_on.data is not None
        campaigns.extend(session, row, form.closes_on.data, act_of(actor, form), reason=form.extend_reason.data or "")
        return f"截止日期已延长到{cn_full_date(row.closes_on)}。已经寄出的评议信上印的是原来的日期，请另行告知。"

    return _perform(uid, "extend", ExtendForm(), work)


def add_unit(uid: str) -> Response:
    def work(session: Session, row: RatingCampaign, actor: Actor, form: AddUnitForm) -> str:
        campaigns.add_unit(session, row, form.found_unit, act_of(actor, form))
        return f"已增加{form.found_unit.short_name}。此前投出的评议票没有列出这个单位，不计入它的票数。"

    return _perform(uid, "add_unit", AddUnitForm(), work)


def close(uid: str) -> Response:
    def work(session: Session, row: RatingCampaign, actor: Actor, form: CloseForm) -> str:
        done = closing.close(session, row, vault(), act_of(actor, form), reason=form.closing_reason.data or "")
        db.after_commit(db.drop_journal)
        return f"评议已截止，共收到 {done.ballots} 张评议票。评议码与评议票之间没有留下任何联系。"

    return _perform(uid, "close", CloseForm(), work)


def _perform(uid: str, name: str, form: ActForm, work: Work) -> Response:
    row = queries.campaign_row(db.session(), uid, lock=True)  # before the key: of two sendings at once one waits here

    def run(session: Session, actor: Actor) -> Response:
        flash(work(session, row, actor, form), "success")
        return redirect(url_for("ratings.show", uid=uid), code=303)

    act = keyed.KeyedAct(f"rating.{name}:{uid}", lambda: url_for("ratings.show", uid=uid))
    return keyed.perform(
        act, form, run=run, show=lambda failed, status: show(uid, failed=failed, status=status), explain=explain
    )
