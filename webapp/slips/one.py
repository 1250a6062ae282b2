"""The page of one slip: its pages as they are printed, who signed for it, and what may be done with it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from flask import Response as FileResponse
from flask import current_app, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.appeals.types import ViewKind
from models.audit.commands import append
from models.errors import DomainError, Refused
from models.slips import queries, receiving, voiding
from models.slips.kinds import SlipStatus
from models.slips.paper import content_of
from models.slips.receiving import ScannedFile
from models.slips.registering import number_of
from models.slips.tables import Slip
from webapp import access, clock, db, keyed, view_log
from webapp.files import MOST_BYTES, FileRefused, FileStore, download_headers, judge
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.slips import presenters
from webapp.slips.act_forms import PlainForm, ScanForm, VoidForm
from webapp.slips.acting import act_of, drawn, letterhead

NO_FILE = "请选择要上传的扫描件"


def show(uid: str, *, failed: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    slip = queries.visible_slip(session, actor, uid)
    appeal = queries.appeal_of(session, slip)
    if slip.appeal_id is not None:
        view_log.seen_id(slip.appeal_id)
    context: dict[str, Any] = {
        "slip": presenters.slip_view(session, slip, appeal), "forms": _forms(session, actor, slip, failed),
        "scans": presenters.scan_views(receiving.scans_of(session, slip)) if _may_issue(actor) else [],
    }
    content = content_of(slip.content)
    return render("register/show.html", status=status, actor=actor, preview=drawn(content), **context)


def _forms(session: Session, actor: Actor, slip: Slip, failed: ActForm | None) -> dict[str, ActForm]:
    """What this person may do with this slip now, by name; the failed form in its place."""
    is_issued, may_void = slip.status is SlipStatus.ISSUED, permits(actor.roles, Permission.REVIEW)
    is_ours = actor.is_unit and slip.unit_id == actor.unit_id
    offered: dict[str, tuple[bool, type[ActForm]]] = {
        "sign": (is_issued and is_ours and receiving.receipt_of(session, slip) is None, PlainForm),
        "void": (is_issued and may_void, VoidForm),
        "reissue": (not is_issued and may_void and queries.replaced_by(session, slip) is None, PlainForm),
        "scan": (_may_issue(actor), ScanForm),
    }
    named = request.endpoint.removeprefix("slips.") if failed is not None and request.endpoint else ""
    return {
        name: failed if failed is not None and named == name else form(formdata=None)
        for name, (is_offered, form) in offered.items() if is_offered or named == name
    }


def _may_issue(actor: Actor) -> bool:
    return permits(actor.roles, Permission.ISSUE_SLIPS)


# ---------------------------------------------------------------- acts


def void(uid: str) -> Response:
    form = VoidForm()

    def run(session: Session, actor: Actor, slip: Slip) -> str:
        voiding.void(session, slip, act_of(actor), reason=form.reason.data or "")
        flash(f"{number_of(slip)} 已作废，文号不再使用。需要重新出具的，请点“重新出具”。", "success")
        return slip.uid

    return _do(uid, "void", form, run)


def reissue(uid: str) -> Response:
    def run(session: Session, actor: Actor, slip: Slip) -> str:
        fresh = voiding.reissue(session, slip, act_of(actor), letterhead())
        flash(f"已重新出具 {number_of(fresh)}，代替作废的 {number_of(slip)}。", "success")
        return fresh.uid

    return _do(uid, "reissue", PlainForm(), run)


def sign(uid: str) -> Response:
    def run(session: Session, actor: Actor, slip: Slip) -> str:
        receiving.sign_for(session, slip, act_of(actor))
        flash(f"已签收 {number_of(slip)}，签收时间和姓名已记入登记簿。", "success")
        return slip.uid

    return _do(uid, "sign", PlainForm(), run)


def _do(uid: str, name: str, form: ActForm, run: Callable[[Session, Actor, Slip], str]) -> Response:
    """303 to the slip that came of it, 422 with the reason on the page, 409 when somebody was faster."""
    session, actor = db.session(), access.current_actor()
    slip = queries.locked(session, queries.visible_slip(session, actor, uid))

    def done(session: Session, actor: Actor) -> Response:
        return redirect(url_for("slips.show", uid=run(session, actor, slip)), code=303)

    act = keyed.KeyedAct(f"slip-{name}:{uid}", lambda: url_for("slips.show", uid=uid))
    return keyed.perform(act, form, run=done, show=partial(_again, uid), explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code, **error.facts))


def _again(uid: str, form: ActForm, status: int) -> Response:
    return show(uid, failed=form, status=status)


# ---------------------------------------------------------------- scans of receipts on paper


def scan(uid: str) -> Response:
    """Files are judged and lie on the disk before a row names them; what does not come about leaves no file. The rows
    have a transaction of their own: the files are given up only where nothing but its COMMIT can fail (DUR-1).
    """
    form, actor = ScanForm(), access.current_actor()
    sent = [one for one in request.files.getlist("scans") if one.filename]
    queries.visible_slip(db.session(), actor, uid)
    db.release()
    with ExitStack() as cleaning:
        kept, problems = _kept(sent, cleaning)
        if problems or not form.validate_on_submit():
            form.scans.errors = problems
            return show(uid, failed=keyed.renewed(form), status=422)
        try:
            return _keep(uid, form, kept, cleaning)
        except Refused as refused:
            access.record_denied(actor, f"{request.endpoint}:{refused.code}", uid)
            _explain(form, refused)
            return show(uid, failed=form, status=422)


def _keep(uid: str, form: ActForm, kept: Sequence[ScannedFile], cleaning: ExitStack) -> Response:
    actor, subject = access.current_actor(), f"slip-scan:{uid}"
    act = act_of(actor)
    db.release()  # reading the calendar began the request's transaction: there is one writer
    with db.database().writing() as session:
        slip = queries.locked(session, queries.visible_slip(session, actor, uid))
        if keyed.is_repeat(session, actor, form, subject):
            flash(keyed.REPEATED, "info")
            return redirect(url_for("slips.show", uid=uid), code=303)
        for file in kept:
            receiving.add_scan(session, slip, file, act)
        keyed.burn(session, actor, form, subject)
        session.flush()
        cleaning.pop_all()
    flash(f"已收下 {len(kept)} 份回执扫描件。", "success")
    return redirect(url_for("slips.show", uid=uid), code=303)


def _kept(sent: Sequence[FileStorage], cleaning: ExitStack) -> tuple[list[ScannedFile], list[str]]:
    store: FileStore = current_app.extensions["zhitongche.files"]
    kept, problems = [], [] if sent else [NO_FILE]
    for one in sent[: receiving.MOST_SCANS]:
        data = one.stream.read(MOST_BYTES + 1)
        try:
            judged = judge(data, one.filename or "")
        except FileRefused as refused:
            problems.append(refused.message_zh)
            continue
        name = store.put(data)
        cleaning.callback(store.delete, name)
        kept.append(
            ScannedFile(name, judged.display_name, judged.kind, judged.size, judged.sha256, judged.warning)
        )
    return kept, problems


def scanned(uid: str, scan_uid: str) -> FileResponse:
    """Who got a scan stays in the log: somebody's signature is on it."""
    session, actor = db.session(), access.current_actor()
    slip = queries.visible_slip(session, actor, uid)
    found = receiving.scan(session, slip, scan_uid)
    if slip.appeal_id is not None:
        view_log.seen_id(slip.appeal_id, ViewKind.FILE)
    db.release()
    store: FileStore = current_app.extensions["zhitongche.files"]
    content = store.read(found.stored_name)
    facts: dict[str, Any] = {"slip": slip.uid}
    with db.database().writing() as log:
        append(
            log, at=clock.now(), actor_id=actor.account_id, action="file.view", object_kind="slip_scan",
            object_id=found.uid, facts=facts,
        )
    return FileResponse(content, headers=download_headers(found.kind, found.display_name))
