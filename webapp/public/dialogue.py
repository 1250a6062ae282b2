"""What the appellant says after the filing, on the follow-up page: the answer to a question, and the withdrawal."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, MultipleFileField, TextAreaField
from wtforms.validators import ValidationError

from models.appeals import commands as appeals
from models.appeals import queries
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.errors import Refused
from models.handling import supplements
from models.handling.queries import events
from models.handling.types import Action
from webapp import clock, db, notifying, staging
from webapp.calendar import current_calendar
from webapp.files import FileRefused, Room, require_room
from webapp.filing_form import STALE_KEY, CleanForPublic, make_showable
from webapp.forms import KEY_PATTERN, ActForm, Form, Required, key_digest, new_key
from webapp.htmx import render
from webapp.messages import message
from webapp.public import following, member, presenters, uploads
from webapp.public import rating as rating_page
from webapp.public.doors import Door, by_code
from webapp.public.rating import OfferedLink, RatingForm
from webapp.public.rating import part as rating_part

EXPIRED = "查询已超过 30 分钟没有操作，请重新填写受理编号和查询码。"
ANSWERED = "您的补充已收到，办理人员会看到。"
WITHDRAWN = "诉求已撤回，不再办理。以后需要的，可以重新提交。"
ANSWER_CHARS, REASON_CHARS = 5_000, 500


class AnswerForm(Form):
    answer = TextAreaField(
        "您的回答", [Required("请填写要补充的情况；只补交材料的，也请写一句说明"), CleanForPublic(ANSWER_CHARS)]
    )
    attachments = MultipleFileField("补交材料")
    submission_key = HiddenField(default=new_key)

    @property
    def digest(self) -> str:
        return key_digest(self.submission_key.data or "")

    def renew_stale_key(self) -> bool:
        """True when the form's one-time key was none of ours; it has a fresh one now."""
        if KEY_PATTERN.fullmatch(self.submission_key.data or ""):
            return False
        self.submission_key.data = new_key()
        return True


class WithdrawForm(Form):
    reason = TextAreaField("撤回的原因", [CleanForPublic(REASON_CHARS)])
    confirmed = BooleanField("我确认撤回这件诉求")

    def validate_confirmed(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError("撤回以后不再办理，请先勾选“我确认撤回这件诉求”")


def show(
    session: Session,
    appeal: Appeal,
    *,
    door: Door | None = None,
    answer: AnswerForm | None = None,
    withdraw: WithdrawForm | None = None,
    rating: RatingForm | None = None,
    link: OfferedLink | None = None,
    status: int = 200,
) -> Response:
    """The follow-up page, with the forms as they were typed or fresh ones."""
    door = door or by_code()
    answer = answer or AnswerForm(formdata=None)
    staged = queries.staged_uploads(session, answer.digest) if request.method == "POST" else ()
    return render(
        "public/appeal.html",
        status=status,
        door=door,
        may_add=not door.is_account and member.may_add(session, appeal),
        appeal_uid=appeal.uid,
        adding=ActForm(formdata=None),
        tracked=following.track_page(session, appeal, clock.today()),
        answer=answer,
        withdraw=withdraw or WithdrawForm(formdata=None),
        rating=rating_part(session, appeal, form=rating, link=link),
        staged=presenters.staged_views(staged),
        room=Room.beside(_sizes(session, appeal)),
    )


def expired() -> Response:
    flash(EXPIRED, "info")
    return redirect(url_for("public.track"), 303)


def answer(door: Door | None = None) -> Response:
    """`POST …/answer`: files are kept first, so that an error loses none of them (DUR-1)."""
    door = door or by_code()
    held = _held(door)
    if held is None:
        return expired()
    form = AnswerForm()
    is_stale = form.renew_stale_key()
    if "remove_file" in request.form:
        staging.remove(form.digest, request.form["remove_file"])
    received = uploads.receive(form.digest, request.files.getlist("attachments"), clock.now(), held)
    session = db.session()
    appeal = door.find(session, True)
    if appeal is None:
        return expired()
    is_valid = form.validate_on_submit() and not is_stale
    form.attachments.errors = list(received.errors)
    if is_stale:
        form.form_errors.append(STALE_KEY)
    if not is_valid or received.errors or "remove_file" in request.form:
        make_showable(form)
        return show(session, appeal, door=door, answer=form, status=422)
    return _take(session, appeal, form, door)


def _held(door: Door) -> Sequence[int] | None:
    """Sizes of the files that the appeal has, before any more is kept; None when nobody may enter (any more). Raises
    `NotFound` for an appeal that is not theirs.
    """
    with db.database().reading() as session:
        appeal = door.find(session, False)
        return None if appeal is None else _sizes(session, appeal)


def _sizes(session: Session, appeal: Appeal) -> Sequence[int]:
    return [one.size for one in queries.attachments(session, appeal)]


def _take(session: Session, appeal: Appeal, form: AnswerForm, door: Door) -> Response:
    """Once: the same answer sent again leads where the first did (DUR-5)."""
    rows = queries.staged_uploads(session, form.digest, lock=True)
    files = [appeals.stored_file(row) for row in rows]
    try:
        require_room([one.size for one in files], _sizes(session, appeal) if files else ())
        with notifying.telling_of(session, appeal):
            supplements.answer(
                session, appeal, text=form.answer.data, files=files, now=clock.now(), calendar=current_calendar()
            )
    except FileRefused as crowded:  # another form was faster: the page shows what may be taken out
        form.attachments.errors = [crowded.message_zh]
        return show(session, appeal, door=door, answer=form, status=422)
    except Refused as refused:
        if _is_repeat(session, appeal, form):
            flash(ANSWERED, "info")
            return redirect(door.page, 303)
        form.form_errors.append(message(refused.code))
        return show(session, appeal, door=door, answer=form, status=409)
    for row in rows:
        appeals.unstage(session, row)
    door.trace(session, appeal, "answer")
    flash(ANSWERED, "success")
    return redirect(door.page, 303)


def _is_repeat(session: Session, appeal: Appeal, form: AnswerForm) -> bool:
    said = [one.public_note for one in events(session, appeal) if one.action is Action.ANSWER]
    return form.answer.data in said


def withdraw(door: Door | None = None) -> Response:
    """`POST …/withdraw`: only with the box ticked; a second time it is withdrawn already."""
    door = door or by_code()
    form, session = WithdrawForm(), db.session()
    appeal = door.find(session, True)
    if appeal is None:
        return expired()
    if appeal.state is State.WITHDRAWN:
        return redirect(door.page, 303)
    if not form.validate_on_submit():
        make_showable(form)
        return show(session, appeal, door=door, withdraw=form, status=422)
    try:
        with notifying.telling_of(session, appeal):
            supplements.withdraw(
                session, appeal, reason=form.reason.data or "", now=clock.now(), calendar=current_calendar()
            )
    except Refused as refused:
        flash(message(refused.code), "warning")
        return redirect(door.page, 303)
    door.trace(session, appeal, "withdraw")
    flash(WITHDRAWN, "success")
    return redirect(door.page, 303)


def rate(door: Door | None = None) -> Response:
    """`POST …/rate`: once a round."""
    return rating_page.rate(door or by_code(), show, expired)


def offer_link(door: Door | None = None) -> Response:
    """`POST …/rating-link`: a one-time link for the appellant's other telephone."""
    return rating_page.offer_link(door or by_code(), show, expired)
