"""What comes of ratings over HTTP: for the office's leading people, for the units, for anybody."""

from flask import Blueprint
from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from webapp import access
from webapp.rating_results import (
    campaign_pages,
    proposal_pages,
    public_pages,
    publishing,
    signal_page,
    unit_pages,
    yearly_page,
)

blueprint = Blueprint("rating_results", __name__, url_prefix="/ratings")


@blueprint.get("")
@access.public
def published() -> Response:
    return public_pages.show_list()


@blueprint.get("/published/<uid>")
@access.public
def published_one(uid: str) -> Response:
    return public_pages.show_one(uid)


@blueprint.get("/results")
@access.requires(Permission.OVERSEE_RATINGS)
def index() -> Response:
    return campaign_pages.show_list()


@blueprint.get("/results/<uid>")
@access.requires(Permission.OVERSEE_RATINGS)
def campaign(uid: str) -> Response:
    return campaign_pages.show_one(uid)


@blueprint.get("/results/<uid>/publish")
@access.requires(Permission.DECIDE_RATINGS)
def publishing_of(uid: str) -> Response:
    return publishing.show(uid)


@blueprint.post("/results/<uid>/publish")
@access.requires(Permission.DECIDE_RATINGS)
def publish(uid: str) -> Response:
    return publishing.publish(uid)


@blueprint.post("/results/<uid>/bulletin")
@access.requires(Permission.DECIDE_RATINGS)
def issue_bulletin(uid: str) -> Response:
    return publishing.issue(uid)


@blueprint.get("/results/<uid>/signal")
@access.requires(Permission.WATCH_RETALIATION)
def signal(uid: str) -> Response:
    return signal_page.show(uid)


@blueprint.get("/units/<uid>")
@access.requires(Permission.READ_RATING_RESULTS)
def unit(uid: str) -> Response:
    return unit_pages.show(uid)


@blueprint.get("/units/<uid>/remarks")
@access.requires(Permission.WATCH_RETALIATION)
def remarks(uid: str) -> Response:
    return unit_pages.show_remarks(uid)


@blueprint.post("/units/<uid>/findings/<question>")
@access.requires(Permission.DECIDE_RATINGS)
def find(uid: str, question: str) -> Response:
    return unit_pages.find_out(uid, question)


@blueprint.get("/mine")
@access.requires(Permission.USE_DESK)
def mine() -> Response:
    return unit_pages.show_own()


@blueprint.get("/proposals")
@access.requires(Permission.OVERSEE_RATINGS)
def proposals() -> Response:
    return proposal_pages.show_list()


@blueprint.get("/proposals/<uid>")
@access.requires(Permission.READ_RATING_RESULTS)
def proposal(uid: str) -> Response:
    return proposal_pages.show(uid)


@blueprint.post("/proposals/<uid>/decide")
@access.requires(Permission.DECIDE_RATINGS)
def decide(uid: str) -> Response:
    return proposal_pages.decide(uid)


@blueprint.get("/yearly")
@access.requires(Permission.READ_RATING_RESULTS)
def yearly() -> Response:
    return yearly_page.show()
