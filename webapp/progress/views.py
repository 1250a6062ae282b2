"""Pages of one's own jobs. Whoever ordered a job finds it here again after leaving its page; nobody else does."""

from functools import partial

from flask import Blueprint, Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.rules import Permission
from models.audit.commands import append
from models.errors import NotFound, Refused
from models.jobs import commands, queries
from webapp import access, clock, db
from webapp.htmx import render
from webapp.jobs import drop_results, is_secret
from webapp.messages import message
from webapp.progress.presenters import job_view
from webapp.progress.results import handed_out

blueprint = Blueprint("progress", __name__, url_prefix="/jobs")


@blueprint.get("")
@access.requires(Permission.WORK_HERE)
def index() -> Response:
    found = queries.jobs_of(db.session(), access.current_actor())
    return render("progress/index.html", jobs=[job_view(job) for job in found])


@blueprint.get("/<uid>")
@access.requires(Permission.WORK_HERE)
def show(uid: str) -> Response:
    job = queries.own_job(db.session(), access.current_actor(), uid)
    return render("progress/show.html", job=job_view(job))


@blueprint.get("/<uid>/state")
@access.requires(Permission.WORK_HERE)
def state(uid: str) -> Response:
    """What the open page asks for every two seconds; somebody without htmx gets the page."""
    job = queries.own_job(db.session(), access.current_actor(), uid)
    return render("progress/show.html", part="progress/_state.html", job=job_view(job))


@blueprint.post("/<uid>/cancel")
@access.requires(Permission.WORK_HERE)
def cancel(uid: str) -> BaseResponse:
    """Sent twice it is no harm: the second finds the job ended."""
    session = db.session()
    job = queries.own_job(session, access.current_actor(), uid, lock=True)
    try:
        commands.cancel(session, job, now=clock.now())
        flash("已取消，没有办完的部分不再继续。", "success")
    except Refused as refused:
        flash(message(refused.code), "info")
    return redirect(url_for("progress.show", uid=uid), code=303)


@blueprint.get("/<uid>/result")
@access.requires(Permission.WORK_HERE)
def result(uid: str) -> Response:
    job = queries.own_job(db.session(), access.current_actor(), uid)
    if is_secret(job):
        raise NotFound("no_such_result")
    db.release()
    return handed_out(job)


@blueprint.post("/<uid>/result")
@access.requires(Permission.WORK_HERE)
def fetch(uid: str) -> Response:
    """A result that may stand nowhere else: each hand-out leaves its trace."""
    session, actor = db.session(), access.current_actor()
    job = queries.own_job(session, actor, uid)
    response = handed_out(job)
    append(
        session, at=clock.now(), actor_id=actor.account_id, action="job.fetch", object_kind="job", object_id=uid,
        facts={"kind": job.kind},
    )
    return response


@blueprint.post("/<uid>/discard")
@access.requires(Permission.WORK_HERE)
def discard(uid: str) -> BaseResponse:
    """The result goes now, not when its time is over. Sent twice it is no harm."""
    session = db.session()
    commands.forget_result(session, queries.own_job(session, access.current_actor(), uid, lock=True))
    db.after_commit(partial(drop_results, [uid]))
    flash("文件已删除。", "success")
    return redirect(url_for("progress.show", uid=uid), code=303)
