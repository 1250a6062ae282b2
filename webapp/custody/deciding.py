"""The custodian's list 待我审批 and the page of one request. The custodian sees who asks for what and why, not the
content of the appeal and not the identity.
"""

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.appeals import reveals
from models.errors import DomainError
from webapp import access, clock, db, keyed, view_log
from webapp.custody import presenters
from webapp.custody.forms import DecideForm
from webapp.forms import ActForm
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


def show_one(uid: str, *, form: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    reveal, appeal = reveals.asked(session, actor, uid)
    view_log.seen(appeal)
    [shown] = presenters.reveal_views(session, [(reveal, appeal)], custodian=actor)
    return render("custody/request.html", status=status, form=form or DecideForm(formdata=None), one=shown)


def decide(uid: str, *, is_grant: bool) -> Response:
    """303 to the list; 422 when refused, 409 when another custodian was faster."""
    session, actor, form = db.session(), access.current_actor(), DecideForm()
    reveal, appeal = reveals.asked(session, actor, uid, lock=True)  # before the key: of two sendings one waits here

    def run(session: Session, actor: Actor) -> Response:
        answer = reveals.grant if is_grant else reveals.refuse
        answer(session, actor, reveal, appeal, remark=form.remark.data or "", now=clock.now())
        said = "已同意，申请人从现在起30分钟内可以查看。" if is_grant else "已告知申请人不同意的理由。"
        flash(f"{appeal.number}：{said}", "success")
        return redirect(url_for("custody.index"), code=303)

    def show(failed: ActForm, status: int) -> Response:
        return show_one(uid, form=failed, status=status)

    act = keyed.KeyedAct(f"decide:{uid}", lambda: url_for("custody.index"))
    return keyed.perform(act, form, run=run, show=show, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    if error.code == "reveal_words_identify":
        form["remark"].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))
