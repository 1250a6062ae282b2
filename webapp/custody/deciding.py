"""The custodian's list 待我审批 and the page of one request. The custodian sees who asks for what and why, not the
content of the appeal and not the identity.
"""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from models.appeals import reveals
from models.errors import Conflict, DomainError, Refused
from webapp import access, clock, db, view_log
from webapp.custody import presenters
from webapp.custody.forms import DecideForm
from webapp.htmx import render
from webapp.messages import message

MOST_SHOWN = 100
DECIDED_SHOWN = 20


def show_list() -> Response:
    session, actor = db.session(), access.current_actor()
    waiting = reveals.listed(session, actor, is_waiting=True, limit=MOST_SHOWN)
    decided = reveals.listed(session, actor, is_waiting=False, limit=DECIDED_SHOWN)
    shown = presenters.reveal_views(session, [*waiting, *decided], custodian=actor)
    return render("custody/index.html", waiting=shown[: len(waiting)], decided=shown[len(waiting) :])


def show_one(uid: str, *, form: DecideForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    reveal, appeal = reveals.asked(session, actor, uid)
    view_log.seen(appeal)
    [shown] = presenters.reveal_views(session, [(reveal, appeal)], custodian=actor)
    return render("custody/request.html", status=status, form=form or DecideForm(formdata=None), one=shown)


def decide(uid: str, *, is_grant: bool) -> Response:
    """303 to the list; 422 when refused, 409 when another custodian was faster."""
    session, actor, form = db.session(), access.current_actor(), DecideForm()
    reveal, appeal = reveals.asked(session, actor, uid, lock=True)
    if not form.validate_on_submit():
        return show_one(uid, form=form, status=422)
    try:
        act = reveals.grant if is_grant else reveals.refuse
        act(session, actor, reveal, appeal, remark=form.remark.data or "", now=clock.now())
    except (Refused, Conflict) as error:
        return _refused(uid, form, error)
    said = "已同意，申请人从现在起30分钟内可以查看。" if is_grant else "已告知申请人不同意的理由。"
    flash(f"{appeal.number}：{said}", "success")
    return redirect(url_for("custody.index"), code=303)


def _refused(uid: str, form: DecideForm, error: DomainError) -> Response:
    """The page as it stands now with the reason and what was typed; the attempt stays in the log (AUD-4)."""
    access.record_denied(access.current_actor(), f"custody.decide:{error.code}", uid)
    if error.code == "reveal_words_identify":
        form.remark.errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))
    return show_one(uid, form=form, status=409 if isinstance(error, Conflict) else 422)
