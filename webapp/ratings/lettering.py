"""Codes go out: letters as a job whose result is kept for a day at most, mails through their own outbox, lost letters.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.errors import Refused
from models.ratings import letters, queries
from models.ratings.tables import RatingCampaign, RatingInvitation
from models.ratings.vault import new_code
from webapp import clock, db, jobs, keyed
from webapp.filters import cn_full_date
from webapp.forms import ActForm
from webapp.jobs import Kind, Running
from webapp.messages import message
from webapp.pdf import GIB, PdfRenderer
from webapp.rating_acts import can_mail, config, vault
from webapp.ratings.invited import show_list
from webapp.ratings.letter_pdf import PORTION, Letter, draw
from webapp.ratings.planning import act_of
from webapp.ratings.telling import explainer

JOB: Final = "ratings.letters"
KEPT_FOR: Final = timedelta(days=1)
WARNING: Final = (
    "这个文件里有评议码明文，最多保留一天，到时自动删除。请下载后立即打印、装封，并删除下载的文件；"
    "打印无误后，点“已下载，删除文件”。过期没有下载的，只能整批重做，原来的评议码作废。"
)
explain = explainer({})
Ordering = Callable[[Session, Actor, RatingCampaign], Response]


def order_letters(uid: str) -> Response:
    """`scope`: letter (whoever has no mail address), all (whoever has no code), again (a whole print that was lost).
    """

    def run(session: Session, actor: Actor, row: RatingCampaign) -> Response:
        scope = request.form.get("scope", "")
        if scope == "again":
            chosen = letters.of_letters(session, row)
            letters.void(session, vault(), row, chosen, act_of(actor))
        else:
            has_mail = None if scope == "all" else False
            chosen = [one for one, _ in letters.without_code(session, vault(), row, has_mail=has_mail)]
        return _ordered(session, actor, row, chosen)

    return _perform(uid, "letters", uid, run)


def reissue(uid: str, invitation_uid: str) -> Response:
    """The letter is lost: the code is void, a new letter is made. The answer is the same whether the old code had been
    used or not.
    """

    def run(session: Session, actor: Actor, row: RatingCampaign) -> Response:
        invited = queries.invitation(session, row, invitation_uid, lock=True)
        letters.void(session, vault(), row, [invited], act_of(actor))
        return _ordered(session, actor, row, [invited])

    return _perform(uid, "reissue", invitation_uid, run)


def _ordered(session: Session, actor: Actor, row: RatingCampaign, chosen: Sequence[RatingInvitation]) -> Response:
    job = jobs.order(session, actor, JOB, {"campaign": row.uid}, total=len(chosen))
    letters.hand_to_job(session, row, chosen, job.uid, act_of(actor))
    return redirect(url_for("progress.show", uid=job.uid), code=303)


def order_mails(uid: str) -> Response:
    def run(session: Session, actor: Actor, row: RatingCampaign) -> Response:
        back = redirect(url_for("ratings.invitations", uid=uid), code=303)
        if not can_mail():
            flash(message("mail_not_set_up"), "info")
            return back
        chosen = [one for one, _ in letters.without_code(session, vault(), row, has_mail=True)]
        number = letters.order_mails(session, vault(), row, chosen, act_of(actor))
        flash(f"{number} 封评议信已排队，几分钟内发出。邮件发出后，系统不再保存其中的评议码。", "success")
        return back

    return _perform(uid, "mails", uid, run)


def _perform(uid: str, name: str, subject: str, run: Ordering) -> Response:
    row = queries.campaign_row(db.session(), uid, lock=True)
    act = keyed.KeyedAct(f"rating.{name}:{subject}", lambda: url_for("ratings.invitations", uid=uid))
    return keyed.perform(
        act, ActForm(), run=lambda session, actor: run(session, actor, row), explain=explain,
        show=lambda failed, status: show_list(uid, status, [str(one) for one in failed.form_errors]),
    )


# ---------------------------------------------------------------- the job


def work(running: Running) -> str:
    """Draws the letters, then enters the hashes of their codes, all of them in one transaction: a run that dies before
    has given nobody a code, and the next one makes others.
    """
    with db.database().reading() as session:
        row = queries.campaign_row(session, running.facts["campaign"])
        found = letters.of_job(session, vault(), row, running.uid)
    if not found:
        raise Refused("nothing_to_letter")
    codes = {invited.id or 0: new_code() for invited, _ in found}
    drawn = [Letter(invitee, codes[invited.id or 0]) for invited, invitee in found]
    running.draft.touch(mode=0o600)
    running.draft.write_bytes(_drawn(row, drawn, running))
    with db.database().writing() as session:
        row = queries.campaign_row(session, row.uid, lock=True)
        hashes = {invitation_id: vault().code_hash(code) for invitation_id, code in codes.items()}
        if letters.write_codes(session, row, running.uid, hashes) != len(codes):
            raise Refused("letters_overtaken")
    return f"评议信 {len(codes)}封.pdf"


def _drawn(row: RatingCampaign, drawn: Sequence[Letter], running: Running) -> bytes:
    renderer = PdfRenderer(
        config().fonts_conf, workers=1, timeout=120 + 2.0 * PORTION, memory=4 * GIB, max_pages=PORTION
    )
    try:
        return draw(row, drawn, renderer, running.step, cn_full_date(clock.today()))
    finally:
        renderer.close()


JOBS = (Kind(JOB, "评议信制作", work, kept_for=KEPT_FOR, is_secret=True, warning=WARNING),)
