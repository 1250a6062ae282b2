"""Pages of supervision: the office's list, the unit's, the leader's; beginning a record; thresholds; one record."""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.supervision import beginning, instructing, lists, policy_page, record_page
from webapp.supervision.forms import OF_UNIT, ON_APPEAL

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")


@blueprint.get("")
@access.requires(Permission.USE_OFFICE)
def index() -> Response:
    return lists.show_office()


@blueprint.get("/mine")
@access.requires(Permission.USE_DESK)
def mine() -> Response:
    return lists.show_unit()


@blueprint.get("/instructions")
@access.requires(Permission.INSTRUCT)
def instructions() -> Response:
    return lists.show_instructions()


@blueprint.get("/policy")
@access.requires(Permission.USE_OFFICE)
def policy() -> Response:
    return policy_page.show()


@blueprint.post("/policy")
@access.requires(Permission.DIRECT_LADDER)
def change_policy() -> Response:
    return policy_page.change()


@blueprint.get("/new/<kind>")
@access.requires(Permission.REVIEW)
def new_for_unit(kind: str) -> Response:
    return beginning.show_for_unit(beginning.kind_of(kind, OF_UNIT))


@blueprint.post("/new/<kind>")
@access.requires(Permission.REVIEW)
def begin_for_unit(kind: str) -> Response:
    return beginning.begin_for_unit(beginning.kind_of(kind, OF_UNIT))


@blueprint.get("/appeals/<uid>/new/<kind>")
@access.requires(Permission.REVIEW)
def new(uid: str, kind: str) -> Response:
    return beginning.show_on_appeal(uid, beginning.kind_of(kind, ON_APPEAL))


@blueprint.post("/appeals/<uid>/new/<kind>")
@access.requires(Permission.REVIEW)
def begin(uid: str, kind: str) -> Response:
    return beginning.begin_on_appeal(uid, beginning.kind_of(kind, ON_APPEAL))


@blueprint.get("/appeals/<uid>/instruct")
@access.requires(Permission.INSTRUCT)
def new_instruction(uid: str) -> Response:
    return instructing.show(uid)


@blueprint.post("/appeals/<uid>/instruct")
@access.requires(Permission.INSTRUCT)
def instruct(uid: str) -> Response:
    return instructing.instruct(uid)


@blueprint.get("/records/<uid>")
@access.requires(Permission.READ_SUPERVISION)
def record(uid: str) -> Response:
    return record_page.show(uid)
