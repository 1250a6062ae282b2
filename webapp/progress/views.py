"""Pages of one's own jobs. Whoever ordered a job finds it here again after leaving its page; nobody else does."""

from flask import Blueprint, Response, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.rules import Permission
from models.errors import NotFound, Refused
from models.jobs import commands, queries
from webapp import access, clock, db
from webapp.files import download_headers
from webapp.htmx import render
from webapp.jobs import result_path
from webapp.messages import message
from webapp.progress.presenters import job_view

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
    path = result_path(job)
    if not job.result_name or not path.is_file():
        raise NotFound("no_such_result")
    db.release()
    kind = job.result_name.rpartition(".")[2]
    response = current_app.response_class(path.read_bytes())
    response.headers.update(download_headers(kind, job.result_name))
    return response
