"""Mails that did not go out: for whom, of what kind, why. Neither content nor address stands here."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.notices import outbox
from models.notices.types import MailState
from webapp import access, clock, db
from webapp.admin.acts import AdminAct, Done, Place, perform, trace
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.notice_words import subject


@dataclass(frozen=True)
class FailedMail:
    uid: str
    person: str
    account_url: str
    subject: str
    at: datetime
    why: str
    attempts: int


def show(form: ActForm | None = None, status: int = 200) -> Response:
    session = db.session()
    rows = [
        FailedMail(
            mail.uid, account.display_name, url_for("admin.account", uid=account.uid), subject(mail.kind),
            mail.created_at, message(mail.last_error), mail.attempts,
        )
        for mail, account in outbox.failed(session)
    ]
    counts = outbox.counts(session)
    return render(
        "admin/mails.html", status=status, rows=rows, form=form or ActForm(formdata=None),
        failed=counts[MailState.FAILED], waiting=counts[MailState.WAITING], sent=counts[MailState.SENT],
        is_set=bool(current_app.extensions["zhitongche.config"].smtp_url),
    )


def _again(session: Session, actor: Actor, uid: str, form: ActForm) -> Done:
    outbox.send_again(session, uid, now=clock.now())
    return Done("已重新排队，一分钟内再次发送。")


def send_all_again() -> Response:
    """Sent twice it is no harm: what waits already is not among the failed."""
    session, actor, now = db.session(), access.current_actor(), clock.now()
    uids = [mail.uid for mail, _ in outbox.failed(session)]
    for uid in uids:
        outbox.send_again(session, uid, now=now)
    trace(session, actor, "mail.again", "mail", "", {"count": len(uids)})
    flash(f"已将 {len(uids)} 封重新排队，陆续发送。" if uids else "没有需要重发的邮件。", "success" if uids else "info")
    return redirect(url_for("admin.mails"), code=303)


MAIL = Place(
    "mail", lambda session, uid: uid, lambda uid: url_for("admin.mails"),
    lambda uid, failed, status: show(failed, status),
)
AGAIN = AdminAct("mail.again", _again)


def send_again(uid: str) -> Response:
    return perform(AGAIN, MAIL, uid)
