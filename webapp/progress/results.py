"""The file that a job left, handed out."""

from flask import Response, current_app

from models.errors import NotFound
from models.jobs.tables import Job
from webapp.files import download_headers
from webapp.jobs import result_path


def handed_out(job: Job) -> Response:
    path = result_path(job)
    if not job.result_name or not path.is_file():
        raise NotFound("no_such_result")
    response = current_app.response_class(path.read_bytes())
    response.headers.update(download_headers(job.result_name.rpartition(".")[2], job.result_name))
    return response
