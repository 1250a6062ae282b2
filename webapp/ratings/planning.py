"""A new campaign, and a draft set anew: one long form, filled from the last campaign or from the defaults."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.ratings import campaigns, queries
from models.ratings.campaigns import Act
from models.ratings.rules import DEFAULT_DIMENSIONS, DEFAULT_MINIMUM
from models.ratings.tables import RatingCampaign
from models.ratings.types import HALF_LABELS, CampaignState, ConductQuestion, Half, Scale
from webapp import access, clock, db, keyed
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.ratings.forms import NewForm, PlanForm, dimension_data, offered_units, plan_data
from webapp.ratings.telling import explainer
from webapp.refilling import refilled

OPEN_FOR = timedelta(days=20)
LETTER = (
    "为了解市直单位服务企业、依法履职的情况，现请您对所了解的单位作出评议。\n"
    "您只需评议打过交道、了解情况的单位，其余单位不用填写，按“不了解”处理，不影响任何单位的得分。\n"
    "评议不记名。评议码只证明您有评议资格，与评议内容没有联系，任何人都无法查到您评了什么。"
)
FIELD_OF = {
    "rating_closes_before": "closes_on", "rating_units_many": "units", "unit_not_in_use": "units",
    "rating_dimensions_many": "dimensions", "rating_dimension_twice": "dimensions", "rating_period_taken": "half",
}
explain = explainer(FIELD_OF)


def act_of(actor: Actor, form: ActForm | None = None) -> Act:
    return Act(actor, clock.now(), clock.today(), form.expected_version if form is not None else None)


def show_new(form: NewForm | None = None, status: int = 200) -> Response:
    """Filled from the campaign that `?from=` names, or from the last one, or from the defaults."""
    rows = queries.campaign_rows(db.session())
    source = access.asked_uid("from")
    last = queries.campaign_row(db.session(), source) if source else next(iter(rows), None)
    shown = form or refilled(_filled(last), url_for("ratings.create"))
    return render(
        "ratings/new.html", status=status, form=shown.offer(offered_units()), last=last, is_copied=form is None,
    )


def _filled(last: RatingCampaign | None) -> NewForm:
    today = clock.today()
    half = Half.FIRST if today.month <= 6 else Half.SECOND
    period = {"year": str(today.year), "half": half.value, "opens_on": today, "closes_on": today + OPEN_FOR}
    if last is None:
        return NewForm(formdata=None, data=_defaults() | period | {"title": _title(today, half)})
    copied = plan_data(queries.campaign(db.session(), last), last.letter)
    return NewForm(formdata=None, data=copied | period | {"title": _title(today, half)})


def _title(today: date, half: Half) -> str:
    return f"{today.year}年{HALF_LABELS[half]}企业家评议市直单位"


def _defaults() -> dict[str, Any]:
    return {
        "scale": Scale.SCORE.value, "minimum_n": str(DEFAULT_MINIMUM), "letter": LETTER,
        "dimensions": dimension_data(DEFAULT_DIMENSIONS), "units": [str(one.id) for one in offered_units()],
        "asked_conduct": [one.value for one in ConductQuestion],
    }


def create() -> Response:
    form = NewForm()
    form.offer(offered_units())

    def run(session: Session, actor: Actor) -> Response:
        row = campaigns.create(session, int(form.year.data), Half(form.half.data), form.plan, act_of(actor))
        flash("评议已建立。接下来导入邀请名单，核对无误后启动。", "success")
        return redirect(url_for("ratings.show", uid=row.uid), code=303)

    act = keyed.KeyedAct("rating.create", lambda: url_for("ratings.index"))
    return keyed.perform(act, form, run=run, show=lambda failed, status: show_new(form, status), explain=explain)


def show_edit(uid: str, form: PlanForm | None = None, status: int = 200) -> Response:
    session = db.session()
    row = queries.campaign_row(session, uid)
    why_not = "" if row.state is CampaignState.DRAFT else message(f"campaign_is_{row.state.value}")
    if form is None:
        data = plan_data(queries.campaign(session, row), row.letter)
        filled = PlanForm(formdata=None, data=data | {"version": str(row.version)})
        form = refilled(filled, url_for("ratings.change", uid=uid))
    elif status == 409:
        form.version.data = str(row.version)  # who has seen what is set now may send it again
    return render(
        "ratings/edit.html", status=status, form=form.offer(offered_units()), row=row, why_not=why_not,
        now=queries.campaign(session, row) if status == 409 else None,
    )


def change(uid: str) -> Response:
    form = PlanForm()
    form.offer(offered_units())
    row = queries.campaign_row(db.session(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        campaigns.change(session, row, form.plan, act_of(actor, form))
        flash("已保存。", "success")
        return redirect(url_for("ratings.show", uid=uid), code=303)

    act = keyed.KeyedAct(f"rating.change:{uid}", lambda: url_for("ratings.show", uid=uid))
    return keyed.perform(
        act, form, run=run, show=lambda failed, status: show_edit(uid, form, status), explain=explain
    )
