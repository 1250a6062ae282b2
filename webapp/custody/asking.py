"""The page of whoever works on an appeal whose identity is sealed: ask, wait, look."""

from functools import partial
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor, Role
from models.appeals import reveals
from models.appeals.queries import visible_appeal
from models.appeals.reveal_rules import refused_to_ask
from models.appeals.tables import Appeal
from models.errors import DomainError, Refused
from webapp import access, clock, db, keyed, view_log
from webapp.appeal_page import contact_rows
from webapp.custody import presenters
from webapp.custody.forms import AskForm
from webapp.filters import cn_datetime
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled

OVERSEERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
"""Who reads what others asked for and how often they looked (IDN-3)."""


def show(uid: str) -> Response:
    session, actor = db.session(), access.current_actor()
    return _page(session, actor, visible_appeal(session, actor, uid))


def ask(uid: str) -> Response:
    """303 to the page that waits; 422 with the reason beside what was typed."""
    session, actor, form = db.session(), access.current_actor(), AskForm()
    appeal = visible_appeal(session, actor, uid, lock=True)  # before the key: of two sendings at once one waits here

    def run(session: Session, actor: Actor) -> Response:
        reveals.ask(session, actor, appeal, reason=form.reason.data or "", now=clock.now())
        flash("申请已提交，等待身份保管人审批。同意以后，在本页可以查看30分钟。", "success")
        return redirect(url_for("custody.show", uid=uid), code=303)

    act = keyed.KeyedAct(f"reveal:{uid}", lambda: url_for("custody.show", uid=uid))
    return keyed.perform(act, form, run=run, show=partial(_again, uid), explain=_explain)


def open_identity(uid: str) -> Response:
    """Who filed, once: the page is stored nowhere, and each look is counted and told to the appellant."""
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, uid, lock=True)
    vault = current_app.extensions["zhitongche.vault"]
    try:
        found = reveals.open_identity(session, vault, actor, appeal, now=clock.now())
    except Refused as refused:
        access.record_denied(actor, f"{request.endpoint}:{refused.code}", uid)
        form = AskForm(formdata=None)
        _explain(form, refused)
        return _again(uid, form, 422)
    response = _page(session, actor, appeal, contact=contact_rows(found))
    response.headers["Cache-Control"] = "no-store"
    return response


def _explain(form: ActForm, error: DomainError) -> None:
    if error.code in ("reveal_reason_short", "reveal_words_identify"):
        form["reason"].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))


def _again(uid: str, form: ActForm, status: int) -> Response:
    """The page as it stands now, with what was typed."""
    session, actor = db.session(), access.current_actor()
    return _page(session, actor, visible_appeal(session, actor, uid), form=form, status=status)


def _page(
    session: Session, actor: Actor, appeal: Appeal, *, form: ActForm | None = None, status: int = 200, **shown: Any
) -> Response:
    """`contact` is in the context only in the answer that opens the identity (ACC-5)."""
    view_log.seen(appeal)
    now, reveal = clock.now(), reveals.newest(session, actor, appeal)
    is_opened = reveals.is_open_to(session, actor, appeal, reveal, now)
    refusal = refused_to_ask(actor, reveals.matter(session, actor, appeal))
    asked = [(one, appeal) for one in reveals.of_appeal(session, appeal)] if actor.roles & OVERSEERS else []
    return render(
        "custody/appeal.html", status=status, appeal=appeal,
        form=form or refilled(AskForm(formdata=None), url_for("custody.ask", uid=appeal.uid)),
        reveal=reveal, standing=presenters.standing(reveal, is_opened, now),
        why_not=message(refusal) if refusal else "",
        until=cn_datetime(reveal.expires_at) if reveal is not None else "",
        history=presenters.reveal_views(session, asked),
        back_url=url_for("desk.show" if _is_of_the_lead(actor, appeal) else "office.show", uid=appeal.uid), **shown,
    )


def _is_of_the_lead(actor: Actor, appeal: Appeal) -> bool:
    return actor.is_unit and actor.unit_id == appeal.lead_unit_id
