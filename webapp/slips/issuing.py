"""What the office may issue of an appeal: each kind with its preview or the reason why not, and the transfer letter."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import DomainError, NotFound, Refused
from models.slips import commands, queries, transferring
from models.slips.facts import transfer_act
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.transfer_letter import TRANSFER_LABELS, VERBS, TransferAct
from webapp import access, db, keyed, view_log
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.slip_drawing import Preview
from webapp.slips.act_forms import PlainForm, TransferForm
from webapp.slips.acting import act_of, drawn, letterhead
from webapp.slips.presenters import Offer, offer

Run = Callable[[Session, Actor, Appeal], str]
"""Issues, and answers the uid of the slip."""
OF_APPEAL = (SlipKind.DISPATCH_ORDER, SlipKind.DECLINE_NOTICE, SlipKind.HANDLING_REPORT)
"""Issued with one button: everything they say stands in the appeal."""
HINTS: Mapping[SlipKind, str] = {
    SlipKind.DISPATCH_ORDER: "主办、协办单位和期限按现在的办理情况生成，主送主办单位，抄送协办单位。",
    SlipKind.DECLINE_NOTICE: "写明不予受理的理由和反映途径，诉求人可以在查询页面下载。",
    SlipKind.HANDLING_REPORT: "上级交办和12345等转来的，用来回复转办单位。",
}


def show(
    appeal_uid: str, *, failed: ActForm | None = None, preview: Preview | None = None, status: int = 200
) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, appeal_uid)
    view_log.seen(appeal)
    offers = [_offer(session, actor, appeal, kind) for kind in OF_APPEAL]
    goes_with = transfer_act(session, appeal)
    form = failed if isinstance(failed, TransferForm) else _transfer_form(session, appeal, goes_with)
    problems = failed.form_errors if failed is not None and failed is not form else []
    return render(
        "register/issue.html", status=status, appeal=appeal, offers=offers, form=form, preview=preview,
        problems=problems, issued=_issued(session, actor, appeal),
        letter_for=TRANSFER_LABELS[goes_with] if goes_with else "", verb=VERBS[goes_with] if goes_with else "",
    )


def _issued(session: Session, actor: Actor, appeal: Appeal) -> list[tuple[str, str, str]]:
    found = queries.of_appeal(session, actor, appeal)
    return [(one.uid, SLIP_LABELS[one.kind], commands.number_of(one)) for one in found]


def _offer(session: Session, actor: Actor, appeal: Appeal, kind: SlipKind) -> Offer:
    """With a form when it can be issued now; else the reason why not."""
    valid = queries.valid_of_appeal(session, appeal, kind)
    if valid is not None:
        return offer(kind, HINTS[kind], issued=(valid.uid, commands.number_of(valid)))
    try:
        commands.preview_of_appeal(session, kind, appeal, act_of(actor), letterhead())
    except Refused as refused:
        return offer(kind, HINTS[kind], why_not=message(refused.code))
    return offer(kind, HINTS[kind], form=PlainForm(formdata=None))


def _transfer_form(session: Session, appeal: Appeal, goes_with: TransferAct | None) -> TransferForm | None:
    """None where nothing was sent anywhere: a letter goes with the act that sends it."""
    if goes_with is None:
        return None
    form = TransferForm(formdata=None)
    form.fill(transferring.begun(session, appeal, goes_with))
    return form


def preview(appeal_uid: str, kind_name: str) -> Response:
    """The pages as they would be printed. Writes nothing."""
    session, actor = db.session(), access.current_actor()
    kind = _kind(kind_name)
    appeal = visible_appeal(session, actor, appeal_uid)
    view_log.seen(appeal)
    try:
        paper = commands.preview_of_appeal(session, kind, appeal, act_of(actor), letterhead())
    except Refused as refused:
        flash(message(refused.code), "info")
        return redirect(url_for("slips.issuing_for", appeal_uid=appeal_uid), code=303)
    return render("register/preview.html", appeal=appeal, label=SLIP_LABELS[kind], preview=drawn(paper))


def issue(appeal_uid: str, kind_name: str) -> Response:
    """303 to the new slip, 422 with the reason on the page."""
    kind, form = _kind(kind_name), PlainForm()

    def run(session: Session, actor: Actor, appeal: Appeal) -> str:
        slip = commands.issue_of_appeal(session, kind, appeal, act_of(actor), letterhead())
        flash(f"已出具{SLIP_LABELS[kind]} {commands.number_of(slip)}。", "success")
        return slip.uid

    return _do(appeal_uid, kind, form, run)


def transfer(appeal_uid: str) -> Response:
    """The letter as it is typed, drawn; or issued."""
    form = TransferForm()
    if request.form.get("step") == "preview":
        return _drawn_transfer(appeal_uid, form)

    def run(session: Session, actor: Actor, appeal: Appeal) -> str:
        slip = transferring.issue(session, appeal, form.facts, act_of(actor), letterhead())
        flash(f"已出具移交函 {commands.number_of(slip)}。", "success")
        return slip.uid

    return _do(appeal_uid, SlipKind.TRANSFER_LETTER, form, run)


def _drawn_transfer(appeal_uid: str, form: TransferForm) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, appeal_uid)
    if not form.validate_on_submit():
        return show(appeal_uid, failed=keyed.renewed(form), status=422)
    try:
        paper = transferring.preview(session, appeal, form.facts, act_of(actor), letterhead())
    except Refused as refused:
        _explain(form, refused)
        return show(appeal_uid, failed=form, status=422)
    return show(appeal_uid, failed=form, preview=drawn(paper))


def _do(appeal_uid: str, kind: SlipKind, form: ActForm, run: Run) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, appeal_uid, lock=True)

    def done(session: Session, actor: Actor) -> Response:
        return redirect(url_for("slips.show", uid=run(session, actor, appeal)), code=303)

    back = partial(url_for, "slips.issuing_for", appeal_uid=appeal_uid)
    act = keyed.KeyedAct(f"issue-{kind.value}:{appeal_uid}", back)
    return keyed.perform(act, form, run=done, show=partial(_again, appeal_uid), explain=_explain)


def _again(appeal_uid: str, form: ActForm, status: int) -> Response:
    return show(appeal_uid, failed=form, status=status)


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code, **error.facts))


def _kind(name: str) -> SlipKind:
    if name not in OF_APPEAL:
        raise NotFound("no_such_id")
    return SlipKind(name)
