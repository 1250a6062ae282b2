"""Addresses of the enterprise accounts. What happens stands in `enterprise_entry`, `enterprise_page`,
`enterprise_acts`.
"""

from werkzeug.wrappers import Response as BaseResponse

from models.accounts.rules import Permission
from webapp import access
from webapp.public import dialogue, enterprise_acts, enterprise_entry, enterprise_page
from webapp.public.views import blueprint

of_enterprise = access.requires(Permission.USE_ENTERPRISE)


@blueprint.route("/enterprise/register", methods=["GET", "POST"])
@access.public
def register_enterprise() -> BaseResponse:
    return enterprise_entry.register()


@blueprint.route("/enterprise/join", methods=["GET", "POST"])
@access.public
def join_enterprise() -> BaseResponse:
    return enterprise_entry.join()


@blueprint.get("/enterprise")
@of_enterprise
def enterprise() -> BaseResponse:
    return enterprise_page.show_list()


@blueprint.get("/enterprise/appeals/<uid>")
@of_enterprise
def enterprise_appeal(uid: str) -> BaseResponse:
    return enterprise_page.show_appeal(uid)


@blueprint.post("/enterprise/appeals/<uid>/answer")
@of_enterprise
def enterprise_answer(uid: str) -> BaseResponse:
    return dialogue.answer(enterprise_page.door(uid))


@blueprint.post("/enterprise/appeals/<uid>/withdraw")
@of_enterprise
def enterprise_withdraw(uid: str) -> BaseResponse:
    return dialogue.withdraw(enterprise_page.door(uid))


@blueprint.post("/enterprise/appeals/<uid>/rate")
@of_enterprise
def enterprise_rate(uid: str) -> BaseResponse:
    return dialogue.rate(enterprise_page.door(uid))


@blueprint.post("/enterprise/appeals/<uid>/rating-link")
@of_enterprise
def enterprise_rating_link(uid: str) -> BaseResponse:
    return dialogue.offer_link(enterprise_page.door(uid))


@blueprint.post("/enterprise/appeals/<uid>/slips/<slip_uid>/pdf")
@of_enterprise
def enterprise_print(uid: str, slip_uid: str) -> BaseResponse:
    return enterprise_page.slip(uid, slip_uid)


@blueprint.post("/enterprise/appeals/<uid>/add")
@of_enterprise
def add_to_enterprise(uid: str) -> BaseResponse:
    return enterprise_page.add(uid)


@blueprint.get("/enterprise/people")
@of_enterprise
def enterprise_people() -> BaseResponse:
    return enterprise_acts.show_people()


@blueprint.post("/enterprise/people/contact")
@of_enterprise
def change_contact() -> BaseResponse:
    return enterprise_acts.change_contact()


@blueprint.post("/enterprise/people/<uid>/remove")
@of_enterprise
def remove_colleague(uid: str) -> BaseResponse:
    return enterprise_acts.remove(uid)


@blueprint.post("/enterprise/invitations")
@of_enterprise
def invite_colleague() -> BaseResponse:
    return enterprise_acts.invite()


@blueprint.post("/enterprise/invitations/<uid>/revoke")
@of_enterprise
def revoke_invitation(uid: str) -> BaseResponse:
    return enterprise_acts.revoke(uid)


@blueprint.post("/enterprise/leave")
@of_enterprise
def leave_enterprise() -> BaseResponse:
    return enterprise_acts.leave()
