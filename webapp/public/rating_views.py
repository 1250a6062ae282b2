"""Addresses of rating. What happens stands in `rating` and `rating_link`."""

from flask import Response, abort
from werkzeug.wrappers import Response as BaseResponse

from models.followup.links import TOKEN
from webapp import access
from webapp.public import dialogue
from webapp.public import rating_link as by_link
from webapp.public.rating import link_url
from webapp.public.views import blueprint
from webapp.slip_pdf import qr_svg


@blueprint.post("/appeals/track/rate")
@access.public
def rate() -> BaseResponse:
    return dialogue.rate()


@blueprint.post("/appeals/track/rating-link")
@access.public
def rating_link() -> BaseResponse:
    return dialogue.offer_link()


@blueprint.get("/appeals/rate/<token>")
@access.public
def rate_by_link(token: str) -> BaseResponse:
    return by_link.show(token)


@blueprint.post("/appeals/rate/<token>")
@access.public
def give_by_link(token: str) -> BaseResponse:
    return by_link.rate(token)


@blueprint.get("/appeals/rate/<token>/qr.svg")
@access.public
def rating_link_qr(token: str) -> BaseResponse:
    """The link itself as a picture, for whoever has it: what is no link is nothing."""
    if not TOKEN.fullmatch(token):
        abort(404)
    return Response(qr_svg(link_url(token)), mimetype="image/svg+xml")
