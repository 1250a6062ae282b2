"""The appellant rates a reply, on the follow-up page or through a one-time link. Nobody else has a form for it."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.accounts.types import PUBLIC, Actor
from models.appeals.tables import Appeal
from models.errors import Refused
from models.followup import case_queries, links, queries, ratings
from models.followup.rules import RATEABLE, may_be_appellant
from models.followup.tables import SatisfactionRating
from models.followup.types import GRADE_LABELS, LOW_GRADES, Grade, RatingChannel
from webapp import access, clock, db, intake
from webapp.calendar import current_calendar
from webapp.filing_form import STALE_KEY, CleanForPublic, make_showable
from webapp.filters import cn_date, cn_datetime
from webapp.forms import KEY_PATTERN, Form, new_key
from webapp.messages import message
from webapp.notifying import telling_of_cases
from webapp.presenting import Entry
from webapp.public import case_words
from webapp.public.doors import Door

REASON_CHARS = 500
THANKS = "评价已收到，谢谢您。评价提交后，任何人都不能修改。"
LOW_THANKS = "评价已收到。市优办会在 1 个工作日内与您联系，并决定是否重新办理。"
VALUES = {str(grade.value): grade for grade in Grade}
LOW_VALUES = frozenset(str(grade.value) for grade in LOW_GRADES)


class RatingForm(Form):
    """Five grades in words. The reason is asked for where the grade is low, and taken with every one."""

    grade = RadioField(
        "您对这次答复满意吗？", validate_choice=False,
        choices=[SelectChoice(value=str(grade.value), label=label) for grade, label in GRADE_LABELS.items()],
    )
    reason = TextAreaField("原因或者建议", [CleanForPublic(REASON_CHARS)])
    submission_key = HiddenField(default=new_key)

    def validate_grade(self, field: RadioField) -> None:
        if field.data not in VALUES:
            raise ValidationError("请选择您的满意程度")

    def validate_reason(self, field: TextAreaField) -> None:
        if self.grade.data in LOW_VALUES and not (field.data or "").strip():
            raise ValidationError(message("rating_needs_reason"))

    def validate_submission_key(self, field: HiddenField) -> None:
        if not KEY_PATTERN.fullmatch(field.data or ""):
            field.data = new_key()
            raise ValidationError(STALE_KEY)

    def said(self, channel: RatingChannel) -> ratings.Said:
        return ratings.Said(VALUES[self.grade.data], self.reason.data or "", channel)


@dataclass(frozen=True)
class GivenRating:
    """A rating as its author reads it."""

    label: str
    is_low: bool
    reason: str
    at_text: str
    round: int


@dataclass(frozen=True)
class OfferedLink:
    """A link just made: shown once."""

    url: str
    qr_url: str
    until_text: str


@dataclass(frozen=True)
class RatingPart:
    """What the follow-up page shows of rating. `form` is there while a reply waits to be rated."""

    form: RatingForm | None
    until_text: str
    given: tuple[GivenRating, ...]
    case: tuple[Entry, ...]
    case_text: str
    link: OfferedLink | None
    link_form: Form


def part(
    session: Session, appeal: Appeal, *, form: RatingForm | None = None, link: OfferedLink | None = None
) -> RatingPart:
    if appeal.state not in RATEABLE and appeal.round == 1:
        return RatingPart(None, "", (), (), "", None, LinkForm(formdata=None))
    given = queries.ratings(session, appeal)
    is_rated = any(one.round == appeal.round for one in given)
    until = "" if is_rated else cn_date(ratings.rateable_until(session, appeal, clock.now()))
    cases = case_queries.of_appellant(session, appeal)
    return RatingPart(
        (form or RatingForm(formdata=None)) if until else None, until,
        tuple(_given(one) for one in given),
        tuple(case_words.timeline(session, cases)), case_words.promise_text(cases), link,
        LinkForm(formdata=None),
    )


def _given(one: SatisfactionRating) -> GivenRating:
    grade = Grade(one.grade)
    return GivenRating(GRADE_LABELS[grade], grade in LOW_GRADES, one.reason, cn_datetime(one.rated_at), one.round)


def who() -> Actor:
    """Whoever is signed in on this browser, so that nobody of the staff rates in a colleague's or a visitor's name."""
    actor = access.current_actor()
    return actor if actor.account_id is not None else PUBLIC


def rate(door: Door, show: Any, expired: Any) -> Response:
    """`POST …/rate`. `show` draws the follow-up page with the form as it was typed."""
    form, session = RatingForm(), db.session()
    appeal = door.find(session, True)
    if appeal is None:
        return expired()
    if not form.validate_on_submit():
        make_showable(form)
        return show(session, appeal, door=door, rating=form, status=422)
    try:
        give(session, appeal, form.said(door.channel))
    except Refused as refused:
        return _refused(door, form, refused, show, expired)
    door.trace(session, appeal, "rate")
    flash(LOW_THANKS if form.grade.data in LOW_VALUES else THANKS, "success")
    return redirect(door.page, 303)


def give(session: Session, appeal: Appeal, said: ratings.Said) -> None:
    with telling_of_cases(session, appeal):
        ratings.rate(session, appeal, said, actor=who(), now=clock.now(), calendar=current_calendar())


def _refused(door: Door, form: RatingForm, refused: Refused, show: Any, expired: Any) -> Response:
    """Kept in the log (AUD-4), which ends the transaction; the appeal is read anew."""
    access.record_denied(access.current_actor(), f"{request.endpoint}:{refused.code}")
    if refused.code == "rated_already":
        flash(message(refused.code), "info")
        return redirect(door.page, 303)
    form.form_errors.append(message(refused.code))
    session = db.session()
    appeal = door.find(session, False)
    return expired() if appeal is None else show(session, appeal, door=door, rating=form, status=409)


# ---------------------------------------------------------------- one-time links


class LinkForm(Form):
    """Asks for a link: its key is what the link follows from."""

    submission_key = HiddenField(default=new_key)

    def validate_submission_key(self, field: HiddenField) -> None:
        if not KEY_PATTERN.fullmatch(field.data or ""):
            raise ValidationError(STALE_KEY)


def offer_link(door: Door, show: Any, expired: Any) -> Response:
    """`POST …/rating-link`: the page with the link on it, this once. Never for the staff."""
    form, session = LinkForm(), db.session()
    appeal = door.find(session, True)
    if appeal is None:
        return expired()
    if not form.validate_on_submit():
        flash(STALE_KEY, "info")
        return redirect(door.page, 303)
    try:
        offered = _offered(session, appeal, form.submission_key.data)
    except Refused as refused:
        access.record_denied(access.current_actor(), f"{request.endpoint}:{refused.code}")
        flash(message(refused.code), "info")
        return redirect(door.page, 303)
    return show(session, appeal, door=door, link=offered)


def _offered(session: Session, appeal: Appeal, key: str) -> OfferedLink:
    if not may_be_appellant(who()):
        raise Refused("rating_not_by_staff")
    config = intake.config()
    token = links.token_of(config.receipt_key, key)
    made = links.make(session, appeal, token, now=clock.now())
    return OfferedLink(
        link_url(token), url_for("public.rating_link_qr", token=token), cn_datetime(made.expires_at)
    )


def link_url(token: str) -> str:
    return intake.config().public_base_url + url_for("public.rate_by_link", token=token)
