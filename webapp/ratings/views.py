"""Ratings over HTTP. At the office only the director writes, and who reads sees counts. The ballot is for anybody who
has a code, at one address.
"""

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.accounts.types import PUBLIC
from webapp import access
from webapp.ratings import ballot as ballot_page
from webapp.ratings import campaign_page, invited, inviting, lettering, planning

blueprint = Blueprint("ratings", __name__, url_prefix="/ratings")
reads = access.requires(Permission.READ_RATINGS)
keeps = access.requires(Permission.KEEP_RATINGS)
OF_THE_BALLOT = frozenset({"ratings.ballot", "ratings.vote"})


@blueprint.before_request
def nobody() -> None:
    """Who is signed in in this browser is not asked for: a ballot has nothing to do with an account."""
    if request.endpoint in OF_THE_BALLOT:
        g.actor = PUBLIC


@blueprint.get("/ballot")
@access.public
def ballot() -> Response:
    return ballot_page.show()


@blueprint.post("/ballot")
@access.public
def vote() -> Response:
    return ballot_page.handle()


@blueprint.get("/campaigns")
@reads
def index() -> Response:
    return campaign_page.show_index()


@blueprint.get("/new")
@keeps
def new() -> Response:
    return planning.show_new()


@blueprint.post("/new")
@keeps
def create() -> Response:
    return planning.create()


@blueprint.get("/<uid>")
@reads
def show(uid: str) -> Response:
    return campaign_page.show(uid)


@blueprint.get("/<uid>/rate")
@reads
def rate(uid: str) -> Response:
    return campaign_page.show_rate(uid)


@blueprint.get("/<uid>/edit")
@keeps
def edit(uid: str) -> Response:
    return planning.show_edit(uid)


@blueprint.post("/<uid>/edit")
@keeps
def change(uid: str) -> Response:
    return planning.change(uid)


@blueprint.post("/<uid>/open")
@keeps
def start(uid: str) -> Response:
    return campaign_page.open_campaign(uid)


@blueprint.post("/<uid>/extend")
@keeps
def extend(uid: str) -> Response:
    return campaign_page.extend(uid)


@blueprint.post("/<uid>/units")
@keeps
def add_unit(uid: str) -> Response:
    return campaign_page.add_unit(uid)


@blueprint.post("/<uid>/close")
@keeps
def close(uid: str) -> Response:
    return campaign_page.close(uid)


@blueprint.get("/<uid>/invitations")
@keeps
def invitations(uid: str) -> Response:
    return invited.show_list(uid)


@blueprint.get("/<uid>/invitations/new")
@keeps
def new_invitations(uid: str) -> Response:
    return inviting.show_import(uid)


@blueprint.post("/<uid>/invitations/new")
@keeps
def invite(uid: str) -> Response:
    return inviting.handle_import(uid)


@blueprint.get("/<uid>/invitations/template")
@keeps
def template(uid: str) -> Response:
    return inviting.template(uid)


@blueprint.post("/<uid>/invitations/<invitation_uid>/remove")
@keeps
def uninvite(uid: str, invitation_uid: str) -> Response:
    return invited.remove(uid, invitation_uid)


@blueprint.post("/<uid>/invitations/<invitation_uid>/reissue")
@keeps
def reissue(uid: str, invitation_uid: str) -> Response:
    return lettering.reissue(uid, invitation_uid)


@blueprint.post("/<uid>/letters")
@keeps
def letters(uid: str) -> Response:
    return lettering.order_letters(uid)


@blueprint.post("/<uid>/mails")
@keeps
def send_mails(uid: str) -> Response:
    return lettering.order_mails(uid)
