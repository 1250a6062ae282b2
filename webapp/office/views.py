"""Office pages: the board and its lists, triage, review, one appeal."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.appeals.queries import visible_appeal
from models.handling.types import Action
from webapp import access, acts, db, downloads
from webapp.office import board_page, bulk, triage_page
from webapp.office.acts import ACTS, TRIAGE_ACTS
from webapp.office.appeal_page import appeal_url, next_turn_url, show_appeal
from webapp.office.length import check_length
from webapp.office.linking import LINK_ACTS

blueprint = Blueprint("office", __name__, url_prefix="/office")


@blueprint.get("")
@access.requires(Permission.USE_OFFICE)
def index() -> Response:
    return board_page.show_board()


@blueprint.get("/appeals")
@access.requires(Permission.USE_OFFICE)
def appeals() -> Response:
    return board_page.show_list()


@blueprint.post("/dispatch")
@access.requires(Action.DISPATCH)
def dispatch_many() -> Response:
    return bulk.handle()


@blueprint.get("/review")
@access.requires(Permission.REVIEW)
def review() -> Response:
    return board_page.show_reviews()


@blueprint.get("/triage")
@access.requires(Permission.TRIAGE)
def triage() -> Response:
    return triage_page.show_next(access.asked_uid("after"))


@blueprint.get("/triage/dates")
@access.requires(Permission.TRIAGE)
def dates() -> Response:
    return triage_page.show_dates()


@blueprint.get("/triage/<uid>")
@access.requires(Permission.TRIAGE)
def triage_one(uid: str) -> Response:
    """One appeal at triage; its own page when it has been decided already."""
    visible_appeal(db.session(), access.current_actor(), uid)
    shown = triage_page.show_one(uid)
    if shown is not None:
        return shown
    flash("这件诉求已经作出受理决定，不再需要受理交办。", "info")
    return redirect(url_for("office.show", uid=uid), code=303)


@blueprint.get("/appeals/<uid>")
@access.requires(Permission.USE_OFFICE)
def show(uid: str) -> Response:
    return show_appeal(visible_appeal(db.session(), access.current_actor(), uid))


@blueprint.get("/appeals/<uid>/files/<file_uid>")
@access.requires(Permission.USE_OFFICE)
def file(uid: str, file_uid: str) -> Response:
    return downloads.attachment(uid, file_uid)


@blueprint.post("/appeals/<uid>/accept")
@access.requires(Action.ACCEPT)
def accept(uid: str) -> Response:
    return acts.perform(uid, TRIAGE_ACTS[Action.ACCEPT], show=triage_page.show_again, done=next_turn_url)


@blueprint.post("/appeals/<uid>/dispatch")
@access.requires(Action.DISPATCH)
def dispatch(uid: str) -> Response:
    return acts.perform(uid, TRIAGE_ACTS[Action.DISPATCH], show=triage_page.show_again, done=next_turn_url)


@blueprint.post("/appeals/<uid>/decline")
@access.requires(Action.DECLINE)
def decline(uid: str) -> Response:
    return acts.perform(uid, TRIAGE_ACTS[Action.DECLINE], show=triage_page.show_again, done=next_turn_url)


@blueprint.post("/appeals/<uid>/ask")
@access.requires(Action.ASK_SUPPLEMENT)
def ask_supplement(uid: str) -> Response:
    return acts.perform(uid, TRIAGE_ACTS[Action.ASK_SUPPLEMENT], show=triage_page.show_again, done=next_turn_url)


@blueprint.post("/appeals/<uid>/note")
@access.requires(Permission.USE_OFFICE)
def note(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.NOTE], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/assist")
@access.requires(Action.ASSIST)
def assist(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.ASSIST], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/end-assistance")
@access.requires(Action.END_ASSISTANCE)
def end_assistance(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.END_ASSISTANCE], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/merge")
@access.requires(Action.MERGE)
def merge(uid: str) -> Response:
    """A refusal comes back on the page it was asked from."""
    is_triage = request.args.get("at") == "triage" and permits(access.current_actor().roles, Permission.TRIAGE)
    show = triage_page.show_again if is_triage else show_appeal
    return acts.perform(uid, ACTS[Action.MERGE], show=show, done=appeal_url)


@blueprint.post("/appeals/<uid>/unmerge")
@access.requires(Action.UNMERGE)
def unmerge(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.UNMERGE], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/link")
@access.requires(Action.LINK)
def link(uid: str) -> Response:
    return acts.perform(uid, LINK_ACTS[Action.LINK], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/unlink")
@access.requires(Action.UNLINK)
def unlink(uid: str) -> Response:
    return acts.perform(uid, LINK_ACTS[Action.UNLINK], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/reclassify")
@access.requires(Action.RECLASSIFY)
def reclassify(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.RECLASSIFY], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/reject")
@access.requires(Action.REJECT)
def reject(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.REJECT], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/publish")
@access.requires(Action.PUBLISH)
def publish(uid: str) -> Response:
    return acts.perform(
        uid, ACTS[Action.PUBLISH], show=show_appeal, done=appeal_url, ahead=check_length
    )


@blueprint.post("/appeals/<uid>/close")
@access.requires(Action.CLOSE)
def close(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.CLOSE], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/adjustment/grant")
@access.requires(Action.GRANT_ADJUSTMENT)
def grant_adjustment(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.GRANT_ADJUSTMENT], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/adjustment/refuse")
@access.requires(Action.REFUSE_ADJUSTMENT)
def refuse_adjustment(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.REFUSE_ADJUSTMENT], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/return/rule")
@access.requires(Action.RULE_RETURN)
def rule_return(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.RULE_RETURN], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/end-pause")
@access.requires(Action.END_PAUSE)
def end_pause(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.END_PAUSE], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/redo")
@access.requires(Action.REDO)
def redo(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.REDO], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/transfer")
@access.requires(Action.TRANSFER)
def transfer(uid: str) -> Response:
    return acts.perform(uid, ACTS[Action.TRANSFER], show=show_appeal, done=appeal_url)
