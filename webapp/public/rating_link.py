"""Rating through a one-time link: a page of its own, with the reply's number and day and nothing of the matter."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.appeals.tables import Appeal
from models.errors import NotFound, Refused
from models.followup import links, ratings
from models.followup.tables import RatingLink
from models.followup.types import RatingChannel
from models.workdays.rules import local_day
from webapp import access, clock, db
from webapp.filing_form import make_showable
from webapp.filters import cn_date
from webapp.htmx import render
from webapp.messages import message
from webapp.public import rating
from webapp.public.rating import RatingForm

BY_LINK = "要看答复和办理经过，请填写受理编号和查询码。"


@dataclass(frozen=True)
class Asked:
    """What the page says of the reply that is to be rated."""

    number: str
    replied_text: str
    until_text: str


def show(token: str, form: RatingForm | None = None, status: int = 200) -> Response:
    session = db.session()
    try:
        link, appeal = links.opened(session, token, now=clock.now())
        asked = _asked(session, appeal, link)
    except (NotFound, Refused):
        return _gone()
    return render(
        "public/rate_by_link.html", status=status, asked=asked, form=form or RatingForm(formdata=None), token=token
    )


def _asked(session: Session, appeal: Appeal, link: RatingLink) -> Asked:
    reply = ratings.rateable(session, appeal, clock.now())
    expires = local_day(link.expires_at)
    return Asked(appeal.number, cn_date(local_day(reply.at)), cn_date(expires))


def _gone() -> Response:
    """The same words for what is unknown, used, expired or overtaken."""
    return render("public/rating_link_gone.html", status=404)


def rate(token: str) -> Response:
    """The link is used up with the rating, in its transaction. A dead one that is tried stays in the log (AUD-4)."""
    form, session = RatingForm(), db.session()
    try:
        link, appeal = links.opened(session, token, now=clock.now(), lock=True)
    except NotFound as gone:
        if gone.code == "link_gone":
            access.record_denied(access.current_actor(), f"{request.endpoint}:{gone.code}")
        return _gone()
    if not form.validate_on_submit():
        make_showable(form)
        return show(token, form, 422)
    try:
        rating.give(session, appeal, form.said(RatingChannel.LINK))
    except Refused as refused:
        access.record_denied(access.current_actor(), f"{request.endpoint}:{refused.code}")
        form.form_errors.append(message(refused.code))
        return show(token, form, 409)
    links.spend(session, link, now=clock.now())
    said = rating.LOW_THANKS if form.grade.data in rating.LOW_VALUES else rating.THANKS
    flash(f"{said}{BY_LINK}", "success")
    return redirect(url_for("public.track"), 303)
