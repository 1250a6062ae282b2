"""Deciding what is public of a campaign, and issuing its bulletin."""

from flask import current_app, flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.errors import DomainError
from models.handling.commands import Act
from models.ratings import publishing, results
from models.ratings import result_queries as queries
from models.ratings.result_types import SCOPE_LABELS, PublicScope
from models.ratings.tables import RatingCampaign
from models.ratings.types import CampaignState
from models.slips.commands import Letterhead
from models.slips.kinds import SlipStatus
from models.slips.registering import number_of
from webapp import access, clock, db, keyed, published_ratings
from webapp.calendar import current_calendar
from webapp.config import Config
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.letterhead import for_slips
from webapp.messages import message
from webapp.rating_results import campaign_pages, presenters
from webapp.rating_results.bulletin import bulletin_facts
from webapp.rating_results.forms import PlainForm, PublishForm
from webapp.refilling import refilled


def act_of(form: ActForm | None = None) -> Act:
    return Act(access.current_actor(), clock.now(), current_calendar())


def letterhead() -> Letterhead:
    config: Config = current_app.extensions["zhitongche.config"]
    return for_slips(config.public_base_url)


def show(uid: str, *, failed: ActForm | None = None, status: int = 200) -> Response:
    session = db.session()
    row = queries.counted_campaign(session, uid)
    current = queries.publication_of(session, row.id or 0)
    is_publish = isinstance(failed, PublishForm)
    form = failed if is_publish else refilled(
        PublishForm(formdata=None, data={"scope": current.scope.value if current else None}),
        url_for("rating_results.publish", uid=uid),
    )
    return render(
        "rating_results/publish.html", status=status, campaign=row, period=presenters.period_of(row), form=form,
        decisions=campaign_pages.decisions(session, row), bulletins=campaign_pages.bulletins(session, row),
        problems=failed.form_errors if failed is not None and not is_publish else [],
        bulletin=PlainForm(formdata=None) if _may_issue(session, row, current.scope if current else None) else None,
    )


def _may_issue(session: Session, row: RatingCampaign, scope: PublicScope | None) -> bool:
    """Something is public, and no bulletin of the campaign is in force."""
    if row.state is not CampaignState.PUBLISHED or scope in (None, PublicScope.NOTHING):
        return False
    return all(one.status is SlipStatus.VOID for one in queries.bulletins(session, row.id or 0))


def publish(uid: str) -> Response:
    form = PublishForm()
    row = queries.counted_campaign(db.session(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        publishing.publish(session, row, form.chosen, act_of(), reasons=form.reasons.data or "")
        published_ratings.forget()
        flash(f"已决定：{SCOPE_LABELS[form.chosen]}。各单位可以查看本单位的评议结果。", "success")
        return redirect(url_for("rating_results.campaign", uid=uid), code=303)

    return _do(uid, "publish", form, run)


def issue(uid: str) -> Response:
    """303 to the slip."""
    form = PlainForm()
    row = queries.counted_campaign(db.session(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        current = queries.publication_of(session, row.id or 0)
        facts = bulletin_facts(
            row, queries.public_results(session, row.id or 0), results.turnout_of(session, row.id or 0),
            unit_names(session), current.scope if current else PublicScope.NOTHING,
            campaign_pages.own_rules(session, row),
        )
        slip = publishing.issue_bulletin(session, row, facts, act_of(), letterhead())
        flash(f"已出具评议通报 {number_of(slip)}，可以打印，各单位都可以看到。", "success")
        return redirect(url_for("slips.show", uid=slip.uid), code=303)

    return _do(uid, "bulletin", form, run)


def _do(uid: str, name: str, form: ActForm, run: keyed.Run) -> Response:
    def again(failed: ActForm, status: int) -> Response:
        return show(uid, failed=failed, status=status)

    act = keyed.KeyedAct(f"rating.{name}:{uid}", lambda: url_for("rating_results.campaign", uid=uid))
    return keyed.perform(act, form, run=run, show=again, explain=explain)


def explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code, **error.facts))
