"""One's own notices: the list, opening one (which marks it read), marking one or all. Sent twice, none of it harms."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.rules import Permission
from models.notices import commands, queries
from webapp import access, clock, db
from webapp.forms import row_id
from webapp.htmx import render
from webapp.notices import presenters
from webapp.paths import local_path

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("")
@access.requires(Permission.WORK_HERE)
def index() -> Response:
    page = presenters.notice_page(db.session(), access.current_actor(), is_unread=request.args.get("show") == "unread")
    return render("notices/index.html", listed=page)


@blueprint.post("/<uid>/open")
@access.requires(Permission.WORK_HERE)
def open_notice(uid: str) -> BaseResponse:
    """Where the notice leads; it counts as read from here on."""
    session, actor = db.session(), access.current_actor()
    notice = commands.mark_read(session, actor, uid, now=clock.now())
    url = presenters.url_of(actor, queries.line_of(session, actor, notice))
    return redirect(url or url_for("notices.index"), code=303)


@blueprint.post("/<uid>/read")
@access.requires(Permission.WORK_HERE)
def read(uid: str) -> BaseResponse:
    commands.mark_read(db.session(), access.current_actor(), uid, now=clock.now())
    return _back()


@blueprint.post("/read-all")
@access.requires(Permission.WORK_HERE)
def read_all() -> BaseResponse:
    """All that the page showed: what came meanwhile has not been read."""
    upto = row_id(request.form.get("upto", ""))
    count = commands.mark_all_read(db.session(), access.current_actor(), upto=upto, now=clock.now())
    flash(f"已将 {count} 条消息标为已读。" if count else "没有未读消息。", "success" if count else "info")
    return _back()


def _back() -> BaseResponse:
    return redirect(local_path(request.form.get("next", "")) or url_for("notices.index"), code=303)
