"""The pages of what units completed themselves, on the office's blueprint."""

from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.handling.types import Action
from webapp import access, acts
from webapp.office import self_registered
from webapp.office.appeal_page import appeal_url, show_appeal
from webapp.office.views import blueprint


@blueprint.get("/self-registered", endpoint="self_registered")
@access.requires(Permission.USE_OFFICE)
def month() -> Response:
    return self_registered.show_month()


@blueprint.get("/self-registered/list")
@access.requires(Permission.USE_OFFICE)
def self_registered_list() -> Response:
    return self_registered.show_list()


@blueprint.post("/appeals/<uid>/recognise")
@access.requires(Action.RECOGNISE)
def recognise(uid: str) -> Response:
    return acts.perform(uid, self_registered.ACTS[Action.RECOGNISE], show=show_appeal, done=appeal_url)


@blueprint.post("/appeals/<uid>/return-record")
@access.requires(Action.RETURN_RECORD)
def return_record(uid: str) -> Response:
    return acts.perform(uid, self_registered.ACTS[Action.RETURN_RECORD], show=show_appeal, done=appeal_url)
