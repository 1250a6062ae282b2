"""Follow-up over HTTP, for office and units. The appellant's own rating is `webapp.public.rating`: no form here writes
one.
"""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.followup.types import CaseAction
from webapp import access
from webapp.followup import calling, case_list, case_page, day_page, excluding, policy_page, rates_page

blueprint = Blueprint("followup", __name__, url_prefix="/follow-up")


@blueprint.get("")
@access.requires(Permission.FOLLOW_UP)
def index() -> Response:
    return day_page.show()


@blueprint.get("/calls/<uid>")
@access.requires(Permission.FOLLOW_UP)
def call(uid: str) -> Response:
    return calling.show(uid)


@blueprint.post("/calls/<uid>")
@access.requires(Permission.FOLLOW_UP)
def record_call(uid: str) -> Response:
    return calling.record(uid)


@blueprint.get("/cases")
@access.requires(Permission.READ_CASES)
def cases() -> Response:
    return case_list.show()


@blueprint.get("/cases/<uid>")
@access.requires(Permission.READ_CASES)
def case(uid: str) -> Response:
    return case_page.show(uid)


@blueprint.post("/cases/<uid>/contact")
@access.requires(Permission.FOLLOW_UP)
def contact(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.CONTACT)


@blueprint.post("/cases/<uid>/redo")
@access.requires(Permission.REVIEW)
def decide_redo(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.DECIDE_REDO)


@blueprint.post("/cases/<uid>/no-redo")
@access.requires(Permission.REVIEW)
def decide_not(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.DECIDE_NOT)


@blueprint.post("/cases/<uid>/extend")
@access.requires(Permission.REVIEW)
def extend(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.EXTEND)


@blueprint.post("/cases/<uid>/answer")
@access.requires(Permission.ANSWER_CASE)
def answer(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.ANSWER)


@blueprint.post("/cases/<uid>/put-right")
@access.requires(Permission.REVIEW)
def put_right(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.PUT_RIGHT)


@blueprint.post("/cases/<uid>/close")
@access.requires(Permission.REVIEW)
def close(uid: str) -> Response:
    return case_page.perform(uid, CaseAction.CLOSE)


@blueprint.get("/appeals/<uid>/exclude")
@access.requires(Permission.FOLLOW_UP)
def exclude(uid: str) -> Response:
    return excluding.show_new(uid)


@blueprint.post("/appeals/<uid>/exclude")
@access.requires(Permission.FOLLOW_UP)
def ask_exclusion(uid: str) -> Response:
    return excluding.ask(uid)


@blueprint.get("/exclusions/<uid>")
@access.requires(Permission.USE_OFFICE)
def exclusion(uid: str) -> Response:
    return excluding.show(uid)


@blueprint.post("/exclusions/<uid>/decide")
@access.requires(Permission.REVIEW)
def decide_exclusion(uid: str) -> Response:
    return excluding.decide(uid)


@blueprint.get("/rates")
@access.requires(Permission.USE_OFFICE)
def rates() -> Response:
    return rates_page.show()


@blueprint.get("/rates/replies")
@access.requires(Permission.USE_OFFICE)
def replies() -> Response:
    return rates_page.show_replies()


@blueprint.get("/policy")
@access.requires(Permission.USE_OFFICE)
def policy() -> Response:
    return policy_page.show()


@blueprint.post("/policy")
@access.requires(Permission.DIRECT_FOLLOW_UP)
def change_policy() -> Response:
    return policy_page.change()
