"""Public pages."""

from flask import Blueprint, redirect, url_for

from webapp import access

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@access.public
def home():
    return "home"


@blueprint.route("/appeals/new", methods=["GET", "POST"])
@access.public
def new_appeal():
    return ""


@blueprint.get("/appeals/receipt")
@access.public
def receipt():
    return ""


@blueprint.route("/appeals/track", methods=["GET", "POST"])
@access.public
def track():
    return ""


@blueprint.get("/privacy")
@access.public
def privacy():
    return ""


@blueprint.post("/large-type")
@access.public
def toggle_large_type():
    return redirect(url_for("public.home"), 303)
