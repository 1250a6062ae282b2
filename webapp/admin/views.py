"""Addresses of the administration. What happens stands in `people` and `units`."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.rules import Permission
from webapp import access
from webapp.admin import enterprise, enterprise_codes, people, units
from webapp.admin import mails as outgoing_mails
from webapp.admin.acts import perform

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
administers = access.requires(Permission.ADMINISTER)


@blueprint.get("")
@administers
def index() -> BaseResponse:
    return people.show_list(request.args)


@blueprint.get("/accounts/new")
@administers
def new_account() -> BaseResponse:
    return people.show_new()


@blueprint.post("/accounts/new")
@administers
def create_account() -> BaseResponse:
    return people.create()


@blueprint.get("/accounts/<uid>")
@administers
def account(uid: str) -> BaseResponse:
    return people.show(uid)


@blueprint.post("/accounts/<uid>")
@administers
def edit_account(uid: str) -> BaseResponse:
    return people.edit(uid)


@blueprint.post("/accounts/<uid>/disable")
@administers
def disable(uid: str) -> BaseResponse:
    return perform(people.DISABLE, people.STAFF, uid)


@blueprint.post("/accounts/<uid>/enable")
@administers
def enable(uid: str) -> BaseResponse:
    return perform(people.ENABLE, people.STAFF, uid)


@blueprint.post("/accounts/<uid>/password")
@administers
def reset_password(uid: str) -> BaseResponse:
    return perform(people.RESET, people.STAFF, uid)


@blueprint.post("/accounts/<uid>/sign-out")
@administers
def sign_out(uid: str) -> BaseResponse:
    return perform(people.SIGN_OUT, people.STAFF, uid)


@blueprint.get("/units")
@administers
def all_units() -> BaseResponse:
    return units.show_tree()


@blueprint.get("/units/new")
@administers
def new_unit() -> BaseResponse:
    return units.show_new()


@blueprint.post("/units/new")
@administers
def add_unit() -> BaseResponse:
    return units.add()


@blueprint.get("/units/<number>")
@administers
def unit(number: str) -> BaseResponse:
    return units.show(number)


@blueprint.post("/units/<number>")
@administers
def edit_unit(number: str) -> BaseResponse:
    return units.edit(number)


@blueprint.post("/units/<number>/deactivate")
@administers
def deactivate(number: str) -> BaseResponse:
    return perform(units.DEACTIVATE, units.UNIT, number)


@blueprint.post("/units/<number>/activate")
@administers
def activate(number: str) -> BaseResponse:
    return perform(units.ACTIVATE, units.UNIT, number)


@blueprint.get("/enterprise-accounts")
@administers
def enterprise_accounts() -> BaseResponse:
    return enterprise.show_find()


@blueprint.post("/enterprise-accounts")
@administers
def find_enterprise_account() -> BaseResponse:
    return enterprise.find()


@blueprint.get("/enterprise-accounts/<uid>")
@administers
def enterprise_account(uid: str) -> BaseResponse:
    return enterprise.show(uid)


@blueprint.post("/enterprise-accounts/<uid>/disable")
@administers
def disable_enterprise(uid: str) -> BaseResponse:
    return perform(people.DISABLE, enterprise.ENTERPRISE, uid)


@blueprint.post("/enterprise-accounts/<uid>/enable")
@administers
def enable_enterprise(uid: str) -> BaseResponse:
    return perform(people.ENABLE, enterprise.ENTERPRISE, uid)


@blueprint.post("/enterprise-accounts/<uid>/password")
@administers
def reset_enterprise(uid: str) -> BaseResponse:
    return perform(people.RESET, enterprise.ENTERPRISE, uid)


@blueprint.post("/enterprise-accounts/<uid>/sign-out")
@administers
def sign_out_enterprise(uid: str) -> BaseResponse:
    return perform(people.SIGN_OUT, enterprise.ENTERPRISE, uid)


@blueprint.post("/enterprise-codes")
@administers
def find_enterprise_code() -> BaseResponse:
    return enterprise_codes.look_up()


@blueprint.get("/enterprises/<uid>")
@administers
def registration(uid: str) -> BaseResponse:
    return enterprise_codes.show(uid)


@blueprint.post("/enterprises/<uid>/free")
@administers
def free_code(uid: str) -> BaseResponse:
    return perform(enterprise_codes.FREE, enterprise_codes.REGISTRATION, uid, enterprise_codes.FreeForm())


@blueprint.get("/mails")
@administers
def mails() -> BaseResponse:
    return outgoing_mails.show()


@blueprint.post("/mails/again")
@administers
def send_mails_again() -> BaseResponse:
    return outgoing_mails.send_all_again()


@blueprint.post("/mails/<uid>/again")
@administers
def send_mail_again(uid: str) -> BaseResponse:
    return outgoing_mails.send_again(uid)


@blueprint.post("/accounts/<uid>/substitutions/end")
@administers
def end_substitutions(uid: str) -> BaseResponse:
    """Nobody stands in for this person any more, and this person for nobody."""
    return perform(people.END_SUBSTITUTIONS, people.STAFF, uid)
